// What tests do with a recording again and again: verify it, read it to its end, read it in pieces.
import { isUnderstudyError, UnderstudyError } from '../ts/errors.js'
import type { Identity } from '../ts/identity.js'
import { MemorySource, openRecording, type Source, toLine } from '../ts/reader.js'

/** Lines of a recording, and the failure that reading ended with. */
export interface Walk {
  readonly lines: string[]
  readonly failure?: UnderstudyError
}

/** Reads a recording to its end. A failure that is not an UnderstudyError is the test's. */
export async function walk(source: Source, identity: Identity, hashes = true): Promise<Walk> {
  const lines: string[] = []
  try {
    for await (const item of openRecording(source, { identity })) {
      lines.push(toLine(item, { hashes }))
    }
    return { lines }
  } catch (error) {
    if (!isUnderstudyError(error)) throw error
    return { lines, failure: error }
  }
}

/** The answer of `verify` in a word: the status, or the code of what is wrong. */
export async function verdict(source: Source): Promise<{ word: string; at?: string | undefined }> {
  const verification = await openRecording(source).verify()
  if (verification.status !== 'invalid') return { word: verification.status }
  return { word: verification.error.code, at: verification.error.at }
}

/** Gives out another source's bytes in pieces of a chosen length. */
export class PieceSource implements Source {
  readonly #source: Source
  readonly #length: () => number

  /** `length` is asked for each piece, and at least 1 */
  constructor(source: Source, length: () => number) {
    this.#source = source
    this.#length = length
  }

  async list() {
    return await this.#source.list()
  }

  async read(path: string, offset: number, length: number) {
    return await this.#source.read(path, offset, Math.min(length, this.#length()))
  }

  async create(path: string, bytes: Uint8Array) {
    return (await this.#source.create?.(path, bytes)) ?? false
  }
}

/** The same recording, given out in three ways. */
export function ways(files: ReadonlyMap<string, Uint8Array>): Record<string, Source> {
  const whole = new MemorySource(files)
  const random = randomNumbers(files.size)
  return {
    whole,
    'in random pieces': new PieceSource(whole, () => 1 + Math.floor(random() * 200)),
    'byte by byte': new PieceSource(whole, () => 1),
  }
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
