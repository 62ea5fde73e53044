// Pauses under a fast mouse and fast typing, again and again, on a real X server; and what is left of what happened in them in
// the recorder's memory, on the disk, in the recording.
//
// Each pause has secrets of its own. Its keys type characters that no key had before: the keyboard gets a new layout in each
// pause. A single key would be found: its text lies in memory twice. Pointer positions, a window's title and a colour of
// the screen are used in pauses alone, too.
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Answering } from '../bench/child.js'
import { makeIdentity } from '../native/binding.js'
import { type Item, openIdentity, openRecording, runningRecorders } from '../ts/index.js'
import { Display, type Managed } from './display.js'
import { bytesOf } from './folder.js'
import { hasBytes, memoryOf, rowIn, utf16In, utf8In } from './memory.js'
import { anybody, consent, sleep } from './studio.js'

/** What was done, and what was found. */
export interface PausesOutcome {
  readonly pauses: number
  /** How long each took from the question at the socket to the answer, milliseconds, least first. */
  readonly took: readonly number[]
  /** What happened in pauses: keys, positions of the pointer. */
  readonly pausedKeys: number
  readonly pausedPositions: number
  /** Memory that was searched, all pauses together, bytes. */
  readonly searched: number
  /** Which secrets of a pause were found, and where. */
  readonly found: readonly string[]
  /** Which things that happened while it was recorded were found in memory by the same search: so it can find something. */
  readonly seen: ReadonlySet<Form>
  /** What the recording has: of keys, positions and pictures while it was recorded. */
  readonly recorded: { readonly keys: number; readonly positions: number; readonly frames: number }
}

/** In what form something may lie in memory. */
export type Form =
  'text' | 'utf-16' | 'characters' | 'keycodes' | 'key numbers' | 'title' | 'colour'

/** Keys that type letters, each with its keycode; evdev's number is 8 less. */
const keyboard = new Map<string, number>(
  Object.entries({ QWERTYUIOP: 24, ASDFGHJKL: 38, ZXCVBNM: 52 }).flatMap(([row, first]) =>
    Array.from(row, (letter, at) => [`Key${letter}`, first + at]),
  ),
)

/** So many members in a row are no coincidence. */
const rowLength = 8

/** Where the pointer goes while it is recorded, and where in pauses alone: rows from `pausedFrom` on. */
const [wide, pausedFrom] = [900, 600]
const flood = `flood 2400 8000 ${wide} ${pausedFrom - 100}`
const pausedFlood = `flood 1600 8000 ${wide} 800 from ${wide * pausedFrom}`
/** Colours of pauses have this much red, and others have not. */
const [pausedRed, quiet] = [0xe7, '#203040']

/** What types, one key after the other, and what each of them types: characters of CJK Extension B, four bytes each in UTF-8. */
class Typing {
  static readonly #used = new Set<number>()
  readonly keys: readonly string[]
  readonly points: readonly number[]

  constructor() {
    this.keys = shuffled([...keyboard.keys()])
    this.points = this.keys.map(() => Typing.#fresh())
  }

  get script(): string {
    return this.keys.map((key) => `key ${key}`).join('\n')
  }

  /** Gives the keyboard these characters. */
  async install(display: Display): Promise<void> {
    const each = this.keys.flatMap((key, at) => [
      '-e',
      `keycode ${keyboard.get(key) ?? 0} = U${this.points[at]?.toString(16) ?? ''}`,
    ])
    await display.run('xmodmap', each)
  }

  static #fresh(): number {
    for (;;) {
      const point = randomInt(0x20000, 0x2a6e0)
      if (!this.#used.has(point)) {
        this.#used.add(point)
        return point
      }
    }
  }
}

/** What happens in one pause. */
interface Secrets {
  readonly title: string
  readonly colour: number
  readonly keys: readonly string[]
  readonly points: readonly number[]
}

/**
 * Pauses a recorder in a process of its own, again and again.
 *
 * @param count - how often
 * @param tell - called after each pause
 */
