// The write half of docs/format.md §9.3, for tests: the streams of a `frame` record.
import type { PixelFormat, Rect } from '../ts/frame.js'
import { concat, svarint, u32, uvarint } from './encode.js'

/** Colours that slots of a palette get, in the order of the slots. */
export type Assignments = readonly (readonly [slot: number, color: number])[]

/** Collects the operations of a record, and what they take from the other streams. Checks nothing. */
export class Streams {
  readonly ops: number[] = []
  readonly colors: number[] = []
  readonly indices: number[] = []
  /** Green, blue, red. */
  readonly planes: [number[], number[], number[]] = [[], [], []]
  readonly #format: PixelFormat
  #right = 0
  #y = 0
  #nextTile = 0
  #nextSlot = 0

  constructor(format: PixelFormat) {
    this.#format = format
  }

  fill(rect: Rect, color: number): void {
    this.#op(0, this.#rect(rect))
    this.#pixel(color)
  }

  move(rect: Rect, dx: number, dy: number): void {
    this.#op(1, svarint(dx), svarint(dy), this.#rect(rect))
  }

  /**
   * `slots` are row by row, as pixels are elsewhere; the format has them column by column. `before` is what the palette had:
   * only needed where a slot is assigned, and not the one before it.
   */
  indexed(
    rect: Rect,
    palette: number,
    assigned: Assignments,
    slots: readonly number[],
    before: ArrayLike<number> = [],
  ): void {
    this.#op(2, this.#rect(rect), uvarint(palette), uvarint(assigned.length))
    const colors = new Map(assigned)
    let end = 0
    for (const [slot, color] of assigned) {
      if (!colors.has(slot - 1)) {
        let behind = slot + 1
        while (colors.has(behind)) behind++
        this.colors.push(slot - end, behind - slot - 1)
        end = behind
      }
      this.#difference(color, slot === 0 ? 0 : (colors.get(slot - 1) ?? before[slot - 1] ?? 0))
    }
    for (let x = 0; x < rect.width; x++) {
      for (let y = 0; y < rect.height; y++) this.indices.push(slots[y * rect.width + x] ?? 0)
    }
  }

  predicted(rect: Rect, pixels: readonly number[]): void {
    this.#op(3, this.#rect(rect))
    const planes = [8, 0, 16].map((shift) => pixels.map((pixel) => (pixel >>> shift) & 0xff))
    const [green = [], blue = [], red = []] = planes
    const values = [green, subtract(blue, green), subtract(red, green)]
    values.forEach((plane, i) => this.planes[i]?.push(...residuals(plane, rect.width)))
  }

  raw(rect: Rect, pixels: readonly number[]): void {
    this.#op(4, this.#rect(rect))
    for (const pixel of pixels) this.#pixel(pixel)
  }

  recall(tile: number, slot: number, count: number): void {
    this.#op(5, svarint(tile - this.#nextTile), svarint(slot - this.#nextSlot), uvarint(count))
    this.#nextTile = tile + count
    this.#nextSlot = slot + count
  }

  remember(tile: number, count: number): void {
    this.#op(6, svarint(tile - this.#nextTile), uvarint(count))
    this.#nextTile = tile + count
  }

  bytes(): Uint8Array {
    const lengths = [this.ops, this.colors, this.indices].map(({ length }) => uvarint(length))
    return concat(...lengths, this.ops, this.colors, this.indices, ...this.planes)
  }

  #op(number: number, ...fields: readonly Uint8Array[]): void {
    this.ops.push(number, ...fields.flatMap((field) => [...field]))
  }

  #rect({ x, y, width, height }: Rect): Uint8Array {
    const place = concat(svarint(x - this.#right), svarint(y - this.#y))
    this.#right = x + width
    this.#y = y
    return concat(place, uvarint(width), uvarint(height))
  }

  #difference(color: number, before: number): void {
    if (this.#format !== 'bgrx8') {
      this.#pixel(color)
      return
    }
    const by = (shift: number) => (color >>> shift) - (before >>> shift)
    this.colors.push(by(8) & 0xff, (by(0) - by(8)) & 0xff, (by(16) - by(8)) & 0xff)
  }

  #pixel(color: number): void {
    this.colors.push(...u32(color).subarray(0, this.#format === 'bgrx8' ? 3 : 4))
  }
}

function subtract(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, i) => (value - (others[i] ?? 0)) & 0xff)
}

/** A plane's bytes: each value less its promise. */
function residuals(values: readonly number[], width: number): number[] {
  return values.map((value, i) => {
    const [column, row] = [i % width, Math.floor(i / width)]
    const left = values[i - 1] ?? 0
    const above = values[i - width] ?? 0
    const corner = values[i - width - 1] ?? 0
    const [, median = 0] = [left, above, left + above - corner].sort((a, b) => a - b)
    if (row === 0) return (value - (column === 0 ? 0 : left)) & 0xff
    return (value - (column === 0 ? above : median)) & 0xff
  })
}
