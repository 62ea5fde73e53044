import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { ioError } from '../errors.js'
import type { CursorImage, Item } from '../event.js'
import type { Picture } from '../frame.js'
import { type Cursor, openIdentity, openRecording, toPng } from '../reader.js'
import { parseDuration } from './duration.js'
import { askPassphrase } from './passphrase.js'

interface FramesOptions {
  readonly identity: string
  readonly out: string
  readonly every: number
  readonly cursor?: boolean
  readonly json?: boolean
}

/**
 * `understudy frames`
 *
 * @param program - what to add the command to
 */
export function framesCommand(program: Command): void {
  program
    .command('frames')
    .summary('open a recording and write its pictures as PNG files')
    .description(
      `Opens a recording with your identity and writes what the screen showed as PNG files, each named
by the time it came up: 000012.345678901.png is 12.345678901 seconds after the start.
Lossless: 8 bits a channel, or 16 where the screen had 10.`,
    )
    .argument('<recording>', "the recording's folder")
    .requiredOption('--identity <dir>', 'folder of the identity that it is sealed to')
    .requiredOption('--out <dir>', 'folder to write to; made if missing')
    .option(
      '--every <duration>',
      'look at the screen this often; 0s: every picture',
      parseDuration,
      1000,
    )
    .option('--cursor', "paint the pointer's image, which is recorded beside the pictures")
    .option('--json', 'print one JSON object a file: file, time, width, height')
    .addHelpText('after', help)
    .action(frames)
}

async function frames(recording: string, options: FramesOptions): Promise<void> {
  const identity = await openIdentity(options.identity, { passphrase: askPassphrase })
  const looks = new Looks(options.every * 1e6)
  const writer = new FileWriter(options)
  try {
    for await (const item of openRecording(recording, { identity, tracks: ['screen'] })) {
      const shown = looks.next(item)
      if (shown) await writer.write(shown)
    }
    const last = looks.last()
    if (last) await writer.write(last)
  } finally {
    identity.wipe()
  }
  if (!options.json) console.log(`${writer.count} pictures in ${options.out}`)
}

/** What a look at the screen saw. */
interface Shown {
  readonly time: number
  readonly picture: Picture
  readonly cursor: Cursor | undefined
}

/**
 * Looks at the screen at regular times: a picture counts if it is what the screen showed at one of
 * them, however long ago it came up.
 */
class Looks {
  readonly #every: number
  #image: CursorImage | undefined
  #position: { readonly x: number; readonly y: number } | undefined
  #time: number | undefined
  #picture: Picture | undefined

  /** @param every - nanoseconds between looks; 0 for every picture */
  constructor(every: number) {
    this.#every = every
  }

  /** Takes the next item; returns the picture that it ended, if that was looked at. */
  next(item: Item): Shown | undefined {
    switch (item.type) {
      case 'cursorimage':
        this.#image = item
        return undefined
      case 'cursorposition':
        this.#position =
          item.x === undefined || item.y === undefined ? undefined : { x: item.x, y: item.y }
        return undefined
      case 'frame': {
        const shown = this.#lookedAt(item.time) ? this.last() : undefined
        this.#time = item.time
        // The next picture is painted into the same memory before this one is known to be needed.
        this.#picture = item.picture.copy()
        return shown
      }
      default:
        return undefined
    }
  }

  /** The picture that is shown now. */
  last(): Shown | undefined {
    if (this.#time === undefined || !this.#picture) return undefined
    const cursor = this.#image && this.#position && { image: this.#image, ...this.#position }
    return { time: this.#time, picture: this.#picture, cursor }
  }

  /** Whether a look falls on the picture that is shown until `end`. */
  #lookedAt(end: number): boolean {
    if (this.#time === undefined) return false
    if (this.#every === 0) return true
    return Math.ceil(this.#time / this.#every) * this.#every < end
  }
}

class FileWriter {
  count = 0
  readonly #options: FramesOptions

  constructor(options: FramesOptions) {
    this.#options = options
  }

  async write({ time, picture, cursor }: Shown): Promise<void> {
    const { out, json } = this.#options
    const file = join(out, `${fileName(time)}.png`)
    const bytes = toPng(picture, this.#options.cursor ? cursor : undefined)
    try {
      if (this.count === 0) await mkdir(out, { recursive: true })
      await writeFile(file, bytes)
    } catch (error) {
      throw ioError('Cannot write a picture', error)
    }
    this.count++
    const { width, height } = picture
    if (json) console.log(JSON.stringify({ file, time, width, height }))
  }
}

/** Seconds with nine digits behind the point, wide enough that names sort by time for eleven days. */
function fileName(time: number): string {
  const digits = String(time).padStart(15, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}

const help = `
A passphrase is asked for, or read from UNDERSTUDY_PASSPHRASE.

Examples:
  understudy frames recordings/2026-11-23 --identity ~/.understudy --out pictures
  understudy frames recordings/2026-11-23 --identity ~/.understudy --out all --every 0s --cursor`