export async function pauses(
  count: number,
  tell: (done: number) => void = () => undefined,
): Promise<PausesOutcome> {
  await using display = await Display.start()
  // Where the recorder's socket is: others run at the same time.
  process.env['XDG_RUNTIME_DIR'] = join(display.folder, 'run')
  const window = await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const identity = join(display.folder, 'identity')
  await makeIdentity(identity)
  const receipt = await consent(identity, await anybody())
  const program = fileURLToPath(new URL('../bench/host.mjs', import.meta.url))
  await using host = await Answering.start(process.execPath, [program])
  const folder = join(display.folder, 'recording')
  const start = { receipt, folder, display: display.name, trusted: ['Mousepad'] }
  await host.ask({ start })
  const [recorder] = await runningRecorders()
  if (!recorder) throw new Error('the recorder does not answer')

  const scene = new Scene(display, window, host.pid)
  const seen = await scene.seenWhileRecorded()
  const took: number[] = []
  for (let done = 1; done <= count; done++) {
    // Long enough for pictures to be taken.
    await sleep(150)
    const secrets = await scene.typeUntil(async () => {
      const begun = performance.now()
      await recorder.pause()
      took.push(performance.now() - begun)
    })
    await scene.keepSecrets(secrets, done)
    await recorder.resume()
    tell(done)
  }
  await sleep(600)
  await scene.search('after all, ')
  await host.ask({ stop: true })
  const recorded = await scene.read(folder, identity)
  took.sort((a, b) => a - b)
  const { found, pausedKeys, searched } = scene
  const pausedPositions = 1600 * count
  return { pauses: count, took, pausedKeys, pausedPositions, searched, found, seen, recorded }
}

/** The desktop, who works there, and who looks for what is left of it. */
class Scene {
  readonly found: string[] = []
  searched = 0
  pausedKeys = 0
  readonly #display: Display
  readonly #window: Managed
  readonly #pid: number
  #typing = new Typing()
  /** Of all pauses: in which it was typed. */
  readonly #points = new Map<number, number>()
  readonly #titles: string[] = []
  readonly #colours = new Set<number>()
  /** All that were ever shown, in pauses and before: there are 4,096. */
  readonly #shown = new Set<number>()

  constructor(display: Display, window: Managed, pid: number) {
    this.#display = display
    this.#window = window
    this.#pid = pid
  }

