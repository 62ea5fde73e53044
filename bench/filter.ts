// What the filter adds: instructions that the recorder takes while a scene is played, and those of them that are the filter's. Counted by
// callgrind, which counts what a program does, not the system for it; how much that is, is measured beside.
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Answering } from './child.js'
import { ticks } from './process.js'
import { scenes } from './stage/scenes.js'
import { applications, type Stage } from './stage/stage.js'
import { digits, grouped, wordTable } from './table.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

/** What the filter is made of, by the modules that it is written in: the first that fits. */
const parts = [
  ['keys', /understudy_core::(?:typed|hold|redact::(?:keys|echo|focus))\b/],
  ['names', /understudy_(?:detect|core::(?:detect|redact::(?:text|Redactor)))\b/],
  ['windows', /understudy_core::(?:redact|policy|shade)\b/],
] as const

/** The same of files, where the compiler put some of it into functions of others. */
const files = [
  ['keys', /crates\/core\/src\/(?:typed|hold|redact\/(?:keys|echo|focus))\b/],
  ['names', /crates\/(?:detect\/src|core\/src\/(?:detect|redact\/text))\b/],
  ['windows', /crates\/core\/src\/(?:redact|policy|shade)\b/],
] as const

/** A part of the filter: what is typed, what things are called, which windows may be seen. */
export type Part = (typeof parts)[number][0]

/** Instructions. */
export interface Counted {
  /** What is counted. */
  readonly name: string
  readonly seconds: number
  /** Keys that went down. */
  readonly keys: number
  /** Records of the keyboard that were sealed, pictures. */
  readonly records: number
  readonly frames: number
  /** Of the whole recorder. */
  readonly all: number
  /** What part of its CPU time is its own, and not the system's, where nothing counts instructions. */
  readonly own: number
  readonly filter: Readonly<Record<Part, number>>
  /** The functions of the filter that others call, and what each took with all that it calls, most first. */
  readonly entered: readonly (readonly [string, number])[]
}

/** Builds the recorder without a host, as it ships, but with the names of its functions. */
export async function buildRecorder(): Promise<string> {
  const target = join(root, 'target', 'filter')
  const what = ['-p', 'understudy-capture', '--example', 'recorder', '--target-dir', target]
  const env = {
    ...process.env,
    CARGO_PROFILE_RELEASE_STRIP: 'none',
    CARGO_PROFILE_RELEASE_DEBUG: 'line-tables-only',
    // Names that say for which types a function was made.
    RUSTFLAGS: '-Csymbol-mangling-version=v0',
  }
  await run('cargo', ['build', '--release', '--locked', '-q', ...what], { cwd: root, env })
  return join(target, 'release/examples/recorder')
}

/** Plays the typing scene beside the recorder: with applications that nobody trusts, and with those whose text is judged by what it is. */
export async function countFilter(
  stage: Stage,
  recorder: string,
  options: { readonly seconds: number; readonly folder: string },
): Promise<Counted[]> {
  const { browser, editor, sheet } = applications
  const counted = []
  for (const [name, trusted] of [
    ['nobody is trusted', []],
    ['all are trusted', [browser, editor, sheet]],
  ] as const) {
    counted.push(await count(name, stage, recorder, { ...options, trusted }))
  }
  return counted
}

interface How {
  readonly seconds: number
  readonly folder: string
  readonly trusted: readonly string[]
}

async function count(name: string, stage: Stage, recorder: string, how: How): Promise<Counted> {
  const out = join(how.folder, `${name.replaceAll(' ', '-')}.out`)
  const valgrind = ['--tool=callgrind', `--callgrind-out-file=${out}`, '--quiet']
  const plain = ['--compress-strings=no', '--compress-pos=no']
  const control = (what: string, pid: number) => run('callgrind_control', [what, String(pid)])
  const scene = await play(stage, ['valgrind', ...valgrind, ...plain, recorder], how, {
    begin: (pid) => control('--zero', pid),
    end: (pid) => control('--dump', pid),
  })
  // It writes what was counted there, and once more at its end.
  const profile = await read(`${out}.1`)
  return {
    name,
    seconds: how.seconds,
    ...scene,
    own: await ownTime(stage, recorder, how),
    ...profile,
  }
}

