import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ioError, isUnderstudyError, tampered, UnderstudyError } from '../errors.js'
import { FolderSource } from '../folder.js'
import { parseHeader } from '../header.js'
import { Hash, sodiumReady } from '../seal.js'
import { segmentHeaderLength } from '../segment.js'
import { pieces, type Source, type SourceEntry, wholeFile } from '../source.js'
import { inspect, maxSmallFile, segmentPath, type Verified } from '../verify.js'
import type { StoreBody } from './store.js'

/** A file of a recording that may leave: as much of it as is vouched for. @internal */
export interface Part {
  /** Its place below the recording's folder. */
  readonly path: string
  /** How many of its bytes. */
  readonly size: number
  /** Their hash, in hexadecimal. */
  readonly hash: string
}

/** What of a recording belongs into a store. @internal */
export interface Content {
  /** The recording's id, in hexadecimal. */
  readonly id: string
  /** What belongs there, in the order in which it is put: the journal last. Nothing, when it was withdrawn. */
  readonly parts: readonly Part[]
  /** The journal; undefined when it was withdrawn. */
  readonly journal?: Part
  /** Segments that are gone: their place below the recording's folder. */
  readonly gone: ReadonlySet<string>
  /** How many segments were ever begun. */
  readonly segments: number
}

/**
 * What of a recording belongs into a store, as it is now: also of one that is being written.
 *
 * @param folder - the recording's folder
 * @param progress - told how many segments were verified, of how many
 * @throws {@link UnderstudyError} what is wrong with a recording that does not verify; `state` when nothing was
 *   recorded, or a change was cut short; `invalid-argument` for a released copy
 * @internal
 */
export async function contentOf(
  folder: string,
  progress?: (done: number, of: number) => void,
): Promise<Content> {
  await sodiumReady
  for (let tries = 1; ; tries++) {
    const snapshot = await Snapshot.of(folder)
    try {
      return await draw(snapshot, await inspect(snapshot, progress))
    } catch (error) {
      if (isUnderstudyError(error) && error.code === 'withdrawn') return await withdrawn(snapshot)
      // What is being written may change under whoever reads it.
      if (tries === maxTries || !(await snapshot.isOld())) throw error
    }
  }
}

/**
 * The bytes of a part, which are hashed once more as they are read.
 *
 * @param folder - the recording's folder
 * @param part - which
 * @internal
 */
export function bodyOf(folder: string, { path, size, hash }: Part): StoreBody {
  return {
    size,
    hash,
    async *read() {
      const hashed = new Hash()
      let total = 0
      for await (const piece of bytesOf(folder, path, size)) {
        total += piece.length
        hashed.update(piece)
        // The last is kept back until all of it is known to be what was verified.
        if (total === size && hashed.hex() !== hash) break
        yield piece
        if (total === size) return
      }
      throw tampered('the file was changed while it was uploaded').in({ at: path })
    },
  }
}

/**
 * Hash of a file's first bytes.
 *
 * @param folder - the recording's folder
 * @param path - which file, by its place below it
 * @param size - how many bytes
 * @internal
 */
export async function hashOfStart(folder: string, path: string, size: number): Promise<string> {
  const hash = new Hash()
  for await (const piece of bytesOf(folder, path, size)) hash.update(piece)
  return hash.hex()
}

/** A recording as it was at one time: its journal is as long as it was then, and what it names is there. */
class Snapshot implements Source {
  readonly folder: string
  readonly #source: FolderSource
  readonly #journal: number
  readonly #whole: number

  private constructor(folder: string, journal: number, whole: number) {
    this.folder = folder
    this.#source = new FolderSource(folder)
    this.#journal = journal
    this.#whole = whole
  }

  static async of(folder: string): Promise<Snapshot> {
    const journal = await sizeOf(folder, journalPath)
    const unfinished = (await sizeOf(folder, 'unfinished.json')) > 0
    return new Snapshot(folder, journal, unfinished ? await wholeLines(folder, journal) : journal)
  }

  /** Its bytes that are whole lines. */
  get journal(): number {
    return this.#whole
  }

