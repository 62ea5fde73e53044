// The whole way on a real X server, with real applications: what is played by XTEST is recorded, sealed,
// opened, and compared with what was played and with what the applications and the screen got.
import { execFile } from 'node:child_process'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import {
  type Focus,
  type Item,
  type KeyDown,
  openIdentity,
  openRecording,
  type Picture,
  Recorder,
  type RecorderOptions,
  type RecorderState,
  toLine,
} from '../ts/index.js'
import { buildExample, Display, type DisplayOptions, type Managed, readWhen } from './display.js'
import { secretOf } from './folder.js'
import { consent, readAll, type Studio, studio, understudy } from './studio.js'
import { randomNumbers } from './walk.js'

/** One after the other: some measure time, and none should wait for another's applications. */
function onX(title: string, run: (t: ExecutionContext) => Promise<void>) {
  if (process.platform === 'linux') test.serial(title, run)
  else test.skip(`${title} (needs X11: cannot run on ${process.platform})`, run)
}

/** A private display, a contributor, and a recorder's folder. */
interface Desk extends Studio {
  readonly display: Display
  /** Where the recording is. */
  readonly recording: string
  /** Records while something is done. */
  readonly record: (
    work: (recorder: Recorder) => Promise<void>,
    options?: Partial<RecorderOptions>,
  ) => Promise<void>
  /** What `understudy dump` prints. */
  readonly dump: () => Promise<Item[]>
}

async function desk(t: ExecutionContext, options?: DisplayOptions): Promise<Desk> {
  const display = await Display.start(options)
  t.teardown(() => display.close())
  const person = await studio(t)
  const recording = join(person.folder, 'recording')
  const record: Desk['record'] = async (work, more = {}) => {
    const { receipt } = person
    const all = {
      receipt,
      display: display.name,
      trusted: ['XTerm', 'Mousepad'],
      ...more,
      folder: recording,
    } as RecorderOptions
    const recorder = await Recorder.start(all)
    try {
      await work(recorder)
      // What the applications make of it.
      await sleep(300)
    } finally {
      await recorder.stop()
    }
    t.deepEqual(await openRecording(recording).verify(), { status: 'intact' })
    const info = await openRecording(recording).info()
    t.deepEqual(
      info?.facts.filter(({ type }) => type === 'dropped'),
      [],
      'nothing was lost',
    )
  }
  const dump = async () => {
    const { code, out, err } = await understudy(['dump', recording, '--identity', person.identity])
    t.is(code, 0, err)
    const lines = out.trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as Item)
  }
  return { ...person, display, recording, record, dump }
}

/** A terminal that writes what is typed to a file, and an editor with an empty one. */
async function office(display: Display) {
  const written = join(display.folder, 'terminal.txt')
  const note = join(display.folder, 'note.txt')
  await writeFile(note, '')
  const terminal = await display.terminal(
    ['sh', '-c', `cat > ${written}; exec sleep 1000`],
    ['-geometry', '60x20+20+40', '-T', 'Terminal'],
  )
  const editor = await display.editor(note)
  await display.focused('Mousepad')
  return { terminal, editor, written, note }
}

/** Into a window, well inside: the editor warns at its top whoever is root. */
function inside({ bounds }: Managed): { x: number; y: number } {
  return { x: bounds.x + 120, y: bounds.y + 160 }
}

/** The line of a script that moves to a window and clicks it. */
function click(window: Managed): string {
  const { x, y } = inside(window)
  return `move ${x} ${y}\nclick\nsleep 250`
}

function only<T extends Item['type']>(items: readonly Item[], type: T) {
  return items.filter((item): item is Item & { type: T } => item.type === type)
}

function keydowns(items: readonly Item[]): KeyDown[] {
  return only(items, 'keydown')
}

function typed(items: readonly Item[]): string {
  return keydowns(items)
    .map(({ text }) => text)
    .join('')
}

