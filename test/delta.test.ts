// The operations of docs/format.md §9.3: each does what the page says, and each rule broken is found.
import test from 'ava'
import { UnderstudyError } from '../ts/errors.js'
import { Picture, type PixelFormat, type Rect } from '../ts/frame.js'
import { type FrameItem } from '../ts/event.js'
import { RecordDecoder } from '../ts/record.js'
import { concat, svarint, uvarint } from './encode.js'
import { frameRecord, type FrameOptions, pixelsOf } from './picture.js'
import { type Assignments, Streams } from './streams.js'

const shape = { width: 70, height: 40, format: 'bgrx8' } as const
const deep = { ...shape, format: 'bgrx10' } as const
const whole: Rect = { x: 0, y: 0, width: 70, height: 40 }

/** A record of streams that a function fills. */
function draw(
  fill: (streams: Streams) => void,
  options: FrameOptions = {},
  of: { width: number; height: number; format: PixelFormat } = shape,
): Uint8Array {
  const streams = new Streams(of.format)
  fill(streams)
  return frameRecord(0, of, options, streams.bytes())
}

/** A record of streams as they are. */
function streams(...bytes: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return frameRecord(0, shape, { key: true }, concat(...bytes))
}

function decode(...records: readonly Uint8Array[]): FrameItem {
  const last = [...new RecordDecoder('screen').decode(concat(...records))].at(-1)
  if (last?.type !== 'frame') throw new Error('there is no picture')
  return last
}

/** Every pixel differs. */
const unlike = Array.from({ length: 70 * 40 }, (_, i) => i * 5001)

test('a rectangle that moves onto itself is what it was, in every direction', (t) => {
  const part = { x: 20, y: 10, width: 30, height: 20 }
  for (const dx of [-20, -3, 0, 3, 20]) {
    for (const dy of [-10, -1, 0, 1, 10]) {
      const { picture } = decode(
        draw(
          (record) => {
            record.raw(whole, unlike)
            record.move(part, dx, dy)
          },
          { key: true },
        ),
      )
      const before = new Picture(70, 40, 'bgrx8')
      before.pixels.set(unlike)
      const source = { ...part, x: part.x - dx, y: part.y - dy }
      t.deepEqual(pixelsOf(picture, part), pixelsOf(before, source), `${dx}, ${dy}`)
      t.is(picture.pixels[0], unlike[0])
      t.is(picture.pixels.at(-1), unlike.at(-1))
    }
  }
})

test('palettes, memory and pixels last until the next key, and begin anew with it', (t) => {
  const assigned: Assignments = [[7, 0xabcdef]]
  const slots = Array.from({ length: 4 }, () => 7)
  const square = { x: 68, y: 38, width: 2, height: 2 }
  const first = draw(
    (record) => {
      record.fill({ x: 0, y: 0, width: 32, height: 32 }, 0x102030)
      record.remember(0, 1)
      record.indexed(square, 15, assigned, slots)
    },
    { key: true },
  )
  const then = draw((record) => {
    record.recall(1, 0, 1)
    record.indexed({ ...square, y: 0 }, 15, [], slots)
  })
  const { picture } = decode(first, then)
  t.is(picture.pixels[40], 0x102030)
  t.deepEqual(pixelsOf(picture, square), [0xabcdef, 0xabcdef, 0xabcdef, 0xabcdef])
  t.deepEqual(pixelsOf(picture, { ...square, y: 0 }), pixelsOf(picture, square))

  const again = draw(
    (record) => {
      record.indexed({ ...square, y: 0 }, 15, [], slots)
    },
    { key: true },
  )
  t.true(decode(first, again).picture.pixels.every((pixel) => pixel === 0))
  const key = draw(
    (record) => {
      record.recall(0, 0, 1)
    },
    { key: true },
  )
  t.throws(() => decode(first, key), { message: /empty slot/ })
})

test('the memory goes round behind its last slot', (t) => {
  const side = { width: 32, height: 32, format: 'bgrx8' } as const
  const tile = { x: 0, y: 0, width: 32, height: 32 }
  const remember = Array.from({ length: 2049 }, (_, i) =>
    draw(
      (record) => {
        record.fill(tile, i)
        record.remember(0, 1)
      },
      { key: i === 0 },
      side,
    ),
  )
  const recall = (slot: number) => {
    const record = draw(
      (streams) => {
        streams.recall(0, slot, 1)
      },
      {},
      side,
    )
    return decode(...remember, record).picture.pixels[1023]
  }
  t.is(recall(0), 2048)
  t.is(recall(1), 1)
  t.is(recall(2047), 2047)
})

