// What is done on the stage: the same in every run, for any number of seconds.
import type { Item } from '../../ts/index.js'
import { Random, sentence } from './prose.js'
import { lines, rounds } from './script.js'
import { applications, height, sideBySide, type Stage, width } from './stage.js'

/** Something that is done again and again. */
export interface Scene {
  readonly name: string
  /** What one sees, in a line. */
  readonly about: string
  /** Brings the stage into the state in which the scene begins. */
  prepare(stage: Stage): Promise<void>
  /** A short script that brings it back into that state after the scene was played. */
  readonly reset: string
  /** A script for the player that takes about this many seconds; nothing for a desktop at rest. */
  script(seconds: number): string
  /** Plays the scene in another way than by a script. */
  perform?(stage: Stage, seconds: number): Promise<Performed>
  /** How many of its events a recording holds. */
  stored(items: AsyncIterable<Item>): Promise<number>
}

/** What was done, and seen to happen. */
export interface Performed {
  /** Input events. */
  readonly injected: number
  /** Keys whose pixels were waited for. */
  readonly keys?: number
  /** How long those took that showed, milliseconds. */
  readonly echo?: readonly number[]
}

/** Keys, detents and positions a second. */
const typing = 10
const detents = 30
const positions = 60
const flood = 8000

const { browser, editor, sheet, terminal } = applications

/** A browser that is read in: what else is open looks out beside it. */
const wide = `place ${browser} 0 0 1400 1078`

/** Every scene, in the order in which they are measured. */
export const scenes: readonly Scene[] = [
  {
    name: 'idle',
    about: 'a desktop at rest: four applications, nobody at the keyboard',
    prepare: async (stage) => {
      await stage.tidy('Article')
      await stage.play(lines(`show ${terminal}`, 'move 1900 1070'))
    },
    reset: '',
    script: () => '',
    stored: count,
  },
  {
    name: 'typing',
    about: '10 keys a second: into an editor, a text field in Chromium, a sheet',
    prepare: async (stage) => {
      await stage.tidy('Compose')
      await stage.play(
        lines(
          ...[`show ${sheet}`, 'key Escape', 'key ControlLeft+Home', 'sleep 300'],
          ...Array.from({ length: 9 }, () => 'key ArrowRight\nsleep 30'),
          ...[`show ${editor}`, 'key ControlLeft+End', 'sleep 300'],
        ),
      )
    },
    reset: '',
    script: (seconds) => {
      const third = seconds / 3
      return lines(
        ...[`show ${editor}`, type(prose(third))],
        ...[`show ${browser}`, type(prose(third))],
        ...[`show ${sheet}`, type(numbers(third))],
        // What is cut off in the middle of a field is withheld, and its window painted over: that is what stopping is like, not typing.
        `show ${editor}`,
      )
    },
    stored: count,
  },
  {
    name: 'menus',
    about: 'menus open, change and close: in an editor, a sheet, a page',
    prepare: (stage) => stage.tidy('Article'),
    reset: `show ${browser}`,
    script: (seconds) =>
      rounds(seconds, (round) =>
        lines(
          ...[`show ${editor}`, 'key F10', 'sleep 160', ...walk(4), 'key Escape', 'sleep 80'],
          ...[`show ${sheet}`, 'key F10', 'sleep 80', 'key ArrowDown', 'sleep 160', ...walk(4)],
          ...['key Escape', 'sleep 60', 'key Escape', 'sleep 80'],
          ...[`show ${browser}`, `move ${300 + 80 * (round % 5)} 420`, 'click 3', 'sleep 200'],
          ...Array.from({ length: 4 }, () => 'key ArrowDown\nsleep 60'),
          ...['key Escape', 'sleep 100'],
        ),
      ),
    stored: count,
  },
  {
    name: 'scroll-wheel',
    about: 'a long page in Chromium, by wheel: 30 detents a second',
    prepare: async (stage) => {
      await stage.tidy('Article')
      await stage.play(lines(wide, 'move 560 500', 'sleep 600'))
    },
    reset: 'key ControlLeft+Home\nsleep 400',
    script: (seconds) =>
      rounds(seconds, (turn) =>
        // Eight seconds down, eight seconds up.
        lines(
          `wheel ${turn % (16 * detents) < 8 * detents ? 1 : -1}`,
          `sleep ${Math.round(1000 / detents) - 12}`,
        ),
      ),
    stored: count,
  },
  {
    name: 'scroll-smooth',
    about: 'the same page gliding by itself, at every repaint of the browser',
    prepare: async (stage) => {
      await stage.tidy('Glide')
      await stage.play(lines(wide, 'move 1900 1070', 'sleep 600'))
    },
    reset: '',
    script: () => '',
    stored: count,
  },
  {
    name: 'drag',
    about: 'a window dragged about over the others, 60 positions a second',
    prepare: async (stage) => {
      await stage.tidy('Article')
      await stage.play(lines(`show ${editor}`, `place ${editor} 500 300 800 420`, 'sleep 400'))
    },
    reset: lines(`place ${editor} 500 300 800 420`, 'sleep 300'),
    script: (seconds) =>
      lines(
        ...[
          'move 700 310',
          'sleep 60',
          'down',
          'sleep 60',
          circle(seconds - 0.3),
          'up',
          'sleep 60',
        ],
      ),
    stored: count,
  },
  {
    name: 'switch',
    about: 'applications brought to the front in turn, two a second; two of them fill the screen',
    prepare: async (stage) => {
      await stage.tidy('Article')
      await stage.play(
        lines(
          ...[`place ${terminal} 300 120 1200 760`, `place ${editor} 640 260 980 640`],
          ...[`maximize ${sheet}`, `maximize ${browser}`, `show ${browser}`, 'move 1900 1070'],
          'sleep 800',
        ),
      )
    },
    reset: lines(`show ${browser}`, 'sleep 400'),
    script: (seconds) => {
      const order = [sheet, terminal, browser, editor, sheet, browser, terminal, editor, browser]
      return rounds(seconds, (turn) =>
        lines(`show ${order[turn % order.length] ?? ''}`, 'sleep 500'),
      )
    },
    stored: count,
  },
  {
    name: 'video',
    about: 'a film of 960×540, 30 pictures a second, in a page',
    prepare: async (stage) => {
      await stage.tidy('Cinema')
      await stage.play(lines(wide, 'move 1900 1070', 'sleep 600'))
    },
    reset: '',
    script: () => '',
    stored: count,
  },
  {
    name: 'term',
    about: 'a build prints into a large xterm, beside an editor: some 70 lines a second',
    prepare: async (stage) => {
      await stage.play(sideBySide)
      await stage.tidy('Article')
      await stage.play(
        lines(`place ${editor} 0 60 480 960`, `place ${terminal} 500 60 1250 960`, 'sleep 400'),
      )
    },
    reset: lines(`show ${terminal}`, 'sleep 300'),
    // While somebody is still where they typed, it and all pictures since wait to be judged: they go on elsewhere.
    script: (seconds) =>
      lines(
        `type node build.mjs ${seconds - 0.5}\\n every 15`,
        ...[`show ${editor}`, `sleep ${seconds * 1000 - 350}`],
      ),
    stored: count,
  },
  {
    name: 'mouse-8k',
    about: 'a mouse that reports 8,000 positions a second',
    prepare: (stage) => stage.tidy('Article'),
    reset: '',
    script: (seconds) => `flood ${flood * seconds} ${flood} ${width} ${height}`,
    stored: distinctPositions,
  },
]