const layouts: Readonly<Record<string, string>> = {
  us: 'Hello, World! "x = {a|b}" ~/c_d #1',
  // AltGr: @ € { } ~ |; a dead key: ê Î é
  de: 'Zyüß Ärger @ € {x} ê Î é ~|',
  fr: 'Été à Noël, ça va ? 100 € @ # ê î û',
}
for (const [layout, text] of Object.entries(layouts)) {
  onX(`what is typed under the layout ${layout} is in the dump, key by key`, async (t) => {
    const { display, record, dump } = await desk(t, { layout: [layout] })
    const { terminal, editor, written, note } = await office(display)
    await record(() =>
      display.play(
        [
          `${click(terminal)}\ntype ${text} every 20\nkey Enter\nkey ControlLeft+KeyD\nsleep 350`,
          `${click(editor)}\ntype ${text} every 20\nsleep 200\nkey ControlLeft+KeyS\nsleep 400`,
          // What is left unfinished is not told, and an @ may be the beginning of an address.
          click(terminal),
        ].join('\n'),
      ),
    )
    t.is(await readWhen(written, (got) => got === `${text}\n`), `${text}\n`, 'the terminal got it')
    t.is((await readWhen(note, (got) => got.trimEnd() === text)).trimEnd(), text, 'the editor too')

    const items = await dump()
    t.is(typed(items), text + text)
    const plain = keydowns(items).filter(({ text: own }) => own !== '')
    t.deepEqual(
      plain.map(({ key }) => key),
      Array.from(text + text),
      'each key means what it types',
    )
    t.deepEqual([...new Set(keydowns(items).map(({ injected }) => injected))], [true])
    // Whatever went down came up again.
    const held: string[] = []
    for (const item of items) {
      if (item.type === 'keydown') held.push(item.code)
      if (item.type === 'keyup') t.not(held.indexOf(item.code), -1, item.code)
      if (item.type === 'keyup') held.splice(held.indexOf(item.code), 1)
    }
    t.deepEqual(held, [])
    t.is(only(items, 'layout')[0]?.name, layout)
  })
}

onX('keys have their place, their meaning, their text and the modifiers in effect', async (t) => {
  const { display, record, dump } = await desk(t, { layout: ['de'] })
  await display.terminal(['sleep', '1000'])
  await display.focused('XTerm')
  await record(() => display.play('type Z@ê every 30\nkey ControlLeft+KeyA\nsleep 50\nclick'))
  const seen = (await dump()).flatMap((item) => {
    if (item.type !== 'keydown') return []
    const { code, key, text, modifiers } = item
    return [[code, key, text, modifiers.join('+')]]
  })
  t.deepEqual(seen, [
    ['ShiftLeft', 'Shift', '', 'Shift'],
    ['KeyY', 'Z', 'Z', 'Shift'],
    ['AltRight', 'AltGraph', '', 'AltGraph'],
    ['KeyQ', '@', '@', 'AltGraph'],
    ['Backquote', 'Dead', '', ''],
    ['KeyE', 'ê', 'ê', ''],
    ['ControlLeft', 'Control', '', 'Control'],
    ['KeyA', 'a', '', 'Control'],
  ])
})

onX('clicks land on the pixel', async (t) => {
  const { display, record, dump } = await desk(t)
  const places = [
    { x: 0, y: 0, button: 0 },
    { x: 1279, y: 799, button: 0 },
    { x: 641, y: 333, button: 1 },
    { x: 17, y: 798, button: 0 },
    { x: 1278, y: 1, button: 2 },
  ]
  await record(() =>
    display.play(
      places
        .map(({ x, y, button }) => `move ${x} ${y}\nclick ${button + 1}\nsleep 30\nkey Escape`)
        .join('\n'),
    ),
  )
  const items = await dump()
  for (const type of ['pointerdown', 'pointerup'] as const) {
    t.deepEqual(
      only(items, type).map(({ x, y, button }) => ({ x, y, button })),
      places,
      type,
    )
  }
})

