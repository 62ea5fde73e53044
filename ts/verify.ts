import { fromHex, joined } from './bytes.js'
import { caught, formatInvalid, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import { checkUnfinished, type Header, parseHeader, parseUnfinished } from './header.js'
import { Journal, type JournalSegment } from './journal.js'
import { parseKey } from './key.js'
import { checkManifest, type Manifest, parseManifest } from './manifest.js'
import { lastOpening, type Opening, openingPath, type Openings, parseOpening } from './opening.js'
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
import { parseWithdrawal } from './withdrawal.js'

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
    /** From `release.json`, in a released copy. */
    readonly manifest?: Manifest
    /** From the folder `openings`, of a released copy. */
    readonly openings?: Openings
    /** From `journal.ndjson`. */
    readonly journal: Journal
    /** Each track's segments, in the order of their numbers. */
    readonly segments: ReadonlyMap<Track, readonly VerifiedSegment[]>
  }
}

/** Settings of {@link Recording.verify}. */
export interface VerifyOptions {
  /** Told how far it is: how many segments were verified, of how many, before the first and after each. */
  readonly progress?: (done: number, of: number) => void
}

/**
 * Finds out whether a recording is as it was written. Needs no key. Reads every byte, in pieces.
 *
 * @param source - where the recording lies
 * @param progress - told how many segments of how many were verified, before the first and after each
 * @returns the answer; a recording that does not hold is an answer too
 * @throws {@link UnderstudyError} `io` or `permission-denied` when it cannot be read
 */
