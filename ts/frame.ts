/** A rectangle in physical pixels. */
export interface Rect {
  /** Left edge, −2³¹ to 2³¹ − 1; 0 is the left edge of the virtual desktop, or of the picture. */
  readonly x: number
  /** Top edge, −2³¹ to 2³¹ − 1. */
  readonly y: number
  /** Pixels from left to right, 0 to 2³² − 1. */
  readonly width: number
  /** Pixels from top to bottom, 0 to 2³² − 1. */
  readonly height: number
}

/** Pixel formats, by their number in a recording. */
export const pixelFormats = ['bgrx8', 'bgrx10'] as const

/**
 * How a pixel lies in its 32 bits. `bgrx8` (depth 24): blue in bits 0–7, green 8–15, red 16–23.
 * `bgrx10` (depth 30): blue in bits 0–9, green 10–19, red 20–29. The bits above are zero.
 */
export type PixelFormat = (typeof pixelFormats)[number]

/** A whole picture in memory, without the pointer's image: that is never painted in. */
export class Picture {
  /** Pixels from left to right, 1 to 32768. */
  readonly width: number
  /** Pixels from top to bottom, 1 to 32768. */
  readonly height: number
  /** How a pixel lies in its 32 bits. */
  readonly format: PixelFormat
  /** All pixels, row by row, without gaps: `width * height` of them, at most 2²⁷. */
  readonly pixels: Uint32Array

  /**
   * A black picture.
   *
   * @param width - pixels from left to right, 1 to 32768
   * @param height - pixels from top to bottom, 1 to 32768
   * @param format - how a pixel lies in its 32 bits
   */
  constructor(width: number, height: number, format: PixelFormat) {
    this.width = width
    this.height = height
    this.format = format
    this.pixels = new Uint32Array(width * height)
  }

  /**
   * A copy that stays as it is while the recording is read on.
   *
   * @returns the same picture in memory of its own
   */
  copy(): Picture {
    const copy = new Picture(this.width, this.height, this.format)
    copy.pixels.set(this.pixels)
    return copy
  }

  /**
   * A copy as a canvas' `ImageData` wants it.
   *
   * @returns red, green, blue, alpha (always 255), 8 bits each; of a `bgrx10` picture the upper 8
   *   of its 10 bits ({@link Picture.toRgb16} keeps all)
   */
  toRgba(): Uint8ClampedArray {
    const rgba = new Uint8ClampedArray(this.pixels.length * 4)
    const [red, green, blue] = this.format === 'bgrx8' ? [16, 8, 0] : [22, 12, 2]
    let at = 0
    for (const pixel of this.pixels) {
      rgba[at] = (pixel >>> red) & 0xff
      rgba[at + 1] = (pixel >>> green) & 0xff
      rgba[at + 2] = (pixel >>> blue) & 0xff
      rgba[at + 3] = 0xff
      at += 4
    }
    return rgba
  }

  /**
   * A copy with every bit that was captured.
   *
   * @returns red, green, blue, 16 bits each, full range: the captured bits repeated downwards, so
   *   that the brightest value is 65535
   */
  toRgb16(): Uint16Array {
    const rgb = new Uint16Array(this.pixels.length * 3)
    const widen = this.format === 'bgrx8' ? widen8 : widen10
    const [red, green, blue] = this.format === 'bgrx8' ? [16, 8, 0] : [20, 10, 0]
    let at = 0
    for (const pixel of this.pixels) {
      rgb[at] = widen(pixel >>> red)
      rgb[at + 1] = widen(pixel >>> green)
      rgb[at + 2] = widen(pixel >>> blue)
      at += 3
    }
    return rgb
  }
}

function widen8(value: number): number {
  const bits = value & 0xff
  return (bits << 8) | bits
}

function widen10(value: number): number {
  const bits = value & 0x3ff
  return (bits << 6) | (bits >>> 4)
}
