// The example of a host, driven by its lines on a real X server: each control, and the states that it tells.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import { type Item, openRecording } from '../ts/index.js'
import { click, onX, typed } from './canary.js'
import { Display } from './display.js'
import { temporaryFolder } from './folder.js'
import { readAll, root, sleep } from './studio.js'

/** What is said to a host, and what it has said. */
class Conversation {
  said = ''
  readonly #child: ChildProcess
  #heard = 0

  constructor(t: ExecutionContext, display: Display, args: readonly string[]) {
    const program = join(root, 'examples/host.ts')
    const env = {
      ...process.env,
      DISPLAY: display.name,
      XDG_RUNTIME_DIR: join(display.folder, 'run'),
    }
    this.#child = spawn(process.execPath, ['--import=tsx', program, ...args], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout?.on('data', (data: Buffer) => (this.said += data.toString()))
    t.teardown(() => this.#child.kill('SIGKILL'))
  }

  /** Says a line. */
  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits until it says this, behind what was heard before; answers what it said until then. */
  async hears(words: string): Promise<string> {
    const begun = performance.now()
    for (;;) {
      const at = this.said.indexOf(words, this.#heard)
      if (at >= 0) {
        const before = this.said.slice(this.#heard, at)
        this.#heard = at + words.length
        return before
      }
      if (performance.now() - begun > 20_000) throw new Error(`no "${words}" in:\n${this.said}`)
      await sleep(20)
    }
  }

  async end(): Promise<number | null> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await ended
    return this.#child.exitCode
  }
}

async function setting(t: ExecutionContext) {
  const display = await Display.start()
  t.teardown(() => display.close())
  const home = await temporaryFolder(t)
  await native.makeIdentity(join(home, 'identity'))
  const recipient = join(home, 'recipient')
  const to = await native.makeIdentity(recipient)
  const editor = await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const host = new Conversation(t, display, [home, to])
  await host.hears('You have not opted in')
  const write = (text: string) =>
    display.play(`${click(editor)}\ntype ${text} every 20\nsleep 300\nkey Enter\nsleep 300`)
  return { display, home, recipient, host, write }
}

onX('a host refuses, is agreed to, records, pauses, releases, and withdraws', async (t) => {
  t.timeout(110_000)
  const { display, home, recipient, host, write } = await setting(t)
  host.say('start')
  await host.hears('receipt-invalid: ')
  host.say('consent')
  t.regex(await host.hears('Do you agree?'), /You are asked to agree[^]*What is never recorded/)
  host.say('no')
  await host.hears('You have not opted in')
  await t.throwsAsync(access(join(home, 'receipt.json')), { code: 'ENOENT' })
  await agree(host)
  await write('seen before')
  host.say('pause')
  await host.hears('state: paused')
  await write('kept from it')
  host.say('resume')
  await host.hears('state: recording')
  // By itself, after less than a second.
  host.say('pause 0.01')
  await host.hears('state: paused')
  await host.hears('state: recording')
  await display.terminal(['sleep', '60'], ['-class', 'KeePassXC'], 'KeePassXC')
  await host.hears('state: withheld')
  await display.play('show Mousepad')
  await host.hears('state: recording')
  await write('seen behind')
  const hiding = 'while :; do xdotool search --class understudy windowunmap; sleep 0.01; done'
  const hider = await display.spawn('sh', ['-c', hiding])
  await host.hears('state: withheld: nothing is kept, because the indicator cannot be seen')
  hider.kill()
  await host.hears('state: recording')
  host.say('stop')
  await host.hears('state: stopped')

  const [name = ''] = await readdir(join(home, 'recordings'))
  const path = join(home, 'recordings', name)
  const text = typed(await readAll(path, join(home, 'identity')))
  t.true(text.includes('seen before') && text.includes('seen behind'), text)
  t.false(text.includes('kept from it'))
  host.say('review')
  await host.hears('review: ')
  const [url = ''] = /http:\S+/.exec(await rest(host)) ?? []
  t.is((await fetch(url)).status, 200)
  host.say('release')
  await host.hears('released: ')
  const copy = (await rest(host)).trim().split('\n')[0] ?? ''
  t.true(typed(await readAll(copy, recipient)).includes('seen before'))
  host.say('withdraw')
  await host.hears('destroyed: ')
  await host.hears('You have not opted in')
  await t.throwsAsync(readAll(path, join(home, 'identity')), { code: 'withdrawn' })
  t.is(await host.end(), 0)
})

/** Agrees, and has it record. */
async function agree(host: Conversation): Promise<void> {
  host.say('consent')
  await host.hears('Do you agree?')
  host.say('yes')
  await host.hears('You have opted in; nothing is recorded.')
  host.say('start')
  await host.hears('state: recording')
}

/** What it says in the next moment. */
async function rest(host: Conversation): Promise<string> {
  const from = host.said.length
  await sleep(300)
  return host.said.slice(Math.min(from, host.said.lastIndexOf(': ', from) + 2))
}

onX('a host forgets the last minutes, and tells a failure', async (t) => {
  const { display, home, host, write } = await setting(t)
  await agree(host)
  await write('forgotten')
  host.say('forget 5')
  await host.hears('forgotten: 0 s to ')
  await write('behind it')
  await sleep(1000)
  await display.kill()
  await host.hears('state: failed')
  await host.hears('(display-lost)')
  const [name = ''] = await readdir(join(home, 'recordings'))
  const path = join(home, 'recordings', name)
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  const items: readonly Item[] = await readAll(path, join(home, 'identity'))
  t.false(typed(items).includes('forgotten'))
  t.false((await readFile(join(path, 'journal.ndjson'), 'utf8')).includes('"requested"'))
})
