import { UnderstudyError } from '../errors.js'
import { exitCodes, reportFailure } from './failure.js'

/**
 * Sees to it that no command ends for what it says: whoever reads may have enough, such as `head`;
 * what cannot be written for another reason is a failure, and what the command does goes on.
 */
export function outliveReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    const code = error.code === 'ENOSPC' ? 'disk-full' : 'io'
    reportFailure(new UnderstudyError(code, `The answer cannot be written: ${error.message}`))
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = exitCodes.failed
  })
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
