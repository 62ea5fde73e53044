// The command line in a terminal of its own, answered as a person would; what they have to do is counted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from './studio.js'

/** What somebody did. */
export interface Steps {
  /** Commands typed. */
  commands: number
  /** Words of those commands. */
  words: number
  /** Questions answered. */
  answers: number
}

/** A person at a terminal; util-linux's `script` makes it. */
export class Terminal {
  readonly steps: Steps = { commands: 0, words: 0, answers: 0 }

  /**
   * Types a command, and answers what it asks, each question once and in this order.
   *
   * @param args - of `understudy`
   * @param dialog - parts of questions, and what is typed to them
   * @returns how it ended, and everything that was shown
   */
  async run(args: readonly string[], dialog: readonly (readonly [string, string])[] = []) {
    this.steps.commands++
    this.steps.words += args.length
    const all = [process.execPath, '--import=tsx', join(root, 'ts/cli.ts'), ...args]
    const command = all.map((word) => `'${word}'`).join(' ')
    const environment = { ...process.env, TERM: 'xterm' }
    const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: root, env: environment })
    let shown = ''
    let seen = 0
    const left = [...dialog]
    child.stdout.on('data', (bytes: Buffer) => {
      shown += bytes.toString()
      const [next] = left
      if (!next) return
      const at = shown.indexOf(next[0], seen)
      if (at < 0) return
      seen = at + next[0].length
      left.shift()
      this.steps.answers++
      child.stdin.write(`${next[1]}\r`)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (left.length > 0) throw new Error(`was never asked "${left[0]?.[0] ?? ''}": ${shown}`)
    return { code, shown }
  }
}
