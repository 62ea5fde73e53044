// Reading: how fast a recording plays, and how long it takes to get to any of its pictures, in both readers.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { percentile } from './figures.js'
import { folderSize } from './process.js'
import type { Recorded } from './recordings.js'
import { type Setting, setting, settingLine } from './setting.js'
import { digits, grouped, megabytes, table } from './table.js'
import { secretOf } from '../test/folder.js'
import { randomNumbers } from '../test/walk.js'
import { openIdentity, openRecording, type Recording } from '../ts/reader.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a reader took. */
export interface Reading {
  readonly reader: 'Rust' | 'TypeScript'
  /** Until the recording was verified: once, every byte of it. */
  readonly verifySeconds: number
  readonly frames: number
  /** From the first picture to the last, each looked at where it lies. */
  readonly playSeconds: number
  /** From nothing but the verified recording to the picture at a time, in order of the times. */
  readonly seekSeconds: readonly number[]
}

/** What reading a recording came to. */
export interface DecodedRecording {
  readonly name: string
  readonly bytes: number
  /** How long it lasts. */
  readonly seconds: number
  readonly segments: number
  readonly readings: readonly Reading[]
}

/** What reading came to. */
export interface DecodeRun {
  readonly setting: Setting
  readonly recordings: readonly DecodedRecording[]
}

/** Reads recordings with both readers, one after the other. */
export async function runDecode(all: readonly Recorded[], seeks: number): Promise<DecodeRun> {
  const where = await setting()
  const recordings: DecodedRecording[] = []
  for (const recorded of all) recordings.push(await decodeOne(recorded, seeks))
  return { setting: where, recordings }
}

async function decodeOne(recorded: Recorded, seeks: number): Promise<DecodedRecording> {
  const { name, recording, identity } = recorded
  const key = await openIdentity(identity)
  const began = performance.now()
  const opened = openRecording(recording, { identity: key, tracks: ['screen'] })
  const info = await opened.info()
  const verifySeconds = since(began)
  if (!info) throw new Error(`${recording} was cut short before it began`)
  const { frames, playSeconds, first, last } = await play(opened)
  // The same times in every run of the same recording.
  const random = randomNumbers(1)
  const times = Array.from({ length: seeks }, () => Math.ceil(first + random() * (last - first)))
  const seekSeconds: number[] = []
  for (const time of times) seekSeconds.push(await seek(opened, time))
  const portable = {
    reader: 'TypeScript',
    verifySeconds,
    frames,
    playSeconds,
    seekSeconds,
  } as const
  const rust = await readInRust(recording, await secretOf(identity), times)
  key.wipe()
  if (rust.frames !== frames)
    throw new Error(`${name}: ${frames} pictures here, ${rust.frames} in Rust`)
  const segments = info.tracks.find(({ track }) => track === 'screen')?.segments ?? 0
  const bytes = await folderSize(recording)
  return { name, bytes, seconds: last / 1e9, segments, readings: [rust, portable] }
}

async function play(recording: Recording) {
  const began = performance.now()
  let [frames, first, last] = [0, Infinity, 0]
  for await (const item of recording) {
    if (item.type !== 'frame') continue
    frames++
    first = Math.min(first, item.time)
    last = item.time
  }
  if (frames === 0) throw new Error('the recording has no picture')
  return { frames, playSeconds: since(began), first, last }
}

async function seek(recording: Recording, from: number): Promise<number> {
  const began = performance.now()
  for await (const item of recording.read({ from })) {
    if (item.type === 'frame') return since(began)
  }
  throw new Error(`there is no picture at ${from}`)
}

function since(began: number): number {
  return (performance.now() - began) / 1000
}

/** With the example `playback` of crates/core. */
async function readInRust(
  folder: string,
  secret: string,
  times: readonly number[],
): Promise<Reading> {
  const cargo = ['run', '--release', '-q', '-p', 'understudy-core', '--example', 'playback', '--']
  const args = [...cargo, folder, secret, ...times.map(String)]
  const { stdout } = await promisify(execFile)('cargo', args, { cwd: root, maxBuffer: 1 << 24 })
  return { reader: 'Rust', ...(JSON.parse(stdout) as Omit<Reading, 'reader'>) }
}

/** The table of a run. */
export function decodeTables({ setting: where, recordings }: DecodeRun): string {
  const head = ['recording', 's', 'MB', 'pictures', 'segments', 'reader', 'verify ms']
  const costs = ['pictures/s', 'seek p50 ms', 'p99', 'max']
  const rows = recordings.flatMap(({ name, bytes, seconds, segments, readings }) =>
    readings.map(({ reader, verifySeconds, frames, playSeconds, seekSeconds }) => [
      name,
      digits(seconds),
      megabytes(bytes),
      grouped(frames),
      String(segments),
      reader,
      digits(verifySeconds * 1000),
      grouped(Math.round(frames / playSeconds)),
      ...[50, 99, 100].map((percent) => digits(percentile(seekSeconds, percent) * 1000)),
    ]),
  )
  const count = recordings[0]?.readings[0]?.seekSeconds.length ?? 0
  return [
    '### Reading',
    `${settingLine(where)} ${count} seeks, each with a reader of its own.`,
    table([...head, ...costs], rows),
  ].join('\n\n')
}
