import type { Bytes } from '../bytes.js'
import { formatInvalid } from '../errors.js'
import { Unzstd } from '../unzstd.js'

/**
 * Unpacks the residuals of films, which lie in a zstd frame of their own (docs/format.md §9.3).
 *
 * @internal
 */
export class Unpacker {
  #zstd: Unzstd | undefined

  /**
   * The residuals of a record.
   *
   * @param length - how many it says that there are
   * @param frame - what is left of the record behind the other streams; used up
   * @returns these; valid until the next call
   */
  unpack(length: number, frame: Bytes): Uint8Array {
    this.#zstd ??= new Unzstd()
    return this.#zstd.take(frame.take(frame.left), length, true)
  }

  /** Gives back what the decoder took. */
  end(): void {
    this.#zstd?.end()
  }
}

/**
 * How many residuals a record has packed: in front of its streams.
 *
 * @param record - used up as far as that
 */
export function packedLength(record: Bytes): number {
  const length = record.uvarint(maxResiduals)
  if (length === 0 || length % 3 !== 0) throw formatInvalid('no residuals are packed')
  return length
}

const maxResiduals = 16 * 1024 * 1024
