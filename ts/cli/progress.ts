/**
 * How far something long is: a line on standard error that is written over, for whoever sits at a terminal.
 */
export class ProgressLine {
  readonly #shown = process.stderr.isTTY
  readonly #doing: string
  readonly #what: string

  /** `doing` is what takes long, in a word or two; `what` is counted. */
  constructor(doing: string, what = 'segments') {
    this.#doing = doing
    this.#what = what
  }

  /**
   * Writes it.
   *
   * @param done - how many are done
   * @param of - of how many
   */
  readonly tell = (done: number, of: number): void => {
    if (this.#shown) process.stderr.write(`\r${this.#doing}: ${done} of ${of} ${this.#what}`)
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K')
  }
}
