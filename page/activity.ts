import type { Span } from './catalog.js'

/** How much was done when: counted in a fixed number of stretches, however long the recording is. */
export class Activity {
  readonly #duration: number
  readonly #counts = new Float32Array(bins)
  readonly #idle: Span[] = []
  #last = 0

  /** @param duration - of the recording, in nanoseconds */
  constructor(duration: number) {
    this.#duration = duration
  }

  /**
   * Counts an event of input.
   *
   * @param time - not before the one before
   */
  add(time: number): void {
    const bin = Math.min(bins - 1, Math.floor((time / Math.max(1, this.#duration)) * bins))
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1
    this.#rest(time)
    this.#last = time
  }

  /** For each stretch how much was done in it, 0 to 1: by its logarithm, since moves outnumber keys. */
  bars(): Float32Array {
    const greatest = Math.log1p(this.#counts.reduce((a, b) => Math.max(a, b), 1))
    return this.#counts.map((count) => Math.log1p(count) / greatest)
  }

  /** Where nothing was done for a while. */
  idle(): readonly Span[] {
    this.#rest(this.#duration)
    return this.#idle
  }

  #rest(until: number): void {
    const span = { from: this.#last + margin, to: until - margin }
    if (until - this.#last >= rest && this.#idle.length < maxIdle) this.#idle.push(span)
  }
}

const bins = 1024
const rest = 5e9
/** Shown around what was done. */
const margin = 1e9
const maxIdle = 50_000
