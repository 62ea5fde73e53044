import { Bytes } from './bytes.js'
import { formatInvalid } from './errors.js'
import type { OpenedChunk } from './seal.js'
import { newZstdDecoder, type ZstdDecoder, type ZstdProgress } from './zstd.js'

/**
 * Turns the opened chunks of one segment into records (docs/format.md §8).
 *
 * @internal
 */
export class ChunkDecoder {
  readonly #zstd: ZstdDecoder
  #begun = false
  #output = new Uint8Array(0)

  /** @param zstd - a decoder that has read nothing yet */
  constructor(zstd: ZstdDecoder = newZstdDecoder()) {
    this.#zstd = zstd
  }

  /** Gives back what the decoder took; nothing may be decoded after that. */
  end(): void {
    this.#zstd.end()
  }

  /**
   * Decodes the next chunk.
   *
   * @param chunk - as it was opened
   * @returns whole records; valid until the next call
   */
  decode(chunk: OpenedChunk): Uint8Array {
    const fields = new Bytes(chunk.bytes)
    const length = fields.u32()
    if (length > maxDecoded) throw formatInvalid('a chunk decompresses to more than 16 MiB')
    if (chunk.final !== (length === 0)) {
      throw formatInvalid('the final chunk is empty, and no other is')
    }
    const compressed = fields.take(fields.left)
    if (!this.#begun) checkFrame(compressed)
    this.#begun = true
    // One byte more than promised, so that a decoder that yields too much is seen.
    if (this.#output.length <= length) this.#output = new Uint8Array(length + 1)
    this.#fill(compressed, length, chunk.final)
    return this.#output.subarray(0, length)
  }

  #fill(compressed: Uint8Array, length: number, final: boolean): void {
    const output = this.#output.subarray(0, length + 1)
    let from = 0
    let to = 0
    for (;;) {
      const { produced, consumed, ended } = this.#step(
        output.subarray(to),
        compressed.subarray(from),
      )
      from += consumed
      to += produced
      if (to > length) throw formatInvalid('a chunk decompresses to more than it says')
      if (ended) {
        if (final && from === compressed.length) return
        throw formatInvalid('the zstd frame does not end with the final chunk')
      }
      // With room left in the output, nothing more can be waiting inside the decoder.
      if (from === compressed.length) break
      if (consumed === 0 && produced === 0) throw formatInvalid('a chunk is not valid zstd')
    }
    if (final) throw formatInvalid('the zstd frame does not end')
    if (to < length) throw formatInvalid('a chunk decompresses to less than it says')
  }

  #step(output: Uint8Array, input: Uint8Array): ZstdProgress {
    try {
      return this.#zstd.decode(output, input)
    } catch {
      throw formatInvalid('a chunk is not valid zstd')
    }
  }
}

/**
 * zstd itself reads more than the format allows: skippable frames, dictionaries, checksums, any
 * window where a whole frame lies in one piece. The frame's header (RFC 8878, 3.1.1.1) tells.
 */
function checkFrame(compressed: Uint8Array): void {
  const fields = new Bytes(compressed)
  if (fields.u32() !== frameMagic) throw formatInvalid('a chunk is not valid zstd')
  const descriptor = fields.u8()
  if ((descriptor & dictionaryBits) !== 0) throw formatInvalid('the zstd frame needs a dictionary')
  if ((descriptor & checksumBit) !== 0) throw formatInvalid('the zstd frame has a checksum')
  const single = (descriptor & singleSegmentBit) !== 0
  if ((single ? contentSize(fields, descriptor >> 6) : windowSize(fields.u8())) > maxWindow) {
    throw formatInvalid('the zstd frame needs a window over 8 MiB')
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 0b111)
}

/** Of a frame in a single segment, whose window is its whole content. */
function contentSize(fields: Bytes, lengthFlag: number): number {
  switch (lengthFlag) {
    case 0:
      return fields.u8()
    case 1:
      return fields.u16() + 256
    case 2:
      return fields.u32()
    default:
      return fields.u32() + fields.u32() * 2 ** 32
  }
}

const maxDecoded = 16 * 1024 * 1024
const maxWindow = 8 * 1024 * 1024
const frameMagic = 0xfd2fb528
const dictionaryBits = 0b011
const checksumBit = 0b100
const singleSegmentBit = 0b10_0000
