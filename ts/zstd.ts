import zstd from 'zstd-napi/binding.js'

// The one file that a reader in a browser puts its own in the place of: page/zstd.ts.

/** One call of a streaming zstd decoder. @internal */
export interface ZstdProgress {
  /** Bytes written. */
  readonly produced: number
  /** Bytes read. */
  readonly consumed: number
  /** Whether a frame ended with the bytes read. */
  readonly ended: boolean
}

/**
 * A streaming zstd decoder.
 *
 * @internal
 */
export interface ZstdDecoder {
  /**
   * Decompresses some of the input into some of the output.
   *
   * @param output - where to
   * @param input - the next compressed bytes
   * @throws anything, if they are not zstd; what window they may need was asked before (ts/chunk.ts)
   */
  decode(output: Uint8Array, input: Uint8Array): ZstdProgress
  /** Gives back its memory where no collector would. Nothing may be decoded after that. */
  end(): void
}

/**
 * A decoder that has read nothing yet.
 *
 * @internal
 */
export function newZstdDecoder(): ZstdDecoder {
  return new NativeDecoder()
}

class NativeDecoder implements ZstdDecoder {
  readonly #context = new zstd.DCtx()

  constructor() {
    this.#context.setParameter(zstd.DParameter.windowLogMax, maxWindowLog)
  }

  decode(output: Uint8Array, input: Uint8Array): ZstdProgress {
    const [hint, produced, consumed] = this.#context.decompressStream(output, input)
    return { produced, consumed, ended: hint === 0 }
  }

  end(): void {
    // The collector frees it.
  }
}

/** 8 MiB, as docs/format.md §8 allows. */
const maxWindowLog = 23
