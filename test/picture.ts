// Pictures as the `frame` records of docs/format.md §9.3, for tests.
import type { Picture, Rect } from '../ts/frame.js'
import { concat, record, uvarint } from './encode.js'
import { Streams } from './streams.js'

/** What a `frame` record may say beside its picture. */
export interface FrameOptions {
  readonly key?: boolean
  readonly more?: boolean
  /** Which tiles to write; default all. */
  readonly tiles?: readonly number[]
}

/** A `frame` record with the tiles of a picture, each in the shortest operation that holds it. */
export function frame(
  difference: number,
  picture: Picture,
  options: FrameOptions = {},
): Uint8Array {
  const { width, height, format } = picture
  const columns = Math.ceil(width / 32)
  const all = columns * Math.ceil(height / 32)
  const streams = new Streams(format)
  for (const number of options.tiles ?? Array.from({ length: all }, (_, tile) => tile)) {
    const [x, y] = [(number % columns) * 32, Math.floor(number / columns) * 32]
    const size = { width: Math.min(32, width - x), height: Math.min(32, height - y) }
    paint(streams, picture, { x, y, ...size })
  }
  return frameRecord(difference, picture, options, streams.bytes())
}

/** A `frame` record with streams as they are, right or wrong. */
export function frameRecord(
  difference: number,
  { width, height, format }: Pick<Picture, 'width' | 'height' | 'format'>,
  { key = false, more = false }: FrameOptions,
  streams: Uint8Array,
): Uint8Array {
  const flags = (key ? 1 : 0) | (more ? 2 : 0)
  const size = concat([format === 'bgrx8' ? 0 : 1], uvarint(width), uvarint(height))
  return record(0x30, difference, [flags], key ? size : [], streams)
}

function paint(streams: Streams, picture: Picture, rect: Rect): void {
  const pixels = pixelsOf(picture, rect)
  const colors = [...new Set(pixels)]
  if (colors.length === 1) streams.fill(rect, colors[0] ?? 0)
  else if (colors.length > 256) streams.raw(rect, pixels)
  else {
    const slots = pixels.map((pixel) => colors.indexOf(pixel))
    streams.indexed(rect, 0, [...colors.entries()], slots)
  }
}

/** The pixels of a part of a picture, row by row. */
export function pixelsOf({ pixels, width }: Picture, rect: Rect): number[] {
  return places(rect).map(([x, y]) => pixels[y * width + x] ?? 0)
}

/** The places of a rectangle, row by row. */
export function places(rect: Rect): (readonly [number, number])[] {
  return Array.from({ length: rect.width * rect.height }, (_, i) => {
    return [rect.x + (i % rect.width), rect.y + Math.floor(i / rect.width)] as const
  })
}