  /** Works while it is recorded, and answers in which forms that is found in memory: at once, and a little later. */
  async seenWhileRecorded(): Promise<Set<Form>> {
    const seen = new Set<Form>()
    for (let round = 0; round < 4; round++) {
      const secrets = this.#secrets()
      await this.#typing.install(this.#display)
      await this.#show(secrets.title, hex(secrets.colour))
      // The layout is read anew, the pictures are taken.
      await sleep(500)
      const typed = this.#display.play(this.#typing.script)
      await sleep(120 + 100 * round)
      const { keys, points } = this.#typing
      for (const form of await this.#look({ ...secrets, keys, points })) seen.add(form)
      await typed
      for (const form of await this.#look({ ...secrets, keys, points })) seen.add(form)
      this.#typing = new Typing()
    }
    await this.#typing.install(this.#display)
    await this.#show('quiet', quiet)
    return seen
  }

  /**
   * Types and moves the pointer, 8,000 positions a second, until some keys were typed; goes on with both while `pause` runs, and
   * behind it.
   *
   * @returns the keys that went down after that, and what was shown then
   */
  async typeUntil(pause: () => Promise<void>): Promise<Secrets> {
    const secrets = this.#secrets()
    const { keys, points, script } = this.#typing
    const done: number[] = []
    const mouse = this.#display.play(flood)
    const some = randomInt(2, 8)
    let begin: (() => void) | undefined
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const typed = this.#display.play(script, (line, at) => {
      done[line] = at
      if (line === some) begin?.()
    })
    await begun
    await pause()
    // A clock in whole milliseconds: by then it was answered in any case.
    const answered = Date.now() + 1
    await Promise.all([mouse, typed, this.#show(secrets.title, hex(secrets.colour))])
    // A key goes down when the one before it is done.
    const after = keys.findIndex((_, at) => at > 0 && (done[at - 1] ?? 0) >= answered)
    const from = after < 0 ? keys.length : after
    return { ...secrets, keys: keys.slice(from), points: points.slice(from) }
  }

  /** What happens in the pause; then everything is searched for it, and the next layout is there. */
  async keepSecrets(secrets: Secrets, number: number): Promise<void> {
    secrets.points.forEach((point) => this.#points.set(point, number))
    this.pausedKeys += secrets.keys.length
    this.#titles.push(secrets.title)
    this.#colours.add(secrets.colour)
    await this.#display.play(pausedFlood)
    // For a quarter of a second the recorder asks on who has the focus, so that the last keys before can be judged.
    await sleep(300)
    const forms = [...(await this.#look(secrets))]
    this.found.push(...forms.map((form) => `pause ${number}: ${form} in memory`))
    this.#typing = new Typing()
    await this.#typing.install(this.#display)
    await this.#show('quiet', quiet)
    await this.#display.play('move 100 100')
  }

  /** Looks once more for all of them. */
  async search(when: string): Promise<void> {
    const memory = await memoryOf(this.#pid)
    const points = [...utf8In(memory, this.#points), ...utf16In(memory, this.#points)]
    this.found.push(...points.map((point) => `${when}U+${point.toString(16)} in memory`))
    const titles = this.#titles.filter((title) => hasBytes(memory, Buffer.from(title)))
    this.found.push(...titles.map((title) => `${when}title ${title} in memory`))
  }

  /** Reads the recording, and looks for secrets in it and in its files. */
  async read(folder: string, identity: string): Promise<PausesOutcome['recorded']> {
    const files = [await bytesOf(folder)]
    const points = utf8In(files, this.#points)
    this.found.push(...points.map((point) => `U+${point.toString(16)} in a file`))
    const titles = this.#titles.filter((title) => hasBytes(files, Buffer.from(title)))
    this.found.push(...titles.map((title) => `title ${title} in a file`))
    const recording = openRecording(folder, { identity: await openIdentity(identity) })
    const spans = pausedSpans((await recording.info())?.facts ?? [])
    const counts = { keys: 0, positions: 0, frames: 0 }
    for await (const item of recording) {
      const within = spans.find(({ from, to }) => from < item.time && item.time < to)
      if (within) this.found.push(`${item.type} at ${item.time} in a pause`)
      this.#judge(item, counts)
    }
    return counts
  }

  #judge(item: Item, counts: { keys: number; positions: number; frames: number }): void {
    if (item.type === 'keydown') {
      counts.keys++
      const point = item.text.codePointAt(0) ?? 0
      if (this.#points.has(point)) this.found.push(`key ${item.text} in the recording`)
    } else if (item.type === 'pointermove') {
      counts.positions++
      if (item.y >= pausedFrom) this.found.push(`position ${item.x}, ${item.y} in the recording`)
    } else if (item.type === 'frame') {
      counts.frames++
      const colour = item.picture.pixels.find((pixel) => this.#colours.has(pixel))
      if (colour !== undefined) this.found.push(`colour ${hex(colour)} in a picture`)
    } else if (item.track === 'context') {
      const told = JSON.stringify(item)
      const title = this.#titles.find((one) => told.includes(one))
      if (title !== undefined) this.found.push(`title ${title} in the recording`)
    }
  }

  /** In which forms something is found in the recorder's memory now. */
  async #look({ title, colour, keys, points }: Secrets): Promise<Set<Form>> {
    const memory = await memoryOf(this.#pid)
    this.searched += memory.reduce((sum, { length }) => sum + length, 0)
    const codes = keys.map((key) => keyboard.get(key) ?? 0)
    const rows = (numbers: readonly number[], width: 1 | 4, length: number) =>
      [numbers.slice(0, length), numbers.slice(-length)].some(
        (row) => row.length === length && rowIn(memory, row, width) !== undefined,
      )
    const pixels = [0, 0xff].map((alpha) => {
      const pixel = [colour & 0xff, (colour >> 8) & 0xff, colour >> 16, alpha]
      return Buffer.from(Array.from({ length: 16 }, () => pixel).flat())
    })
    const all = new Map(points.map((point) => [point, 0]))
    const checks: Readonly<Record<Form, () => boolean>> = {
      text: () => utf8In(memory, all).length > 0,
      'utf-16': () => utf16In(memory, all).length > 0,
      characters: () => rows(points, 4, 3),
      keycodes: () => rows(codes, 1, rowLength),
      'key numbers': () =>
        rows(
          codes.map((code) => code - 8),
          1,
          rowLength,
        ),
      title: () => hasBytes(memory, Buffer.from(title)),
      colour: () => pixels.some((row) => hasBytes(memory, row)),
    }
    const forms = Object.entries(checks) as [Form, () => boolean][]
    return new Set(forms.filter(([, check]) => check()).map(([form]) => form))
  }

  /** Others than any before. */
  #secrets(): Pick<Secrets, 'title' | 'colour'> {
    const title = `paused-${Array.from({ length: 16 }, () => randomInt(36).toString(36)).join('')}`
    return { title, colour: this.#fresh() }
  }

  /** A magenta, since greys and reds are what applications are drawn in; another one each time, recorded or not. */
  #fresh(): number {
    for (;;) {
      const colour = (pausedRed << 16) | (randomInt(0x40) << 8) | randomInt(0xc0, 0x100)
      if (!this.#shown.has(colour)) {
        this.#shown.add(colour)
        return colour
      }
    }
  }

  async #show(title: string, colour: string): Promise<void> {
    const property = ['-f', '_NET_WM_NAME', '8u', '-set', '_NET_WM_NAME', title]
    await Promise.all([
      this.#display.run('xprop', ['-id', String(this.#window.id), ...property]),
      this.#display.run('xsetroot', ['-solid', colour]),
    ])
  }
}

function pausedSpans(facts: readonly { readonly type: string; readonly time: number }[]) {
  const spans: { from: number; to: number }[] = []
  for (const { type, time } of facts) {
    if (type === 'pause') spans.push({ from: time, to: Infinity })
    const last = spans.at(-1)
    if (type === 'resume' && last) last.to = time
  }
  return spans
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: randomInt(2 ** 40) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
