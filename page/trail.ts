/** Where the pointer was: columns of the same length, in the order of time. */
export interface TrailPoints {
  /** Nanoseconds since the recording started. */
  readonly time: Float64Array
  /** Physical pixels of the virtual desktop. */
  readonly x: Int32Array
  /** Physical pixels of the virtual desktop. */
  readonly y: Int32Array
}

/** Gathers where the pointer was, 50 times a second at most, and for a while that ends somewhere. */
export class Trail {
  #points: TrailPoints = columns(1024)
  #length = 0

  /**
   * Takes a position.
   *
   * @param position - where the pointer was, and when: not before the one before
   */
  add({ time, x, y }: { readonly time: number; readonly x: number; readonly y: number }): void {
    const previous = this.#points.time[this.#length - 1] ?? -Infinity
    // The last of a movement counts: it is where the pointer stays.
    if (time - previous >= interval && this.#length < maxPoints) this.#length++
    if (this.#length === 0) this.#length = 1
    if (this.#length > this.#points.time.length) this.#grow()
    const at = this.#length - 1
    if (time - previous >= interval) this.#points.time[at] = time
    this.#points.x[at] = x
    this.#points.y[at] = y
  }

  /** What was gathered. */
  points(): TrailPoints {
    const { time, x, y } = this.#points
    const length = this.#length
    return { time: time.slice(0, length), x: x.slice(0, length), y: y.slice(0, length) }
  }

  #grow(): void {
    const grown = columns(2 * this.#points.time.length)
    grown.time.set(this.#points.time)
    grown.x.set(this.#points.x)
    grown.y.set(this.#points.y)
    this.#points = grown
  }
}

function columns(length: number): TrailPoints {
  return { time: new Float64Array(length), x: new Int32Array(length), y: new Int32Array(length) }
}

const interval = 20e6
const maxPoints = 2_000_000