onX('a change of focus stands before the next click, and names the window clicked', async (t) => {
  const { display, record, dump } = await desk(t)
  const { terminal, editor } = await office(display)
  const windows = [terminal, editor, terminal, editor, terminal, editor]
  await record(() => display.play(windows.map(click).join('\n')))
  const items = await dump()
  // In between none has it. X tells the time in milliseconds, each connection's rounded by itself.
  const after = (time: number) =>
    items.find(
      (item): item is Focus => item.type === 'focus' && !!item.window && item.time > time - 2e6,
    )
  const downs = only(items, 'pointerdown')
  t.is(downs.length, windows.length)
  const took = downs.map(({ time }, index) => {
    const focus = after(time)
    const expected = windows[index]
    t.is(focus?.window?.app?.id, expected?.class)
    t.is(focus?.window?.app?.instance, expected?.instance)
    t.regex(focus?.window?.title ?? '', expected === terminal ? /^Terminal$/ : /note\.txt/)
    const next = downs[index + 1]?.time ?? Infinity
    t.true(focus !== undefined && focus.time < next)
    return ((focus?.time ?? Infinity) - time) / 1e6
  })
  // How long it takes is told, not asserted: these machines are shared.
  t.log(took.map((milliseconds) => `${milliseconds.toFixed(1)} ms`).join(', '))
})

for (const [count, rate] of [
  [80_000, 8_000],
  [256_000, 64_000],
] as const) {
  onX(`${count} positions at ${rate / 1000} kHz are all in the dump, in order`, async (t) => {
    const [width, height] = [1280, 800]
    const { display, recording, record, identity } = await desk(t)
    await record(() => display.play(`flood ${count} ${rate} ${width} ${height}`), {
      tracks: ['pointer', 'context'],
    })
    const moves = only(await readAll(recording, identity), 'pointermove')
    t.is(moves.length, count)
    const wrong = moves.findIndex(
      ({ x, y }, n) => x !== n % width || y !== Math.floor(n / width) % height,
    )
    t.is(wrong, -1)
    t.true(moves.every(({ time }, n) => time >= (moves[n - 1]?.time ?? 0)))
  })
}

onX('a live tap gives what is recorded, in few calls', async (t) => {
  const { display, recording, record, identity, publicKey } = await desk(t)
  // A terminal would have to show what is typed, and the screen is not recorded.
  await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const live = ['pointer', 'keyboard', 'context'] as const
  const receipt = await consent(identity, publicKey, { live })
  let calls = 0
  const ready = () => {
    calls++
  }
  const seen: Item[] = []
  let reading: Promise<void> | undefined
  const read = async (recorder: Recorder) => {
    for await (const item of recorder.live()) seen.push(item)
  }
  await record(
    async (recorder) => {
      reading = read(recorder)
      await display.play('type live every 50\nflood 4000 1000 1280 800\nclick')
    },
    { receipt, tracks: live, live: { tracks: live, ready } },
  )
  await reading
  const recorded = await readAll(recording, identity)
  for (const track of live) {
    const of = (items: readonly Item[]) => items.filter((item) => item.track === track)
    t.deepEqual(of(seen), of(recorded), track)
  }
  t.is(typed(seen), 'live')
  t.true(only(seen, 'pointermove').length >= 4000)
  t.true(calls < 400, `${calls} calls: they followed the mouse`)
})

/** How many pixels differ; all, where the sizes do. */
function differing(one: Picture | undefined, other: Picture): number {
  if (one?.width !== other.width || one.height !== other.height) return other.pixels.length
  return other.pixels.reduce((sum, pixel, at) => sum + Number(pixel !== one.pixels[at]), 0)
}

/** What a recording shows at some times, in milliseconds since 1970, in order. */
async function picturesAt({ recording, identity }: Desk, times: readonly number[]) {
  const started = (await openRecording(recording).info())?.started ?? NaN
  const shown: (Picture | undefined)[] = []
  let latest: Picture | undefined
  const key = await openIdentity(identity)
  for await (const item of openRecording(recording, { identity: key, tracks: ['screen'] })) {
    if (item.type !== 'frame') continue
    while (item.time / 1e6 > (times[shown.length] ?? Infinity) - started) shown.push(latest)
    latest = item.picture.copy()
  }
  while (shown.length < times.length) shown.push(latest)
  return shown
}