export async function verifySource(
  source: Source,
  progress?: (done: number, of: number) => void,
): Promise<Verification> {
  try {
    const { status } = await inspect(source, progress)
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
 * @param progress - told how many segments of how many were verified, before the first and after each
 * @throws {@link UnderstudyError} the first thing that is wrong, by the order of docs/format.md §10
 * @internal
 */
export async function inspect(
  source: Source,
  progress?: (verified: number, segments: number) => void,
): Promise<Verified> {
  await sodiumReady
  const files = new Files(source, await source.list())
  files.checkSettled()
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
  await checkNotWithdrawn(files, header, receipt)
  const journal = await readJournal(
    files,
    new Journal(header, headerBytes, fromHex(receipt.contributor.sign)),
    cut,
  )
  const manifest = await readManifest(files, header, headerBytes, receipt)
  const openings = manifest && (await readOpenings(files, manifest))
  const all = [...journal.segments.values()].flat().filter(({ destroyed }) => !destroyed).length
  let done = 0
  progress?.(done, all)
  const segments = new Map<Track, readonly VerifiedSegment[]>()
  for (const track of tracks) {
    const verified: VerifiedSegment[] = []
    for (const segment of journal.segments.get(track) ?? []) {
      if (segment.destroyed) continue
      verified.push(await checkSegment(files, header, segment))
      progress?.(++done, all)
    }
    segments.set(track, verified)
  }
  files.checkNoOther(journal.segments, cut, openings)
  const copy = manifest && openings && { manifest, openings }
  const content = { header, receipt, ...copy, journal, segments }
  return { status: cut ? 'cut' : 'intact', content }
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

  /** §17: a change that was cut short must be finished before anything else is said. */
  checkSettled(): void {
    for (const path of this.#entries.keys()) {
      if (path.startsWith('amend/')) {
        throw new UnderstudyError('state', unsettled).in({ at: 'journal.ndjson' })
      }
    }
  }

  /** §10.1: what may be there when a recording was cut short before its first line. */
  checkNotBegun(): void {
    this.#checkAll((path) => topFiles.includes(path))
  }

  /** §10.6 */
  checkNoOther(
    segments: ReadonlyMap<Track, readonly JournalSegment[]>,
    cut: boolean,
    openings: Openings | undefined,
  ): void {
    const known = new Set(topFiles)
    if (openings) {
      known.add(manifestPath)
      for (let number = 0; number < openings.files; number++) known.add(openingPath(number))
    }
    for (const track of tracks) {
      const journalled = segments.get(track) ?? []
      // A crash may come between a segment's files and its line in the journal.
      for (let number = 0; number < journalled.length + (cut ? 1 : 0); number++) {
        if (journalled[number]?.destroyed === true) continue
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

/** §18: there is a manifest where the receipt is that of a released copy, and nowhere else. */
async function readManifest(
  files: Files,
  header: Header,
  headerBytes: Uint8Array,
  receipt: Receipt,
): Promise<Manifest | undefined> {
  if (!files.has(manifestPath) && !receipt.released) return undefined
  const bytes = await files.small(manifestPath)
  return await placedLater({ at: manifestPath }, async () => {
    if (!receipt.released) throw tampered('the receipt is not that of a released copy')
    const manifest = parseManifest(bytes, fromHex(receipt.contributor.sign))
    const journal = await hashOfFile(files.source, journalPath, files.size(journalPath))
    checkManifest(manifest, { header, headerHash: hashOf(headerBytes), receipt, journal })
    return manifest
  })
}

/** §20: nothing but a withdrawal that holds may have this name, and with it nothing is read. */
async function checkNotWithdrawn(files: Files, header: Header, receipt: Receipt): Promise<void> {
  if (!files.has(withdrawalPath)) return
  await files.parse(withdrawalPath, (bytes) => {
    parseWithdrawal(bytes, header.id, fromHex(receipt.contributor.sign))
    throw new UnderstudyError('withdrawn', withdrawn)
  })
}

/** §19 */
async function readOpenings(files: Files, manifest: Manifest): Promise<Openings> {
  const openings: Opening[] = []
  let prev = hashOf(await files.small(manifestPath))
  let number = 0
  for (; number <= lastOpening && files.has(openingPath(number)); number++) {
    const bytes = await files.parse(openingPath(number), (all) => {
      // Without its line feed it was cut while it was written, and opened nothing.
      if (all.at(-1) === lineFeed) openings.push(parseOpening(all, { number, prev, manifest }))
      return all
    })
    prev = hashOf(bytes)
  }
  return { all: openings, files: number, prev }
}

async function hashOfFile(source: Source, path: string, size: number): Promise<string> {
  const hash = new Hash()
  for await (const piece of pieces(source, path, 0, size)) hash.update(piece)
  return hash.hex()
}

async function readJournal(files: Files, journal: Journal, cut: boolean): Promise<Journal> {
  const size = files.size(journalPath)
  const place = () => ({ at: journalPath, line: journal.lines + 1 })
  if (size > maxJournal) throw formatInvalid('the journal is over 256 MiB').in({ at: journalPath })
  let rest = new Uint8Array(0)
  for await (const piece of pieces(files.source, journalPath, 0, size)) {
    const bytes = rest.length === 0 ? piece : joined(rest, piece)
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

function placed<T>(place: { at: string; line?: number }, operation: () => T): T {
  try {
    return operation()
  } catch (error) {
    throw isUnderstudyError(error) ? error.in(place) : error
  }
}

async function placedLater<T>(place: { at: string }, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw isUnderstudyError(error) ? error.in(place) : error
  }
}

const withdrawn =
  'the contributor has withdrawn this recording: it may not be used; delete its folder, and every copy of it'
const unsettled =
  'a change by the contributor was cut short: run "understudy settle" on the recording, which finishes it'
const journalPath = 'journal.ndjson'
const manifestPath = 'release.json'
const withdrawalPath = 'withdrawal.json'
const topFiles = ['header.json', 'receipt.json', journalPath, 'unfinished.json']
const verdicts: readonly string[] = [
  'format-invalid',
  'format-version',
  'tampered',
  'receipt-invalid',
  'withdrawn',
]
const lineFeed = 0x0a
const maxLine = 64 * 1024
const maxJournal = 256 * 1024 * 1024
