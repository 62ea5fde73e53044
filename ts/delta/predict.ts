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
    for (let line = 0; line < rect.height; line++) {
      restore(green, planes[0].take(rect.width), line === 0)
      restore(blue, planes[1].take(rect.width), line === 0)
      restore(red, planes[2].take(rect.width), line === 0)
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

/** Turns a plane's row above into this one. */
function restore(row: Uint8Array, residuals: Uint8Array, first: boolean): void {
  let left = 0
  let aboveLeft = 0
  for (let x = 0; x < residuals.length; x++) {
    const above = row[x] ?? 0
    let promise = left
    if (!first) promise = x === 0 ? above : median(left, above, aboveLeft)
    left = ((residuals[x] ?? 0) + promise) & 0xff
    row[x] = left
    aboveLeft = above
  }
}

/** The median of left, above, and left + above − above left. */
function median(left: number, above: number, aboveLeft: number): number {
  const low = left < above ? left : above
  const high = left < above ? above : left
  if (aboveLeft >= high) return low
  if (aboveLeft <= low) return high
  return left + above - aboveLeft
}

const none = new Uint8Array(0)
