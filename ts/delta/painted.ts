import type { Picture, Rect } from '../frame.js'
import type { Op } from './ops.js'
import { tileArea, tileColumns, tileSide } from './tile.js'

/** Keeps account of what a picture's operations paint. @internal */
export class Painted {
  /** Pixels that were painted; one that was painted twice counts twice. */
  pixels = 0
  /** Rectangles that cover all of them; a list that is short enough to be worth looking at. */
  rects: Rect[] = []
  readonly #picture: Picture
  /** From here on the rectangle is the whole picture. */
  #whole = false

  /**
   * @param picture - what is painted
   * @param key - whether it was begun anew: then all of it changed
   */
  constructor(picture: Picture, key: boolean) {
    this.#picture = picture
    if (key) this.#cover()
  }

  /**
   * Takes in an operation.
   *
   * @param op - one that was done
   */
  add(op: Op): void {
    switch (op.kind) {
      case 'remember':
        return
      case 'recall':
        this.pixels += op.count * tileArea
        this.#addTiles(op.tile, op.count)
        return
      default:
        this.pixels += op.rect.width * op.rect.height
        this.#addRect(op.rect)
    }
  }

  /** A rectangle for each row of tiles. */
  #addTiles(tile: number, count: number): void {
    const columns = tileColumns(this.#picture)
    for (let left = count; left > 0;) {
      const column = tile % columns
      const side = Math.min(left, columns - column)
      const y = ((tile - column) / columns) * tileSide
      this.#addRect({ x: column * tileSide, y, width: side * tileSide, height: tileSide })
      tile += side
      left -= side
    }
  }

  /** A neighbour on the right makes the last rectangle wider. */
  #addRect(rect: Rect): void {
    if (this.#whole) return
    const last = this.rects.at(-1)
    if (last?.y === rect.y && last.height === rect.height && last.x + last.width === rect.x) {
      this.rects[this.rects.length - 1] = { ...last, width: last.width + rect.width }
    } else if (this.rects.length < maxRects) {
      this.rects.push(rect)
    } else {
      this.#cover()
    }
  }

  #cover(): void {
    const { width, height } = this.#picture
    this.rects = [{ x: 0, y: 0, width, height }]
    this.#whole = true
  }
}

const maxRects = 4096