/** What part of the recorder's CPU time is its own. */
async function ownTime(stage: Stage, recorder: string, how: How): Promise<number> {
  let before = { user: 0, system: 0 }
  let after = before
  await play(stage, [recorder], how, {
    begin: async (pid) => (before = await ticks(pid)),
    end: async (pid) => (after = await ticks(pid)),
  })
  const [user, system] = [after.user - before.user, after.system - before.system]
  return user / (user + system)
}

/** Plays the typing scene beside a recorder; calls `begin` and `end` around it. */
async function play(
  stage: Stage,
  [program = '', ...args]: readonly string[],
  { seconds, trusted }: How,
  { begin, end }: Record<'begin' | 'end', (pid: number) => Promise<unknown>>,
): Promise<Pick<Counted, 'keys' | 'records' | 'frames'>> {
  const scene = scenes.find((one) => one.name === 'typing')
  if (!scene) throw new Error('there is no scene in which somebody types')
  await scene.prepare(stage)
  const options = ['--display', stage.display.name, ...trusted.flatMap((app) => ['--trust', app])]
  await using running = await Answering.start(program, [...args, ...options])
  // The first picture; and a first while of typing, with all that is made once.
  await sleep(10_000)
  await stage.play(scene.script(6))
  await begin(running.pid)
  const script = scene.script(seconds)
  await stage.play(script)
  // What was typed last is judged when it is left.
  await stage.play(`show ${applications.terminal}\nsleep 3000`)
  await end(running.pid)
  const { keyboard, frames, unseen } = await running.end()
  if (unseen !== 0) {
    throw new Error('the machine is too busy: the recorder did not see its indicator in time')
  }
  const keys = script.split('\n').reduce((sum, line) => sum + typedBy(line), 0)
  return { keys, records: Number(keyboard), frames: Number(frames) }
}

function typedBy(line: string): number {
  return /^type (.*) every \d+$/.exec(line)?.[1]?.replaceAll('\\n', '\n').length ?? 0
}

/**
 * Adds up what callgrind wrote: of each call from a function that is not the filter's into one that is, all that it took; and what of the
 * filter lies within functions of others.
 */
async function read(file: string): Promise<Pick<Counted, 'all' | 'filter' | 'entered'>> {
  const filter: Record<Part, number> = { keys: 0, names: 0, windows: 0 }
  const entered = new Map<string, number>()
  let [all, calls] = [0, false]
  const here = { within: '', file: '', called: '' }
  for await (const line of createInterface(createReadStream(file))) {
    const [, word, value = ''] = /^(fn|cfn|fl|fi|fe|calls)=(.*)$/.exec(line) ?? []
    if (word === 'fn') here.within = value
    else if (word === 'cfn') here.called = value
    else if (word === 'calls') calls = true
    else if (word !== undefined) here.file = value
    else if (/^\d/.test(line)) {
      const cost = Number(line.split(' ')[1])
      if (!calls) all += cost
      const part = partOf(here.within) === undefined && of(calls, here)
      if (part) {
        filter[part] += cost
        const what = calls ? here.called : `within ${here.within}`
        entered.set(what, (entered.get(what) ?? 0) + cost)
      }
      calls = false
    }
  }
  return { all, filter, entered: [...entered].sort(([, a], [, b]) => b - a) }
}

/** What of the filter something is that stands in a function of others. */
function of(calls: boolean, here: { file: string; called: string }): Part | undefined {
  return (calls ? partOf(here.called) : undefined) ?? firstOf(files, here.file)
}

function partOf(name: string): Part | undefined {
  // What the filter lets through is called by its types everywhere behind it.
  return firstOf(parts, name.replaceAll(/understudy_core::redact::(?:Redacted|MaskedShot)\b/g, ''))
}

function firstOf(known: readonly (readonly [Part, RegExp])[], name: string): Part | undefined {
  return known.find(([, pattern]) => pattern.test(name))?.[0]
}

/** A table. */
export function filterTable(counted: readonly Counted[]): string {
  const head = [
    'typing',
    'instructions a key',
    'keys',
    'names',
    'windows',
    'all of the filter',
    'of CPU time',
  ]
  const rows = counted.map(({ name, keys, all, own, filter }) => {
    const sum = filter.keys + filter.names + filter.windows
    // On top of what the recorder does beside.
    const adds = (part: number, whole: number) => `${digits((100 * part) / (whole - sum), 2)} %`
    const parts = [filter.keys, filter.names, filter.windows, sum].map((part) => adds(part, all))
    return [name, grouped(Math.round(all / keys)), ...parts, adds(sum, all / own)]
  })
  return wordTable(head, rows)
}
