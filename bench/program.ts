// The command line of `npm run bench`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { names, size, whole } from './choice.js'
import { recordClip } from './clip.js'
import { clipTables, runClips } from './clips.js'
import { codecTable, type Coded, countFrames, runCodec, runPeers } from './codec.js'
import { decodeTables, runDecode } from './decode.js'
import { scripted } from './peers/scripted.js'
import { type Codec, codecs, x11grab } from './peers/x11grab.js'
import { failuresOf } from './figures.js'
import { buildRecorder, countFilter, filterTable } from './filter.js'
import type { Recorded } from './recordings.js'
import { runTables } from './report.js'
import { asJson, writeResults } from './results.js'
import type { Run } from './run.js'
import { echo } from './stage/echo.js'
import { type Scene, scenes as played } from './stage/scenes.js'
import { Stage } from './stage/stage.js'
import type { Subject } from './subject.js'

const scenes = [...played, echo]
const peers = [...x11grab, ...scripted]
/** Scenes that one sees. */
const seen = played.filter(({ name }) => name !== 'mouse-8k')

/** Peers of a short run: the classic, and the fastest. */
const quickPeers = ['zmbv', 'x264rgb-ultrafast']

/** The program; what `npm run bench --` is followed by are its arguments. */
export function program(): Command {
  const root = new Command('npm run bench --')
    .description(
      'Measures what recording costs: on a private X display, with real applications, beside other recorders.\n' +
        'Without a command: plays each scene unrecorded and beside each recorder in turn.',
    )
    .addHelpText('after', help)
    // Commands have options of the same names.
    .enablePositionalOptions()
  root
    .option(
      '--seconds <n>',
      'how long each block lasts (default: 8; with --quick: 3)',
      whole(2, 600),
    )
    .addOption(several('--scene <names>', 'scenes, with commas', scenes))
    .option('--peers <names>', `all, none, or some: ${list(peers)}`, names(peers))
    .option('--quick', `blocks of 3 s, and of the peers only ${quickPeers.join(', ')}`, false)
    .option('--json <file>', 'writes every block by itself, too')
    .option(
      '--write',
      'writes bench/results.json, and from it bench/README.md and bench/results.svg',
      false,
    )
    .action(bench)
  root
    .command('clip')
    .description(
      'Records a scene as raw pixels (bgr0) for codecs to be tried on: about 8.3 MB a picture.',
    )
    .requiredOption('--scene <name>', `one of ${list(seen)}`, one(seen))
    .requiredOption('--out <file>', 'where to')
    .option('--frames <n>', 'how many pictures', whole(1, 100_000), 150)
    .option('--fps <n>', 'pictures a second', whole(1, 240), 30)
    .action(clip)
  root
    .command('codec')
    .description('Codes, decodes and compares a clip with the codec alone, in one thread.')
    .requiredOption('--clip <file>', 'raw pictures, four bytes a pixel: blue, green, red, nothing')
    .requiredOption('--size <WxH>', 'such as 1920x1080', size)
    .option('--fps <n>', 'pictures a second', whole(1, 240), 30)
    .option('--hints', 'tells the codec what changed, as damage does when recording', false)
    .option(
      '--peers [names]',
      `ffmpeg's codecs on the same file: all, or some: ${list(codecs)}`,
      peerCodecs,
    )
    .option('--json', 'a line of JSON, and one more for each peer', false)
    .action(codec)
  root
    .command('clips')
    .description('Records each scene as a clip, one at a time, and runs all codecs on it.')
    .addOption(several('--scene <names>', 'scenes, with commas', seen))
    .addOption(several('--peers <names>', 'none, or some, with commas', codecs))
    .option('--frames <n>', 'how many pictures', whole(1, 100_000), 150)
    .option('--fps <n>', 'pictures a second', whole(1, 240), 30)
    .option('--from <folder>', 'clips that are there already, NAME.bgrx, in place of new ones')
    .option('--json <file>', 'writes the figures, too')
    .option('--write', 'writes bench/results.json, and from it bench/README.md', false)
    .action(clips)
  root
    .command('decode')
    .description(
      'Plays recordings and seeks in them, with the Rust reader and the portable one.\n' +
        'Without a recording: records the scenes in turn, and a synthetic desktop for as long.',
    )
    .argument('[recording]', "a recording's folder")
    .option('--identity <folder>', 'of the identity that opens it, without a passphrase')
    .option('--seeks <n>', 'how many random times', whole(1, 10_000), 200)
    .addOption(several('--scene <names>', 'scenes that are recorded, with commas', seen))
    .option('--seconds <n>', 'how long each scene is played', whole(2, 600), 18)
    .option('--json', 'a line of JSON in place of the table', false)
    .option('--write', 'writes bench/results.json, and from it bench/README.md', false)
    .action(decode)
  root
    .command('filter')
    .description(
      "Counts, by valgrind's callgrind, what share of the recorder's instructions is the filter's while\n" +
        'somebody types: into applications that nobody trusts, and into such as are trusted.',
    )
    .option('--seconds <n>', 'how long somebody types', whole(6, 600), 60)
    .option('--json <file>', 'writes the counts, too, with the functions that they are of')
    .action(filter)
  root
    .command('detect')
    .description(
      'Has the detectors look at a text: the addon, and as WebAssembly in Node and in Chromium.',
    )
    .action(detect)
  return root
}

