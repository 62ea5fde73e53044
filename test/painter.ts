// Random operations of docs/format.md §9.3, done to a picture pixel by pixel as the page says, and written as a record.
import type { Picture, Rect } from '../ts/frame.js'
import { frameRecord, pixelsOf, places } from './picture.js'
import { type Assignments, Streams } from './streams.js'
import { randomNumbers } from './walk.js'

/** Paints into a picture, and writes what it did. */
export class Painter {
  readonly #picture: Picture
  readonly #mask: number
  readonly #palettes = Array.from({ length: 64 }, () => new Array<number>(256).fill(0))
  readonly #memory: number[][] = []
  #remembered = 0
  #random = randomNumbers(0)

  /** `picture` is painted into. */
  constructor(picture: Picture) {
    this.#picture = picture
    this.#mask = picture.format === 'bgrx8' ? 0xffffff : 0x3fffffff
  }

  /** The record that begins with the picture as it is. */
  begin(): Uint8Array {
    const { width, height, format, pixels } = this.#picture
    const streams = new Streams(format)
    streams.raw({ x: 0, y: 0, width, height }, [...pixels])
    return frameRecord(0, this.#picture, { key: true }, streams.bytes())
  }

  /** Does a few operations; answers their record. */
  paint(seed: number): Uint8Array {
    this.#random = randomNumbers(seed)
    const streams = new Streams(this.#picture.format)
    const acts = [
      this.#fill,
      this.#move,
      this.#indexed,
      this.#raw,
      this.#remember,
      this.#recall,
      ...(this.#picture.format === 'bgrx8' ? [this.#predicted] : []),
    ]
    // Six of at most the whole picture, so that the limit of eight is not met.
    for (let i = this.#below(7); i > 0; i--) acts[this.#below(acts.length)]?.call(this, streams)
    return frameRecord(0, this.#picture, {}, streams.bytes())
  }

  #fill(streams: Streams): void {
    const rect = this.#rect()
    const color = this.#color()
    streams.fill(rect, color)
    this.#write(rect, () => color)
  }

  #move(streams: Streams): void {
    const source = this.#rect()
    const { width, height } = this.#picture
    const x = this.#below(width - source.width + 1)
    const y = this.#below(height - source.height + 1)
    const rect = { ...source, x, y }
    streams.move(rect, x - source.x, y - source.y)
    const pixels = pixelsOf(this.#picture, source)
    this.#write(rect, (i) => pixels[i] ?? 0)
  }

  #indexed(streams: Streams): void {
    const rect = this.#rect()
    const number = this.#below(64)
    const chosen = new Set(Array.from({ length: this.#below(257) }, () => this.#below(256)))
    const assigned: Assignments = [...chosen]
      .sort((a, b) => a - b)
      .map((slot) => [slot, this.#color()])
    const before = [...(this.#palettes[number] ?? [])]
    const palette = this.#palettes[number] ?? []
    for (const [slot, color] of assigned) palette[slot] = color
    const slots = places(rect).map(() => this.#below(256))
    streams.indexed(rect, number, assigned, slots, before)
    this.#write(rect, (i) => palette[slots[i] ?? 0] ?? 0)
  }

  #raw(streams: Streams): void {
    const rect = this.#rect()
    const pixels = places(rect).map(() => this.#color())
    streams.raw(rect, pixels)
    this.#write(rect, (i) => pixels[i] ?? 0)
  }

  #predicted(streams: Streams): void {
    const rect = this.#rect()
    const pixels = places(rect).map(() => this.#color())
    streams.predicted(rect, pixels)
    this.#write(rect, (i) => pixels[i] ?? 0)
  }

  #remember(streams: Streams): void {
    const run = this.#tiles()
    if (!run) return
    streams.remember(run.tile, run.count)
    for (let i = 0; i < run.count; i++) {
      this.#memory[this.#remembered++ % 2048] = pixelsOf(this.#picture, this.#bounds(run.tile + i))
    }
  }

  #recall(streams: Streams): void {
    const run = this.#tiles()
    if (!run || this.#memory.length < run.count) return
    const slot = this.#below(this.#memory.length - run.count + 1)
    streams.recall(run.tile, slot, run.count)
    for (let i = 0; i < run.count; i++) {
      const kept = this.#memory[slot + i] ?? []
      this.#write(this.#bounds(run.tile + i), (at) => kept[at] ?? 0)
    }
  }

  #write(rect: Rect, color: (at: number) => number): void {
    const { pixels, width } = this.#picture
    places(rect).forEach(([x, y], i) => (pixels[y * width + x] = color(i)))
  }

  #rect(): Rect {
    const x = this.#below(this.#picture.width)
    const y = this.#below(this.#picture.height)
    const width = 1 + this.#below(this.#picture.width - x)
    return { x, y, width, height: 1 + this.#below(this.#picture.height - y) }
  }

  /** Whole tiles that follow one another. */
  #tiles(): { tile: number; count: number } | undefined {
    const { width, height } = this.#picture
    const columns = Math.ceil(width / 32)
    const whole = Array.from({ length: columns * Math.ceil(height / 32) }, (_, tile) => {
      const { x, y } = this.#bounds(tile)
      return x + 32 <= width && y + 32 <= height
    })
    const tile = this.#below(whole.length)
    const most = whole.indexOf(false, tile)
    const count = (most < 0 ? whole.length : most) - tile
    return count > 0 ? { tile, count: 1 + this.#below(count) } : undefined
  }

  #bounds(tile: number): Rect {
    const columns = Math.ceil(this.#picture.width / 32)
    const [x, y] = [(tile % columns) * 32, Math.floor(tile / columns) * 32]
    return { x, y, width: 32, height: 32 }
  }

  /** Often of a few, and often any. */
  #color(): number {
    const color = this.#below(2) === 0 ? this.#below(4) : Math.floor(this.#random() * 2 ** 32)
    return (color & this.#mask) >>> 0
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
