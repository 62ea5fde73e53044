import { fromHex } from './bytes.js'
import { caught, formatInvalid, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import { checkUnfinished, type Header, parseHeader, parseUnfinished } from './header.js'
import { Journal, type JournalSegment } from './journal.js'
import { parseKey } from './key.js'
import { readReceipt, type Receipt } from './receipt.js'
import { Hash, hashOf, sodiumReady } from './seal.js'
import {
  checkSegmentHeader,
  ChunkParser,
  maxSegmentLength,
  parseSegmentHeader,
  segmentHeaderLength,
} from './segment.js'
import { pieces, type Source, type SourceEntry, wholeFile } from './source.js'
import { type Track, trackNumber, tracks } from './track.js'

/** What became of a recording, found without a secret key (docs/format.md §10). */
export type Verification =
  | {
      /**
       * `intact`: complete, and as it was written. `cut`: cut short by a crash; what there is, is
       * as it was written.
       */
      readonly status: 'intact' | 'cut'
    }
  | {
      /** It is not a recording as it was written. */
      readonly status: 'invalid'
      /** The first thing that is wrong; its `at` names the file. */
      readonly error: UnderstudyError
    }

/** A segment whose bytes are as the journal says. @internal */
export interface VerifiedSegment extends JournalSegment {
  /** Its file. */
  readonly path: string
  /** Bytes in it. */
  readonly size: number
}

/** A recording that verified. @internal */
export interface Verified {
  /** As in {@link Verification}. */
  readonly status: 'intact' | 'cut'
  /** What there is in it; undefined if it was cut short before it began. */
  readonly content?: {
    /** From `header.json`. */
    readonly header: Header
    /** From `receipt.json`. */
    readonly receipt: Receipt
    /** From `journal.ndjson`. */
    readonly journal: Journal
    /** Each track's segments, in the order of their numbers. */
    readonly segments: ReadonlyMap<Track, readonly VerifiedSegment[]>
  }
}

/**
 * Finds out whether a recording is as it was written. Needs no key. Reads every byte, in pieces.
 *
 * @param source - where the recording lies
 * @returns the answer; a recording that does not hold is an answer too
 * @throws {@link UnderstudyError} `io` or `permission-denied` when it cannot be read
 */
export async function verifySource(source: Source): Promise<Verification> {
  try {
    const { status } = await inspect(source)
    return { status }
  } catch (error) {
    if (!isUnderstudyError(error) || !verdicts.includes(error.code)) throw error
    return { status: 'invalid', error }
  }
}

/**
 * Verifies a recording, and keeps what it learned.
 *
 * @param source - where the recording lies
 * @throws {@link UnderstudyError} the first thing that is wrong, by the order of docs/format.md §10
 * @internal
 */
export async function inspect(source: Source): Promise<Verified> {
  await sodiumReady
  const files = new Files(source, await source.list())
  const cut = files.has('unfinished.json')
  const unfinished = cut ? await files.parse('unfinished.json', parseUnfinished) : undefined
  if (unfinished && !(await hasLine(files))) {
    files.checkNotBegun()
    return { status: 'cut' }
  }

  const headerBytes = await files.small('header.json')
  const header = await files.parse('header.json', (bytes) => {
    const parsed = parseHeader(bytes)
    if (unfinished) checkUnfinished(parsed, unfinished)
    return parsed
  })
  const receipt = await files.parse('receipt.json', (bytes) => readReceipt(bytes, header))
  const journal = await readJournal(files, new Journal(header, headerBytes), cut)
  const segments = new Map<Track, readonly VerifiedSegment[]>()
  for (const track of tracks) {
    const verified: VerifiedSegment[] = []
    for (const segment of journal.segments.get(track) ?? []) {
      verified.push(await checkSegment(files, header, segment))
    }
    segments.set(track, verified)
  }
  files.checkNoOther(segments, cut)
  return { status: cut ? 'cut' : 'intact', content: { header, receipt, journal, segments } }
}

/** Greatest length of a file that is read whole, in bytes. @internal */
export const maxSmallFile = 64 * 1024

/** The files of a recording: what is there, and no failure without the name of its file. */
class Files {
  readonly source: Source
  readonly #entries: ReadonlyMap<string, SourceEntry>

  constructor(source: Source, entries: readonly SourceEntry[]) {
    this.source = source
    this.#entries = new Map(entries.map((entry) => [entry.path, entry]))
  }

  has(path: string): boolean {
    return this.#entries.get(path)?.kind === 'file'
  }

  size(path: string): number {
    const entry = this.#entries.get(path)
    if (entry?.kind !== 'file') throw tampered('the file is missing').in({ at: path })
    return entry.size
  }

  async small(path: string): Promise<Uint8Array> {
    const size = this.size(path)
    if (size > maxSmallFile) throw formatInvalid('the file is over 64 KiB').in({ at: path })
    return await wholeFile(this.source, path, size)
  }

  async parse<T>(path: string, parse: (bytes: Uint8Array) => T): Promise<T> {
    const bytes = await this.small(path)
    return placed({ at: path }, () => parse(bytes))
  }

  /** §10.1: what may be there when a recording was cut short before its first line. */
  checkNotBegun(): void {
    this.#checkAll((path) => topFiles.includes(path))
  }

  /** §10.6 */
  checkNoOther(segments: ReadonlyMap<Track, readonly VerifiedSegment[]>, cut: boolean): void {
    const known = new Set(topFiles)
    for (const track of tracks) {
      const journalled = segments.get(track)?.length ?? 0
      // A crash may come between a segment's files and its line in the journal.
      for (let number = 0; number < journalled + (cut ? 1 : 0); number++) {
        known.add(segmentPath(track, number, 'key')).add(segmentPath(track, number, 'seg'))
      }
    }
    this.#checkAll((path) => known.has(path) || path.startsWith('release/'))
  }

  /** Names the first file, by the bytes of its path, that may not be there. */
  #checkAll(mayBe: (path: string) => boolean): void {
    const wrong = [...this.#entries.values()]
      .filter(({ path, kind }) => kind !== 'folder' && !(kind === 'file' && mayBe(path)))
      .map(({ path }) => path)
      .sort(byBytes)
    const [at] = wrong
    if (at !== undefined) throw tampered('the file is not part of the recording').in({ at })
  }
}

/**
 * Where a segment lies.
 *
 * @param track - of which track
 * @param segment - which segment, from 0
 * @param kind - the sealed bytes, or their key
 * @internal
 */
export function segmentPath(track: Track, segment: number, kind: 'key' | 'seg'): string {
  return `${track}/${String(segment).padStart(6, '0')}.${kind}`
}

async function hasLine(files: Files): Promise<boolean> {
  if (!files.has(journalPath)) return false
  for await (const piece of pieces(files.source, journalPath, 0, files.size(journalPath))) {
    if (piece.includes(lineFeed)) return true
  }
  return false
}

async function readJournal(files: Files, journal: Journal, cut: boolean): Promise<Journal> {
  const size = files.size(journalPath)
  const place = () => ({ at: journalPath, line: journal.lines + 1 })
  if (size > maxJournal) throw formatInvalid('the journal is over 256 MiB').in({ at: journalPath })
  let rest = new Uint8Array(0)
  for await (const piece of pieces(files.source, journalPath, 0, size)) {
    const bytes = joined(rest, piece)
    let at = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, at)) {
      const line = bytes.subarray(at, end)
      if (line.length > maxLine) throw formatInvalid('the line is over 64 KiB').in(place())
      placed(place(), () => {
        journal.push(line)
      })
      at = end + 1
    }
    rest = bytes.slice(at)
    if (rest.length > maxLine) throw formatInvalid('the line is over 64 KiB').in(place())
  }
  if (!cut) {
    // Whoever wrote the line ended it: a part of it is missing.
    if (rest.length > 0) throw tampered('the line has no line feed').in(place())
    placed({ at: journalPath, line: Math.max(1, journal.lines) }, () => {
      journal.end()
    })
  }
  return journal
}

