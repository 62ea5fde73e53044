import type { Bytes } from '../bytes.js'
import { formatInvalid } from '../errors.js'
import type { Picture, Rect } from '../frame.js'

/** The residuals: of green, of blue less green, of red less green. @internal */
export type Planes = readonly [Bytes, Bytes, Bytes]

/**
 * Paints pixels from what they differ by from what their neighbours promise.
 *
 * @internal
 */
export class Predictor {
  /** The row above while a row is read: one for each plane, kept from one rectangle to the next. */
  readonly #rows = Array.from({ length: 3 }, () => new Uint8Array(0))

  /**
   * Paints a rectangle.
   *
   * @param picture - where to
   * @param rect - the part of it
   * @param planes - where the residuals come from
   */
  paint({ pixels, width, format }: Picture, rect: Rect, planes: Planes): void {
    if (format !== 'bgrx8') throw formatInvalid('only bgrx8 is predicted')
    const [green, blue, red] = this.#rowsOf(rect.width)
    // All rows at once: a view for each would cost more than the row.
    const [greens, blues, reds] = planes.map((plane) => plane.take(rect.width * rect.height))
    for (let line = 0; line < rect.height; line++) {
      const from = line * rect.width
      restore(green, greens ?? none, from, rect.width)
      restore(blue, blues ?? none, from, rect.width)
      restore(red, reds ?? none, from, rect.width)
      const start = (rect.y + line) * width + rect.x
      for (let x = 0; x < rect.width; x++) {
        const g = green[x] ?? 0
        const b = ((blue[x] ?? 0) + g) & 0xff
        const r = ((red[x] ?? 0) + g) & 0xff
        pixels[start + x] = b | (g << 8) | (r << 16)
      }
    }
  }

  #rowsOf(width: number): [Uint8Array, Uint8Array, Uint8Array] {
    const [green, blue, red] = this.#rows.map((row, plane) => {
      return row.length >= width ? row : (this.#rows[plane] = new Uint8Array(width))
    })
    return [green ?? none, blue ?? none, red ?? none]
  }
}

/** Turns a plane's row above into the one whose residuals begin at `from`; there is none above the first. */
function restore(row: Uint8Array, residuals: Uint8Array, from: number, width: number): void {
  let left = ((residuals[from] ?? 0) + (from === 0 ? 0 : (row[0] ?? 0))) & 0xff
  let aboveLeft = row[0] ?? 0
  row[0] = left
  if (from === 0) {
    for (let x = 1; x < width; x++) {
      left = ((residuals[x] ?? 0) + left) & 0xff
      row[x] = left
    }
    return
  }
  for (let x = 1; x < width; x++) {
    const above = row[x] ?? 0
    left = ((residuals[from + x] ?? 0) + median(left, above, aboveLeft)) & 0xff
    row[x] = left
    aboveLeft = above
  }
}

/**
 * The median of left, above, and left + above − above left: that sum, clamped. Without a branch, since
 * in a photograph nobody can guess which way it would go; the sign of a difference is the mask.
 */
function median(left: number, above: number, aboveLeft: number): number {
  const difference = left - above
  const negative = difference & (difference >> 31)
  const low = above + negative
  const over = left - aboveLeft - negative
  const promise = low + (over & ~(over >> 31))
  const beyond = promise - (left - negative)
  return left - negative + (beyond & (beyond >> 31))
}

const none = new Uint8Array(0)