onX('a still screen is recorded as it is, to the pixel', async (t) => {
  const mine = await desk(t, { cursor: false })
  const { display } = mine
  const terminal = await display.terminal(['sh'], ['-geometry', '70x24+20+40'])
  const note = join(display.folder, 'note.txt')
  await writeFile(note, 'one line\n'.repeat(200))
  const editor = await display.editor(note)
  await display.focused('Mousepad')
  await display.still()
  const work = [
    'sleep 10',
    `${click(terminal)}\ntype seq 1 300 every 15\nkey Enter`,
    'wheel -9',
    `${click(editor)}\ntype Some text every 15\nwheel 7`,
    // The editor over the terminal, by its title bar.
    `move ${editor.bounds.x + 200} ${editor.bounds.y - 10}\ndown\nmove 500 300 over 400\nup`,
    'key AltLeft+KeyE',
  ]
  const screenshots: Picture[] = []
  const times: number[] = []
  await mine.record(async () => {
    for (const script of work) {
      await display.play(script)
      // Longer than GTK shows a scroll bar after it was moved, which then goes by itself.
      screenshots.push(await display.still(1500))
      // A little ago, when it stood still already.
      times.push(Date.now() - 50)
    }
  })
  const pictures = await picturesAt(mine, times)
  const differences = screenshots.map((screenshot, n) => differing(pictures[n], screenshot))
  t.deepEqual(
    differences,
    work.map(() => 0),
  )
  const [first] = screenshots
  t.true(first !== undefined && screenshots.slice(1).every((shot) => differing(first, shot) > 100))

  const info = await openRecording(mine.recording).info()
  t.deepEqual(
    info?.facts.filter(
      (fact) =>
        fact.type === 'dropped' ||
        (fact.type === 'notice' && fact.notice !== 'no-accessibility') ||
        (fact.type === 'withheld' && fact.track === 'screen'),
    ),
    [],
    'no damage was missed, and nothing left out',
  )
})

onX('of an excluded application there is nothing: no keys, no title, no pixels', async (t) => {
  const mine = await desk(t)
  const { display } = mine
  const { terminal, editor } = await office(display)
  const pink = 0xff00fe
  const vault = await display.terminal(
    ['sleep', '1000'],
    ['-class', 'Vault', '-T', 'Account', '-bg', '#ff00fe', '-geometry', '30x8+100+560'],
    'Vault',
  )
  const counts: number[] = []
  await mine.record(
    () =>
      display.play(
        [
          `${click(terminal)}\ntype before every 20\nsleep 400`,
          `${click(editor)}\ntype secret1 every 20\nsleep 400`,
          `move ${vault.bounds.x + 50} ${vault.bounds.y + 50}\nclick\nsleep 250`,
          'type secret2 every 20\nsleep 400',
          // Dragged over what may be seen.
          `move ${vault.bounds.x + 80} ${vault.bounds.y - 10}\ndown\nmove 400 200 over 900\nup`,
          `sleep 400\n${click(terminal)}\ntype after every 20`,
        ].join('\n'),
      ),
    { exclude: ['mousepad', 'vault'] },
  )
  const screen = await openIdentity(mine.identity)
  const items: Item[] = []
  for await (const item of openRecording(mine.recording, { identity: screen })) {
    items.push(item)
    if (item.type !== 'frame') continue
    counts.push(item.picture.pixels.reduce((sum, pixel) => sum + Number(pixel === pink), 0))
  }
  t.is(typed(items), 'beforeafter')
  const text = items.map((item) => toLine(item)).join('')
  t.notRegex(text, /note\.txt|Account|mousepad|vault/i)
  t.regex(text, /"title":"Terminal"/)

  t.true(counts.length > 10)
  t.deepEqual(
    counts.filter((count) => count > 0),
    [],
    `pictures with excluded pixels, of ${counts.length}`,
  )
  const last = items.findLast((item) => item.type === 'frame')?.picture
  const { x, y, width, height } = editor.bounds
  const colours = new Set<number | undefined>()
  // Its right half: the terminal may be over the left.
  for (let row = y + 30; row < Math.min(y + height, 800); row++) {
    for (let column = x + width / 2; column < Math.min(x + width, 1280); column++) {
      colours.add(last?.pixels[row * last.width + column])
    }
  }
  t.is(colours.size, 1, 'the editor is painted over')

  const facts = (await openRecording(mine.recording).info())?.facts ?? []
  const withheld = facts.flatMap((fact) =>
    fact.type === 'withheld' ? [`${fact.track}: ${fact.reason}`] : [],
  )
  t.true(withheld.includes('keyboard: excluded-application'), withheld.join())
  t.true(withheld.includes('screen: excluded-application'), withheld.join())
})

