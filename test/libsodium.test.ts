// What libsodium itself sealed, the Rust reader opens: the other direction is what every other test of
// the portable reader shows.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import { Picture } from '../ts/frame.js'
import { MemorySource, openRecording, toLine } from '../ts/reader.js'
import { buildExample } from './display.js'
import { concat, keydown, pointermove, record } from './encode.js'
import { temporaryFolder, writeFiles } from './folder.js'
import { frame } from './picture.js'
import { randomNumbers } from './walk.js'
import { contributorIdentity, contributorSecret, Writer } from './recording.js'

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
  t.is(await rust('dump', folder, contributorSecret), portable.join(''))
})

test('both readers give the same of any span', async (t) => {
  t.timeout(600_000, 'the Rust reader is built first')
  const reader = await buildExample('understudy-core', 'read')
  const secret = contributorSecret
  const identity = await contributorIdentity()
  for (let seed = 1; seed <= 12; seed++) {
    const random = randomNumbers(seed)
    const below = (limit: number) => Math.floor(random() * limit)
    const writer = writeAny(below)
    // A crash may come inside a picture.
    const cut = seed % 3 === 0
    if (cut) writer.chunk('screen', frame(1, shade(9), { more: true }))
    const files = cut ? writer.files : writer.stop().files
    const folder = await temporaryFolder(t)
    await writeFiles(folder, files)
    const spans = Array.from({ length: 40 }, () => {
      const from = below(writer.time + 20)
      return [from, from + below(60)] as const
    })
    const args = ['dump', folder, secret, ...spans.flat().map(String)]
    const { stdout } = await promisify(execFile)(reader, args, { maxBuffer: 1 << 26 })
    let portable = ''
    for (const [from, to] of spans) {
      for await (const item of openRecording(new MemorySource(files), { identity, from, to })) {
        portable += toLine(item, { hashes: true })
      }
    }
    t.is(stdout, portable, `seed ${seed}`)
    t.true(portable.split('"key":true').length > 20, 'pictures before are given')
  }
})

/** Segments with and without pictures, pictures of one record and of two, pointers in between. */
function writeAny(below: (limit: number) => number): Writer {
  const writer = new Writer()
  const segments = 2 + below(4)
  for (let segment = 0; segment < segments; segment++) {
    writer.begin('screen')
    writer.begin('pointer')
    let time = writer.time
    writer.chunk('pointer', concat(pointermove(time, 1, 1), pointermove(below(30), 2, 2)))
    if (segment > 0 && segment < segments - 1 && below(3) === 0) {
      writer.chunk('screen', record(0x32, time, [0]))
    } else {
      writer.chunk('screen', frame(time, shade(below(200)), { key: true }))
      for (let picture = 0; picture < below(6); picture++) {
        const gap = 1 + below(9)
        time += gap
        const more = below(2) === 0
        const first = frame(gap, shade(below(200)), { more })
        const second = more ? frame(0, shade(below(200)), { tiles: [1] }) : []
        writer.chunk('screen', concat(first, second, record(0x32, 0, [0])))
      }
    }
    // The last stays open.
    if (segment === segments - 1) writer.chunk('pointer', pointermove(3, 1, 1))
    else close(writer, time + below(20))
  }
  return writer
}

function close(writer: Writer, time: number): void {
  writer.close('screen')
  writer.close('pointer')
  writer.time = Math.max(writer.time, time)
}

function shade(color: number): Picture {
  const picture = new Picture(40, 33, 'bgrx8')
  picture.pixels.fill(color)
  return picture
}