/** Steps from menu to menu. */
function walk(steps: number): string[] {
  return Array.from({ length: steps }, () => lines('key ArrowRight', 'sleep 130'))
}

function type(text: string): string {
  return `type ${text.replaceAll('\n', '\\n')} every ${1000 / typing}`
}

/** Lower-case words, a line break now and then. */
function prose(seconds: number): string {
  const random = new Random(7)
  const length = Math.round(seconds * typing)
  let text = ''
  while (text.length < length)
    text += `${sentence(random)
      .toLowerCase()
      .replace(/[^a-z ]/g, '')}\n`
  return text.slice(0, length).replace(/ $/, '.')
}

/** Cells of a sheet, each with Enter. */
function numbers(seconds: number): string {
  const random = new Random(8)
  const length = Math.round(seconds * typing)
  let text = ''
  while (text.length < length) text += `${random.whole(10, 99_999)}\n`
  return text.slice(0, length)
}

/** Positions on a bent way, each other than the one before. */
function circle(seconds: number): string {
  const steps = Math.floor(seconds * positions)
  return lines(
    ...Array.from({ length: steps }, (_, step) => {
      const angle = ((step + 1) / positions) * 1.6
      const x = Math.round(700 + 420 * Math.sin(angle))
      const y = Math.round(310 + 260 * Math.sin(1.7 * angle))
      return lines(`move ${x} ${y}`, `sleep ${Math.round(1000 / positions)}`)
    }),
  )
}

const counted = new Set(['keydown', 'keyup', 'pointermove', 'pointerdown', 'pointerup', 'wheel'])

/** Every event of the pointer and the keyboard, repeats of a held key aside. */
export async function count(items: AsyncIterable<Item>): Promise<number> {
  let stored = 0
  for await (const item of items) {
    if (counted.has(item.type) && !(item.type === 'keydown' && item.repeat)) stored += 1
  }
  return stored
}

async function distinctPositions(items: AsyncIterable<Item>): Promise<number> {
  const seen = new Set<number>()
  for await (const item of items) {
    if (item.type === 'pointermove') seen.add(item.y * width + item.x)
  }
  return seen.size
}
