// `npm run bench`: what recording costs, from one run on a private display. Says `--help` what it takes.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeIdentity } from '../native/binding.js'
import { Display } from '../test/display.js'
import { consent } from '../test/studio.js'
import { openIdentity, openRecording, type RecorderStats } from '../ts/index.js'
import { findProcess, folderSize, load, machine, peakMemory, type Usage, usage } from './process.js'
import { height, type Scene, scenes, setTheStage, width } from './scenes.js'

const help = `\
Usage: npm run bench -- [--seconds N] [--json FILE] [--write] [--scene NAME]

Plays scenes on a private X display of ${width}x${height}, each four times: unrecorded, recorded,
recorded, unrecorded; prints what recording costs.

  --seconds N    how long each of the four lasts (default 20; an even number)
  --scene NAME   one scene alone: ${scenes.map(({ name }) => `"${name}"`).join(', ')}
  --json FILE    writes the figures, block by block, too
  --write        puts the table into bench/README.md`

/** A scene, played once. */
interface Block {
  readonly recorded: boolean
  /** How long counters ran. */
  readonly seconds: number
  readonly host: Usage
  readonly server: Usage
  /** How much the recording grew. */
  readonly bytes: number
  readonly injected: number
  readonly stored: number
  /** Samples that the recorder itself says it lost. */
  readonly dropped: number
  /** Samples that it did not keep, by policy or because no focused window was known. */
  readonly withheld: number
}

