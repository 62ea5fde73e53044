import wasm from 'zstd.wasm'
import type { ZstdDecoder, ZstdProgress } from '../ts/zstd.js'

// Stands in for ts/zstd.ts where there is no addon: zstd itself, compiled to WebAssembly (zstddec). The
// package's own wrapper is for files at hand; a segment is fed flush by flush, with a limit on each.

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly malloc: (length: number) => number
  readonly free: (address: number) => void
  readonly ZSTD_createDCtx: () => number
  readonly ZSTD_freeDCtx: (context: number) => void
  readonly ZSTD_decompressStream: (context: number, output: number, input: number) => number
}

/** @returns a decoder that has read nothing yet; several may be in use at once */
export function newZstdDecoder(): ZstdDecoder {
  return new WasmDecoder((module ??= load()))
}

class WasmDecoder implements ZstdDecoder {
  readonly #zstd: Exports
  readonly #context: number
  /** Two structs of three words (address, size, position), then the output, then the input. */
  readonly #memory: number

  constructor(zstd: Exports) {
    this.#zstd = zstd
    this.#context = zstd.ZSTD_createDCtx()
    this.#memory = zstd.malloc(bufferAt + 2 * bufferLength)
    if (this.#context === 0 || this.#memory === 0) throw new Error('there is no memory for zstd')
  }

  /** As zstd itself would: with room left in the output, nothing more is waiting inside. */
  decode(output: Uint8Array, input: Uint8Array): ZstdProgress {
    let [produced, consumed] = [0, 0]
    for (;;) {
      const room = Math.min(output.length - produced, bufferLength)
      const step = this.#step(output.subarray(produced, produced + room), input.subarray(consumed))
      produced += step.produced
      consumed += step.consumed
      const stuck = step.produced === 0 && step.consumed === 0
      const drained = consumed === input.length && step.produced < room
      if (step.ended || stuck || drained || produced === output.length) {
        return { produced, consumed, ended: step.ended }
      }
    }
  }

  #step(output: Uint8Array, input: Uint8Array): ZstdProgress {
    const { memory, ZSTD_decompressStream } = this.#zstd
    const outputAt = this.#memory + bufferAt
    const inputAt = outputAt + bufferLength
    const fed = input.subarray(0, bufferLength)
    new Uint8Array(memory.buffer).set(fed, inputAt)
    const words = new Uint32Array(memory.buffer, this.#memory, 6)
    words.set([outputAt, output.length, 0, inputAt, fed.length, 0])
    const hint = ZSTD_decompressStream(this.#context, this.#memory, this.#memory + 12) >>> 0
    // Errors are the greatest numbers there are; anything else is how much it would like next.
    if (hint > maxHint) throw new Error('zstd refuses the bytes')
    // It may have grown, and so moved.
    const [, , produced = 0, , , consumed = 0] = new Uint32Array(memory.buffer, this.#memory, 6)
    output.set(new Uint8Array(memory.buffer, outputAt, produced))
    return { produced, consumed, ended: hint === 0 }
  }

  end(): void {
    this.#zstd.ZSTD_freeDCtx(this.#context)
    this.#zstd.free(this.#memory)
  }
}

/** Compiled where it is used, in a worker: there it may be done at once. */
function load(): Exports {
  const imports = { env: { emscripten_notify_memory_growth: () => undefined } }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports)
  return instance.exports as unknown as Exports
}

let module: Exports | undefined
const bufferAt = 24
/** zstd gives out whole blocks, of at most 128 KiB. */
const bufferLength = 256 * 1024
const maxHint = 0xffff_ff00
