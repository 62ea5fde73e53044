// Clips: a scene's pictures as raw pixels in a file, four bytes each (blue, green, red, nothing), for codecs to be tried on.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Scene } from './stage/scenes.js'
import { height, type Stage, width } from './stage/stage.js'

/** How long a clip is, and how many pictures a second it has. */
export interface ClipOptions {
  readonly frames: number
  readonly fps: number
}

/** How long ffmpeg may take to deliver its first picture, milliseconds. */
const patience = 20_000

/**
 * Plays a scene and writes what the screen shows; the pointer is not painted in, as a recording
 * keeps it apart.
 *
 * @param stage - a stage that is set
 * @param scene - what is played
 * @param file - where to; replaced
 * @throws Error when ffmpeg cannot grab the screen, or fewer pictures came than were asked for
 */
export async function recordClip(
  stage: Stage,
  scene: Scene,
  file: string,
  { frames, fps }: ClipOptions,
): Promise<void> {
  await scene.prepare(stage)
  await sleep(500)
  const grab = ['-f', 'x11grab', '-draw_mouse', '0', '-framerate', String(fps)]
  const size = ['-video_size', `${width}x${height}`, '-i', stage.display.name]
  const raw = [
    '-frames:v',
    String(frames),
    '-c:v',
    'rawvideo',
    '-pix_fmt',
    'bgr0',
    '-f',
    'rawvideo',
  ]
  const ffmpeg = spawn(
    'ffmpeg',
    ['-v', 'error', '-nostdin', ...grab, ...size, ...raw, '-y', file],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const ended = once(ffmpeg, 'exit')
  try {
    await begun(file)
    const script = scene.script(Math.ceil(frames / fps))
    if (script !== '') await stage.play(script)
    await ended
  } finally {
    ffmpeg.kill('SIGKILL')
  }
  const { size: bytes } = await stat(file)
  const wanted = frames * width * height * 4
  if (bytes !== wanted)
    throw new Error(`ffmpeg wrote ${bytes} bytes of ${scene.name}, not ${wanted}`)
}

/** A picture of a clip as PNG, to look at. */
export async function clipPicture(file: string, frame: number, png: string): Promise<void> {
  const skip = frame * width * height * 4
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'bgr0', '-video_size', `${width}x${height}`]
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-nostdin', ...raw, '-skip_initial_bytes', String(skip), '-i', file],
    ...['-frames:v', '1', '-update', '1', '-y', png],
  ])
}

/** Waits until the first picture is written. */
async function begun(file: string): Promise<void> {
  for (let waited = 0; waited < patience; waited += 10) {
    const there = await stat(file).then(
      ({ size }) => size > 0,
      () => false,
    )
    if (there) return
    await sleep(10)
  }
  throw new Error('ffmpeg delivers no picture')
}
