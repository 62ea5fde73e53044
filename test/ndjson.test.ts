// Every record of docs/format.md §9, from bytes to the line of §11.1.
import test from 'ava'
import { UnderstudyError } from '../ts/errors.js'
import { Picture } from '../ts/frame.js'
import { toLine } from '../ts/ndjson.js'
import { RecordDecoder } from '../ts/record.js'
import type { Track } from '../ts/track.js'
import { concat, record, string, svarint, u32, uvarint } from './encode.js'
import { frame } from './picture.js'
import { hash } from './recording.js'

function lines(track: Track, ...records: readonly Uint8Array[]): string[] {
  const items = new RecordDecoder(track).decode(concat(...records))
  return Array.from(items, (item) => toLine(item, { hashes: true }))
}

const rectangle = concat(svarint(-5), svarint(6), uvarint(700), uvarint(2 ** 32 - 1))
const bounds = '{"x":-5,"y":6,"width":700,"height":4294967295}'

test('pointer', (t) => {
  const found = lines(
    'pointer',
    record(0x01, 7, [0b11], svarint(10), svarint(-20), svarint(-256), svarint(2 ** 31 - 1)),
    record(0x02, 1, [0], svarint(-15), svarint(0), [2]),
    record(0x03, 0, [1], svarint(0), svarint(0), [255]),
    record(0x04, 2 ** 40, [0b100], svarint(1), svarint(1), svarint(0), svarint(-120)),
  )
  t.deepEqual(found, [
    '{"track":"pointer","type":"pointermove","time":7,"x":10,"y":-20,"injected":true,"rawX":-256,"rawY":2147483647}\n',
    '{"track":"pointer","type":"pointerdown","time":8,"x":-5,"y":-20,"injected":false,"button":2}\n',
    '{"track":"pointer","type":"pointerup","time":8,"x":-5,"y":-20,"injected":true,"button":255}\n',
    '{"track":"pointer","type":"wheel","time":1099511627784,"x":-4,"y":-19,"injected":false,"deltaX":0,"deltaY":-120,"smooth":true}\n',
  ])
})

test('keyboard', (t) => {
  const found = lines(
    'keyboard',
    record(0x10, 0, [0b1001], uvarint(0b11), string('KeyQ'), string('"'), string('"\u2028')),
    record(0x11, 0, [0], uvarint(0b10000), string('KeyQ'), string('@')),
    record(0x12, 0, [0], uvarint(0xff)),
    record(0x13, 0, [1], uvarint(0), string('de(nodeadkeys)'), [1]),
    record(0x14, 5, string('credit_card'), [0]),
    record(0x14, 0, string('unknown_field'), [0b10_0011]),
  )
  t.deepEqual(found, [
    '{"track":"keyboard","type":"keydown","time":0,"code":"KeyQ","key":"\\"","text":"\\"\u2028","repeat":true,"modifiers":["Shift","Control"],"injected":true}\n',
    '{"track":"keyboard","type":"keyup","time":0,"code":"KeyQ","key":"@","modifiers":["AltGraph"],"injected":false}\n',
    '{"track":"keyboard","type":"modifiers","time":0,"modifiers":["Shift","Control","Alt","Meta","AltGraph","CapsLock","NumLock","ScrollLock"],"injected":false}\n',
    '{"track":"keyboard","type":"layout","time":0,"name":"de(nodeadkeys)","group":1,"modifiers":[],"injected":true}\n',
    '{"track":"keyboard","type":"redacted","time":5,"class":"credit_card","keys":[]}\n',
    '{"track":"keyboard","type":"redacted","time":5,"class":"unknown_field","keys":["letter","digit","navigation"]}\n',
  ])
})

test('screen', (t) => {
  const picture = new Picture(2, 1, 'bgrx10')
  picture.pixels.set([1, 0x3fffffff])
  const found = lines(
    'screen',
    frame(3, picture, { key: true }),
    record(0x31, 0, uvarint(1), uvarint(2), uvarint(0), uvarint(1), u32(1), u32(2)),
    record(0x32, 0, [1], svarint(-1), svarint(2)),
    record(0x32, 0, [0]),
  )
  t.deepEqual(found, [
    `{"track":"screen","type":"frame","time":3,"width":2,"height":1,"format":"bgrx10","key":true,"painted":2,"hash":"${hash(concat(u32(1), u32(0x3fffffff)))}"}\n`,
    '{"track":"screen","type":"cursorimage","time":3,"width":1,"height":2,"hotspotX":0,"hotspotY":1}\n',
    '{"track":"screen","type":"cursorposition","time":3,"x":-1,"y":2}\n',
    '{"track":"screen","type":"cursorposition","time":3}\n',
  ])
})

