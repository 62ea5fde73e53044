import { Bytes } from './bytes.js'
import { formatInvalid, tampered, UnderstudyError } from './errors.js'

/** The first 52 bytes of a `.seg` file (docs/format.md §8). @internal */
export interface SegmentHeader {
  /** Number of the track, 0 to 255: whoever parses the header has yet to check it. */
  readonly track: number
  /** Number of the segment. */
  readonly segment: number
  /** Id of the recording, 16 bytes. */
  readonly recording: Uint8Array
  /** Header of the secretstream, 24 bytes. */
  readonly stream: Uint8Array
}

/** Length of a {@link SegmentHeader}, in bytes. @internal */
export const segmentHeaderLength = 52

/** Greatest length of a `.seg` file, in bytes. @internal */
export const maxSegmentLength = 2 ** 30

/**
 * Parses the header of a `.seg` file.
 *
 * @param bytes - 52 of them
 * @internal
 */
export function parseSegmentHeader(bytes: Uint8Array): SegmentHeader {
  if (bytes.length < segmentHeaderLength) throw formatInvalid('the segment has no whole header')
  const fields = new Bytes(bytes)
  if (fields.u32() !== magic) throw formatInvalid('this is not a segment')
  if (fields.u8() !== version) {
    throw new UnderstudyError('format-version', 'the segment is of another format version')
  }
  const track = fields.u8()
  if (fields.u16() !== 0) throw formatInvalid('reserved bytes of the segment are not zero')
  const segment = fields.u32()
  const recording = fields.take(16).slice()
  const stream = fields.take(24).slice()
  return { track, segment, recording, stream }
}

/**
 * Checks that a segment is the one that its place says.
 *
 * @param header - of the segment
 * @param recording - the recording's id, 16 bytes
 * @param track - the track's number
 * @param segment - the segment's number
 * @internal
 */
export function checkSegmentHeader(
  header: SegmentHeader,
  recording: Uint8Array,
  track: number,
  segment: number,
): void {
  const same = header.recording.every((byte, i) => byte === recording[i])
  if (!same || header.track !== track || header.segment !== segment) {
    throw tampered('the segment belongs elsewhere')
  }
}

/**
 * Splits a segment's bytes behind its header into sealed chunks. Pieces may be cut anywhere.
 *
 * @internal
 */
export class ChunkParser {
  /** Whole chunks so far. */
  chunks = 0
  /** Where the last whole chunk ends, in bytes from the start of the file. */
  size = segmentHeaderLength
  readonly #take: ((sealed: Uint8Array) => void) | undefined
  readonly #length = new Uint8Array(4)
  #lengthAt = 0
  #sealed: Uint8Array | undefined
  #sealedLength = 0
  #sealedAt = 0

  /** @param take - gets every whole chunk, without its length; if absent they are only counted */
  constructor(take?: (sealed: Uint8Array) => void) {
    this.#take = take
  }

  /** Whether the bytes so far end with a whole chunk. */
  get whole(): boolean {
    return this.#lengthAt === 0
  }

  /**
   * Takes the next bytes.
   *
   * @param piece - of any length; not kept
   */
  push(piece: Uint8Array): void {
    let at = 0
    while (at < piece.length) {
      at += this.#lengthAt < 4 ? this.#pushLength(piece.subarray(at)) : this.#pushSealed(piece, at)
    }
  }

  #pushLength(piece: Uint8Array): number {
    const part = piece.subarray(0, 4 - this.#lengthAt)
    this.#length.set(part, this.#lengthAt)
    this.#lengthAt += part.length
    if (this.#lengthAt === 4) this.#begin(new Bytes(this.#length).u32())
    return part.length
  }

  #begin(length: number): void {
    if (length < minSealed || length > maxSealed) {
      throw formatInvalid(`a sealed chunk has not ${minSealed} to ${maxSealed} bytes`)
    }
    if (this.chunks === maxChunks) throw formatInvalid(`there are more than ${maxChunks} chunks`)
    this.#sealedLength = length
    this.#sealedAt = 0
  }

  #pushSealed(piece: Uint8Array, at: number): number {
    const part = piece.subarray(at, at + this.#sealedLength - this.#sealedAt)
    if (this.#take) this.#collect(part)
    this.#sealedAt += part.length
    if (this.#sealedAt === this.#sealedLength) this.#finish()
    return part.length
  }

  #collect(part: Uint8Array): void {
    if (this.#sealedAt === 0 && part.length === this.#sealedLength) {
      this.#sealed = part
      return
    }
    // Grown by what really came, so that a length alone does not claim 17 MiB.
    const needed = this.#sealedAt + part.length
    if (this.#sealed === undefined || this.#sealed.length < needed) {
      const grown = new Uint8Array(Math.min(this.#sealedLength, 2 * needed))
      if (this.#sealed) grown.set(this.#sealed.subarray(0, this.#sealedAt))
      this.#sealed = grown
    }
    this.#sealed.set(part, this.#sealedAt)
  }

  #finish(): void {
    const sealed = this.#sealed?.subarray(0, this.#sealedLength)
    this.chunks++
    this.size += 4 + this.#sealedLength
    this.#lengthAt = 0
    this.#sealed = undefined
    if (sealed) this.#take?.(sealed)
  }
}

/** `USEG`, read as a little-endian number. */
const magic = 0x47455355
const version = 4
const minSealed = 17
const maxSealed = 17_825_792
/** Most chunks in a `.seg` file. @internal */
export const maxChunks = 2 ** 20
