import test from 'ava'
import { Picture } from '../ts/frame.js'
import { MemorySource, openRecording } from '../ts/reader.js'
import { concat, keydown, pointermove, record, uvarint, workspace } from './encode.js'
import { frame } from './picture.js'
import {
  contributorIdentity,
  path,
  strangerIdentity,
  Writer,
  type WriterOptions,
} from './recording.js'
import { verdict, walk, ways } from './walk.js'

/** A recording with every track, two segments in one, a checkpoint, a pause. */
function write(options: WriterOptions = {}): Writer {
  const writer = new Writer(options)
  writer.begin('pointer')
  writer.chunk('pointer', concat(pointermove(10, 3, 4), pointermove(10, 5, 2)))
  writer.checkpoint('pointer')
  writer.close('pointer')
  writer.line({ type: 'pause' })
  writer.line({ type: 'resume' })
  writer.begin('pointer')
  writer.begin('screen')
  const picture = new Picture(70, 40, 'bgrx8')
  picture.pixels.forEach((_, i) => (picture.pixels[i] = i % 70))
  writer.chunk('screen', frame(15, picture, { key: true }))
  picture.pixels.fill(0xff00ff, 33, 50)
  writer.chunk('screen', frame(1, picture, { tiles: [1] }))
  writer.checkpoint('screen')
  writer.chunk('pointer', pointermove(30, -1, 7))
  writer.checkpoint('pointer')
  writer.begin('keyboard')
  writer.chunk('keyboard', concat(keydown(20, 'KeyA', 'ä'), keydown(5, 'Enter', 'Enter', '')))
  writer.chunk('keyboard', keydown(1, 'KeyB', 'b'))
  writer.checkpoint('keyboard')
  return writer
}

test('items come merged by time, in each way of reading', async (t) => {
  const { files } = write().stop()
  for (const [way, source] of Object.entries(ways(files))) {
    t.deepEqual(await verdict(source), { word: 'intact' }, way)
    const { lines, failure } = await walk(source, await contributorIdentity(), false)
    t.is(failure, undefined)
    t.deepEqual(lines, [
      '{"track":"pointer","type":"pointermove","time":10,"x":3,"y":4,"injected":false}\n',
      '{"track":"screen","type":"frame","time":15,"width":70,"height":40,"format":"bgrx8","key":true,"painted":2800}\n',
      '{"track":"screen","type":"frame","time":16,"width":70,"height":40,"format":"bgrx8","key":false,"painted":1024}\n',
      '{"track":"pointer","type":"pointermove","time":20,"x":8,"y":6,"injected":false}\n',
      '{"track":"keyboard","type":"keydown","time":20,"code":"KeyA","key":"ä","text":"ä","repeat":false,"modifiers":[],"injected":false}\n',
      '{"track":"keyboard","type":"keydown","time":25,"code":"Enter","key":"Enter","text":"","repeat":false,"modifiers":[],"injected":false}\n',
      '{"track":"keyboard","type":"keydown","time":26,"code":"KeyB","key":"b","text":"b","repeat":false,"modifiers":[],"injected":false}\n',
      '{"track":"pointer","type":"pointermove","time":30,"x":-1,"y":7,"injected":false}\n',
    ])
  }
})

test('a picture is what was written, and lists what changed', async (t) => {
  const { files } = write().stop()
  const identity = await contributorIdentity()
  const seen: { pixels: Uint32Array; changed: unknown }[] = []
  for await (const item of openRecording(new MemorySource(files), {
    identity,
    tracks: ['screen'],
  })) {
    if (item.type !== 'frame') continue
    seen.push({ pixels: item.picture.copy().pixels, changed: item.changed })
  }
  t.deepEqual(
    seen.map(({ changed }) => changed),
    [[{ x: 0, y: 0, width: 70, height: 40 }], [{ x: 32, y: 0, width: 32, height: 32 }]],
  )
  t.is(seen[0]?.pixels[1], 1)
  t.is(seen[1]?.pixels[33], 0xff00ff)
  t.is(seen[1]?.pixels[1], 1)
})

