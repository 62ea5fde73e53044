import type { FrameItem, Item } from './event.js'

/**
 * Where the reading of a track starts: holds back what is before, of pictures all but the latest.
 *
 * @internal
 */
export class Start {
  readonly #from: number
  #held: FrameItem | undefined

  readonly #cut: boolean

  /**
   * @param from - nanoseconds since the recording started
   * @param cut - whether a crash cut the recording short
   */
  constructor(from: number, cut = false) {
    this.#from = from
    this.#cut = cut
  }

  /**
   * The picture that is held back, if it was the latest. To be asked before a record is decoded,
   * which would paint over it.
   *
   * @param time - of the next record
   */
  release(time: number): FrameItem | undefined {
    if (time < this.#from) return undefined
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** To be called before a picture of several records: a crash may have left only some of those. */
  keep(): void {
    if (this.#held && this.#cut) this.#held = { ...this.#held, picture: this.#held.picture.copy() }
  }

  /**
   * Whether an item is to be given out.
   *
   * @param item - the next
   */
  admits(item: Item): boolean {
    if (item.time >= this.#from) return true
    if (item.type === 'frame') {
      const { width, height } = item
      this.#held = { ...item, key: true, changed: [{ x: 0, y: 0, width, height }] }
    }
    return false
  }
}
