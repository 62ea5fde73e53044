// A codec alone, on the raw pictures of a file: ours, and ffmpeg's, each with one thread.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Codec, codecs, oneThread } from './peers/x11grab.js'
import { dash, digits, grouped, table } from './table.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Raw pictures, four bytes a pixel: blue, green, red, nothing. */
export interface Clip {
  readonly file: string
  readonly width: number
  readonly height: number
  /** Pictures a second. */
  readonly fps: number
}

/** What coding a clip came to. */
export interface Coded {
  readonly frames: number
  readonly bytes: number
  readonly encodeCpuSeconds: number
  /** Of the picture that took longest; the first is left out, whose memory is new. */
  readonly slowestCpuSeconds: number
  readonly decodeCpuSeconds: number
  /** Whether every decoded picture was compared, and equal. */
  readonly lossless: boolean
}

/** What coding a clip with a codec of ffmpeg's came to. */
export interface CodedByPeer {
  readonly peer: string
  readonly frames: number
  readonly bytes: number
  /** Less what reading the file costs ffmpeg without a codec. */
  readonly encodeCpuSeconds: number
  /** Whether the codec is, as it is set here. */
  readonly lossless: boolean
}

/** The file or its size is not what is needed. */
export class ClipError extends Error {}

/**
 * Takes `1920x1080` apart.
 *
 * @throws {@link ClipError} when it is no size
 */
export function parseSize(size: string): { width: number; height: number } {
  const [, width = '', height = ''] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(size) ?? []
  if (width === '') throw new ClipError(`${size} is no size such as 1920x1080`)
  return { width: Number(width), height: Number(height) }
}

/**
 * How many pictures a clip has.
 *
 * @throws {@link ClipError} when there is no such file, or it holds no whole number of pictures
 */
export async function countFrames({ file, width, height }: Clip): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) throw new ClipError(`there is no file ${file}`)
  const picture = width * height * 4
  if (found.size === 0 || found.size % picture !== 0) {
    const each = `${width}x${height} pictures of ${picture} bytes`
    throw new ClipError(`${file} has ${found.size} bytes, no whole number of ${each}`)
  }
  return found.size / picture
}

/**
 * Codes, decodes and compares a clip with our codec.
 *
 * @param clip - what
 * @param hints - whether the codec is told what changed, as damage tells it when recording
 * @returns what the program printed: a line of JSON
 * @throws Error when it fails, with what it said
 */
export async function runCodec(clip: Clip, hints: boolean): Promise<string> {
  const args = ['run', '--release', '-q', '-p', 'understudy-capture', '--example', 'codec', '--']
  const what = ['--clip', clip.file, '--size', `${clip.width}x${clip.height}`]
  const how = ['--fps', String(clip.fps), ...(hints ? ['--hints'] : [])]
  const child = spawn('cargo', [...args, ...what, ...how], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const line = output.trim()
  if (code !== 0) throw new Error(`the codec failed with exit code ${String(code)}`)
  if (!isCoded(line)) throw new Error(`the codec printed no figures: ${line.slice(0, 200)}`)
  return line
}

function isCoded(line: string): boolean {
  try {
    const coded = JSON.parse(line) as Partial<Coded> | null
    return typeof coded?.bytes === 'number' && typeof coded.encodeCpuSeconds === 'number'
  } catch {
    return false
  }
}

/**
 * Codes a clip with codecs of ffmpeg's, one after the other.
 *
 * @param clip - what
 * @param chosen - by which
 * @throws Error when ffmpeg fails
 */
export async function runPeers(
  clip: Clip,
  chosen: readonly Codec[] = codecs,
): Promise<CodedByPeer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-codec-'))
  try {
    const frames = await countFrames(clip)
    // Reading, and handing each picture over: what any codec finds done.
    const bare = await ffmpegSeconds(clip, ['-c:v', 'wrapped_avframe', '-f', 'null', '-'])
    const all: CodedByPeer[] = []
    for (const { name, keeps, args } of chosen) {
      const file = join(folder, `${name}.raw`)
      const output = ['-f', 'rawvideo', '-y', file]
      const seconds = await ffmpegSeconds(clip, [...args, ...oneThread, ...output])
      const { size: bytes } = await stat(file)
      const encodeCpuSeconds = Math.round((seconds - bare) * 1000) / 1000
      const lossless = keeps === 'pictures, lossless'
      all.push({ peer: name, frames, bytes, encodeCpuSeconds, lossless })
    }
    return all
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** CPU seconds of a run, user and system, as the kernel counts them for the process. */
async function ffmpegSeconds({ file, width, height, fps }: Clip, output: string[]) {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'bgr0', '-video_size', `${width}x${height}`]
  const input = [...oneThread, ...raw, '-framerate', String(fps), '-i', file]
  const flags = ['-v', 'info', '-nostdin', '-nostats', '-benchmark']
  const { stderr } = await promisify(execFile)('ffmpeg', [...flags, ...input, ...output])
  const [, user, system] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? []
  if (user === undefined || system === undefined) throw new Error('ffmpeg tells no CPU time')
  return Number(user) + Number(system)
}

/** A table of one clip for people. */
export function codecTable(coded: Coded, peers: readonly CodedByPeer[]): string {
  const rows = [
    { name: 'understudy', ...coded },
    ...peers.map(({ peer, ...rest }) => ({ name: peer, decodeCpuSeconds: undefined, ...rest })),
  ].map(({ name, frames, bytes, encodeCpuSeconds, decodeCpuSeconds, lossless }) => [
    name,
    grouped(bytes),
    digits(encodeCpuSeconds),
    digits((encodeCpuSeconds / frames) * 1000),
    decodeCpuSeconds === undefined ? dash : digits(decodeCpuSeconds),
    lossless ? 'yes' : 'no',
  ])
  return table(['codec', 'bytes', 'encode CPU s', 'ms a picture', 'decode CPU s', 'lossless'], rows)
}
