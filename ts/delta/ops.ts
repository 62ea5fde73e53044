import { Bytes } from '../bytes.js'
import { formatInvalid } from '../errors.js'
import type { Picture, Rect } from '../frame.js'
import { memorySlots } from './memory.js'
import { packedLength, type Unpacker } from './packed.js'
import { paletteCount, paletteSlots } from './palette.js'
import type { Planes } from './predict.js'
import { isCut, tileArea, tileCount } from './tile.js'

/** An operation of a `frame` record; its rectangle lies in the picture, its tiles are whole. @internal */
export type Op =
  | {
      /** What is done: this, with the next of the streams. */
      readonly kind: 'fill' | 'predicted' | 'raw'
      /** Where. */
      readonly rect: Rect
    }
  | {
      /** Pixels become what others were. */
      readonly kind: 'move'
      /** Which. */
      readonly rect: Rect
      /** By how many pixels to the right they move. */
      readonly dx: number
      /** By how many pixels down. */
      readonly dy: number
    }
  | {
      /** Pixels get colours of a palette. */
      readonly kind: 'indexed'
      /** Which. */
      readonly rect: Rect
      /** The palette's number. */
      readonly palette: number
      /** How many of its slots get another colour first. */
      readonly assigned: number
    }
  | {
      /** Tiles are painted out of the memory. */
      readonly kind: 'recall'
      /** The first tile's number. */
      readonly tile: number
      /** How many follow one another, this one included. */
      readonly count: number
      /** The first tile's slot. */
      readonly slot: number
    }
  | {
      /** Tiles are put into the memory. */
      readonly kind: 'remember'
      /** The first tile's number. */
      readonly tile: number
      /** How many follow one another, this one included. */
      readonly count: number
    }

/**
 * The streams of one `frame` record.
 *
 * @internal
 */
export class StreamReader {
  /** Pixels, and slots that are assigned. */
  readonly colors: Bytes
  /** Slots that give pixels their colours. */
  readonly indices: Bytes
  /** Residuals. */
  readonly planes: Planes
  readonly #ops: Bytes
  readonly #picture: Picture
  readonly #tiles: number
  /** Pixels that the operations may still hold. */
  #pixelsLeft: number
  #right = 0
  #y = 0
  #nextTile = 0
  #nextSlot = 0

  /**
   * @param body - the record's body from its streams on; used up
   * @param picture - what the record paints into
   * @param unpacker - unpacks the residuals, where they are packed
   */
  constructor(body: Bytes, picture: Picture, unpacker?: Unpacker) {
    const [ops, colors, indices] = [length(body), length(body), length(body)]
    const packed = unpacker && packedLength(body)
    this.#ops = new Bytes(body.take(ops))
    this.colors = new Bytes(body.take(colors))
    this.indices = new Bytes(body.take(indices))
    const residuals = packed ? new Bytes(unpacker.unpack(packed, body)) : body
    const plane = residuals.left / 3
    if (!Number.isInteger(plane)) throw formatInvalid('the residuals are not three planes')
    const green = new Bytes(residuals.take(plane))
    this.planes = [green, new Bytes(residuals.take(plane)), new Bytes(residuals.take(plane))]
    this.#picture = picture
    this.#tiles = tileCount(picture)
    this.#pixelsLeft = maxPainted * Math.max(picture.width * picture.height, minPixels)
  }

  /** The next operation; undefined when there is none left. */
  next(): Op | undefined {
    if (this.#ops.left === 0) return undefined
    switch (this.#ops.u8()) {
      case 0:
        return { kind: 'fill', rect: this.#rect() }
      case 1:
        return this.#move()
      case 2: {
        const rect = this.#rect()
        const palette = this.#ops.uvarint(paletteCount - 1)
        return { kind: 'indexed', rect, palette, assigned: this.#ops.uvarint(paletteSlots) }
      }
      case 3:
        return { kind: 'predicted', rect: this.#rect() }
      case 4:
        return { kind: 'raw', rect: this.#rect() }
      case 5:
        return this.#recall()
      case 6: {
        const tile = this.#tile()
        return { kind: 'remember', tile, count: this.#count(tile) }
      }
      default:
        throw formatInvalid('an operation is unknown')
    }
  }

  /** Must be called behind the last operation: nothing may be left. */
  end(): void {
    for (const stream of [this.colors, this.indices, ...this.planes]) stream.end()
  }

  #move(): Op {
    const dx = this.#ops.int32()
    const dy = this.#ops.int32()
    const rect = this.#rect()
    this.#checkInside({ ...rect, x: rect.x - dx, y: rect.y - dy })
    return { kind: 'move', rect, dx, dy }
  }

  #recall(): Op {
    const tile = this.#tile()
    const slot = this.#nextSlot + this.#ops.int32()
    const count = this.#count(tile)
    if (slot < 0 || slot + count > memorySlots) throw formatInvalid('the memory has no such slot')
    this.#nextSlot = slot + count
    return { kind: 'recall', tile, slot, count }
  }

  #rect(): Rect {
    const x = this.#right + this.#ops.int32()
    const y = this.#y + this.#ops.int32()
    const width = this.#ops.uvarint(this.#picture.width)
    const height = this.#ops.uvarint(this.#picture.height)
    const rect = { x, y, width, height }
    if (width === 0 || height === 0) throw formatInvalid('a rectangle has no pixels')
    this.#checkInside(rect)
    this.#spend(width * height)
    this.#right = x + width
    this.#y = y
    return rect
  }

  #checkInside({ x, y, width, height }: Rect): void {
    const { width: right, height: bottom } = this.#picture
    if (x < 0 || y < 0 || x + width > right || y + height > bottom) {
      throw formatInvalid('a rectangle is outside of the picture')
    }
  }

  #tile(): number {
    return this.#nextTile + this.#ops.int32()
  }

  /** How many tiles, all of them whole. */
  #count(tile: number): number {
    const count = this.#ops.uvarint(this.#tiles)
    if (count === 0) throw formatInvalid('no tile is named')
    if (tile < 0 || tile + count > this.#tiles) throw formatInvalid('a tile is outside')
    this.#spend(count * tileArea)
    for (let i = 0; i < count; i++) {
      if (isCut(this.#picture, tile + i)) throw formatInvalid('a tile is cut')
    }
    this.#nextTile = tile + count
    return count
  }

  #spend(pixels: number): void {
    this.#pixelsLeft -= pixels
    if (this.#pixelsLeft < 0) throw formatInvalid('a record paints its picture too often')
  }
}

function length(body: Bytes): number {
  return body.uvarint(body.left)
}

/** How often a record may paint each pixel, and the least picture that this is counted for. */
const maxPainted = 8
const minPixels = 1024