test('info tells what is known without a key', async (t) => {
  const { files } = write().stop()
  const info = await openRecording(new MemorySource(files)).info()
  t.like(info, { status: 'intact', platform: 'synthetic', started: 1_500_000 })
  t.deepEqual(
    info?.tracks.map(({ track, segments }) => [track, segments]),
    [
      ['pointer', 2],
      ['keyboard', 1],
      ['screen', 1],
      ['context', 0],
    ],
  )
  t.deepEqual(
    info?.facts.map(({ type }) => type),
    ['start', 'pause', 'resume', 'stop'],
  )
})

test('any byte changed is found, and its file is named', async (t) => {
  // A small one: every byte costs a whole verification.
  const writer = new Writer()
  writer.begin('context')
  writer.chunk('context', workspace(5, 1, 'x'))
  const { files } = writer.stop()
  for (const [name, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x01
      const found = await verdict(new MemorySource(new Map(files).set(name, changed)))
      // A header that was changed may fail in what depends on it, and so may the journal's time.
      if (found.word === 'intact' || found.at !== name) t.fail(`${name} ${at}: ${found.word}`)
    }
  }
  t.pass()
})

test('any file removed, emptied, cut or grown is found', async (t) => {
  const { files } = write().stop()
  for (const [name, bytes] of files) {
    const removed = new Map(files)
    removed.delete(name)
    t.deepEqual(await verdict(new MemorySource(removed)), { word: 'tampered', at: name })
    const others = [
      bytes.slice(0, 0),
      bytes.slice(0, -1),
      concat(bytes, [0x0a]),
      concat(bytes, bytes),
    ]
    for (const other of others) {
      const found = await verdict(new MemorySource(new Map(files).set(name, other)))
      t.is(found.at, name)
      t.true(['tampered', 'format-invalid'].includes(found.word))
    }
  }
})

test('any two files swapped, within a recording or between two, are found', async (t) => {
  const { files } = write().stop()
  const { files: others } = write({ id: 2 }).stop()
  for (const [name, bytes] of files) {
    for (const [otherName, other] of [...files, ...others]) {
      if (other === bytes || (name === 'receipt.json' && otherName === name)) continue
      const swapped = new Map(files).set(name, other)
      if (files.get(otherName) === other) swapped.set(otherName, bytes)
      const found = await verdict(new MemorySource(swapped))
      if (!['tampered', 'format-invalid'].includes(found.word)) {
        t.fail(`${name} ⇄ ${otherName}: ${found.word}`)
      }
    }
  }
  t.pass()
})

test('a file too many is found, but not in a release', async (t) => {
  const { files } = write().stop()
  const also = (name: string) =>
    verdict(new MemorySource(new Map(files).set(name, Uint8Array.of(1))))
  for (const name of ['notes.txt', 'pointer/000002.seg', 'screen/0.seg', 'context/000000.key']) {
    t.deepEqual(await also(name), { word: 'tampered', at: name })
  }
  const foreign = 'other/000000.seg'
  t.deepEqual(await also(foreign), { word: 'tampered', at: foreign })
  t.deepEqual(await also('release'), { word: 'tampered', at: 'release' })
  t.deepEqual(await also('release/x.json'), { word: 'intact' })
})

test('a segment that was cut at any byte opens up to its last whole chunk', async (t) => {
  const writer = new Writer()
  writer.begin('context')
  const name = path('context', 0, 'seg')
  const ends = [0, 1, 2].map((index) => {
    writer.chunk('context', workspace(5, index, 'x'))
    if (index === 0) writer.checkpoint('context')
    return writer.files.get(name)?.length ?? 0
  })
  const whole = writer.files.get(name) ?? new Uint8Array(0)
  const [known = 0] = ends
  for (let size = 0; size <= whole.length; size++) {
    const source = new MemorySource(new Map(writer.files).set(name, whole.slice(0, size)))
    const found = await verdict(source)
    if (size < known) {
      t.deepEqual(found, { word: 'tampered', at: name })
      continue
    }
    t.deepEqual(found, { word: 'cut' })
    const { lines, failure } = await walk(source, await contributorIdentity())
    t.is(failure, undefined)
    t.is(lines.length, ends.filter((end) => end <= size).length)
  }
})

