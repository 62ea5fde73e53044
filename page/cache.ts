import type { Source, SourceEntry } from '../ts/source.js'

/**
 * Keeps what was read last of a source, in blocks, so that looking at a place again costs no fetching;
 * what was used least lately goes first. What it keeps is sealed, as it lies in the source.
 */
export class CachedSource implements Source {
  /** Bytes that it keeps now. */
  size = 0
  readonly create?: NonNullable<Source['create']>
  readonly #source: Source
  readonly #limit: number
  /** In the order of their last use. */
  readonly #blocks = new Map<string, Uint8Array>()

  /**
   * @param source - what is read
   * @param limit - how many bytes are kept at most
   */
  constructor(source: Source, limit: number) {
    this.#source = source
    if (source.create)
      this.create = async (path, bytes) => (await source.create?.(path, bytes)) ?? false
    this.#limit = limit
  }

  async list(): Promise<readonly SourceEntry[]> {
    return await this.#source.list()
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const start = Math.floor(offset / blockLength) * blockLength
    const key = `${start} ${path}`
    const block = this.#blocks.get(key) ?? (await this.#source.read(path, start, blockLength))
    this.#keep(key, block)
    const within = offset - start
    // The end of a short block is the end of the file, unless the source gave less than it has.
    if (within >= block.length) return await this.#source.read(path, offset, length)
    return block.subarray(within, within + length)
  }

  #keep(key: string, block: Uint8Array): void {
    if (!this.#blocks.delete(key)) this.size += block.length
    this.#blocks.set(key, block)
    for (const [oldest, { length }] of this.#blocks) {
      if (this.size <= this.#limit) return
      this.#blocks.delete(oldest)
      this.size -= length
    }
  }
}

const blockLength = 1 << 20
