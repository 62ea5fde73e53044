import { Bytes } from './bytes.js'
import { formatInvalid } from './errors.js'
import type { OpenedChunk } from './seal.js'
import { Unzstd } from './unzstd.js'
import type { ZstdDecoder } from './zstd.js'

/**
 * Turns the opened chunks of one segment into records (docs/format.md §8).
 *
 * @internal
 */
export class ChunkDecoder {
  readonly #zstd: Unzstd

  /** @param zstd - a decoder that has read nothing yet */
  constructor(zstd?: ZstdDecoder) {
    this.#zstd = new Unzstd(zstd)
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
    return this.#zstd.take(fields.take(fields.left), length, chunk.final)
  }
}

const maxDecoded = 16 * 1024 * 1024
