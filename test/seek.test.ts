// Reading from a time on, and until one: `from` and `to` of openRecording.
import test from 'ava'
import { Picture } from '../ts/frame.js'
import { MemorySource, openRecording, type OpenOptions } from '../ts/reader.js'
import { concat, pointermove, pointermoves, record } from './encode.js'
import { frame } from './picture.js'
import { contributorIdentity, path, Writer } from './recording.js'

/** A picture of one shade. */
function shade(color: number): Picture {
  const picture = new Picture(40, 33, 'bgrx8')
  picture.pixels.fill(color)
  return picture
}

const whole = { x: 0, y: 0, width: 40, height: 33 }

/**
 * Screen: at 10 to 30 in segment 0, at 110 and 120 in segment 1 (begun at 100), at 250 in segment 2
 * (begun at 200), each picture's shade its time. Pointer: at 20, 115 and 250, in segments like these.
 */
function write(): Writer {
  const writer = new Writer()
  writer.begin('screen')
  writer.begin('pointer')
  writer.chunk('screen', concat(frame(10, shade(10), { key: true }), frame(10, shade(20))))
  writer.chunk('screen', concat(record(0x32, 5, [0]), frame(5, shade(30), { tiles: [0] })))
  writer.chunk('pointer', pointermove(20, 1, 1))
  next(writer, 100)
  writer.chunk('screen', concat(frame(110, shade(110), { key: true }), frame(10, shade(120))))
  writer.chunk('pointer', pointermove(115, 2, 2))
  next(writer, 200)
  writer.chunk('screen', frame(250, shade(250), { key: true }))
  writer.chunk('pointer', pointermove(250, 3, 3))
  return writer
}

function next(writer: Writer, time: number): void {
  writer.close('screen')
  writer.close('pointer')
  writer.time = time
  writer.begin('screen')
  writer.begin('pointer')
}

/** What is given, in short: type, time, and of a picture its first pixel. */
async function read(
  files: ReadonlyMap<string, Uint8Array>,
  options: OpenOptions,
): Promise<string[]> {
  const identity = await contributorIdentity()
  const found: string[] = []
  for await (const item of openRecording(new MemorySource(files), { identity, ...options })) {
    const pixel = item.type === 'frame' ? ` ${item.picture.pixels[0]}` : ''
    found.push(`${item.type} ${item.time}${pixel}`)
  }
  return found
}

const all = [
  'frame 10 10',
  'pointermove 20',
  'frame 20 20',
  'cursorposition 25',
  'frame 30 30',
  'frame 110 110',
  'pointermove 115',
  'frame 120 120',
  'pointermove 250',
  'frame 250 250',
]

test('from any time, what is given is what is left, behind the latest picture before', async (t) => {
  const { files } = write().stop()
  t.deepEqual(await read(files, {}), all)
  for (let from = 0; from <= 260; from++) {
    const before = all.filter((line) => timeOf(line) < from && line.startsWith('frame')).slice(-1)
    const left = all.filter((line) => timeOf(line) >= from)
    t.deepEqual(await read(files, { from }), [...before, ...left], `from ${from}`)
  }
})

test('a recording that is verified once is read again and again', async (t) => {
  const source = new CountingSource(write().stop().files)
  const identity = await contributorIdentity()
  const recording = openRecording(source, { identity, tracks: ['screen'] })
  await recording.info()
  const verified = source.bytes
  const first = async (from: number) => {
    for await (const item of recording.read({ from })) return item.time
    return undefined
  }
  t.deepEqual(
    [await first(0), await first(115), await first(40), await first(300)],
    [10, 110, 30, 250],
  )
  t.true(source.bytes - verified < verified, 'not every byte again')
  const tracks = []
  for await (const { track } of recording.read({ tracks: ['pointer'], to: 115 })) tracks.push(track)
  t.deepEqual(tracks, ['pointer', 'pointer'])
  const all: number[] = []
  for await (const { time } of recording) all.push(time)
  t.deepEqual(all, [10, 20, 25, 30, 110, 120, 250], 'iterating is reading as it was opened')
})

class CountingSource extends MemorySource {
  bytes = 0

  override async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const piece = await super.read(path, offset, length)
    this.bytes += piece.length
    return piece
  }
}

test('until any time, nothing behind is given', async (t) => {
  const { files } = write().stop()
  for (const to of [0, 9, 10, 24, 25, 120, 249, 250]) {
    t.deepEqual(
      await read(files, { to }),
      all.filter((line) => timeOf(line) <= to),
    )
  }
  t.deepEqual(await read(files, { from: 111, to: 115 }), ['frame 110 110', 'pointermove 115'])
  t.deepEqual(await read(files, { from: 12, to: 12, tracks: ['screen'] }), ['frame 10 10'])
})

test('the latest picture comes as if it were begun anew', async (t) => {
  const { files } = write().stop()
  const identity = await contributorIdentity()
  const options = { identity, from: 40, tracks: ['screen'] } as const
  for await (const item of openRecording(new MemorySource(files), options)) {
    t.like(item, { type: 'frame', time: 30, key: true, painted: 1024, changed: [whole] })
    if (item.type === 'frame') {
      t.is(item.picture.pixels[0], 30)
      t.is(item.picture.pixels[39], 20)
    }
    return
  }
  t.fail()
})

test('segments that end before are not opened', async (t) => {
  const writer = new Writer()
  writer.begin('screen')
  // Not zstd: whoever decodes it fails.
  writer.seal('screen', concat([9, 0, 0, 0], [1, 2, 3]), 0)
  writer.close('screen')
  writer.time = 100
  writer.begin('screen')
  writer.chunk('screen', concat(frame(101, shade(1), { key: true }), frame(10, shade(2))))
  const { files } = writer.stop()
  await t.throwsAsync(read(files, {}), { code: 'format-invalid' })
  t.deepEqual(await read(files, { from: 105 }), ['frame 101 1', 'frame 111 2'])
})

test('a record of several moves is cut where it has to be', async (t) => {
  const writer = new Writer()
  writer.begin('pointer')
  const moves = [1, 2, 3, 4].map((at) => ({ gap: 10, x: at, y: at, rawX: 0, rawY: 0 }))
  const form = { unit: 0, raw: false, whole: false, differences: false } as const
  writer.chunk('pointer', pointermoves(moves, form))
  const { files } = writer.stop()
  const found = await read(files, { from: 15, to: 30 })
  t.deepEqual(found, ['pointermove 20', 'pointermove 30'])
})

test('a picture that a crash broke off is not painted over the one before', async (t) => {
  const writer = new Writer()
  writer.begin('screen')
  writer.chunk('screen', frame(1, shade(1), { key: true }))
  writer.chunk('screen', frame(1, shade(2), { more: true }))
  writer.checkpoint('screen')
  t.true(writer.files.has(path('screen', 0, 'seg')))
  t.deepEqual(await read(writer.files, { from: 50 }), ['frame 1 1'])
})

test('from and to are times in their order', async (t) => {
  const { files } = write().stop()
  for (const options of [{ from: -1 }, { from: 0.5 }, { to: NaN }, { from: 2, to: 1 }]) {
    await t.throwsAsync(read(files, options), { code: 'invalid-argument' })
  }
})

function timeOf(line: string): number {
  return Number(line.split(' ')[1])
}
