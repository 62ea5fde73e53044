/**
 * How far something is, as another thread says: what comes behind the end is not told, and the end is.
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

  /** All of it is done. */
  end(): void {
    const { done, of } = this.#last
    if (done < of) this.tell(of, of)
    this.#over = true
  }
}
