import type { Picture } from '../frame.js'

/** Pixels from side to side of a tile. @internal */
export const tileSide = 32
/** Pixels of a tile. @internal */
export const tileArea = tileSide * tileSide

/**
 * How many tiles lie side by side, one that is cut included.
 *
 * @param picture - whose
 * @internal
 */
export function tileColumns({ width }: Picture): number {
  return Math.ceil(width / tileSide)
}

/**
 * How many tiles a picture has, those that are cut included.
 *
 * @param picture - whose
 * @internal
 */
export function tileCount(picture: Picture): number {
  return tileColumns(picture) * Math.ceil(picture.height / tileSide)
}

/**
 * Where a tile begins among the picture's pixels.
 *
 * @param picture - whose
 * @param tile - its number
 * @internal
 */
export function tileStart(picture: Picture, tile: number): number {
  const columns = tileColumns(picture)
  const column = tile % columns
  return ((tile - column) / columns) * tileSide * picture.width + column * tileSide
}

/**
 * Whether a tile is cut by the picture's right or bottom edge.
 *
 * @param picture - whose
 * @param tile - its number
 * @internal
 */
export function isCut(picture: Picture, tile: number): boolean {
  const columns = tileColumns(picture)
  const column = tile % columns
  const row = (tile - column) / columns
  return (column + 1) * tileSide > picture.width || (row + 1) * tileSide > picture.height
}
