import { ChunkDecoder } from './chunk.js'
import { caught, formatInvalid, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import type { Item } from './event.js'
import type { Identity } from './identity.js'
import { openStanzas, parseKey } from './key.js'
import { RecordDecoder } from './record.js'
import { hashOf, Opener, wipe } from './seal.js'
import { ChunkParser, parseSegmentHeader, segmentHeaderLength } from './segment.js'
import { pieces, type Source, wholeFile } from './source.js'
import { Start } from './start.js'
import type { Track } from './track.js'
import { maxSmallFile, segmentPath, type Verified, type VerifiedSegment } from './verify.js'

/**
 * One track of a recording while it is read: the next item, and the way to the one after it.
 *
 * @internal
 */
export class Lane {
  /** The next item; undefined before the first `advance`, and at the end. */
  head: Item | undefined
  readonly #items: AsyncGenerator<Item, void, undefined>

  /**
   * @param source - where the recording lies
   * @param verified - the recording
   * @param track - which track of it
   * @param identity - whose key opens it
   * @param from - what is before this time is not given, the latest picture excepted
   */
  constructor(source: Source, verified: Verified, track: Track, identity: Identity, from = 0) {
    this.#items = readTrack(source, verified, track, identity, from)
  }

  /** Reads the next item into `head`. */
  async advance(): Promise<void> {
    const next = await this.#items.next()
    this.head = next.done === true ? undefined : next.value
  }

  /** Stops reading. */
  async end(): Promise<void> {
    await this.#items.return()
  }
}

/**
 * The lane whose head comes first.
 *
 * @param lanes - in the order of the tracks' numbers, which decides between equal times
 * @internal
 */
export function earliest(lanes: readonly Lane[]): Lane | undefined {
  let first: Lane | undefined
  for (const lane of lanes) {
    if (lane.head && (!first?.head || lane.head.time < first.head.time)) first = lane
  }
  return first
}

/** Begins with the latest segment that has all that is to be given. */
async function* readTrack(
  source: Source,
  verified: Verified,
  track: Track,
  identity: Identity,
  from: number,
): AsyncGenerator<Item, void, undefined> {
  const segments = verified.content?.segments.get(track) ?? []
  // Whatever an earlier segment holds was captured before this one was begun.
  let first = Math.max(
    segments.findLastIndex(({ opened }) => opened < from),
    0,
  )
  for (; ; first--) {
    const items = readSegments(source, verified, segments.slice(first), identity, from)
    try {
      const head = await items.next()
      const pictureBefore = head.done !== true && head.value.time < from
      // A segment may be begun while nothing changes: the picture is then still the one before it.
      if (track === 'screen' && first > 0 && !pictureBefore) continue
      if (head.done !== true) yield head.value
      yield* items
      return
    } finally {
      await items.return()
    }
  }
}

async function* readSegments(
  source: Source,
  verified: Verified,
  segments: readonly VerifiedSegment[],
  identity: Identity,
  from: number,
): AsyncGenerator<Item, void, undefined> {
  const start = new Start(from, verified.status === 'cut')
  for (const segment of segments) {
    const chunks = new ChunkDecoder()
    const records = new RecordDecoder(segment.track, start)
    try {
      const opener = await openSegment(source, verified, segment, identity)
      yield* readSegment(source, verified, segment, { opener, chunks, records })
    } catch (error) {
      throw isUnderstudyError(error) ? error.in({ at: segment.path }) : error
    } finally {
      chunks.end()
      records.end()
    }
  }
  const latest = start.release(Infinity)
  if (latest) yield latest
}

/** §7: the segment's key, and with it what opens its chunks. */
async function openSegment(
  source: Source,
  { content }: Verified,
  { track, segment, key, path }: VerifiedSegment,
  identity: Identity,
): Promise<Opener> {
  const keyPath = segmentPath(track, segment, 'key')
  const bytes = await wholeFile(source, keyPath, maxSmallFile)
  // It was verified once, but may have been changed since.
  if (hashOf(bytes) !== key) throw tampered('the key was changed').in({ at: keyPath })
  const stanzas = parseKey(bytes, { recording: content?.header.id ?? '', track, segment })
  const header = parseSegmentHeader(await wholeFile(source, path, segmentHeaderLength))
  identity.mustHaveKeys()
  const contentKey = openStanzas(stanzas, identity)
  try {
    return new Opener(header, contentKey)
  } finally {
    wipe(contentKey)
  }
}

/** What a segment is read with. */
interface Opened {
  readonly opener: Opener
  readonly chunks: ChunkDecoder
  readonly records: RecordDecoder
}

/** §8, §11 */
async function* readSegment(
  source: Source,
  verified: Verified,
  segment: VerifiedSegment,
  { opener, chunks, records }: Opened,
): AsyncGenerator<Item, void, undefined> {
  const sealed: Uint8Array[] = []
  const parser = new ChunkParser((chunk) => sealed.push(chunk))
  let final = false
  let broken = false
  for await (const piece of pieces(source, segment.path, segmentHeaderLength, segment.size)) {
    const wrong = caught(() => {
      parser.push(piece)
    })
    for (const bytes of sealed.splice(0)) {
      if (final) {
        if (mayBreakOff(segment, opener.opened)) return
        throw behindFinal()
      }
      const chunk = opener.open(bytes)
      broken = !chunk
      if (!chunk) break
      final = chunk.final
      yield* records.decode(chunks.decode(chunk))
    }
    if (broken) break
    if (wrong) {
      if (mayBreakOff(segment, opener.opened)) break
      throw wrong
    }
    if (final && !parser.whole && !mayBreakOff(segment, opener.opened)) throw behindFinal()
  }
  if (!final && !mayBreakOff(segment, opener.opened)) {
    throw openFailed(broken ? 'a chunk does not open' : 'the final chunk is missing')
  }
  if (records.insidePicture && verified.status === 'intact') {
    throw formatInvalid('the segment ends inside a picture')
  }
}

/** Behind the last checkpoint of a segment that was never closed, a crash may have left anything. */
function mayBreakOff({ closed, extent }: VerifiedSegment, opened: number): boolean {
  return !closed && opened >= (extent?.chunks ?? 0)
}

function behindFinal(): UnderstudyError {
  return formatInvalid('something follows the final chunk')
}

function openFailed(message: string): UnderstudyError {
  return new UnderstudyError('open-failed', message)
}
