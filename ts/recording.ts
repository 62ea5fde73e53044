import { UnderstudyError } from './errors.js'
import type { Item } from './event.js'
import type { Identity } from './identity.js'
import { type RecordingInfo, toInfo } from './info.js'
import { earliest, Lane } from './lane.js'
import { writeOpening } from './opening.js'
import { openerUnder } from './pseudonym.js'
import type { Source } from './source.js'
import { type Track, tracks } from './track.js'
import {
  inspect,
  type Verification,
  type Verified,
  type VerifyOptions,
  verifySource,
} from './verify.js'

/** Which items of a recording are read. */
export interface ReadOptions {
  /** Which tracks to read; default all. The others are not decoded at all. */
  readonly tracks?: readonly Track[]
  /**
   * From when: nanoseconds since the recording started, 0 to 2⁵³ − 1; default 0. What is before is
   * not given, but for the latest picture before: it comes first, with the time that it has, as a
   * `key` frame whose whole picture changed. Segments before are not opened, so a late start costs
   * little more than verifying, which reads every byte all the same; {@link Recording.read} does
   * that once for many starts.
   */
  readonly from?: number
  /** Until when, this time included: as `from`, and not less; default the end. */
  readonly to?: number
}

/** Settings of {@link openRecording}. */
export interface OpenOptions extends ReadOptions {
  /** Whose key opens the recording; needed for items, not for `info` and `verify`. */
  readonly identity?: Identity
}

/**
 * A recording that is being read. Iterating verifies it first, and then gives every item of its
 * tracks, merged by time; memory stays bounded, however long the recording is.
 */
export class Recording implements AsyncIterable<Item> {
  readonly #source: Source
  readonly #options: OpenOptions
  #verified: Promise<Verified> | undefined
  #opened: Promise<void> | undefined

  /** @internal */
  constructor(source: Source, options: OpenOptions, verified?: Verified) {
    this.#source = source
    this.#options = options
    if (verified) this.#verified = Promise.resolve(verified)
  }

  /**
   * Finds out whether the recording is as it was written. Needs no key. Reads every byte, each time.
   *
   * @param options - who is told how far it is
   * @returns `intact`, `cut`, or what is wrong
   * @throws {@link UnderstudyError} `io` or `permission-denied` when it cannot be read
   */
  async verify({ progress }: VerifyOptions = {}): Promise<Verification> {
    return await verifySource(this.#source, progress)
  }

  /**
   * What is known without a secret key. Verifies the recording first.
   *
   * @returns the facts, or undefined for a recording that was cut short before it began
   * @throws {@link UnderstudyError} `tampered`, `format-invalid`, `format-version` or
   *   `receipt-invalid` when it does not verify; `io` or `permission-denied` when it cannot be read
   */
  async info(): Promise<RecordingInfo | undefined> {
    return toInfo(await this.#inspect())
  }

  /**
   * The items of the recording, merged by time, as the options of {@link openRecording} say.
   *
   * @returns an iterator; a picture is valid until the next item is asked for
   * @throws {@link UnderstudyError} what `read` throws
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.read()
  }

  /**
   * Items of the recording, merged by time: any part, as often as wanted. The recording is verified
   * once, before the first; so this is how to seek again and again.
   *
   * ```ts
   * const recording = openRecording('./recordings/x', { identity })
   * for (const from of [5e9, 60e9]) {
   *   for await (const item of recording.read({ from, to: from + 1e9 })) console.log(item.type)
   * }
   * ```
   *
   * @param options - what is read; what is left out is as for {@link openRecording}
   * @returns an iterator; a picture is valid until the next item is asked for: it is painted on, not
   *   copied, so that whoever looks at one after the other costs no memory
   * @throws {@link UnderstudyError} what `info` throws; `identity-mismatch` when the recording is not
   *   sealed to the identity; `open-failed` or `format-invalid` for what is found wrong while opening:
   *   every item before that is good; `tampered` for a key that was changed since it was verified.
   *   `invalid-argument` when no identity was given, or `from` and `to` are not times, or not in this
   *   order; of a released copy, which is not opened before that was written down: `identity-invalid`
   *   when the identity cannot sign (nor open what it recorded itself), or was wiped meanwhile, `state` when the source cannot be written to, `io`,
   *   `permission-denied`, `disk-full`; `withdrawn` when the contributor withdrew it
   */
  async *read(options: ReadOptions = {}): AsyncGenerator<Item, void, undefined> {
    const all = { ...this.#options, ...options }
    const { identity, from, to } = checkOptions(all)
    const verified = await this.#inspect()
    const { content } = verified
    const opener = content ? openerUnder(identity, content.receipt) : identity
    const chosen = all.tracks ?? tracks
    const lanes = tracks
      .filter((track) => chosen.includes(track))
      .map((track) => new Lane(this.#source, verified, track, opener, from))
    try {
      await this.#writeOpening(verified, opener)
      for (const lane of lanes) await lane.advance()
      for (let lane = earliest(lanes); lane?.head; lane = earliest(lanes)) {
        if (lane.head.time > to) return
        yield lane.head
        opener.mustHaveKeys()
        // Only now: the item that was given may hold a picture that the next one is painted into.
        await lane.advance()
      }
    } finally {
      for (const lane of lanes) await lane.end()
      if (opener !== identity) opener.wipe()
    }
  }

  /** Once for each {@link Recording}: what was opened stays open. */
  async #writeOpening({ content }: Verified, opener: Identity): Promise<void> {
    if (!content?.manifest || !content.openings) return
    this.#opened ??= writeOpening(this.#source, content.manifest, content.openings, opener)
    await this.#opened
  }

  async #inspect(): Promise<Verified> {
    this.#verified ??= inspect(this.#source)
    return await this.#verified
  }
}

function checkOptions({ identity, from = 0, to = Number.MAX_SAFE_INTEGER }: OpenOptions): {
  identity: Identity
  from: number
  to: number
} {
  if (!identity) throw new UnderstudyError('invalid-argument', 'An identity is needed for items')
  if (!isTime(from) || !isTime(to) || from > to) {
    throw new UnderstudyError('invalid-argument', 'from and to are nanoseconds, from ≤ to')
  }
  return { identity, from, to }
}

function isTime(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