test('a journal that was cut at any byte is cut, or never began', async (t) => {
  const writer = new Writer()
  writer.begin('context')
  writer.chunk('context', workspace(5, 1, 'x'))
  writer.checkpoint('context')
  const journal = writer.files.get('journal.ndjson') ?? new Uint8Array(0)
  const started = journal.indexOf(0x0a) + 1
  for (let size = 0; size <= journal.length; size++) {
    const files = new Map(writer.files).set('journal.ndjson', journal.slice(0, size))
    const found = await verdict(new MemorySource(files))
    if (size < started) t.deepEqual(found, { word: 'tampered', at: path('context', 0, 'key') })
    else t.deepEqual(found, { word: 'cut' })
  }
})

test('a recording that was cut before it began holds nothing', async (t) => {
  const { files } = new Writer()
  for (const left of [1, 2, 3]) {
    const source = new MemorySource(new Map([...files].slice(0, left)))
    t.deepEqual(await verdict(source), { word: 'cut' })
    t.is(await openRecording(source).info(), undefined)
    t.deepEqual((await walk(source, await contributorIdentity())).lines, [])
  }
  t.deepEqual(await verdict(new MemorySource(new Map())), { word: 'tampered', at: 'header.json' })
})

test('behind the last checkpoint of a cut recording, what does not open ends the track', async (t) => {
  const writer = new Writer()
  writer.begin('context')
  writer.chunk('context', workspace(5, 1, 'x'))
  writer.checkpoint('context')
  writer.append(path('context', 0, 'seg'), concat([17, 0, 0, 0], new Uint8Array(17)))
  const source = new MemorySource(writer.files)
  t.deepEqual(await verdict(source), { word: 'cut' })
  const { lines, failure } = await walk(source, await contributorIdentity())
  t.is(lines.length, 1)
  t.is(failure, undefined)
})

test('one who is not the contributor opens nothing', async (t) => {
  const { files } = write().stop()
  const { lines, failure } = await walk(new MemorySource(files), await strangerIdentity())
  t.deepEqual(lines, [])
  t.like(failure, { code: 'identity-mismatch', at: 'pointer/000000.seg' })
})

test('items need an identity', async (t) => {
  const recording = openRecording(new MemorySource(write().stop().files))
  await t.throwsAsync(() => recording[Symbol.asyncIterator]().next(), { code: 'invalid-argument' })
})

test('a receipt that does not fit is refused', async (t) => {
  const outcomes = await Promise.all(
    [
      { tracks: ['pointer'] },
      { issued: 1501, expires: 2000 },
      { issued: 1000, expires: 1500 },
      { issued: 5, expires: 5 },
      { purpose: 'surveillance' },
      { recipients: [] },
      { more: 1 },
    ].map(async (receipt) => await verdict(new MemorySource(write({ receipt }).stop().files))),
  )
  for (const outcome of outcomes) {
    t.deepEqual(outcome, { word: 'receipt-invalid', at: 'receipt.json' })
  }
})

test('another format version is told apart', async (t) => {
  const header = { format: 5, future: [1] }
  const { files } = write({ header }).stop()
  t.deepEqual(await verdict(new MemorySource(files)), { word: 'format-version', at: 'header.json' })
})