const help = `
Scenes:
${scenes.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}

Examples:
  npm run bench -- --quick                                   ten minutes: is it what it was?
  npm run bench -- --write                                   all of it, into bench/README.md
  npm run bench -- --scene typing,idle --peers none --seconds 20
  npm run bench -- clip --scene drag --out drag.bgrx
  npm run bench -- codec --clip drag.bgrx --size 1920x1080 --peers --json
  npm run bench -- clips --write
  npm run bench -- decode
  npm run bench -- filter
  npm run bench -- detect
  npm run bench -- decode recordings/x --identity identity --json

Give the machine nothing else to do: figures of a busy one mean little.`

/** Loads what records: all else works without an addon. One with debug checks has no figures to give. */
async function withAddon<T>(load: () => Promise<T>): Promise<T> {
  const { hasDebugChecks } = await import('../native/binding.js')
  if (hasDebugChecks()) {
    throw new Error(
      'the addon was built with debug checks: npm run build, or npm run bench, which does that',
    )
  }
  return load()
}

interface BenchOptions {
  readonly seconds?: number
  readonly scene: readonly Scene[]
  readonly peers?: readonly Subject[]
  readonly quick: boolean
  readonly json?: string
  readonly write: boolean
}

async function bench(options: BenchOptions): Promise<void> {
  const { runAll } = await withAddon(() => import('./run.js'))
  const few = peers.filter(({ name }) => quickPeers.includes(name))
  const run = await runAll({
    seconds: options.seconds ?? (options.quick ? 3 : 8),
    scenes: options.scene,
    peers: options.peers ?? (options.quick ? few : peers),
  })
  console.log(runTables(run))
  if (options.json !== undefined) await writeJson(options.json, run)
  const broken = run.scenes.flatMap(failuresOf).filter(({ subject }) => isOurs(run, subject))
  for (const { scene, subject, error } of broken) {
    console.error(`bench: ${subject} failed in ${scene}: ${error}`)
  }
  // A run without the recorder itself is no result.
  if (broken.length > 0) process.exitCode = 1
  else if (options.write) await writeResults({ run })
}

function isOurs(run: Run, name: string): boolean {
  return run.subjects.some((subject) => subject.name === name && subject.keeps === 'all, sealed')
}

interface ClipCommandOptions {
  readonly scene: Scene
  readonly out: string
  readonly frames: number
  readonly fps: number
}

async function clip({ scene, out, frames, fps }: ClipCommandOptions): Promise<void> {
  await using stage = await Stage.set()
  await recordClip(stage, scene, out, { frames, fps })
}

