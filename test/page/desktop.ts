// Recordings that the review page is shown.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { Picture } from '../../ts/frame.js'
import { openIdentity, openRecording, Recorder } from '../../ts/index.js'
import { concat, keydown, pointermove } from '../encode.js'
import { frame } from '../picture.js'
import { Writer } from '../recording.js'
import { consent, played, studio } from '../studio.js'
import { pictureOf } from './browser.js'

/** A desktop that was recorded by the real recorder: 24 seconds, with a pause and an excluded application. */
export async function desktop(t: ExecutionContext, recipient?: string) {
  const { identity, receipt, folder } = await studio(t)
  if (recipient !== undefined) await writeFile(receipt, await consent(identity, recipient))
  const recording = join(folder, 'recording')
  const synthetic = { seconds: 24, asap: true, width: 480, height: 270 }
  const recorder = await Recorder.start({
    receipt,
    folder: recording,
    exclude: ['Vault'],
    trusted: ['Editor', 'Terminal'],
    synthetic,
  })
  await played(recorder)
  await recorder.stop()
  return { recording, identity, file: join(identity, 'identity.json') }
}

/** Every picture of a recording, by its time, as the portable reader decodes it in Node. */
export async function pictures(recording: string, folder: string): Promise<Map<number, string>> {
  const identity = await openIdentity(folder)
  const found = new Map<number, string>()
  for await (const item of openRecording(recording, { identity, tracks: ['screen'] })) {
    if (item.type !== 'frame') continue
    found.set(item.time, createHash('sha256').update(item.picture.toRgba()).digest('hex'))
  }
  return found
}

/** A few pictures, keys and moves, and a pause: left open, for more. */
export function small(): Writer {
  const writer = new Writer()
  writer.begin('screen')
  writer.begin('keyboard')
  writer.begin('pointer')
  const shade = (color: number) => {
    const picture = new Picture(40, 33, 'bgrx8')
    picture.pixels.fill(color)
    return picture
  }
  const [first, second] = [shade(0x336699), shade(0x993366)]
  writer.chunk('screen', concat(frame(10, first, { key: true }), frame(10, second)))
  const keys = Array.from('hello').map((letter) => keydown(3, `Key${letter.toUpperCase()}`, letter))
  writer.chunk('keyboard', concat(...keys))
  writer.chunk('pointer', pointermove(20, 5, 6))
  writer.time = 20e9
  writer.line({ type: 'pause' })
  writer.time = 30e9
  writer.line({ type: 'resume' })
  return writer
}

/** Steps through all pictures of a recording in the page: what each was, in a row. */
export async function shownPictures(
  page: Page,
  expected: ReadonlyMap<number, string>,
): Promise<string[]> {
  await page.getByRole('slider').focus()
  await page.keyboard.press('Home')
  const hashes: string[] = []
  for (const [time, hash] of expected) {
    if (time > 0) await page.keyboard.press('.')
    let found = await pictureOf(page)
    for (let tries = 0; tries < 200 && (found.time !== time || found.hash !== hash); tries++) {
      await page.waitForTimeout(20)
      found = await pictureOf(page)
    }
    hashes.push(found.hash)
  }
  return hashes
}