test('a journal out of order is refused, at its line', async (t) => {
  const wrong: Record<string, (writer: Writer) => void> = {
    'a second start': (writer) => {
      writer.line({ type: 'start' })
    },
    'resume first': (writer) => {
      writer.line({ type: 'resume' })
    },
    'a gap in segments': (writer) => {
      writer.line({ type: 'open', track: 'screen', segment: 1, key: '00'.repeat(32) })
    },
    'a close without its open': (writer) => {
      const extent = { chunks: 0, size: 52, hash: '00'.repeat(32) }
      writer.line({ type: 'close', track: 'screen', segment: 0, ...extent })
    },
    'two open segments': (writer) => {
      writer.begin('screen')
      writer.begin('screen')
    },
    'time that goes back': (writer) => {
      writer.line({ type: 'pause', time: 5 })
      writer.line({ type: 'resume', time: 4 })
    },
    'a number left out': (writer) => {
      writer.line({ type: 'pause', seq: 7 })
    },
  }
  for (const [name, spoil] of Object.entries(wrong)) {
    const writer = new Writer()
    spoil(writer)
    t.deepEqual(
      await verdict(new MemorySource(writer.files)),
      { word: 'tampered', at: 'journal.ndjson' },
      name,
    )
  }
})

test('what is wrong inside a chunk is found when it is opened, behind the good records', async (t) => {
  const good = workspace(5, 1, 'x')
  const cases: Record<string, [string, (writer: Writer) => void]> = {
    'an unknown opcode': [
      'format-invalid',
      (w) => {
        w.chunk('context', record(0x24, 0))
      },
    ],
    "another track's record": [
      'format-invalid',
      (w) => {
        w.chunk('context', pointermove(0, 1, 1))
      },
    ],
    'bytes left in a body': [
      'format-invalid',
      (w) => {
        w.chunk('context', record(0x20, 0, [0, 0]))
      },
    ],
    'a long number': [
      'format-invalid',
      (w) => {
        w.chunk('context', record(0x23, 0, [0x81, 0], [0]))
      },
    ],
    'a string over its limit': [
      'format-invalid',
      (w) => {
        w.chunk('context', workspace(0, 1, 'x'.repeat(257)))
      },
    ],
    'a time over 2^53': [
      'format-invalid',
      (w) => {
        w.chunk('context', workspace(Number.MAX_SAFE_INTEGER, 1, 'x'))
      },
    ],
    'half a record': [
      'format-invalid',
      (w) => {
        w.chunk('context', good.subarray(0, -1))
      },
    ],
    'a tag that is not allowed': [
      'format-invalid',
      (w) => {
        w.chunk('context', good, 1)
      },
    ],
    'an empty chunk': [
      'format-invalid',
      (w) => {
        w.chunk('context', new Uint8Array(0), 0)
      },
    ],
    'no final chunk': [
      'open-failed',
      (w) => {
        w.closeAsIs('context')
      },
    ],
    'a chunk behind the final one': [
      'format-invalid',
      (w) => {
        w.chunk('context', new Uint8Array(0))
        w.seal('context', concat([1, 0, 0, 0], [1]), 0)
        w.closeAsIs('context')
      },
    ],
    'not zstd': [
      'format-invalid',
      (w) => {
        w.seal('context', concat([9, 0, 0, 0], [1, 2, 3]), 0)
      },
    ],
    'a chunk over 16 MiB': [
      'format-invalid',
      (w) => {
        w.seal('context', uvarint(2 ** 31), 0)
      },
    ],
  }
  for (const [name, [code, spoil]] of Object.entries(cases)) {
    const writer = new Writer()
    writer.begin('context')
    writer.chunk('context', good)
    spoil(writer)
    if (code !== 'open-failed' && name !== 'a chunk behind the final one')
      writer.closeAsIs('context')
    const source = new MemorySource(writer.stop().files)
    t.deepEqual(await verdict(source), { word: 'intact' }, name)
    const { lines, failure } = await walk(source, await contributorIdentity())
    t.is(lines.length, 1, name)
    t.like(failure, { code, at: 'context/000000.seg' }, name)
  }
})