test('what was painted is counted, what was remembered is not, and both are covered', (t) => {
  const key = draw(
    (record) => {
      record.fill({ ...whole, height: 1 }, 1)
    },
    { key: true },
  )
  t.like(decode(key), { painted: 70, changed: [whole] })
  const first = draw(
    (record) => {
      record.remember(0, 2)
      record.move({ x: 1, y: 2, width: 3, height: 4 }, 1, 1)
    },
    { more: true },
  )
  const second = draw((record) => {
    record.recall(0, 0, 2)
    record.fill({ x: 64, y: 0, width: 6, height: 32 }, 5)
    record.fill({ x: 64, y: 0, width: 6, height: 32 }, 6)
  })
  const { painted, changed, key: begun } = decode(key, first, second)
  t.is(painted, 12 + 2048 + 192 + 192)
  t.false(begun)
  t.deepEqual(changed, [
    { x: 1, y: 2, width: 3, height: 4 },
    { x: 0, y: 0, width: 70, height: 32 },
    { x: 64, y: 0, width: 6, height: 32 },
  ])
})

test('many rectangles become one', (t) => {
  const key = draw(() => undefined, { key: true })
  const many = draw((record) => {
    for (let i = 0; i < 4097; i++) {
      record.fill({ x: i % 69, y: 2 * (i % 20), width: 1, height: 1 }, i)
    }
  })
  t.like(decode(key, many), { painted: 4097, changed: [whole] })
})

test('a picture may be painted eight times in a record, and 8,192 pixels always', (t) => {
  const times = (count: number, width: number, height: number, extra = 0) => {
    const of = { width, height, format: 'bgrx8' } as const
    const rect = { x: 0, y: 0, width, height }
    return draw(
      (record) => {
        for (let i = 0; i < count; i++) record.fill(rect, i)
        if (extra > 0) record.fill({ ...rect, width: extra, height: 1 }, 0)
      },
      { key: true },
      of,
    )
  }
  t.is(decode(times(8, 70, 40)).painted, 8 * 2800)
  t.is(decode(times(32, 16, 16)).painted, 8192)
  for (const record of [times(8, 70, 40, 1), times(32, 16, 16, 1)]) {
    t.throws(() => decode(record), { code: 'format-invalid', message: /too often/ })
  }
  const remembered = draw(
    (record) => {
      for (let i = 0; i < 11; i++) record.remember(0, 2)
    },
    { key: true },
  )
  t.throws(() => decode(remembered), { message: /too often/ })
})

/** Operations that break a rule, on a picture that is begun anew, and by what they are refused. */
const wrong: Record<string, [RegExp, Uint8Array]> = {}

function refuse(name: string, message: RegExp, fill: (streams: Streams) => void, of?: typeof deep) {
  wrong[name] = [message, draw(fill, { key: true }, of ?? shape)]
}