  async isOld(): Promise<boolean> {
    const unsettled = (await this.#source.list()).some(({ path }) => path.startsWith('amend/'))
    return !unsettled && (await sizeOf(this.folder, journalPath)) !== this.#journal
  }

  async list(): Promise<readonly SourceEntry[]> {
    const entries = await this.#source.list()
    return entries.map((entry) =>
      entry.path === journalPath && entry.kind === 'file' ? { ...entry, size: this.#whole } : entry,
    )
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    // No more than was listed is asked for.
    return await this.#source.read(path, offset, length)
  }
}

async function draw(snapshot: Snapshot, { status, content }: Verified): Promise<Content> {
  if (!content)
    throw new UnderstudyError('state', 'Nothing was recorded: there is nothing to upload')
  if (content.manifest) {
    const message =
      'This is a released copy: its keys are not uploaded, so hand over its folder instead'
    throw new UnderstudyError('invalid-argument', message)
  }
  const { folder, journal: size } = snapshot
  const whole = async (path: string, length?: number) => {
    const all = length ?? (await sizeOf(folder, path))
    return { path, size: all, hash: await hashOfStart(folder, path, all) }
  }
  const begun = [...content.journal.segments.values()].flat()
  const sealed = [...content.segments.values()].flat().map(async ({ path, extent }) => {
    // Behind that, nothing is vouched for: a crash may have left anything there.
    return extent ? { path, ...pick(extent) } : await whole(path, segmentHeaderLength)
  })
  const journal = await whole(journalPath, size)
  return {
    id: content.header.id,
    parts: [
      ...(status === 'cut' ? [await whole('unfinished.json')] : []),
      await whole('receipt.json'),
      await whole('header.json'),
      ...(await Promise.all(sealed)),
      journal,
    ],
    journal,
    gone: new Set(
      begun
        .filter(({ destroyed }) => destroyed)
        .map(({ track, segment }) => segmentPath(track, segment, 'seg')),
    ),
    segments: begun.length,
  }
}

function pick({ size, hash }: { readonly size: number; readonly hash: string }) {
  return { size, hash }
}

/** That it was withdrawn, was verified: the header is the contributor's. */
async function withdrawn(snapshot: Snapshot): Promise<Content> {
  const size = await sizeOf(snapshot.folder, 'header.json')
  const header = parseHeader(await wholeFile(snapshot, 'header.json', Math.min(size, maxSmallFile)))
  return { id: header.id, parts: [], gone: new Set(), segments: maxWithdrawn }
}

async function* bytesOf(folder: string, path: string, size: number): AsyncGenerator<Uint8Array> {
  // A link could lead to any file: the verified recording had none.
  const name = join(folder, path)
  const noLinks = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW
  try {
    await using file = await open(name, constants.O_RDONLY | noLinks)
    const source = {
      list: () => Promise.resolve([]),
      read: async (_: string, offset: number, length: number) => {
        const bytes = new Uint8Array(length)
        const { bytesRead } = await file.read(bytes, 0, length, offset)
        return bytes.subarray(0, bytesRead)
      },
    }
    yield* pieces(source, path, 0, size)
  } catch (error) {
    throw isUnderstudyError(error) ? error : ioError('Cannot read the recording', error)
  }
}

/** 0 for what is not there. */
async function sizeOf(folder: string, path: string): Promise<number> {
  try {
    return (await stat(join(folder, path))).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw ioError('Cannot read the recording', error)
  }
}

/** How many of these bytes are whole lines: a line has at most 64 KiB. */
async function wholeLines(folder: string, size: number): Promise<number> {
  if (size === 0) return 0
  const from = Math.max(0, size - maxSmallFile - 1)
  const end = await new FolderSource(folder).read(journalPath, from, size - from)
  return from + end.lastIndexOf(lineFeed) + 1
}

const journalPath = 'journal.ndjson'
const lineFeed = 0x0a
const maxTries = 4
/** Of a withdrawn recording the journal is not read: as many segments as four tracks may have in a long life. */
const maxWithdrawn = 400_000
