import { UnderstudyError } from '../ts/errors.js'
import type { FrameItem, Item } from '../ts/event.js'
import type { Picture, Rect } from '../ts/frame.js'
import type { Recording } from '../ts/recording.js'

/** What the canvas shows. */
export interface Shown {
  /** When the picture came up; undefined when there is none at this time. */
  readonly time: number | undefined
  /** Pixels from left to right. */
  readonly width: number
  /** Pixels from top to bottom. */
  readonly height: number
}

/**
 * The pictures of a recording on a canvas: at any time, the one after, the one before. Reads on where
 * it is, and begins at another place where that is nearer; never holds more than one picture.
 */
export class Screen {
  readonly #recording: Recording
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D
  #items: AsyncGenerator<Item, void, undefined> | undefined
  /** Read, but not shown yet: it is later than what is shown. Its picture is in the memory of all. */
  #ahead: Item | undefined
  /** Everything until then is shown. */
  #at = 0
  #shown: number | undefined

  /**
   * @param recording - with an identity that opens it
   * @param canvas - what to paint on
   */
  constructor(recording: Recording, canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new UnderstudyError('unsupported', 'This browser paints on no canvas')
    this.#recording = recording
    this.#canvas = canvas
    this.#context = context
  }

  /**
   * Shows what the screen showed at a time.
   *
   * @param time - nanoseconds since the recording started
   */
  async show(time: number): Promise<Shown> {
    const far = time < this.#at || time > this.#at + farAhead
    if (!this.#items || far) await this.#begin(time)
    while (this.#ahead && this.#ahead.time <= time) await this.#advance()
    this.#at = time
    return this.#state()
  }

  /** Shows the next picture; the same again where there is none. */
  async next(): Promise<Shown> {
    if (!this.#items) await this.#begin(this.#at)
    while (this.#ahead && this.#ahead.type !== 'frame') await this.#advance()
    if (this.#ahead) await this.show(this.#ahead.time)
    return this.#state()
  }

  /** Shows the picture before; the same again where there is none. */
  async previous(): Promise<Shown> {
    const shown = this.#shown
    if (shown === undefined) return this.#state()
    // Whoever begins at a time is given the latest picture before it first.
    await this.#begin(shown)
    const before = this.#ahead?.type === 'frame' ? this.#ahead.time : shown
    return await this.show(Math.min(before, shown))
  }

  async #begin(time: number): Promise<void> {
    await this.#items?.return()
    this.#clear()
    this.#items = this.#recording.read({ tracks: ['screen'], from: time })
    await this.#read()
    this.#at = Math.min(time, this.#ahead?.time ?? time)
  }

  /** Shows what is ahead, and only then reads on: that paints the next picture into the same memory. */
  async #advance(): Promise<void> {
    if (this.#ahead?.type === 'frame') this.#paint(this.#ahead)
    await this.#read()
  }

  async #read(): Promise<void> {
    try {
      const next = await this.#items?.next()
      this.#ahead = next?.done === false ? next.value : undefined
    } catch (error) {
      this.#items = undefined
      this.#ahead = undefined
      throw error
    }
  }

  #paint({ time, picture, changed }: FrameItem): void {
    const { width, height } = picture
    if (width > maxSide || height > maxSide || width * height > maxArea) {
      throw new UnderstudyError('unsupported', 'A picture is larger than this page can show')
    }
    const fresh = this.#canvas.width !== width || this.#canvas.height !== height
    if (fresh) Object.assign(this.#canvas, { width, height })
    const whole = fresh || this.#shown === undefined
    const rects = whole ? [{ x: 0, y: 0, width, height }] : changed
    for (const rect of rects) this.#context.putImageData(toImage(picture, rect), rect.x, rect.y)
    this.#shown = time
  }

  #clear(): void {
    this.#shown = undefined
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height)
  }

  #state(): Shown {
    const { width, height } = this.#canvas
    return { time: this.#shown, width, height }
  }
}

/** Part of a picture as a canvas wants it: red, green, blue, alpha, in the bytes of one word. */
function toImage({ pixels, width, format }: Picture, rect: Rect): ImageData {
  const image = new ImageData(rect.width, rect.height)
  const words = new Uint32Array(image.data.buffer)
  const [red, green, blue] = format === 'bgrx8' ? [16, 8, 0] : [22, 12, 2]
  let to = 0
  for (let line = 0; line < rect.height; line++) {
    let from = (rect.y + line) * width + rect.x
    for (let column = 0; column < rect.width; column++) {
      const pixel = pixels[from++] ?? 0
      words[to++] =
        opaque |
        (((pixel >>> blue) & 0xff) << 16) |
        (((pixel >>> green) & 0xff) << 8) |
        ((pixel >>> red) & 0xff)
    }
  }
  return image
}

const opaque = 0xff00_0000
/** Reading on costs as much as there is in between; beginning anew about a tenth of a second. */
const farAhead = 5e9
const maxSide = 16_384
const maxArea = 2 ** 26