/** What was measured of a scene. */
interface Measured {
  readonly scene: string
  readonly blocks: readonly Block[]
  /** Peak memory of the host before it recorded, and at the end: bytes. */
  readonly memory: { readonly bare: number; readonly peak: number }
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    json: { type: 'string' },
    scene: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
if (values.help) console.log(help)
else if (Number.isInteger(seconds / 2) && seconds > 0) await bench()
else {
  console.error(help)
  process.exitCode = 2
}

async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'))
  try {
    const identity = join(folder, 'identity')
    const receipt = await consent(identity, await makeIdentity(identity))
    await using display = await Display.start({
      screen: `${width}x${height}x24`,
      profile: 'release',
    })
    await setTheStage(display)
    const chosen = scenes.filter(({ name }) => name === (values.scene ?? name))
    const measured: Measured[] = []
    for (const scene of chosen) {
      console.error(`── ${scene.name}`)
      measured.push(await measure(scene, display, { receipt, out: folder, identity }))
    }
    await report(measured)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Studio {
  readonly receipt: string
  readonly out: string
  readonly identity: string
}

async function measure(scene: Scene, display: Display, studio: Studio): Promise<Measured> {
  const host = fork(fileURLToPath(new URL('host.mjs', import.meta.url)))
  try {
    await once(host, 'message')
    // Until it has done what every Node process does at first.
    await sleep(1000)
    const bare = await peakMemory(pidOf(host))
    await warmUp(host, display, studio)
    const blocks: Block[] = []
    // In this order, what changes slowly during a scene weighs on both alike.
    for (const recorded of [false, true, true, false]) {
      const block = recorded
        ? await recordedBlock(scene, display, host, studio)
        : await playedBlock(scene, display, host)
      blocks.push(block)
    }
    const peak = await peakMemory(pidOf(host))
    return { scene: scene.name, blocks, memory: { bare, peak } }
  } finally {
    host.kill()
  }
}

/** A recording that is thrown away: what loading and compiling cost once is nobody's cost a minute. */
async function warmUp(host: ChildProcess, display: Display, studio: Studio): Promise<void> {
  const start = { receipt: studio.receipt, out: studio.out, display: display.name }
  const { path } = (await tell(host, { start })) as { path: string }
  await sleep(1500)
  await tell(host, {})
  await rm(path, { recursive: true })
  // Node tidies up for some seconds.
  await sleep(6000)
}

async function recordedBlock(
  scene: Scene,
  display: Display,
  host: ChildProcess,
  { receipt, out, identity }: Studio,
): Promise<Block> {
  const { path } = (await tell(host, { start: { receipt, out, display: display.name } })) as {
    path: string
  }
  const block = await playedBlock(scene, display, host, path)
  const { stats } = (await tell(host, {})) as { stats: RecorderStats }
  const stored = await scene.stored(openRecording(path, { identity: await openIdentity(identity) }))
  const tracks = Object.values(stats.tracks)
  const dropped = tracks.reduce((sum, track) => sum + track.dropped, 0)
  const withheld = tracks.reduce((sum, track) => sum + track.withheld, 0)
  await rm(path, { recursive: true })
  return { ...block, recorded: true, stored, dropped, withheld }
}

/** Plays a scene; counts from after the start of a recording until before its stop. */
async function playedBlock(
  scene: Scene,
  display: Display,
  host: ChildProcess,
  recording?: string,
): Promise<Block> {
  const server = await findProcess('Xvfb', display.folder)
  // Until the first picture is written.
  await sleep(1500)
  const read = async () => ({
    at: performance.now(),
    host: await usage(pidOf(host)),
    server: await usage(server),
    bytes: recording === undefined ? 0 : await folderSize(recording),
  })
  const before = await read()
  const script = scene.script(seconds)
  if (script !== '') await display.play(script)
  // What is on its way is written once a second.
  await sleep(Math.max(before.at + seconds * 1000 - performance.now(), 0) + 1200)
  const after = await read()
  const span = (from: Usage, to: Usage) => ({
    cpu: to.cpu - from.cpu,
    switches: to.switches - from.switches,
  })
  return {
    recorded: false,
    seconds: (after.at - before.at) / 1000,
    host: span(before.host, after.host),
    server: span(before.server, after.server),
    bytes: after.bytes - before.bytes,
    injected: scene.injected(seconds),
    stored: 0,
    dropped: 0,
    withheld: 0,
  }
}

async function tell(host: ChildProcess, message: object): Promise<unknown> {
  host.send(message)
  const [answer] = (await Promise.race([
    once(host, 'message'),
    once(host, 'exit').then(() => Promise.reject(new Error('the host that records ended'))),
  ])) as [unknown]
  return answer
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start')
  return pid
}

async function report(measured: readonly Measured[]): Promise<void> {
  const headings = [
    'scene',
    'recorder CPU s/min',
    'X server CPU s/min',
    'wake-ups/s',
    'host alone',
    'peak RSS MiB',
    'above host',
    'KiB/min',
    'injected',
    'stored',
    'lost',
    'dropped',
    'withheld',
  ]
  const rows = [headings, ...measured.map(row)]
  const widths = headings.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)))
  const [head = '', ...body] = rows.map(
    (cells) => `| ${cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join(' | ')} |`,
  )
  const rule = `|${widths.map((size) => `${'-'.repeat(size + 1)}:`).join('|')}|`
  const date = new Date().toISOString().slice(0, 10)
  const setting = `${date}, ${await machine()}. ${seconds} s a block, Xvfb ${width}x${height}, load of the last minute ${await load()}.`
  const table = [setting, '', head, rule, ...body].join('\n')
  console.log(table)
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ setting, measured }, null, 2)}\n`)
  }
  if (values.write) await writeReadme(table)
}

function row({ scene, blocks, memory }: Measured): string[] {
  const on = total(blocks.filter(({ recorded }) => recorded))
  const off = total(blocks.filter(({ recorded }) => !recorded))
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  const minutes = on.seconds / 60
  return [
    scene,
    (on.host.cpu / minutes - off.host.cpu / (off.seconds / 60)).toFixed(3),
    (on.server.cpu / minutes - off.server.cpu / (off.seconds / 60)).toFixed(3),
    (on.host.switches / on.seconds - off.host.switches / off.seconds).toFixed(1),
    (off.host.switches / off.seconds).toFixed(1),
    mebibytes(memory.peak),
    mebibytes(memory.peak - memory.bare),
    (on.bytes / 1024 / minutes).toFixed(1),
    String(on.injected),
    String(on.stored),
    String(on.injected - on.stored),
    String(on.dropped),
    String(on.withheld),
  ]
}

function total(blocks: readonly Block[]): Omit<Block, 'recorded'> {
  const sum = (of: (block: Block) => number) => blocks.reduce((all, block) => all + of(block), 0)
  const used = (of: (block: Block) => Usage) => ({
    cpu: sum((block) => of(block).cpu),
    switches: sum((block) => of(block).switches),
  })
  return {
    seconds: sum((block) => block.seconds),
    host: used((block) => block.host),
    server: used((block) => block.server),
    bytes: sum((block) => block.bytes),
    injected: sum((block) => block.injected),
    stored: sum((block) => block.stored),
    dropped: sum((block) => block.dropped),
    withheld: sum((block) => block.withheld),
  }
}

async function writeReadme(table: string): Promise<void> {
  const file = new URL('README.md', import.meta.url)
  const [before = '', rest = ''] = (await readFile(file, 'utf8')).split('<!-- figures -->\n')
  const after = rest.split('<!-- /figures -->\n')[1] ?? ''
  await writeFile(file, `${before}<!-- figures -->\n${table}\n<!-- /figures -->\n${after}`)
}
