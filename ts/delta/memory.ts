import { formatInvalid } from '../errors.js'
import type { Picture } from '../frame.js'
import { tileArea, tileSide, tileStart } from './tile.js'

/** How many tiles can be remembered. @internal */
export const memorySlots = 2048

/**
 * Tiles that were remembered, to be painted again. Memory is taken as slots fill.
 *
 * @internal
 */
export class TileMemory {
  readonly #tiles: Uint32Array[] = []
  #next = 0

  /**
   * Puts a tile into the next slot.
   *
   * @param picture - whose tile
   * @param tile - its number; not cut
   */
  remember(picture: Picture, tile: number): void {
    const kept = (this.#tiles[this.#next] ??= new Uint32Array(tileArea))
    this.#next = (this.#next + 1) % memorySlots
    copyTile(picture.pixels, tileStart(picture, tile), picture.width, kept, 0, tileSide)
  }

  /**
   * Paints a tile out of a slot.
   *
   * @param slot - which
   * @param picture - where to
   * @param tile - its number; not cut
   */
  recall(slot: number, picture: Picture, tile: number): void {
    const kept = this.#tiles[slot]
    if (!kept) throw formatInvalid('an empty slot is recalled')
    copyTile(kept, 0, tileSide, picture.pixels, tileStart(picture, tile), picture.width)
  }
}

/** A loop: for rows this short, `set` gains nothing over it, and would need a view for each. */
function copyTile(
  from: Uint32Array,
  fromStart: number,
  fromStride: number,
  to: Uint32Array,
  toStart: number,
  toStride: number,
): void {
  for (let line = 0; line < tileSide; line++) {
    const source = fromStart + line * fromStride
    const target = toStart + line * toStride
    for (let x = 0; x < tileSide; x++) to[target + x] = from[source + x] ?? 0
  }
}
