// What holds for any input: numbers and pictures survive the way there and back, and no parser
// fails with anything but an UnderstudyError.
import test from 'ava'
import fc from 'fast-check'
import { Bytes } from '../ts/bytes.js'
import { parseFile, parseLine } from '../ts/canonical.js'
import { ChunkDecoder } from '../ts/chunk.js'
import { isUnderstudyError } from '../ts/errors.js'
import { Picture, type PixelFormat, type Rect } from '../ts/frame.js'
import { parseHeader, parseUnfinished } from '../ts/header.js'
import { parseKey } from '../ts/key.js'
import { parseReceipt } from '../ts/receipt.js'
import { RecordDecoder } from '../ts/record.js'
import { ChunkParser, parseSegmentHeader } from '../ts/segment.js'
import { tracks } from '../ts/track.js'
import { concat, json, pointermoves, record, string, svarint, u32, uvarint } from './encode.js'
import { Painter } from './painter.js'
import { frame, places } from './picture.js'

test('a uvarint up to 2^53 - 1 comes back', (t) => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const bytes = new Bytes(uvarint(value))
      t.is(bytes.uvarint(Number.MAX_SAFE_INTEGER), value)
      bytes.end()
    }),
  )
})

test('a uvarint over its limit, or longer than it need be, is refused', (t) => {
  fc.assert(
    fc.property(fc.bigInt(2n ** 53n, 2n ** 64n - 1n), (value) => {
      throwsFormat(() => new Bytes(uvarint(value)).uvarint(Number.MAX_SAFE_INTEGER))
    }),
  )
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 4 }), (value, groups) => {
      const short = uvarint(value)
      const long = [...short.subarray(0, -1), (short.at(-1) ?? 0) | 0x80]
      for (let i = 1; i < groups; i++) long.push(0x80)
      throwsFormat(() => new Bytes(concat(long, [0])).uvarint(Number.MAX_SAFE_INTEGER))
    }),
  )
  t.pass()
})

test('a svarint of 32 bits comes back', (t) => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      t.is(new Bytes(svarint(value)).int32(), value)
    }),
  )
})

test('a string comes back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      t.is(new Bytes(string(text)).string(1024), text)
    }),
  )
})

test('canonical JSON is accepted in its one spelling alone', (t) => {
  const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean())
  const value = fc.dictionary(
    fc.string(),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)),
  )
  fc.assert(
    fc.property(value, (object) => {
      const bytes = json(object)
      t.deepEqual(
        byName(parseFile(bytes).object),
        byName(JSON.parse(new TextDecoder().decode(bytes)) as object),
      )
      throwsFormat(() => parseFile(concat([0x20], bytes)))
      throwsFormat(() => parseFile(bytes.subarray(0, -1)))
    }),
  )
})

test('JSON that a recording may not hold is refused', (t) => {
  const spellings = ['null', '[]', '1', '{"a":null}', '{"a":1.5}', '{"a":1e3}', '{"a":-0}', '']
  spellings.push('{"a":9007199254740992}', '{"a":1,"a":1}', '{"b":1,"a":1}', '{"a":"\\u0061"}')
  spellings.push('{"a":"\\ud800"}', '{"a":[[[[[[[[1]]]]]]]]}', '\ufeff{}', '['.repeat(50_000))
  for (const spelling of spellings) {
    throwsFormat(() => parseLine(new TextEncoder().encode(spelling)))
  }
  t.notThrows(() => parseLine(new TextEncoder().encode('{"a":[[[[[[[1]]]]]]]}')))
})

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 80 }),
    height: fc.integer({ min: 1, max: 80 }),
    format: fc.constantFrom<PixelFormat>('bgrx8', 'bgrx10'),
    colors: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ width, height, format, colors }) => {
    const picture = new Picture(width, height, format)
    const mask = format === 'bgrx8' ? 0xffffff : 0x3fffffff
    picture.pixels.forEach((_, i) => {
      picture.pixels[i] = Math.imul((i * i) % colors, 0x9e3779b1) & mask
    })
    return picture
  })

test('a picture comes back, in one record or in two', (t) => {
  fc.assert(
    fc.property(pictures, fc.nat(9), (picture, split) => {
      const all = Math.ceil(picture.width / 32) * Math.ceil(picture.height / 32)
      const numbers = Array.from({ length: all }, (_, number) => number)
      const parts = [numbers.slice(0, split), numbers.slice(split)]
      const whole = frame(3, picture, { key: true })
      const halves = concat(
        frame(3, picture, { key: true, more: true, tiles: parts[0] ?? [] }),
        frame(0, picture, { tiles: parts[1] ?? [] }),
      )
      for (const records of [whole, halves]) {
        const items = [...new RecordDecoder('screen').decode(records)]
        t.is(items.length, 1)
        const [item] = items
        const painted = picture.width * picture.height
        t.like(item, { type: 'frame', time: 3, key: true, painted })
        if (item?.type === 'frame') t.deepEqual(item.picture.pixels, picture.pixels)
      }
    }),
    { numRuns: 50 },
  )
})

