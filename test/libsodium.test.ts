// What libsodium itself sealed, the Rust reader opens: the other direction is what every other test of
// the portable reader shows.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import { toHex } from '../ts/bytes.js'
import { Picture } from '../ts/frame.js'
import { MemorySource, openRecording, toLine } from '../ts/reader.js'
import { buildExample } from './display.js'
import { concat, keydown, pointermove } from './encode.js'
import { temporaryFolder, writeFiles } from './folder.js'
import { frame } from './picture.js'
import { contributor, contributorIdentity, Writer } from './recording.js'

test('the Rust reader opens what libsodium sealed, and says the same', async (t) => {
  t.timeout(600_000, 'the Rust reader is built first')
  const writer = new Writer()
  writer.begin('pointer')
  writer.chunk('pointer', concat(pointermove(10, 3, 4), pointermove(10, 5, 2)))
  writer.checkpoint('pointer')
  writer.chunk('pointer', pointermove(30, -1, 7))
  writer.close('pointer')
  writer.begin('keyboard')
  writer.chunk('keyboard', concat(keydown(20, 'KeyA', 'ä'), keydown(5, 'Enter', 'Enter', '')))
  writer.close('keyboard')
  writer.begin('screen')
  const picture = new Picture(70, 40, 'bgrx8')
  picture.pixels.forEach((_, i) => (picture.pixels[i] = i % 70))
  writer.chunk('screen', frame(15, picture, { key: true }))
  writer.close('screen')
  writer.stop()

  const folder = await temporaryFolder(t)
  await writeFiles(folder, writer.files)
  const reader = await buildExample('understudy-core', 'read')
  const rust = async (...args: string[]) => (await promisify(execFile)(reader, args)).stdout
  t.is(await rust('verify', folder), 'intact\n')
  const identity = await contributorIdentity()
  const portable: string[] = []
  for await (const item of openRecording(new MemorySource(writer.files), { identity })) {
    portable.push(toLine(item, { hashes: true }))
  }
  t.is(portable.length, 6)
  t.is(await rust('dump', folder, toHex(contributor.open.privateKey)), portable.join(''))
})
