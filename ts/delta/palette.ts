import type { Bytes } from '../bytes.js'
import { formatInvalid } from '../errors.js'
import type { PixelFormat } from '../frame.js'

/** How many palettes there are. @internal */
export const paletteCount = 16
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
   * @param palette - its number, less than 16
   * @param count - how many assignments
   * @param colors - the assignments: each a slot and a pixel
   * @returns the palette's colours, as they are now
   */
  assign(palette: number, count: number, colors: Bytes): Uint32Array {
    const start = palette * paletteSlots
    const slots = this.#colors.subarray(start, start + paletteSlots)
    const { length, at: pixelAt } = spellings[this.#format]
    const assignments = colors.take(count * (1 + length))
    for (let at = 0; at < assignments.length; at += 1 + length) {
      slots[assignments[at] ?? 0] = pixelAt(assignments, at + 1)
    }
    return slots
  }
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