interface CodecOptions {
  readonly clip: string
  readonly size: { readonly width: number; readonly height: number }
  readonly fps: number
  readonly hints: boolean
  readonly peers?: true | readonly Codec[]
  readonly json: boolean
}

async function codec(options: CodecOptions): Promise<void> {
  const raw = { file: options.clip, ...options.size, fps: options.fps }
  await countFrames(raw)
  const line = await runCodec(raw, options.hints)
  if (options.json) console.log(line)
  const chosen = options.peers === true ? codecs : options.peers
  const coded = chosen ? await runPeers(raw, chosen) : []
  if (options.json) for (const peer of coded) console.log(JSON.stringify(peer))
  else console.log(codecTable(JSON.parse(line) as Coded, coded))
}

interface ClipsCommandOptions {
  readonly scene: readonly Scene[]
  readonly peers: readonly Codec[]
  readonly frames: number
  readonly fps: number
  readonly from?: string
  readonly json?: string
  readonly write: boolean
}

async function clips(options: ClipsCommandOptions): Promise<void> {
  const { scene, peers: chosen, frames, fps, from } = options
  const source = from === undefined ? {} : { from }
  const run = await runClips({ scenes: scene, codecs: chosen, frames, fps, ...source })
  console.log(clipTables(run))
  if (options.json !== undefined) await writeJson(options.json, run)
  if (options.write) await writeResults({ codec: run })
}

interface DecodeOptions {
  readonly identity?: string
  readonly seeks: number
  readonly scene: readonly Scene[]
  readonly seconds: number
  readonly json: boolean
  readonly write: boolean
}

async function decode(recording: string | undefined, options: DecodeOptions): Promise<void> {
  const { identity, seeks, scene, seconds } = options
  const folder = await mkdtemp(join(tmpdir(), 'understudy-decode-'))
  try {
    const all: Recorded[] = []
    if (recording !== undefined) {
      if (identity === undefined) throw new Error('--identity is needed to open a recording')
      all.push({ name: basename(resolve(recording)), recording, identity })
    } else {
      const { recordScenes, recordSynthetic } = await withAddon(() => import('./recordings.js'))
      all.push(await recordScenes(scene, join(folder, 'desktop'), seconds))
      all.push(await recordSynthetic(join(folder, 'synthetic'), seconds * scene.length))
    }
    const run = await runDecode(all, seeks)
    console.log(options.json ? JSON.stringify(run) : decodeTables(run))
    if (options.write) await writeResults({ decode: run })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface FilterOptions {
  readonly seconds: number
  readonly json?: string
}

async function filter({ seconds, json }: FilterOptions): Promise<void> {
  const recorder = await buildRecorder()
  const folder = await mkdtemp(join(tmpdir(), 'understudy-filter-'))
  try {
    // Whoever plays the scene is not counted.
    await using stage = await Stage.set('dev')
    const counted = await countFilter(stage, recorder, { seconds, folder })
    console.log(filterTable(counted))
    if (json !== undefined) await writeJson(json, counted)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function detect(): Promise<void> {
  const { detectTable, runDetect } = await withAddon(() => import('./detect.js'))
  console.log(detectTable(await runDetect()))
}

async function writeJson(file: string, content: object): Promise<void> {
  await writeFile(file, asJson(content))
}

/** An option that takes some of what is known, and is all of it when it is not given. */
function several(
  flags: string,
  about: string,
  known: readonly { readonly name: string }[],
): Option {
  const option = new Option(flags, `${about}: ${list(known)}`)
  return option.argParser(names(known)).default(known, 'all')
}

function peerCodecs(text: string): Codec[] {
  return names(codecs)(text)
}

function one<T extends { readonly name: string }>(known: readonly T[]): (text: string) => T {
  return (text) => {
    const [found] = names(known)(text)
    if (found === undefined) throw new Error('names gives at least one, or throws')
    return found
  }
}

function list(known: readonly { readonly name: string }[]): string {
  return known.map(({ name }) => name).join(', ')
}
