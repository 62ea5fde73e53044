import { unlink } from 'node:fs/promises'
import { ask } from './control/ask.js'
import { socketPaths } from './control/place.js'
import { UnderstudyError } from './errors.js'
import type { StopOptions } from './recorder.js'
import { type ForgottenLast, parseForgotten, parseStatus, type RecorderStatus } from './status.js'

/** A pause. */
export interface PauseOptions {
  /** After how many milliseconds it resumes by itself; default: not at all. There is no upper limit. */
  readonly for?: number
  /**
   * How many milliseconds ago the contributor asked for it, such as the age of the key press; at most
   * 5,000, default 0. What was captured since then and still waits in memory goes too: keys always, since
   * they wait for their verdict, the rest as far as it was not sealed yet.
   */
  readonly ago?: number
}

/** What {@link Recorder.forgetLast} forgets. */
export interface ForgetLastOptions {
  /** How many of the milliseconds until now: more than 0. */
  readonly last: number
  /** Only while this application had the focus: its id or instance, whatever its case. */
  readonly app?: string
  /**
   * Only while one window had the focus: the one that has it now, or the one that had it before (where
   * the one that has it is only where the contributor says so, such as a terminal).
   */
  readonly window?: 'focused' | 'previous'
}

/**
 * A recorder that runs in some program of this user: this one, or another. See {@link runningRecorders}.
 */
export class RunningRecorder {
  readonly #socket: string
  #status: RecorderStatus

  private constructor(socket: string, status: RecorderStatus) {
    this.#socket = socket
    this.#status = status
  }

  /**
   * Whoever answers at a socket.
   *
   * @internal
   */
  static async at(socket: string): Promise<RunningRecorder | undefined> {
    const answer = await ask(socket, { status: {} })
    return answer === undefined ? undefined : new RunningRecorder(socket, parseStatus(answer))
  }

  /** What it said of itself when it was last asked anything. */
  get last(): RecorderStatus {
    return this.#status
  }

  /**
   * What it is doing now.
   *
   * @returns its status
   * @throws {@link UnderstudyError} `state` when it has ended
   */
  async status(): Promise<RecorderStatus> {
    return await this.#ask({ status: {} })
  }

  /**
   * As {@link Recorder.pause}.
   *
   * @param options - for how long, since when
   * @returns its status, paused
   * @throws {@link UnderstudyError} `state` when it has ended; `invalid-argument`
   */
  async pause(options: PauseOptions = {}): Promise<RecorderStatus> {
    return await this.#ask({ pause: { ...options } })
  }

  /**
   * As {@link Recorder.resume}.
   *
   * @returns its status
   * @throws {@link UnderstudyError} as {@link Recorder.resume}
   */
  async resume(): Promise<RecorderStatus> {
    return await this.#ask({ resume: {} })
  }

  /**
   * As {@link Recorder.unmask}.
   *
   * @returns its status
   * @throws {@link UnderstudyError} as {@link Recorder.unmask}
   */
  async unmask(): Promise<RecorderStatus> {
    return await this.#ask({ unmask: {} })
  }

  /**
   * Stops it, and closes the recording: as {@link Recorder.stop}.
   *
   * @param options - whether it is kept
   * @returns its status, stopped, with what was released by itself
   * @throws {@link UnderstudyError} the failure that ended the recording before, if one did; `state` when it is
   *   to be kept, and is being released already
   */
  async stop({ release = true }: StopOptions = {}): Promise<RecorderStatus> {
    // Who releases nothing by themselves need not know of it: an older one does not.
    const { direct, state } = this.#status
    const keep = direct !== undefined && !release
    // Copies take as long as they do.
    const long = direct !== undefined && (release || state === 'stopped')
    return await this.#ask({ stop: keep ? { keep } : {} }, long)
  }

  /**
   * Has it release nothing by itself when it stops.
   *
   * @returns its status
   * @throws {@link UnderstudyError} `state` when it has ended, or is being released already
   */
  async keep(): Promise<RecorderStatus> {
    return await this.#ask({ keep: {} })
  }

  /**
   * As {@link Recorder.forgetLast}.
   *
   * @param options - how much, and of what
   * @returns what was forgotten; by then it is gone
   * @throws {@link UnderstudyError} as {@link Recorder.forgetLast}
   */
  async forgetLast(options: ForgetLastOptions): Promise<ForgottenLast> {
    return parseForgotten(await this.#answer({ forget: { ...options } }))
  }

  async #ask(question: object, long = false): Promise<RecorderStatus> {
    await this.#answer(question, long)
    return this.#status
  }

  async #answer(question: object, long = false): Promise<string> {
    const answer = await ask(this.#socket, question, long)
    if (answer === undefined) throw new UnderstudyError('state', 'The recorder has ended')
    this.#status = parseStatus(answer)
    return answer
  }
}

/**
 * The recorders of this user that run, in whatever program. What dead ones left is cleared away.
 *
 * Platform differences: on Linux; elsewhere there is no such thing yet, and nothing is found.
 *
 * @returns the oldest recording first
 * @throws {@link UnderstudyError} `permission-denied` when the folder of the sockets is not this user's
 *   alone
 */
export async function runningRecorders(): Promise<RunningRecorder[]> {
  return (await recordersAtWork()).filter(({ last }) => last.state !== 'stopped')
}

/**
 * The same, and those that have stopped and are being released by themselves.
 *
 * @returns the oldest recording first
 * @throws {@link UnderstudyError} as {@link runningRecorders}
 * @internal
 */
export async function recordersAtWork(): Promise<RunningRecorder[]> {
  const found = await Promise.all((await socketPaths()).map(async (path) => await meet(path)))
  return found
    .filter((recorder) => recorder !== undefined)
    .filter(({ last }) => last.state !== 'stopped' || isBeingReleased(last))
    .sort((a, b) => a.last.started - b.last.started)
}

function isBeingReleased({ direct, released, unreleased }: RecorderStatus): boolean {
  return direct !== undefined && released === undefined && unreleased === undefined
}

async function meet(path: string): Promise<RunningRecorder | undefined> {
  try {
    const recorder = await RunningRecorder.at(path)
    if (recorder) return recorder
  } catch (error) {
    // It ended while it was asked, or somebody else's program has its place: not one that runs.
    if (error instanceof UnderstudyError && error.code !== 'permission-denied') return undefined
    throw error
  }
  await unlink(path).catch(() => undefined)
  return undefined
}