onX('modifiers at the start, a key that repeats, another layout on the way', async (t) => {
  const { display, record, dump } = await desk(t)
  await display.terminal(['sleep', '1000'])
  await display.focused('XTerm')
  await display.play('keydown ShiftLeft')
  await record(async () => {
    await sleep(300)
    await display.play('keyup ShiftLeft\nkey KeyY\nkeydown KeyA\nsleep 1300\nkeyup KeyA')
    await display.run('setxkbmap', ['de'])
    await sleep(300)
    await display.play('key KeyY')
  })
  const items = await dump()
  const [modifiers] = only(items, 'modifiers')
  t.deepEqual(modifiers?.modifiers, ['Shift'])
  const release = only(items, 'keyup').find(({ code }) => code === 'ShiftLeft')
  t.true(modifiers !== undefined && release !== undefined && modifiers.time < release.time)
  t.deepEqual(release?.modifiers, [])

  const repeated = keydowns(items).filter(({ code }) => code === 'KeyA')
  t.true(repeated.length > 5, `${repeated.length} presses`)
  t.deepEqual(
    repeated.map(({ repeat }) => repeat),
    repeated.map((_, n) => n > 0),
  )
  t.is(only(items, 'keyup').filter(({ code }) => code === 'KeyA').length, 1)

  const names = only(items, 'layout').map(({ name }) => name)
  t.deepEqual([...new Set(names)], ['us', 'de'])
  const place = keydowns(items).filter(({ code }) => code === 'KeyY')
  t.deepEqual(
    place.map(({ text }) => text),
    ['y', 'z'],
  )
})

onX('the screen gets another size, monitors come and go, and the recording goes on', async (t) => {
  const mine = await desk(t, { cursor: false })
  const { display } = mine
  await display.terminal(['sleep', '1000'], ['-geometry', '60x20+20+40'])
  await display.focused('XTerm')
  let screenshot: Picture | undefined
  await mine.record(async () => {
    await sleep(300)
    // The server tells of new names with the next change of size.
    await display.run('xrandr', ['--setmonitor', 'left', '640/160x800/200+0+0', 'screen'])
    await display.run('xrandr', ['--setmonitor', 'right', '640/160x800/200+640+0', 'none'])
    await display.resize('1024x768')
    await sleep(700)
    await display.run('xrandr', ['--delmonitor', 'right'])
    await display.resize('800x600')
    await sleep(300)
    await display.play('type after every 20')
    screenshot = await display.still()
  })
  const items = await readAll(mine.recording, mine.identity)
  t.is(typed(items), 'after')
  const monitors = only(items, 'monitors').map((item) => item.monitors.map(({ name }) => name))
  t.deepEqual(monitors.slice(-2), [['left', 'right'], ['left']])
  const last = only(items, 'frame').at(-1)
  t.deepEqual([last?.width, last?.height], [800, 600])
  t.is(screenshot && differing(last?.picture, screenshot), 0)

  const facts = (await openRecording(mine.recording).info())?.facts ?? []
  const sizes = facts.flatMap((fact) =>
    fact.type === 'notice' && fact.notice === 'resized' ? [[fact.width, fact.height]] : [],
  )
  t.deepEqual(sizes, [
    [1024, 768],
    [800, 600],
  ])
})

