import type { Bytes } from './bytes.js'
import { TileMemory } from './delta/memory.js'
import { type Op, StreamReader } from './delta/ops.js'
import { Unpacker } from './delta/packed.js'
import { Painted } from './delta/painted.js'
import { Palettes, readPixels } from './delta/palette.js'
import { Predictor } from './delta/predict.js'
import { formatInvalid } from './errors.js'
import { Picture, pixelFormats, type Rect } from './frame.js'

/** A picture that a reader may show: all its records are in it. @internal */
export interface CompletePicture {
  /** Whether it was begun anew. */
  readonly key: boolean
  /** Pixels that were painted in all of its records; one that was painted twice counts twice. */
  readonly painted: number
  /** Rectangles that cover all that was painted. */
  readonly changed: readonly Rect[]
  /** The whole picture; the next record is painted into the same memory. */
  readonly picture: Picture
}

/** What is there from a `key` record to the next. */
interface State {
  readonly picture: Picture
  readonly palettes: Palettes
  readonly memory: TileMemory
}

/**
 * Turns the `frame` records of one segment into pictures (docs/format.md §9.3).
 *
 * @internal
 */
export class PictureDecoder {
  #state: State | undefined
  #unfinished: { readonly key: boolean; readonly painted: Painted } | undefined
  readonly #predictor = new Predictor()
  readonly #unpacker = new Unpacker()

  /** Whether records of a picture are in, but not its last. */
  get unfinished(): boolean {
    return this.#unfinished !== undefined
  }

  /**
   * Whether a record begins a picture that needs more than this one.
   *
   * @param body - as for {@link PictureDecoder.decode}; not used up
   */
  beginsLong(body: Bytes): boolean {
    return !this.#unfinished && ((body.peek() ?? 0) & moreFlag) !== 0
  }

  /** Gives back what it took where no collector would; nothing may be decoded after that. */
  end(): void {
    this.#unpacker.end()
  }

  /**
   * Takes a record.
   *
   * @param body - the record's body behind its time; used up
   * @returns the picture, if this was its last record
   */
  decode(body: Bytes): CompletePicture | undefined {
    const flags = body.u8()
    if ((flags & ~(keyFlag | moreFlag | packedFlag)) !== 0)
      throw formatInvalid('a reserved flag is set')
    const key = (flags & keyFlag) !== 0
    if (key) this.#begin(body)
    const state = this.#state
    if (!state) throw formatInvalid('the first picture is not begun anew')

    const { picture } = state
    const record = this.#unfinished ?? { key, painted: new Painted(picture, key) }
    const streams = new StreamReader(
      body,
      picture,
      (flags & packedFlag) === 0 ? undefined : this.#unpacker,
    )
    for (let op = streams.next(); op; op = streams.next()) {
      this.#apply(op, streams, state)
      record.painted.add(op)
    }
    streams.end()

    this.#unfinished = (flags & moreFlag) === 0 ? undefined : record
    if (this.#unfinished) return undefined
    const { pixels: painted, rects: changed } = record.painted
    return { key: record.key, painted, changed, picture }
  }

  /** Everything begins anew; a picture's pixels are used again where they fit. */
  #begin(body: Bytes): void {
    if (this.#unfinished) throw formatInvalid('a picture is begun inside a picture')
    const format = pixelFormats[body.u8()]
    if (format === undefined) throw formatInvalid('the pixel format is unknown')
    const width = side(body)
    const height = side(body)
    if (width * height > maxPixels) throw formatInvalid('a picture has more than 2^27 pixels')

    const known = this.#state?.picture
    const same = known?.width === width && known.height === height && known.format === format
    if (known && same) known.pixels.fill(0)
    const picture = known && same ? known : new Picture(width, height, format)
    this.#state = { picture, palettes: new Palettes(format), memory: new TileMemory() }
  }

  #apply(op: Op, streams: StreamReader, { picture, palettes, memory }: State): void {
    switch (op.kind) {
      case 'fill':
        fill(picture, op.rect, streams)
        return
      case 'move':
        move(picture, op.rect, op.dx, op.dy)
        return
      case 'indexed': {
        const colors = palettes.assign(op.palette, op.assigned, streams.colors)
        paintIndexed(picture, op.rect, colors, streams.indices.take(area(op.rect)))
        return
      }
      case 'predicted':
        this.#predictor.paint(picture, op.rect, streams.planes)
        return
      case 'raw':
        paintRaw(picture, op.rect, streams)
        return
      case 'recall':
        for (let i = 0; i < op.count; i++) memory.recall(op.slot + i, picture, op.tile + i)
        return
      case 'remember':
        for (let i = 0; i < op.count; i++) memory.remember(picture, op.tile + i)
        return
    }
  }
}

function fill({ pixels, width, format }: Picture, rect: Rect, { colors }: StreamReader): void {
  const [color = 0] = readPixels(colors, 1, format)
  let at = rect.y * width + rect.x
  for (let line = 0; line < rect.height; line++, at += width) {
    pixels.fill(color, at, at + rect.width)
  }
}

/** From the side that the pixels move to, so that none is painted over before it was moved. */
function move({ pixels, width }: Picture, rect: Rect, dx: number, dy: number): void {
  const back = dy * width + dx
  const [first, step] = dy > 0 ? [rect.y + rect.height - 1, -width] : [rect.y, width]
  let at = first * width + rect.x
  for (let line = 0; line < rect.height; line++, at += step) {
    // Within a row, it keeps overlapping pixels itself.
    pixels.copyWithin(at, at - back, at - back + rect.width)
  }
}

/** Indices lie column by column, pixels row by row. */
function paintIndexed(
  { pixels, width }: Picture,
  rect: Rect,
  colors: Uint32Array,
  indices: Uint8Array,
): void {
  const { height } = rect
  for (let line = 0; line < height; line++) {
    let at = (rect.y + line) * width + rect.x
    for (let from = line; from < indices.length; from += height) {
      pixels[at++] = colors[indices[from] ?? 0] ?? 0
    }
  }
}

function paintRaw({ pixels, width, format }: Picture, rect: Rect, { colors }: StreamReader): void {
  for (let line = 0; line < rect.height; line++) {
    pixels.set(readPixels(colors, rect.width, format), (rect.y + line) * width + rect.x)
  }
}

function area({ width, height }: Rect): number {
  return width * height
}

function side(body: Bytes): number {
  const length = body.uvarint(maxSide)
  if (length === 0) throw formatInvalid('a picture has no pixels')
  return length
}

const maxSide = 32_768
const maxPixels = 2 ** 27
const keyFlag = 1
const moreFlag = 2
const packedFlag = 4