test('context', (t) => {
  const app = concat([1], string('XTerm'), string('xterm'))
  const found = lines(
    'context',
    record(0x20, 0, [1], uvarint(2 ** 53 - 1), app, string('~'), rectangle),
    record(0x20, 0, [0]),
    record(0x21, 0, uvarint(0), [0], string(''), rectangle),
    record(0x22, 0, uvarint(1), string('DP-1'), rectangle, [1]),
    record(0x23, 0, uvarint(2 ** 32 - 1), string('mail')),
    record(
      0x24,
      0,
      [0],
      uvarint(2 ** 53 - 1),
      uvarint(7),
      app,
      string('textbox'),
      string('City'),
      [1],
      rectangle,
    ),
    record(0x24, 0, [1], uvarint(0), uvarint(0), [0], string('menu-bar'), string(''), [0]),
  )
  t.deepEqual(found, [
    `{"track":"context","type":"focus","time":0,"window":{"id":9007199254740991,"app":{"id":"XTerm","instance":"xterm"},"title":"~","bounds":${bounds}}}\n`,
    '{"track":"context","type":"focus","time":0}\n',
    `{"track":"context","type":"window","time":0,"window":{"id":0,"title":"","bounds":${bounds}}}\n`,
    `{"track":"context","type":"monitors","time":0,"monitors":[{"name":"DP-1","bounds":${bounds},"primary":true}]}\n`,
    '{"track":"context","type":"workspace","time":0,"index":4294967295,"name":"mail"}\n',
    `{"track":"context","type":"element","time":0,"contact":"focused","element":{"id":9007199254740991,"window":7,"app":{"id":"XTerm","instance":"xterm"},"role":"textbox","name":"City","bounds":${bounds}}}\n`,
    '{"track":"context","type":"element","time":0,"contact":"clicked","element":{"id":0,"window":0,"role":"menu-bar","name":""}}\n',
  ])
})

test('a record that breaks a rule is refused', (t) => {
  const key = frame(0, new Picture(40, 1, 'bgrx8'), { key: true })
  const size = concat(uvarint(40), uvarint(1))
  const empty = [0, 0, 0]
  const wrong: Record<string, [Track, ...Uint8Array[]]> = {
    'a reserved flag': ['pointer', record(0x02, 0, [2], svarint(0), svarint(0), [0])],
    'a position over 32 bits': ['pointer', record(0x02, 0, [0], svarint(2 ** 31), svarint(0), [0])],
    'a ninth modifier': ['keyboard', record(0x12, 0, [0], uvarint(256))],
    'an empty code': ['keyboard', record(0x11, 0, [0], uvarint(0), string(''), string('a'))],
    'a code with a dash': [
      'keyboard',
      record(0x11, 0, [0], uvarint(0), string('a-b'), string('a')),
    ],
    'text that is not UTF-8': ['context', record(0x23, 0, uvarint(0), [1, 0xff])],
    'a truth value of 2': ['context', record(0x20, 0, [2])],
    'a role without a name': [
      'context',
      record(0x24, 0, [0], uvarint(0), uvarint(0), [0], string(''), string(''), [0]),
    ],
    'a role in capitals': [
      'context',
      record(0x24, 0, [0], uvarint(0), uvarint(0), [0], string('Button'), string(''), [0]),
    ],
    '65 monitors': ['context', record(0x22, 0, uvarint(65))],
    'a delta first': ['screen', frame(0, new Picture(40, 1, 'bgrx8'))],
    'a reserved flag of a picture': ['screen', record(0x30, 0, [4], empty)],
    'a shape without a key': ['screen', key, record(0x30, 0, [0, 0], size, empty)],
    'a third format': ['screen', record(0x30, 0, [1, 2], size, empty)],
    'no pixels': ['screen', record(0x30, 0, [1, 0], uvarint(0), uvarint(1), empty)],
    'a side too long': ['screen', record(0x30, 0, [1, 0], uvarint(32769), uvarint(1), empty)],
    'too many pixels': ['screen', record(0x30, 0, [1, 0], uvarint(32768), uvarint(4097), empty)],
    'a picture in a picture': [
      'screen',
      frame(0, new Picture(4, 4, 'bgrx8'), { key: true, more: true }),
      frame(0, new Picture(4, 4, 'bgrx8'), { key: true }),
    ],
    'time inside a picture': [
      'screen',
      frame(0, new Picture(4, 4, 'bgrx8'), { key: true, more: true }),
      frame(1, new Picture(4, 4, 'bgrx8')),
    ],
    'a cursor inside a picture': [
      'screen',
      frame(0, new Picture(4, 4, 'bgrx8'), { key: true, more: true }),
      record(0x32, 0, [0]),
    ],
    'a cursor of no width': [
      'screen',
      record(0x31, 0, uvarint(0), uvarint(1), uvarint(0), uvarint(0)),
    ],
    'a hotspot outside': [
      'screen',
      record(0x31, 0, uvarint(1), uvarint(1), uvarint(1), uvarint(0), u32(0)),
    ],
  }
  for (const [name, [track, ...records]] of Object.entries(wrong)) {
    const error = t.throws(() => lines(track, ...records), { instanceOf: UnderstudyError }, name)
    t.is(error.code, 'format-invalid', name)
  }
})
