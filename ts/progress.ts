/**
 * How far something is, as another thread says: what comes behind the end is not told, and the end of what
 * was done is.
 *
 * @internal
 */
export class Progress {
  readonly #listener: (done: number, of: number) => void
  #last: { readonly done: number; readonly of: number } = { done: 0, of: 0 }
  #over = false

  /** `listener` is told. */
  constructor(listener: (done: number, of: number) => void) {
    this.#listener = listener
  }

  /** So much is done of so much. */
  readonly tell = (done: number, of: number): void => {
    if (this.#over) return
    this.#last = { done, of }
    this.#listener(done, of)
  }

  /** Waits for `work`, which it is the progress of. */
  async until<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work
      const { done, of } = this.#last
      if (done < of) this.tell(of, of)
      return result
    } finally {
      this.#over = true
    }
  }
}
