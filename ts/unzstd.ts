import { Bytes } from './bytes.js'
import { formatInvalid } from './errors.js'
import { newZstdDecoder, type ZstdDecoder, type ZstdProgress } from './zstd.js'

/**
 * Turns zstd frames into exactly the bytes that were promised: what docs/format.md allows of zstd, and
 * no more.
 *
 * @internal
 */
export class Unzstd {
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
   * Takes the next bytes of the frame.
   *
   * @param compressed - these
   * @param length - how many they give
   * @param last - whether the frame ends with them, as it must then and must not otherwise; behind its
   * end the next begins
   * @returns what they give; valid until the next call
   */
  take(compressed: Uint8Array, length: number, last: boolean): Uint8Array {
    if (!this.#begun) checkFrame(compressed)
    this.#begun = !last
    // One byte more than promised, so that a decoder that yields too much is seen.
    if (this.#output.length <= length) this.#output = new Uint8Array(length + 1)
    this.#fill(compressed, length, last)
    return this.#output.subarray(0, length)
  }

  #fill(compressed: Uint8Array, length: number, last: boolean): void {
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
      if (to > length) throw formatInvalid('zstd gives more bytes than were promised')
      if (ended) {
        if (last && from === compressed.length) return
        throw formatInvalid('the zstd frame ends elsewhere than it must')
      }
      // With room left in the output, nothing more can be waiting inside the decoder.
      if (from === compressed.length) break
      if (consumed === 0 && produced === 0) throw formatInvalid('what should be zstd is not')
    }
    if (last) throw formatInvalid('the zstd frame does not end')
    if (to < length) throw formatInvalid('zstd gives fewer bytes than were promised')
  }

  #step(output: Uint8Array, input: Uint8Array): ZstdProgress {
    try {
      return this.#zstd.decode(output, input)
    } catch {
      throw formatInvalid('what should be zstd is not')
    }
  }
}

/**
 * zstd itself reads more than the format allows: skippable frames, dictionaries, checksums, any
 * window where a whole frame lies in one piece. The frame's header (RFC 8878, 3.1.1.1) tells.
 */
function checkFrame(compressed: Uint8Array): void {
  const fields = new Bytes(compressed)
  if (fields.u32() !== frameMagic) throw formatInvalid('what should be zstd is not')
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

const maxWindow = 8 * 1024 * 1024
const frameMagic = 0xfd2fb528
const dictionaryBits = 0b011
const checksumBit = 0b100
const singleSegmentBit = 0b10_0000