/** §10.5 */
async function checkSegment(
  files: Files,
  header: Header,
  segment: JournalSegment,
): Promise<VerifiedSegment> {
  const { track, segment: number } = segment
  await files.parse(segmentPath(track, number, 'key'), (bytes) => {
    if (hashOf(bytes) !== segment.key) throw tampered('the key is not the one in the journal')
    parseKey(bytes, { recording: header.id, track, segment: number })
  })
  const path = segmentPath(track, number, 'seg')
  const verified: VerifiedSegment = { ...segment, path, size: files.size(path) }
  try {
    await checkBytes(files.source, header, verified)
  } catch (error) {
    throw isUnderstudyError(error) ? error.in({ at: path }) : error
  }
  return verified
}

async function checkBytes(
  source: Source,
  header: Header,
  { track, segment, extent, closed, path, size }: VerifiedSegment,
): Promise<void> {
  if (size < segmentHeaderLength) throw tampered('the segment has no whole header')
  const first = await wholeFile(source, path, segmentHeaderLength)
  checkSegmentHeader(parseSegmentHeader(first), fromHex(header.id), trackNumber(track), segment)
  if (extent && (closed ? size !== extent.size : size < extent.size)) {
    throw tampered('the segment has another size than the journal says')
  }
  if (size > maxSegmentLength) throw formatInvalid('the segment is over 1 GiB')

  const parser = new ChunkParser()
  const known = Math.max(extent?.size ?? 0, segmentHeaderLength)
  const hash = new Hash().update(first)
  let wrong: UnderstudyError | undefined
  for await (const piece of pieces(source, path, segmentHeaderLength, known)) {
    hash.update(piece)
    // A byte changed in a length must not pass for a broken writer: the hash has the first word.
    wrong ??= caught(() => {
      parser.push(piece)
    })
  }
  const hashed = hash.hex()
  if (extent) {
    if (hashed !== extent.hash) throw tampered('the segment is not what was written')
    if (wrong) throw wrong
    if (closed && !parser.whole) throw formatInvalid('the last chunk is not whole')
    if (!parser.whole || parser.chunks !== extent.chunks || extent.size !== known) {
      throw tampered('the segment has another number of chunks than the journal says')
    }
  }
}

/** By code points, which is the order of the UTF-8 bytes; JavaScript's own is that of UTF-16. */
function byBytes(a: string, b: string): number {
  const others = Array.from(b)
  const differing = Array.from(a).findIndex((point, i) => point !== others[i])
  if (differing < 0) return a.length - b.length
  const point = (text: string) => Array.from(text)[differing]?.codePointAt(0) ?? -1
  return point(a) - point(b)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function placed<T>(place: { at: string; line?: number }, operation: () => T): T {
  try {
    return operation()
  } catch (error) {
    throw isUnderstudyError(error) ? error.in(place) : error
  }
}

const journalPath = 'journal.ndjson'
const topFiles = ['header.json', 'receipt.json', journalPath, 'unfinished.json']
const verdicts: readonly string[] = [
  'format-invalid',
  'format-version',
  'tampered',
  'receipt-invalid',
]
const lineFeed = 0x0a
const maxLine = 64 * 1024
const maxJournal = 256 * 1024 * 1024
