// Every scene as a clip, and every codec on each: ours with and without hints, and ffmpeg's.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClipOptions, recordClip } from './clip.js'
import {
  type Clip,
  type Coded,
  type CodedByPeer,
  countFrames,
  runCodec,
  runPeers,
} from './codec.js'
import { geometricMean } from './figures.js'
import type { Codec } from './peers/x11grab.js'
import { type Setting, setting, settingLine } from './setting.js'
import type { Scene } from './stage/scenes.js'
import { height, Stage, width } from './stage/stage.js'
import { dash, digits, grouped, table, times } from './table.js'

/** What the codecs made of a clip. */
export interface CodedClip {
  readonly scene: string
  readonly plain: Coded
  /** With what damage would tell it. */
  readonly hinted: Coded
  readonly peers: readonly CodedByPeer[]
}

/** What the codecs made of all clips. */
export interface ClipRun {
  readonly setting: Setting
  readonly frames: number
  readonly fps: number
  readonly clips: readonly CodedClip[]
}

/** What to run over. */
export interface ClipsOptions extends ClipOptions {
  readonly scenes: readonly Scene[]
  readonly codecs: readonly Codec[]
  /** A folder of clips that are there already, NAME.bgrx, in place of new ones. */
  readonly from?: string
}

/** Clips that lossy video is weakest at, and a desktop spends its day in. */
const text = ['typing', 'menus', 'idle']

/** Records the clips one at a time, or takes those that are there, and runs every codec on each. */
export async function runClips(options: ClipsOptions): Promise<ClipRun> {
  const { frames, fps, from } = options
  const clips: CodedClip[] = []
  const where = await setting()
  for await (const { scene, file } of from === undefined
    ? recorded(options)
    : found(options, from)) {
    console.error(`── ${scene.name}`)
    const clip: Clip = { file, width, height, fps }
    await countFrames(clip)
    const plain = JSON.parse(await runCodec(clip, false)) as Coded
    const hinted = JSON.parse(await runCodec(clip, true)) as Coded
    const peers = options.codecs.length > 0 ? await runPeers(clip, options.codecs) : []
    clips.push({ scene: scene.name, plain, hinted, peers })
  }
  return { setting: where, frames, fps, clips }
}

interface Named {
  readonly scene: Scene
  readonly file: string
}

async function* recorded(options: ClipsOptions): AsyncGenerator<Named> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-clips-'))
  try {
    for (const scene of options.scenes) {
      const file = join(folder, `${scene.name}.bgrx`)
      {
        // Its own stage each, ended before a codec runs: a page that moves would take a processor from it.
        await using stage = await Stage.set()
        await recordClip(stage, scene, file, options)
      }
      yield { scene, file }
      await rm(file)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* found({ scenes }: ClipsOptions, from: string): AsyncGenerator<Named> {
  for (const scene of await Promise.resolve(scenes)) {
    yield { scene, file: join(from, `${scene.name}.bgrx`) }
  }
}

/** The tables of a run over clips. */
export function clipTables(run: ClipRun): string {
  const of = `${run.frames} pictures each, ${width}x${height}, ${run.fps} a second, one key frame.`
  const lossy = run.clips.some(({ plain, hinted }) => !plain.lossless || !hinted.lossless)
  return [
    '### The codec alone',
    `${settingLine(run.setting)} ${of}`,
    clipTable(run),
    ...(lossy ? ['**A clip was not decoded as it was: these figures do not count.**'] : []),
    '### The codec against its peers',
    meansTable(run),
  ].join('\n\n')
}

function clipTable({ clips }: ClipRun): string {
  const peers = clips[0]?.peers.map(({ peer }) => peer) ?? []
  const head = [
    'scene',
    'kB',
    'with hints',
    'CPU s',
    'with hints',
    'slowest picture, CPU ms',
    'decode CPU s',
    ...peers.map((peer) => `${peer}: kB / CPU s`),
  ]
  const rows = clips.map(({ scene, plain, hinted, peers: coded }) => [
    scene,
    grouped(Math.round(plain.bytes / 1000)),
    grouped(Math.round(hinted.bytes / 1000)),
    digits(plain.encodeCpuSeconds),
    digits(hinted.encodeCpuSeconds),
    digits(Math.max(plain.slowestCpuSeconds, hinted.slowestCpuSeconds) * 1000),
    digits(plain.decodeCpuSeconds),
    ...coded.map(
      ({ bytes, encodeCpuSeconds }) =>
        `${grouped(Math.round(bytes / 1000))} / ${digits(encodeCpuSeconds)}`,
    ),
  ])
  return table(head, rows)
}

/** Geometric means of ratios over the clips. */
function meansTable({ clips }: ClipRun): string {
  const peers = clips[0]?.peers.map(({ peer }) => peer) ?? []
  const mean = (
    ratio: (clip: CodedClip, peer: CodedByPeer) => number,
    name: string,
    only?: string[],
  ) => {
    const ratios = clips.flatMap((clip) => {
      const peer = clip.peers.find((one) => one.peer === name)
      const value = peer && ratio(clip, peer)
      return value !== undefined && value > 0 && (only?.includes(clip.scene) ?? true) ? [value] : []
    })
    return ratios.length === 0 ? undefined : geometricMean(ratios)
  }
  const share = (value: number | undefined) => (value === undefined ? dash : value.toFixed(3))
  const rows = peers.map((name) => [
    name,
    times(mean(({ plain }, peer) => peer.encodeCpuSeconds / plain.encodeCpuSeconds, name)),
    times(mean(({ hinted }, peer) => peer.encodeCpuSeconds / hinted.encodeCpuSeconds, name)),
    share(mean(({ plain }, peer) => plain.bytes / peer.bytes, name)),
    share(mean(({ hinted }, peer) => hinted.bytes / peer.bytes, name)),
    share(mean(({ plain }, peer) => plain.bytes / peer.bytes, name, text)),
  ])
  const head = ['geometric means', 'its CPU / ours', 'with hints', 'our bytes / its', 'with hints']
  return table([...head, `${text.join(', ')} alone`], rows)
}