test('moves come back from their columns, in whatever form they were written', (t) => {
  const move = fc.record({
    gap: fc.nat(2 ** 20),
    x: fc.integer(),
    y: fc.integer(),
    rawX: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
    rawY: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  })
  const form = fc.record({
    unit: fc.constantFrom(0, 1, 2),
    raw: fc.boolean(),
    whole: fc.boolean(),
    differences: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(move, { minLength: 2, maxLength: 50 }), form, (moves, how) => {
      let time = 0
      const expected = moves.map(({ gap, x, y, rawX, rawY }, i) => {
        time += i === 0 ? gap : gap * 1000 ** how.unit
        const at = { track: 'pointer', time, type: 'pointermove', x, y, injected: false }
        const scale = how.whole ? 256 : 1
        return how.raw ? { ...at, rawX: rawX * scale, rawY: rawY * scale } : at
      })
      const bytes = concat(pointermoves(moves, how), record(0x02, 5, [0, 0, 0, 1]))
      const items: unknown[] = [...new RecordDecoder('pointer').decode(bytes)]
      t.deepEqual(items.slice(0, -1), expected)
      const { x, y } = expected.at(-1) ?? {}
      t.like(items.at(-1), { type: 'pointerdown', time: time + 5, x, y }, 'and goes on behind them')
    }),
  )
})

test('whatever is painted, each picture comes back, and what changed is covered', (t) => {
  fc.assert(
    fc.property(pictures, fc.array(fc.nat(), { maxLength: 12 }), (first, seeds) => {
      const picture = first.copy()
      const painter = new Painter(picture)
      const records = [painter.begin()]
      const expected = [picture.pixels.slice()]
      for (const seed of seeds) {
        records.push(painter.paint(seed))
        expected.push(picture.pixels.slice())
      }
      let before: Uint32Array | undefined
      for (const item of new RecordDecoder('screen').decode(concat(...records))) {
        if (item.type !== 'frame') continue
        const now = item.picture.pixels.slice()
        t.deepEqual(now, expected.shift())
        if (before) t.true(covers(item.changed, first.width, before, now))
        before = now
      }
      t.is(expected.length, 0)
    }),
    { numRuns: 200 },
  )
})

test('chunks come back, however their bytes are cut', (t) => {
  const sealed = fc.array(fc.uint8Array({ minLength: 17, maxLength: 60 }), { maxLength: 6 })
  const cuts = fc.array(fc.nat(60), { maxLength: 30 })
  fc.assert(
    fc.property(sealed, cuts, (chunks, lengths) => {
      const bytes = concat(...chunks.flatMap((chunk) => [u32(chunk.length), chunk]))
      const found: number[][] = []
      const parser = new ChunkParser((chunk) => found.push([...chunk]))
      let at = 0
      for (const length of [...lengths, bytes.length]) {
        parser.push(bytes.slice(at, at + length))
        at += length
      }
      t.deepEqual(
        found,
        chunks.map((chunk) => [...chunk]),
      )
      t.true(parser.whole)
      t.is(parser.size, 52 + bytes.length)
    }),
  )
})

test('no parser fails with anything but an UnderstudyError', (t) => {
  const place = { recording: '01'.repeat(16), track: 'screen', segment: 0 } as const
  const parsers: ((bytes: Uint8Array) => unknown)[] = [
    parseFile,
    parseHeader,
    parseReceipt,
    parseUnfinished,
    (bytes) => parseKey(bytes, place),
    parseSegmentHeader,
    (bytes) => {
      new ChunkParser(() => undefined).push(bytes)
    },
    (bytes) => new ChunkDecoder().decode({ bytes, final: false }),
    ...tracks.map((track) => (bytes: Uint8Array) => [...new RecordDecoder(track).decode(bytes)]),
  ]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const parse of parsers) mayThrowFormat(() => parse(bytes))
    }),
    { numRuns: 500 },
  )
  t.pass()
})

test('no record fails with anything but an UnderstudyError', (t) => {
  const opcodes = [
    0x01, 0x02, 0x04, 0x05, 0x10, 0x11, 0x12, 0x13, 0x14, 0x20, 0x21, 0x22, 0x23, 0x24, 0x30, 0x31,
    0x32,
  ]
  const small = fc.array(fc.nat(40), { maxLength: 60 })
  fc.assert(
    fc.property(fc.constantFrom(...opcodes), small, (opcode, body) => {
      const bytes = record(opcode, 0, body)
      for (const track of tracks) {
        mayThrowFormat(() => {
          for (const item of new RecordDecoder(track).decode(bytes)) t.is(item.track, track)
        })
      }
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

/** Whether rectangles hold every pixel that is another. */
function covers(
  rects: readonly Rect[],
  width: number,
  before: Uint32Array,
  now: Uint32Array,
): boolean {
  const covered = new Set(rects.flatMap(places).map(([x, y]) => y * width + x))
  return now.every((pixel, i) => pixel === before[i] || covered.has(i))
}

function throwsFormat(parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    if (isUnderstudyError(error) && error.code === 'format-invalid') return
    throw error
  }
  throw new Error('was not refused')
}

function mayThrowFormat(parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    if (!isUnderstudyError(error)) throw error
  }
}

/** Not `sort()` alone: a value may have a member named `toString`. */
function byName(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
}
