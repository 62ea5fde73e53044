/** Whoever reads may have enough, such as `head`: no command fails for it. */
export function letReadersLeave(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/**
 * Standard output: written in large pieces, each waited for, and allowed to close early.
 */
export class Output {
  /** Whether nobody reads any more. */
  closed = false
  #waiting = ''

  constructor() {
    process.stdout.on('error', () => {
      this.closed = true
    })
  }

  /**
   * Writes a line, when enough have come together.
   *
   * @param line - with its line feed
   */
  async write(line: string): Promise<void> {
    this.#waiting += line
    if (this.#waiting.length >= pieceLength) await this.flush()
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    const piece = this.#waiting
    this.#waiting = ''
    if (this.closed || piece === '') return
    await new Promise<void>((resolve) => {
      process.stdout.write(piece, (error) => {
        this.closed ||= error != null
        resolve()
      })
    })
  }
}

const pieceLength = 1 << 16