onX('a server that vanishes fails the recorder, and what was written opens', async (t) => {
  const { display, folder, receipt, identity } = await desk(t)
  await display.terminal(['sleep', '1000'])
  await display.focused('XTerm')
  const path = join(folder, 'lost')
  const recorder = await Recorder.start({
    receipt,
    folder: path,
    display: display.name,
    trusted: ['XTerm'],
  })
  const states: RecorderState[] = []
  const ended = (async () => {
    for await (const state of recorder.states()) states.push(state)
  })()
  await display.play('type some words every 20')
  await sleep(1200)
  const killed = performance.now()
  await display.kill()
  await ended
  t.log(`failed after ${(performance.now() - killed).toFixed(0)} ms`)
  const last = states.at(-1)
  t.is(last?.type === 'failed' && last.error.code, 'display-lost')
  await t.throwsAsync(recorder.stop(), { code: 'display-lost' })

  const { code, out, err } = await understudy(['verify', path])
  t.true(code === 0 || code === 3, `${String(code)} ${out} ${err}`)
  const facts = (await openRecording(path).info())?.facts ?? []
  if (code === 0) t.like(facts.at(-1), { type: 'stop', reason: 'display-lost' })
  const items = await readAll(path, identity)
  t.is(typed(items), 'some words')
  t.true(only(items, 'frame').length > 0)
})

onX('without a display nothing starts, and nothing is left behind', async (t) => {
  const { receipt, folder, out } = await studio(t)
  const path = join(folder, 'none')
  const none = ':4242'
  await t.throwsAsync(Recorder.start({ receipt, folder: path, display: none }), {
    code: 'display-unavailable',
  })
  await t.throwsAsync(access(path), { code: 'ENOENT' })

  for (const environment of [{ DISPLAY: none }, { DISPLAY: '' }]) {
    const args = ['record', '--receipt', receipt, '--out', out, '--for', '1s', '--json']
    const { code, out: printed, err } = await understudy(args, environment)
    t.is(code, 1, printed)
    t.regex(err, /display-unavailable/)
    await t.throwsAsync(access(out), { code: 'ENOENT' })
  }
})

onX('both readers say the same of a real recording, to the byte', async (t) => {
  const { display, record, recording, identity } = await desk(t)
  const { terminal, editor } = await office(display)
  await record(() =>
    display.play(
      [
        `${click(terminal)}\ntype Some "text" \\ every 20\nkey Enter\nwheel 3`,
        `${click(editor)}\ntype more every 20\nmove 900 700 over 300\nkey AltLeft+KeyF\nsleep 200`,
      ].join('\n'),
    ),
  )
  const key = await openIdentity(identity)
  const portable: string[] = []
  for await (const item of openRecording(recording, { identity: key })) {
    portable.push(toLine(item, { hashes: true }))
  }
  const reader = await buildExample('understudy-core', 'read')
  const secret = await secretOf(identity)
  const { stdout } = await promisify(execFile)(reader, ['dump', recording, secret], {
    maxBuffer: 1 << 26,
  })
  const rust = stdout.split(/(?<=\n)/)
  t.is(rust.length, portable.length)
  const first = rust.findIndex((line, n) => line !== portable[n])
  t.is(first, -1, `${String(rust[first])}${String(portable[first])}`)
  const end = (JSON.parse(portable.at(-1) ?? '') as Item).time
  const random = randomNumbers(5)
  const spans = Array.from({ length: 12 }, () => {
    const from = Math.floor(random() * end)
    return [from, from + Math.floor(random() * 5e8)] as const
  })
  const args = ['dump', recording, secret, ...spans.flat().map(String)]
  const { stdout: parts } = await promisify(execFile)(reader, args, { maxBuffer: 1 << 26 })
  const same: string[] = []
  for (const [from, to] of spans) {
    for await (const item of openRecording(recording, { identity: key, from, to })) {
      same.push(toLine(item, { hashes: true }))
    }
  }
  t.true(parts === same.join(''), 'both give the same of any span')
  const kinds = new Set(portable.map((line) => (JSON.parse(line) as Item).type))
  t.true(kinds.has('frame') && kinds.has('keydown') && kinds.has('wheel') && kinds.has('focus'))
  t.is((await readFile(join(recording, 'header.json'), 'utf8')).includes('"x11"'), true)
})
