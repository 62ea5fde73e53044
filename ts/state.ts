import { Bell } from './bell.js'
import type { UnderstudyError } from './errors.js'

/**
 * What a recorder is doing.
 *
 * | type | meaning |
 * |---|---|
 * | `recording` | samples are kept |
 * | `paused` | nothing is kept, because the contributor said so |
 * | `withheld` | keys are not kept, because of who has the focus, and the rest is; or nothing is, because the indicator cannot be seen (`unseen`) |
 * | `stopped` | ended, as asked |
 * | `failed` | ended by `error`; what was written before is kept |
 */
export type RecorderState = RunningState | FailedState

/** A recorder that works, or has ended as asked. */
export interface RunningState {
  /** Which of them; see {@link RecorderState}. */
  readonly type: 'recording' | 'paused' | 'withheld' | 'stopped'
  /** Of `withheld`: nothing is kept at all, because the indicator cannot be seen. */
  readonly unseen?: true
  /**
   * It is released by itself when it stops, before anybody has looked through it, unless the contributor
   * keeps it: a host's own indicator has to say so for as long as it shows.
   */
  readonly direct?: true
}

/** A recorder that a failure has ended. */
export interface FailedState {
  /** Always this. */
  readonly type: 'failed'
  /** The failure. */
  readonly error: UnderstudyError
}

/**
 * Whether nothing comes after this state.
 *
 * @param state - of a recorder
 * @internal
 */
export function isOver(state: RecorderState): boolean {
  return state.type === 'stopped' || state.type === 'failed'
}

function isSame(state: RecorderState, other: RecorderState): boolean {
  if (state.type === 'failed' || other.type === 'failed') return state.type === other.type
  const { type, unseen, direct } = other
  return state.type === type && state.unseen === unseen && state.direct === direct
}

/**
 * The latest state, and everyone who waits for the next one. Bounded: whoever looks late sees the
 * latest state alone.
 *
 * @internal
 */
export class States {
  #current: RecorderState = { type: 'recording' }
  #source: (() => RecorderState) | undefined
  readonly #changes = new Bell()

  /** The latest state. */
  get current(): RecorderState {
    return this.#current
  }

  /** Where states come from; until this is known, looking finds nothing new. */
  set source(source: () => RecorderState) {
    this.#source = source
    this.look()
  }

  /** Looks for another state. After the last there is none. */
  look(): void {
    if (!this.#source || isOver(this.#current)) return
    const state = this.#source()
    if (isSame(state, this.#current)) return
    this.#current = state
    this.#changes.ring()
  }

  /** Each state from now on, beginning with the current one; ends after `stopped` or `failed`. */
  follow(): AsyncIterableIterator<RecorderState, undefined> {
    let seen: RecorderState | undefined
    let ended = false
    const waits = new Set<() => void>()
    const next = async (): Promise<IteratorResult<RecorderState, undefined>> => {
      while (!ended && seen === this.#current && !isOver(seen)) await this.#changes.wait(waits)
      if (ended || (seen === this.#current && isOver(seen))) return { done: true, value: undefined }
      seen = this.#current
      return { done: false, value: seen }
    }
    // One after the other, whoever asks ahead.
    let last: Promise<unknown> = Promise.resolve()
    return {
      next: () => {
        const result = last.then(next)
        last = result
        return result
      },
      return: () => {
        ended = true
        for (const wake of waits) wake()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
