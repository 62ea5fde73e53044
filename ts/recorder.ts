import { resolve } from 'node:path'
import type * as binding from '../native/binding.js'
import { type DirectOutcome, passphraseOf, toOutcome } from './direct.js'
import { readDocument } from './document.js'
import { ioError, UnderstudyError } from './errors.js'
import { Heartbeat } from './heartbeat.js'
import { Live, type LiveItem } from './live.js'
import { calling, fromNative, loadNative, toError } from './native.js'
import { ownFolder, type RecorderOptions, type RecordingOptions, toNative } from './options.js'
import { readLayers } from './policy.js'
import { Progress } from './progress.js'
import { openRecording, type OpenOptions, type Recording } from './reader.js'
import type { ForgetLastOptions, PauseOptions } from './running.js'
import { isOver, type RecorderState, States } from './state.js'
import type { RecorderStats } from './stats.js'
import { type ForgottenLast, parseForgotten, parseStatus, type RecorderStatus } from './status.js'

/** Keys that pause and resume. */
export interface RecorderHotkey {
  /** As people call them: `Ctrl+Alt+Shift+P`. */
  readonly keys: string
  /** Whether they do: not where another program has them, or the keyboard has no such key. */
  readonly works: boolean
}

/** A recording that was stopped. */
export interface StoppedRecording {
  /** Its folder, as an absolute path. */
  readonly path: string
  /**
   * Opens it for reading; see {@link openRecording}.
   *
   * @param options - whose key, and which tracks
   * @returns the recording: an async iterable of its items
   */
  readonly open: (options?: OpenOptions) => Recording
  /** What was released by itself, where {@link RecordingOptions.direct} asked for that; else missing. */
  readonly direct?: DirectOutcome
}

/** How {@link Recorder.stop} stops. */
export interface StopOptions {
  /**
   * `false`: nothing is released by itself, whatever {@link RecordingOptions.direct} asked for. The secrets
   * for that are erased at once.
   */
  readonly release?: boolean
}

/**
 * Records the desktop into a folder, sealed to the contributor. Several may run at once, also in
 * worker threads.
 *
 * ```ts
 * const recorder = await Recorder.start({ receipt: 'receipt.json', out: 'recordings' })
 * process.once('SIGINT', () => void recorder.stop())
 * for await (const state of recorder.states()) console.log(state.type)
 * const { path } = await recorder.stop()
 * ```
 *
 * It ends by itself, with state `failed`, when the display is lost (`display-lost`), the disk is full
 * (`disk-full`), or the receipt's time is over (`receipt-expired`); what was written before is kept.
 *
 * It runs on threads of its own: no event and no picture passes through JavaScript, but for what a live
 * tap gives where the contributor agreed to one. When the process
 * or the worker ends while it runs, the recording is closed if that takes less than 2 seconds, and
 * otherwise left as a crash leaves it: intact up to the last second. A recorder keeps no process alive;
 * waiting for its next state does.
 *
 * Platform differences: it records on Linux with X11. On Windows, on macOS and in a Wayland session
 * without X, `start` rejects with `unsupported` or `display-unavailable`; a synthetic desktop can be
 * recorded everywhere the addon loads.
 */
export class Recorder implements AsyncDisposable {
  /** The recording's folder, as an absolute path. */
  readonly path: string
  readonly #native: binding.Recorder
  readonly #states: States
  readonly #live: Live | undefined
  readonly #direct: Progress | undefined
  #stopping: Promise<StoppedRecording> | undefined

  private constructor(
    path: string,
    native: binding.Recorder,
    states: States,
    live?: Live,
    direct?: Progress,
  ) {
    this.path = path
    this.#direct = direct
    this.#native = native
    this.#states = states
    this.#live = live
    states.source = () => toState(native.state)
    if (live) {
      live.source = {
        drain: (buffer) => native.drain(buffer),
        end: () => {
          native.endLive()
        },
        over: () => isOver(this.state),
      }
    }
  }

  /**
   * Starts recording. First the receipt is judged, then the system is asked, then a file is written:
   * whatever is refused leaves nothing behind.
   *
   * @param options - what to record, and where to
   * @returns the running recorder
   * @throws {@link UnderstudyError} before anything was touched: `receipt-invalid`, `receipt-expired`,
   *   `receipt-scope` (for tracks, for reading them live, for a recipient, for a layer of policy or a
   *   filter that is not what was agreed to), `policy-invalid`, `policy-scope`,
   *   `invalid-argument`; for a recording that is to be released by itself also `identity-mismatch`,
   *   `passphrase-wrong`, `identity-invalid`, and `receipt-scope` or `policy-scope` where that was not
   *   agreed to, or is forbidden; before anything was written: `unsupported`,
   *   `display-unavailable`, `no-indicator`, `permission-denied` (also where the socket by which the
   *   contributor reaches it has no place of its own: docs/control.md); while the first files were written:
   *   `permission-denied`, `disk-full`, `io`
   */
  static async start(options: RecorderOptions): Promise<Recorder> {
    const receipt = await readReceipt(options.receipt)
    const policy = await readLayers(options.policy ?? [])
    const path = resolve(ownFolder(options))
    const native = await loadNative()
    const states = new States()
    const live = options.live && new Live(options.live)
    const ready = () => {
      live?.look()
    }
    const changed = () => {
      states.look()
      if (isOver(states.current)) live?.look()
    }
    const all = toNative(options, receipt, policy, path)
    const heartbeat = listen(options.indicator, native)
    const { direct } = options
    const told = direct && new Progress(direct.progress ?? (() => undefined))
    const passphrase = direct && (await passphraseOf(direct))
    const tell = direct?.progress && told?.tell
    // The addon has a copy of its own by then, or has refused to start.
    const started = await calling(() =>
      native.start(all, heartbeat, changed, ready, passphrase, tell),
    ).finally(() => passphrase?.fill(0))
    return new Recorder(path, started, states, live, told)
  }

