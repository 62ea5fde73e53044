import { Bell } from './bell.js'
import { Bytes } from './bytes.js'
import { formatInvalid, UnderstudyError } from './errors.js'
import type {
  ElementItem,
  Focus,
  KeyDown,
  KeyUp,
  Layout,
  Modifiers,
  Monitors,
  PointerButton,
  PointerMove,
  Redacted,
  Wheel,
  WindowChange,
  Workspace,
} from './event.js'
import { RecordDecoder } from './record.js'
import { type LiveTrack, tracks } from './track.js'

/** An item of a {@link LiveTrack}. */
export type LiveItem =
  | PointerMove
  | PointerButton
  | Wheel
  | KeyDown
  | KeyUp
  | Modifiers
  | Layout
  | Redacted
  | Focus
  | WindowChange
  | Monitors
  | Workspace
  | ElementItem

/** What is read while it is recorded. */
export interface LiveOptions {
  /** Some of the recorded tracks; the receipt must allow each, as a live tap. */
  readonly tracks: readonly LiveTrack[]
  /**
   * Called when there may be something to drain: at most some ten times a second, however much comes.
   * For those who call {@link Recorder.drain}; {@link Recorder.live} needs none. Keeps no process alive.
   */
  readonly ready?: () => void
}

/** The least bytes that {@link Recorder.drain} takes: room for the largest block. */
export const liveBufferLength = 256 * 1024

/**
 * Where bytes come from.
 *
 * @internal
 */
export interface LiveSource {
  /** Fills a buffer with whole blocks; answers how many bytes they are. */
  readonly drain: (buffer: Uint8Array) => number
  /** Nothing will be drained any more. */
  readonly end: () => void
  /** Whether nothing comes after what is there now. */
  readonly over: () => boolean
}

/**
 * The live tap of a recorder, for one reader: of bytes, or of items from one buffer that is used again
 * and again.
 *
 * @internal
 */
export class Live {
  readonly #options: LiveOptions
  #source: LiveSource | undefined
  readonly #bell = new Bell()
  readonly #decoder = new LiveDecoder()
  #buffer: Uint8Array | undefined
  #items: readonly LiveItem[] = []
  #given = 0
  #reads: 'bytes' | 'items' | undefined
  #ended = false

  /** @param options - of the recorder */
  constructor(options: LiveOptions) {
    this.#options = options
  }

  /** Where bytes come from, once the recorder runs. */
  set source(source: LiveSource) {
    this.#source = source
  }

  /** To be called when there may be something to drain, or the recorder has ended. */
  look(): void {
    this.#bell.ring()
    this.#options.ready?.()
  }

  /**
   * Fills a buffer with whole blocks.
   *
   * @param buffer - of {@link liveBufferLength} or more
   * @returns how many bytes they are
   */
  drain(buffer: Uint8Array): number {
    if (this.#reads === 'items') throw wrongState('The live tap is read as items already')
    this.#reads = 'bytes'
    return this.#source?.drain(buffer) ?? 0
  }

  /** The items. Nothing is taken out of the recorder before it is asked for. */
  follow(): AsyncIterableIterator<LiveItem, undefined> {
    if (this.#reads) throw wrongState('The live tap is read already')
    this.#reads = 'items'
    const waits = new Set<() => void>()
    const next = async (): Promise<IteratorResult<LiveItem, undefined>> => {
      for (;;) {
        const item = this.#take()
        if (item) return { done: false, value: item }
        if (this.#ended) return { done: true, value: undefined }
        await this.#bell.wait(waits)
      }
    }
    // One after the other, whoever asks ahead.
    let last: Promise<unknown> = Promise.resolve()
    let asked = 0
    return {
      next: () => {
        // What is decoded already needs no turn of its own: most of a thousand items a second are.
        const item = asked === 0 ? this.#items[this.#given] : undefined
        if (item) {
          this.#given++
          return Promise.resolve({ done: false, value: item })
        }
        asked++
        const result = last.then(next).finally(() => asked--)
        // Whoever asked ahead of a failure gets the end, not the same failure again.
        last = result.catch(() => undefined)
        return result
      },
      return: () => {
        this.#end()
        for (const wake of waits) wake()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** The next item that is here; ends the tap at the recorder's end. */
  #take(): LiveItem | undefined {
    while (!this.#ended) {
      const item = this.#items[this.#given++]
      if (item) return item
      // Before looking: what came between the two would be lost.
      const over = this.#source?.over() ?? true
      const bytes = this.#drain()
      this.#items = bytes.length > 0 ? this.#decoder.decode(bytes) : []
      this.#given = 0
      if (bytes.length > 0) continue
      if (!over) return undefined
      this.#end()
    }
    return undefined
  }

  #drain(): Uint8Array {
    this.#buffer ??= new Uint8Array(liveBufferLength)
    return this.#buffer.subarray(0, this.#source?.drain(this.#buffer) ?? 0)
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#items = []
    this.#buffer?.fill(0)
    this.#source?.end()
  }
}

/**
 * Turns what {@link Recorder.drain} wrote into items (docs/format.md §15). For hosts that take bytes
 * and decode them elsewhere; {@link Recorder.live} has one of its own.
 */
export class LiveDecoder {
  readonly #decoders = new Map<number, RecordDecoder>()

  /**
   * Decodes whole blocks, in the order in which they were drained.
   *
   * @param bytes - what was drained; nothing of it is kept
   * @returns their items
   * @throws {@link UnderstudyError} `format-invalid` where the bytes are no blocks
   */
  decode(bytes: Uint8Array): LiveItem[] {
    const blocks = new Bytes(bytes)
    const items: LiveItem[] = []
    while (blocks.left > 0) {
      const first = blocks.u8()
      const decoder = this.#decoderOf(first)
      for (const item of decoder.decode(blocks.take(blocks.u32()))) {
        // A decoder gives out its own track alone, and none is the screen's.
        if (item.track !== 'screen') items.push(item)
      }
    }
    return items
  }

  #decoderOf(first: number): RecordDecoder {
    const number = first & ~anew
    const track = tracks[number]
    if (track === undefined || track === 'screen')
      throw formatInvalid('a block is of no live track')
    const known = (first & anew) === 0 ? this.#decoders.get(number) : undefined
    const decoder = known ?? new RecordDecoder(track)
    this.#decoders.set(number, decoder)
    return decoder
  }
}

function wrongState(why: string): UnderstudyError {
  return new UnderstudyError('state', why)
}

/** Beside a block's track: records before it were dropped, and its differences begin anew. */
const anew = 0x80
