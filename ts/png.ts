import { encode } from 'fast-png'
import type { CursorImage } from './event.js'
import type { Picture } from './frame.js'

/** The pointer's image, and where it is. */
export interface Cursor {
  /** The image, as recorded. */
  readonly image: CursorImage
  /** Where the image's hotspot is: pixels from the picture's left. */
  readonly x: number
  /** Pixels from the picture's top. */
  readonly y: number
}

/**
 * A picture as a PNG file, lossless: 8 bits a channel for `bgrx8`, 16 for `bgrx10`, whose 10 bits
 * are repeated downwards so that white stays white.
 *
 * @param picture - from a `frame` item
 * @param cursor - to be painted over the picture; by default none is
 * @returns the file's bytes
 */
export function toPng(picture: Picture, cursor?: Cursor): Uint8Array {
  const shown = cursor ? withCursor(picture, cursor) : picture
  const { width, height } = shown
  if (shown.format === 'bgrx10') {
    return encode({ width, height, data: shown.toRgb16(), depth: 16, channels: 3 })
  }
  return encode(
    { width, height, data: toRgb8(shown), depth: 8, channels: 3 },
    { zlib: { level: 6 } },
  )
}

function toRgb8({ pixels }: Picture): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3)
  let at = 0
  for (const pixel of pixels) {
    rgb[at] = pixel >>> 16
    rgb[at + 1] = pixel >>> 8
    rgb[at + 2] = pixel
    at += 3
  }
  return rgb
}

function withCursor(picture: Picture, { image, x, y }: Cursor): Picture {
  const shown = picture.copy()
  const bits = picture.format === 'bgrx8' ? 8 : 10
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      const toX = x - image.hotspotX + column
      const toY = y - image.hotspotY + row
      if (toX < 0 || toY < 0 || toX >= picture.width || toY >= picture.height) continue
      const at = toY * picture.width + toX
      const over = image.pixels[row * image.width + column] ?? 0
      shown.pixels[at] = blend(over, shown.pixels[at] ?? 0, bits)
    }
  }
  return shown
}

/** A premultiplied 8-bit pixel over an opaque one of 8 or 10 bits a channel. */
function blend(over: number, under: number, bits: number): number {
  const max = 2 ** bits - 1
  const left = 255 - (over >>> 24)
  let pixel = 0
  for (const channel of [0, 1, 2]) {
    const above = ((over >>> (8 * channel)) & 0xff) * max
    const below = ((under >>> (bits * channel)) & max) * left
    pixel |= Math.min(max, Math.round((above + below) / 255)) << (bits * channel)
  }
  return pixel >>> 0
}
