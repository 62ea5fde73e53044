import type { Bytes } from './bytes.js'
import { formatInvalid } from './errors.js'
import { Picture, type PixelFormat, pixelFormats, type Rect } from './frame.js'

/** A picture that a reader may show: all its records are in it. @internal */
export interface CompletePicture {
  /** Whether it was begun anew. */
  readonly key: boolean
  /** Tiles in all of its records. */
  readonly tiles: number
  /** Rectangles that cover all that was written. */
  readonly changed: readonly Rect[]
  /** The whole picture; the next record is written into the same memory. */
  readonly picture: Picture
}

/**
 * Turns the `frame` records of one segment into pictures (docs/format.md §9.3).
 *
 * @internal
 */
export class PictureDecoder {
  #picture: Picture | undefined
  #unfinished: { key: boolean; tiles: number; changed: Rect[] } | undefined

  /** Whether records of a picture are in, but not its last. */
  get unfinished(): boolean {
    return this.#unfinished !== undefined
  }

  /**
   * Takes a record.
   *
   * @param body - the record's body behind its time; used up
   * @returns the picture, if this was its last record
   */
  decode(body: Bytes): CompletePicture | undefined {
    const flags = body.u8()
    if ((flags & ~(keyFlag | moreFlag)) !== 0) throw formatInvalid('a reserved flag is set')
    const key = (flags & keyFlag) !== 0
    const format = pixelFormats[body.u8()]
    if (format === undefined) throw formatInvalid('the pixel format is unknown')
    const width = side(body)
    const height = side(body)
    const picture = this.#begin(key, width, height, format)

    const state = this.#unfinished ?? { key, tiles: 0, changed: key ? [bounds(picture)] : [] }
    const changed = new TileDecoder(picture).decode(body)
    state.tiles += changed.tiles
    if (!state.key) state.changed = covering([...state.changed, ...changed.rects], picture)
    if ((flags & moreFlag) !== 0) {
      this.#unfinished = state
      return undefined
    }
    this.#unfinished = undefined
    return { ...state, picture }
  }

  #begin(key: boolean, width: number, height: number, format: PixelFormat): Picture {
    const { width: oldWidth, height: oldHeight, format: oldFormat } = this.#picture ?? {}
    const same = width === oldWidth && height === oldHeight && format === oldFormat
    if (!key) {
      if (this.#picture && same) return this.#picture
      throw formatInvalid('a picture differs in size or format from the one it builds on')
    }
    if (this.#unfinished) throw formatInvalid('a picture is begun inside a picture')
    if (width * height > maxPixels) throw formatInvalid('a picture has more than 2^27 pixels')
    if (this.#picture && same) this.#picture.pixels.fill(0)
    else this.#picture = new Picture(width, height, format)
    return this.#picture
  }
}

/** Paints the tiles of one record. */
class TileDecoder {
  readonly #picture: Picture
  readonly #columns: number
  readonly #rows: number
  readonly #pixel: (bytes: Uint8Array, index: number) => number
  readonly #pixelLength: number

  constructor(picture: Picture) {
    this.#picture = picture
    this.#columns = Math.ceil(picture.width / tileSide)
    this.#rows = Math.ceil(picture.height / tileSide)
    this.#pixel = picture.format === 'bgrx8' ? bgrx8 : bgrx10
    this.#pixelLength = picture.format === 'bgrx8' ? 3 : 4
  }

  decode(body: Bytes): { tiles: number; rects: Rect[] } {
    const all = this.#columns * this.#rows
    const tiles = body.uvarint(all)
    const rects: Rect[] = []
    let next = 0
    for (let i = 0; i < tiles; i++) {
      const number = next + body.uvarint(all)
      if (number >= all) throw formatInvalid('a tile is outside of the picture')
      next = number + 1
      const rect = this.#rect(number)
      this.#paint(rect, body)
      addRect(rects, rect)
    }
    body.end()
    return { tiles, rects }
  }

  #rect(number: number): Rect {
    const x = (number % this.#columns) * tileSide
    const y = Math.floor(number / this.#columns) * tileSide
    const width = Math.min(tileSide, this.#picture.width - x)
    return { x, y, width, height: Math.min(tileSide, this.#picture.height - y) }
  }

  #paint(rect: Rect, body: Bytes): void {
    const kind = body.u8()
    switch (kind) {
      case solidTile: {
        const [color = 0] = this.#colors(body, 1)
        this.#write(rect, () => color)
        return
      }
      case paletteTile: {
        const count = body.u8() + 1
        if (count < 2) throw formatInvalid('a palette has one colour')
        const colors = this.#colors(body, count)
        const indices = body.take(rect.width * rect.height)
        this.#write(rect, (at) => paletteColor(colors, indices[at] ?? 0))
        return
      }
      case rawTile: {
        const bytes = body.take(rect.width * rect.height * this.#pixelLength)
        this.#write(rect, (at) => this.#pixel(bytes, at))
        return
      }
      default:
        throw formatInvalid('the kind of a tile is unknown')
    }
  }

  #colors(body: Bytes, count: number): Uint32Array {
    const bytes = body.take(count * this.#pixelLength)
    return Uint32Array.from({ length: count }, (_, i) => this.#pixel(bytes, i))
  }

  #write(rect: Rect, color: (at: number) => number): void {
    const { pixels, width } = this.#picture
    let at = 0
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      const row = y * width
      for (let x = row + rect.x; x < row + rect.x + rect.width; x++) pixels[x] = color(at++)
    }
  }
}

/** Tiles come by rows from the left: a neighbour on the right makes the last rectangle wider. */
function addRect(rects: Rect[], rect: Rect): void {
  const last = rects.at(-1)
  if (last?.y === rect.y && last.x + last.width === rect.x) {
    rects[rects.length - 1] = { ...last, width: last.width + rect.width }
  } else {
    rects.push(rect)
  }
}

/** A list that stays short enough to be worth looking at; it may cover more than was written. */
function covering(rects: Rect[], picture: Picture): Rect[] {
  return rects.length > maxRects ? [bounds(picture)] : rects
}

function paletteColor(colors: Uint32Array, index: number): number {
  const color = colors[index]
  if (color === undefined) throw formatInvalid('a tile uses a colour outside of its palette')
  return color
}

function bgrx8(bytes: Uint8Array, index: number): number {
  const at = 3 * index
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
}

function bgrx10(bytes: Uint8Array, index: number): number {
  const at = 4 * index
  const high = bytes[at + 3] ?? 0
  if (high > 0x3f) throw formatInvalid('reserved bits of a pixel are not zero')
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  return low | (high << 24)
}

function side(body: Bytes): number {
  const length = body.uvarint(maxSide)
  if (length === 0) throw formatInvalid('a picture has no pixels')
  return length
}

function bounds({ width, height }: Picture): Rect {
  return { x: 0, y: 0, width, height }
}

const tileSide = 32
const maxSide = 32_768
const maxPixels = 2 ** 27
const maxRects = 4096
const keyFlag = 1
const moreFlag = 2
const solidTile = 0
const paletteTile = 1
const rawTile = 2