const rects: Record<string, Rect> = {
  'left of it': { x: -1, y: 0, width: 2, height: 1 },
  'above it': { x: 0, y: -1, width: 1, height: 2 },
  'right of it': { x: 69, y: 0, width: 2, height: 1 },
  'below it': { x: 0, y: 39, width: 1, height: 2 },
}
for (const [where, rect] of Object.entries(rects)) {
  refuse(`a rectangle ${where}`, /outside/, (record) => {
    record.fill(rect, 0)
  })
  refuse(`pixels that move from ${where}`, /outside/, (record) => {
    record.move({ ...rect, x: 5, y: 5 }, 5 - rect.x, 5 - rect.y)
  })
}
refuse('a rectangle too wide', /over 70/, (record) => {
  record.fill({ ...whole, width: 71 }, 0)
})
refuse('no width', /no pixels/, (record) => {
  record.fill({ ...whole, width: 0 }, 0)
})
refuse('no height', /no pixels/, (record) => {
  record.fill({ ...whole, height: 0 }, 0)
})
const pixel = { x: 0, y: 0, width: 1, height: 1 }
refuse('a move over 32 bits', /is not in/, (record) => {
  record.move(pixel, 2 ** 31, 0)
})
refuse('palette 64', /over 63/, (record) => {
  record.indexed(pixel, 64, [], [0])
})
refuse('257 slots assigned', /over 256/, (record) => {
  record.indexed(
    pixel,
    0,
    Array.from({ length: 257 }, (_, i) => [i, i] as const),
    [0],
  )
})
const ends = /end too early/
refuse('no colour to fill with', ends, (record) => {
  record.fill(pixel, 0)
  record.colors.pop()
})
refuse('too few colours', ends, (record) => {
  record.raw(whole, unlike)
  record.colors.pop()
})
refuse('a slot behind the last', /no such slots/, (record) => {
  record.indexed(
    pixel,
    0,
    [
      [255, 1],
      [256, 2],
    ],
    [0],
  )
})
refuse('a run longer than what is assigned', /no such slots/, (record) => {
  record.indexed(pixel, 0, [[0, 1]], [0])
  record.colors[1] = 1
})
refuse('too few assigned', ends, (record) => {
  record.indexed(pixel, 0, [[0, 1]], [0])
  record.colors.pop()
})
refuse('too few indices', ends, (record) => {
  record.indexed(whole, 0, [[0, 1]], [0])
  record.indices.pop()
})
refuse('too few residuals', ends, (record) => {
  record.predicted(whole, unlike)
  for (const plane of record.planes) plane.pop()
})
const over = /left over/
refuse('a colour left', over, (record) => {
  record.colors.push(0)
})
refuse('an index left', over, (record) => {
  record.indices.push(0)
})
refuse('residuals left', over, (record) => {
  for (const plane of record.planes) plane.push(0)
})
for (const count of [1, 2]) {
  refuse(`${count} residuals of three`, /three planes/, (record) => {
    record.planes[0].push(...new Array<number>(count).fill(0))
  })
}
refuse(
  'a prediction in 10 bits',
  /only bgrx8/,
  (record) => {
    record.predicted(pixel, [0])
  },
  deep,
)
refuse(
  'bits 30 and 31',
  /reserved bits/,
  (record) => {
    record.fill(pixel, 0x40000000)
  },
  deep,
)
refuse('an eighth operation', /unknown/, (record) => {
  record.ops.push(7)
})
refuse('half an operation', ends, (record) => {
  record.ops.push(0, 0, 0, 1)
})
refuse('an empty slot', /empty slot/, (record) => {
  record.recall(0, 0, 1)
})
refuse('a slot more than was remembered', /empty slot/, (record) => {
  record.remember(0, 1)
  record.recall(0, 0, 2)
})
for (const slot of [-1, 2047, 2048]) {
  refuse(`slots from ${slot}`, /no such slot/, (record) => {
    record.recall(0, slot, 2)
  })
}
for (const [name, act] of Object.entries({
  recalled: (record: Streams, tile: number, count: number) => {
    record.recall(tile, 0, count)
  },
  remembered: (record: Streams, tile: number, count: number) => {
    record.remember(tile, count)
  },
})) {
  const cases: Record<string, [RegExp, number, number]> = {
    'no tile': [/no tile/, 0, 0],
    'a tile before the first': [/outside/, -1, 1],
    'a tile behind the last': [/outside/, 6, 1],
    'more tiles than there are': [/over 6/, 0, 7],
    'a tile cut at the right': [/cut/, 2, 1],
    'a tile cut at the bottom': [/cut/, 3, 1],
    'tiles of which the last is cut': [/cut/, 0, 3],
  }
  for (const [what, [message, tile, count]] of Object.entries(cases)) {
    refuse(`${what}, ${name}`, message, (record) => {
      record.remember(0, 2)
      act(record, tile, count)
    })
  }
}
wrong['streams longer than the record'] = [ends, streams(uvarint(2), [0, 0])]
wrong['colours longer than the record'] = [ends, streams(uvarint(0), uvarint(1), uvarint(0))]
wrong['no streams'] = [ends, streams()]
wrong['a count that is not the shortest'] = [
  /shortest/,
  streams(uvarint(4), [0, 0], [6], svarint(0), [0x81, 0]),
]

for (const [name, [message, record]] of Object.entries(wrong)) {
  test(`refused: ${name}`, (t) => {
    const error = t.throws(() => decode(record), { instanceOf: UnderstudyError, message })
    t.is(error.code, 'format-invalid')
  })
}