  /** The keys that pause and resume; missing where none were wanted, and where the indicator is the host's. */
  get hotkey(): RecorderHotkey | undefined {
    return this.#native.hotkey ?? undefined
  }

  /** What it is doing now. */
  get state(): RecorderState {
    this.#states.look()
    return this.#states.current
  }

  /**
   * What it is doing, since when, and what is recorded: what `understudy status` tells.
   *
   * @returns its status now
   */
  status(): RecorderStatus {
    return parseStatus(this.#native.status)
  }

  /**
   * What it does from now on, beginning with the current state; ends after `stopped` or `failed`.
   * States that come faster than they are read are one: the latest. Leaving the loop ends the
   * iterator alone, not the recording. Waiting for the next state keeps the process alive.
   *
   * @returns an iterator of its own for each call
   */
  states(): AsyncIterableIterator<RecorderState, undefined> {
    this.#states.look()
    return this.#states.follow()
  }

  /**
   * What it has done so far; may be called at any time, also after the end.
   *
   * @returns counts since the start
   */
  stats(): RecorderStats {
    const { frames, missedDamage, failedGrabs, latency, live, ...tracks } = this.#native.stats
    return { tracks, frames, missedDamage, failedGrabs, ...(latency && { latency }), live }
  }

  /**
   * Keeps nothing from now on, for as long as the contributor likes: what happens in a pause is
   * neither written nor held in memory. Holds at once, before it returns. Pausing twice is no error: the
   * latest pause says whether, and when, it ends by itself.
   *
   * @param options - for how long, since when
   * @throws {@link UnderstudyError} `state` when it has ended, or was told to; `invalid-argument`
   */
  pause(options: PauseOptions = {}): void {
    this.#mustRun()
    try {
      this.#native.pause({ ...options })
    } catch (error) {
      throw fromNative(error)
    }
    this.#states.look()
  }

  /**
   * Keeps samples again. Connects to the system anew, which takes some ten milliseconds. A pause that
   * is asked for meanwhile holds.
   *
   * @throws {@link UnderstudyError} `state` when it has ended, or was told to; `display-unavailable`,
   *   `permission-denied` or `unsupported` when the system is not there any more, and then it stays
   *   paused
   */
  async resume(): Promise<void> {
    this.#mustRun()
    await calling(() => this.#native.resume())
    this.#states.look()
  }

  /**
   * Shows windows again that are painted over because something sensitive was typed or stood in them, from
   * now on: the contributor says that it may be seen. Windows with a secret field stay painted over until
   * that is no more, and excluded applications stay so in any case. What was painted over before stays so.
   *
   * @throws {@link UnderstudyError} `state` when it has ended, or was told to
   */
  unmask(): void {
    this.#mustRun()
    try {
      this.#native.unmask()
    } catch (error) {
      throw fromNative(error)
    }
  }

  /**
   * Forgets the latest of what is recorded: what waits in memory, what a live tap still holds, and on the
   * disk the keys and segments that hold any of it; the journal says so, and the recording verifies. A
   * segment goes whole, since nobody here can open it: up to a minute before what is asked for goes too
   * ({@link ForgottenLast.lost}). For the time that takes, some hundred milliseconds, it is paused.
   *
   * Where the recording was uploaded, it opens no more; {@link uploadAgain} removes it there.
   *
   * ```ts
   * await recorder.forgetLast({ last: 5 * 60_000 })
   * ```
   *
   * @param options - how much, and of what
   * @returns what was forgotten; by then it is gone
   * @throws {@link UnderstudyError} `invalid-argument`; `state` when it has ended. Whatever else fails
   *   (`io`, `disk-full`) ends the recording, and then it was not begun, or `settle` finishes it
   */
  async forgetLast(options: ForgetLastOptions): Promise<ForgottenLast> {
    this.#mustRun()
    const answer = await calling(() => this.#native.forgetLast({ ...options }))
    this.#states.look()
    return parseForgotten(answer)
  }

  /**
   * Stops and closes the recording. Takes about a quarter of a second: the last keys wait until it is
   * known whom they were meant for. May be called more than once, and answers the same.
   *
   * A recording that is to be released by itself ({@link RecordingOptions.direct}) then is, which takes about
   * as long as {@link release}; where that fails, it is told in the answer. Nothing is released of a recording
   * that failed, nor of one whose process ends, or that is garbage, before it was stopped.
   *
   * @param options - whether it is kept
   * @returns the recording
   * @throws {@link UnderstudyError} the failure that ended the recording before, if one did; what was
   *   written until then is in {@link Recorder.path}; `state` when it is to be kept, and is being released
   *   already
   */
  async stop({ release = true }: StopOptions = {}): Promise<StoppedRecording> {
    const kept = release ? undefined : this.#keep()
    this.#stopping ??= this.#stop()
    const stopped = await this.#stopping
    if (kept) throw kept
    return stopped
  }

  /**
   * Stops, for `await using`, and has nothing released by itself: leaving a block may have any reason. A
   * failure that `stop` has told already is not told again.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const told = this.#stopping !== undefined
    // Where that is too late, it has stopped as it was asked to.
    if (!told) this.#keep()
    try {
      await this.stop()
    } catch (error) {
      if (!told) throw error
    }
  }

  /**
   * What is recorded, while it is: what the receipt and {@link RecordingOptions.live} allow, after the
   * filters, exactly as it is written. Items come in batches, about ten times a second, keys and windows
   * later than the pointer by the time they wait for their verdict; within a track they are in order.
   *
   * For one reader, and once. Whoever reads slowly finds 4 MiB waiting at most; what finds no room is
   * dropped here and counted in {@link Recorder.stats}, while the recording has it. In a pause nothing
   * comes. When the recorder has ended, what is left comes first, and then the end. Leaving the loop
   * ends the tap for good, erases what it held, and lets the recording go on.
   *
   * @returns the one iterator; waiting for its next item keeps the process alive
   * @throws {@link UnderstudyError} `state` when it was started without a live tap, or that is read
   *   already
   */
  live(): AsyncIterableIterator<LiveItem, undefined> {
    return this.#mustTap().follow()
  }

  /**
   * The same as bytes, for hosts that decode them elsewhere, with {@link LiveDecoder}: blocks of
   * docs/format.md §15, copied into memory of the caller's. {@link LiveOptions.ready} says when.
   *
   * @param buffer - of {@link liveBufferLength} bytes or more
   * @returns how many bytes were written: whole blocks, oldest first; 0 when there is none
   * @throws {@link UnderstudyError} `state` as {@link Recorder.live}; `invalid-argument` when the buffer
   *   is too small
   */
  drain(buffer: Uint8Array): number {
    try {
      return this.#mustTap().drain(buffer)
    } catch (error) {
      throw fromNative(error)
    }
  }

  /**
   * Whether a synthetic desktop has played its script to the end.
   *
   * @internal
   */
  get played(): boolean {
    return this.#native.played
  }

  async #stop(): Promise<StoppedRecording> {
    const { path } = this
    const stopping = calling(() => this.#native.stop())
    try {
      const released = await (this.#direct?.until(stopping) ?? stopping)
      const direct = this.#direct && toOutcome(path, released)
      return { path, open: (options) => openRecording(path, options), ...(direct && { direct }) }
    } finally {
      this.#states.look()
      this.#live?.look()
    }
  }

  /** Why it is too late for that, if it is. */
  #keep(): UnderstudyError | undefined {
    try {
      this.#native.keep()
      return undefined
    } catch (error) {
      return fromNative(error)
    }
  }

  #mustTap(): Live {
    if (this.#live) return this.#live
    throw new UnderstudyError('state', 'The recorder was started without a live tap')
  }

  #mustRun(): void {
    if (this.#stopping || isOver(this.state)) {
      throw new UnderstudyError('state', 'The recorder has ended')
    }
  }
}

function listen(
  indicator: RecordingOptions['indicator'],
  native: typeof binding,
): binding.Heartbeat | undefined {
  // Plain JavaScript may pass anything; what is neither must not be taken for a way without.
  if (indicator === undefined || indicator === 'native') return undefined
  if (indicator instanceof Heartbeat) return indicator.connect(native)
  throw new UnderstudyError('invalid-argument', "indicator must be 'native' or a Heartbeat")
}

async function readReceipt(receipt: string | URL | object): Promise<string> {
  try {
    return (await readDocument(receipt, longestReceipt)).text
  } catch (error) {
    const { code, message } = ioError('Cannot read the receipt', error)
    // Without a receipt there is no consent, whatever the reason is that there is none.
    throw new UnderstudyError(
      code === 'io' ? 'receipt-invalid' : code,
      message,
      {},
      { cause: error },
    )
  }
}

/** Most bytes of a receipt. */
const longestReceipt = 64 * 1024

function toState({ name, unseen, direct, failure }: binding.RecorderState): RecorderState {
  if (name !== 'failed') return { type: name, ...(unseen && { unseen }), ...(direct && { direct }) }
  const { code, message } = failure ?? { code: 'internal', message: 'The recorder failed' }
  return { type: name, error: toError(code, message) }
}
