import type { Bytes } from '../bytes.js'
import { formatInvalid } from '../errors.js'
import type { PixelFormat } from '../frame.js'

/** How many palettes there are. @internal */
export const paletteCount = 64
/** How many colours each has. @internal */
export const paletteSlots = 256

/** The palettes of a segment. @internal */
export class Palettes {
  readonly #format: PixelFormat
  readonly #colors = new Uint32Array(paletteCount * paletteSlots)

  /** @param format - of the picture */
  constructor(format: PixelFormat) {
    this.#format = format
  }

  /**
   * Gives slots of a palette other colours.
   *
   * @param palette - its number, less than 64
   * @param count - how many slots
   * @param colors - the stream of runs of slots, each followed by its colours
   * @returns the palette's colours, as they are now
   */
  assign(palette: number, count: number, colors: Bytes): Uint32Array {
    const start = palette * paletteSlots
    const slots = this.#colors.subarray(start, start + paletteSlots)
    const { length, at: pixelAt } = spellings[this.#format]
    for (let left = count, slot = 0; left > 0;) {
      const [skipped = 0, more = 0] = colors.take(2)
      const run = more + 1
      slot += skipped
      if (run > left || slot + run > paletteSlots)
        throw formatInvalid('the palette has no such slots')
      const bytes = colors.take(run * length)
      for (let at = 0; at < bytes.length; at += length, slot++) {
        const before = slot === 0 ? 0 : (slots[slot - 1] ?? 0)
        slots[slot] = this.#format === 'bgrx8' ? follow(before, bytes, at) : pixelAt(bytes, at)
      }
      left -= run
    }
    return slots
  }
}

/** The colour that differs from another by three bytes: what blue and red differ by is less what green does. */
function follow(from: number, bytes: Uint8Array, at: number): number {
  const by = bytes[at] ?? 0
  const blue = (from + (bytes[at + 1] ?? 0) + by) & 0xff
  const green = ((from >> 8) + by) & 0xff
  const red = ((from >> 16) + (bytes[at + 2] ?? 0) + by) & 0xff
  return blue | (green << 8) | (red << 16)
}

/**
 * Pixels as they are spelled in a record.
 *
 * @param colors - the stream that they come from
 * @param count - how many
 * @param format - theirs
 * @internal
 */
export function readPixels(colors: Bytes, count: number, format: PixelFormat): Uint32Array {
  const { length, at: pixelAt } = spellings[format]
  const bytes = colors.take(count * length)
  const pixels = new Uint32Array(count)
  for (let i = 0, at = 0; i < count; i++, at += length) pixels[i] = pixelAt(bytes, at)
  return pixels
}

/** How many bytes spell a pixel, and the pixel that begins at one of them. */
const spellings = {
  bgrx8: { length: 3, at: bgr },
  bgrx10: {
    length: 4,
    at: (bytes: Uint8Array, at: number): number => {
      const high = bytes[at + 3] ?? 0
      if (high > 0x3f) throw formatInvalid('reserved bits of a pixel are not zero')
      return bgr(bytes, at) | (high << 24)
    },
  },
} as const

function bgr(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
}
