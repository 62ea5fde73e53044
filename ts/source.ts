import { UnderstudyError } from './errors.js'

/** A file or folder of a recording. */
export interface SourceEntry {
  /** Its place below the recording's folder, with `/` between: `screen/000000.seg`. */
  readonly path: string
  /** `other` is what a recording never holds: links, devices, sockets. */
  readonly kind: 'file' | 'folder' | 'other'
  /** Bytes in a file, else 0. */
  readonly size: number
}

/**
 * Where a recording is read from: a folder, memory, an object store. Implement it to read from
 * elsewhere; nothing else of the reader touches files.
 */
export interface Source {
  /**
   * Everything in the recording, folders included, in any order.
   *
   * @returns one entry for each file and folder, at any depth
   */
  list(): Promise<readonly SourceEntry[]>
  /**
   * Bytes of a file.
   *
   * @param path - as listed
   * @param offset - where to begin, in bytes
   * @param length - how many bytes are wanted, at least 1
   * @returns at least 1 and at most `length` bytes; none at or behind the end of the file
   */
  read(path: string, offset: number, length: number): Promise<Uint8Array>
  /**
   * Writes a file that must not exist, durably. Only for released copies, whose opening is written down
   * before they are opened: a source without this cannot open them.
   *
   * @param path - where, below the recording's folder; its folder may be missing
   * @param bytes - the whole file
   * @returns false when it is there already
   */
  create?(path: string, bytes: Uint8Array): Promise<boolean>
}

/** A recording in memory. */
export class MemorySource implements Source {
  readonly #files: Map<string, Uint8Array>

  /** @param files - the content of each file, by its place below the recording's folder; copied */
  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = new Map(files)
  }

  /** {@inheritDoc Source.create} */
  create(path: string, bytes: Uint8Array): Promise<boolean> {
    const isNew = !this.#files.has(path)
    if (isNew) this.#files.set(path, bytes)
    return Promise.resolve(isNew)
  }

  /** {@inheritDoc Source.list} */
  list(): Promise<readonly SourceEntry[]> {
    const entries: SourceEntry[] = []
    const folders = new Set<string>()
    for (const [path, { length }] of this.#files) {
      entries.push({ path, kind: 'file', size: length })
      for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
        folders.add(path.slice(0, end))
      }
    }
    for (const path of folders) entries.push({ path, kind: 'folder', size: 0 })
    return Promise.resolve(entries)
  }

  /** {@inheritDoc Source.read} */
  read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.#files.get(path)
    if (!bytes) return Promise.reject(new UnderstudyError('io', 'There is no such file'))
    return Promise.resolve(bytes.subarray(offset, offset + length))
  }
}

/**
 * The bytes of a file in pieces, front to back.
 *
 * @param source - where it lies
 * @param path - which file
 * @param offset - where to begin
 * @param end - where to end, exclusive; a file that ends before simply ends
 * @internal
 */
export async function* pieces(
  source: Source,
  path: string,
  offset: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = offset; at < end;) {
    const piece = await source.read(path, at, Math.min(pieceLength, end - at))
    if (piece.length === 0) return
    at += piece.length
    yield piece
  }
}

/**
 * A small file, whole.
 *
 * @param source - where it lies
 * @param path - which file
 * @param size - its length in bytes, which the caller has held against a limit
 * @internal
 */
export async function wholeFile(source: Source, path: string, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const piece of pieces(source, path, 0, size)) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes.subarray(0, at)
}

const pieceLength = 1 << 20
