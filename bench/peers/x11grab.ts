// ffmpeg grabbing the display, thirty times a second, into one of its codecs.
import { once } from 'node:events'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { complaints, endChild, pidOf, startChild } from '../child.js'
import { height, width } from '../stage/stage.js'
import type { Context, Keeps, Subject, Take } from '../subject.js'

/** Pictures a second. */
const fps = 30

/** One of ffmpeg's codecs, with one thread. */
export interface Codec {
  readonly name: string
  readonly keeps: Keeps
  /** Arguments of ffmpeg's. */
  readonly args: readonly string[]
}

/** A key frame a minute, as a recording of ours has; more often would only cost them bytes. */
const seldom = ['-g', String(60 * fps)]

/** The codecs that a lossless recorder is compared with, and a lossy one. */
export const codecs: readonly Codec[] = [
  lossless('zmbv', ['zmbv', ...seldom, '-keyint_min', String(60 * fps)]),
  lossless('qtrle', ['qtrle', ...seldom]),
  lossless('x264rgb-ultrafast', ['libx264rgb', '-qp', '0', '-preset', 'ultrafast', ...seldom]),
  lossless('x264rgb-veryfast', ['libx264rgb', '-qp', '0', '-preset', 'veryfast', ...seldom]),
  {
    name: 'x264-crf23',
    keeps: 'pictures, lossy',
    args: [
      '-c:v',
      'libx264',
      '-crf',
      '23',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      ...seldom,
    ],
  },
]

function lossless(name: string, [encoder = '', ...args]: readonly string[]): Codec {
  return { name, keeps: 'pictures, lossless', args: ['-c:v', encoder, ...args] }
}

/** Arguments that keep ffmpeg to one thread. */
export const oneThread = ['-threads', '1', '-filter_threads', '1']

/** The codecs as subjects. */
export const x11grab: readonly Subject[] = codecs.map((codec) => ({
  name: codec.name,
  about: `ffmpeg -f x11grab -framerate ${fps} -draw_mouse 0, ${codec.args.join(' ')} -threads 1`,
  keeps: codec.keeps,
  open: async (context: Context) => {
    await mkdir(context.folder, { recursive: true })
    return {
      start: () => grab(codec, context),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
  },
}))

async function grab({ args }: Codec, { stage, folder }: Context): Promise<Take> {
  const file = join(folder, 'grab.raw')
  const input = ['-f', 'x11grab', '-draw_mouse', '0', '-framerate', String(fps)]
  const size = ['-video_size', `${width}x${height}`, '-i', stage.display.name]
  // The bare stream: a container would keep back what it has, up to some seconds.
  const output = ['-fps_mode', 'passthrough', '-flush_packets', '1', '-f', 'rawvideo', '-y', file]
  const quiet = ['-v', 'error', '-nostats', '-progress', 'pipe:1']
  const ffmpeg = await startChild('ffmpeg', [
    ...[...quiet, ...oneThread, ...input, ...size],
    ...[...args, ...oneThread, ...output],
  ])
  if (ffmpeg.stdout === null) throw new Error('its output is no pipe')
  const lines = createInterface(ffmpeg.stdout)
  let frames = 0
  lines.on('line', (line) => {
    if (line.startsWith('frame=')) frames = Number(line.slice(6))
  })
  try {
    await Promise.race([
      once(lines, 'line'),
      once(ffmpeg, 'exit').then(() => Promise.reject(new Error(complaints(ffmpeg)))),
    ])
  } catch (error) {
    await endChild(ffmpeg)
    throw error
  }
  const begun = { at: performance.now(), frames }
  return {
    pid: pidOf(ffmpeg),
    bare: 0,
    delay: 0,
    bytes: async () => (await stat(file)).size,
    stop: async () => {
      const seconds = (performance.now() - begun.at) / 1000
      const ended = once(ffmpeg, 'exit')
      ffmpeg.stdin?.write('q')
      await Promise.race([ended, endLate(ended)])
      await endChild(ffmpeg)
      await rm(file)
      const taken = frames - begun.frames
      return {
        fps: taken / seconds,
        droppedFrames: Math.max(0, Math.round(seconds * fps - taken)),
      }
    },
  }
}

async function endLate(ended: Promise<unknown>): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, 5000).unref())
  await Promise.race([ended, late])
}
