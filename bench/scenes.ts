// What is done on the display: the same in every run, for any number of seconds.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Display } from '../test/display.js'
import type { Item } from '../ts/index.js'

/** Something that is done again and again. */
export interface Scene {
  readonly name: string
  /** A script for the player that takes about this many seconds; nothing for a desktop at rest. */
  script(seconds: number): string
  /** How many input events that script injects. */
  injected(seconds: number): number
  /** How many of those a recording holds. */
  stored(items: AsyncIterable<Item>): Promise<number>
}

/** The width and height of the screen. */
export const width = 1920
export const height = 1080

/** Keys and detents a second, positions a second. */
const typing = 10
const scrolling = 30
const flood = 8000

/** How long the player holds a key or a button, milliseconds. */
const hold = 12

const words = 'the quick brown fox jumps over the lazy dog and runs away again '

/** Every scene, in the order in which they are measured. */
export const scenes: readonly Scene[] = [
  { name: 'idle', script: () => '', injected: () => 0, stored: count },
  {
    name: 'typing',
    script: (seconds) =>
      [
        ...[
          'move 480 400',
          'click',
          'sleep 200',
          `type ${text(seconds / 2)} every ${1000 / typing}`,
        ],
        ...[
          'move 1440 500',
          'click',
          'sleep 200',
          `type ${text(seconds / 2)} every ${1000 / typing}`,
        ],
      ].join('\n'),
    // A position and a button of two events for each window, two events for each key.
    injected: (seconds) => 6 + 2 * 2 * keys(seconds / 2),
    stored: count,
  },
  {
    name: 'scrolling',
    script: (seconds) =>
      ['move 480 400', ...turns(seconds).map((turn) => `wheel ${turn}\nsleep ${pause}`)].join('\n'),
    // A detent is a button's press and release; what it means is one event.
    injected: (seconds) => 1 + turns(seconds).length,
    stored: count,
  },
  {
    name: 'mouse 8 kHz',
    script: (seconds) => `flood ${flood * seconds} ${flood} ${width} ${height}`,
    injected: (seconds) => flood * seconds,
    stored: distinctPositions,
  },
]

/** Opens the applications that the scenes are played in. */
export async function setTheStage(display: Display): Promise<void> {
  const page = Array.from(
    { length: 4000 },
    (_, line) => `${line + 1} ${words.repeat(1 + (line % 2))}`,
  )
  await writeFile(join(display.folder, 'page.txt'), page.join('\n'))
  await writeFile(join(display.folder, 'note.txt'), '')
  const shell = ['sh', '-c', 'cat page.txt; exec cat > typed.txt']
  await display.terminal(shell, ['-sl', '5000', '-geometry', '100x50+0+0'])
  await display.focused('XTerm')
  await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const editor = await display.window('Mousepad')
  const [x, y] = [editor.bounds.x + 100, editor.bounds.y - 12]
  // By its title bar, to the right half: both windows are seen, whatever their size.
  await display.play(`move ${x} ${y}\ndown\nsleep 100\nmove 1200 60 over 300\nup\nsleep 300`)
  await display.still()
}

const pause = Math.round(1000 / scrolling) - hold

/** Two windows full up, and down again. */
function turns(seconds: number): number[] {
  const round = 8 * scrolling
  return Array.from({ length: seconds * scrolling }, (_, at) => (at % round < round / 2 ? -1 : 1))
}

function keys(seconds: number): number {
  return Math.round(seconds * typing)
}

function text(seconds: number): string {
  const line = `${words.slice(0, 39)}\n`
  const typed = line.repeat(Math.ceil(keys(seconds) / line.length)).slice(0, keys(seconds))
  return typed.replaceAll('\n', '\\n')
}

const counted = new Set(['keydown', 'keyup', 'pointermove', 'pointerdown', 'pointerup', 'wheel'])

async function count(items: AsyncIterable<Item>): Promise<number> {
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
