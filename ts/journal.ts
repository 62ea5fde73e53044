import { count, hex, hexBytes, type Members, oneOf, parseLine, text, track } from './canonical.js'
import { formatInvalid, tampered } from './errors.js'
import type { Header } from './header.js'
import { checkSignature, hashOf } from './seal.js'
import { maxChunks, maxSegmentLength, segmentHeaderLength } from './segment.js'
import type { Track } from './track.js'

/** Why samples of a span were not kept. */
export type WithheldReason =
  | 'excluded-application'
  | 'unknown-application'
  | 'unknown-focus'
  | 'unknown-geometry'
  | 'hold-full'
  | 'sensitive-content'
  | 'unknown-field'
  | 'secret-field'
  | 'detector-failed'

/** Why samples that should have been kept were lost. */
export type DroppedReason = 'queue-full' | 'input-lost'

/** A fact about the capture. */
export type NoticeName =
  | 'no-damage'
  | 'no-shared-memory'
  | 'no-layout'
  | 'no-compose'
  | 'no-accessibility'
  | 'resized'
  | 'grab-failed'
  | 'missed-damage'
  | 'rate-capped'
  | 'rate-restored'

/** Something that happened to a recording, out of its journal (docs/format.md §5). */
export type Fact =
  | {
      /** What happened. */
      readonly type: 'start' | 'pause' | 'resume'
      /** When: nanoseconds since the recording started. */
      readonly time: number
    }
  | {
      /** Samples between two times were not kept, or were painted over. */
      readonly type: 'withheld'
      /** When this was written: nanoseconds since the recording started. */
      readonly time: number
      /** Of which track. */
      readonly track: Track
      /** From when: nanoseconds since the recording started. */
      readonly from: number
      /** Until when: nanoseconds since the recording started. */
      readonly to: number
      /** Why. */
      readonly reason: WithheldReason
      /** What it was, where the detectors say so: a class of docs/detectors.md. */
      readonly class?: string
    }
  | {
      /** Samples that should have been kept were lost. */
      readonly type: 'dropped'
      /** When this was written: nanoseconds since the recording started. */
      readonly time: number
      /** Of which track. */
      readonly track: Track
      /** How many. */
      readonly count: number
      /** Why. */
      readonly reason: DroppedReason
    }
  | {
      /** A fact about the capture. */
      readonly type: 'notice'
      /** When this was written: nanoseconds since the recording started. */
      readonly time: number
      /** Which. */
      readonly notice: NoticeName
      /** Of `missed-damage`: how many pixels. */
      readonly count?: number
      /** Of `resized`: pixels from left to right. */
      readonly width?: number
      /** Of `resized`: pixels from top to bottom. */
      readonly height?: number
    }
  | {
      /** The recording ended. */
      readonly type: 'stop'
      /** When: nanoseconds since the recording started. */
      readonly time: number
      /** `requested`, or the code of the failure that ended it. */
      readonly reason: string
    }
  | {
      /** The contributor forgot a span: nothing of it is left. */
      readonly type: 'forget'
      /** When the recording ended: nanoseconds since it started. */
      readonly time: number
      /** Of which track. */
      readonly track: Track
      /** From when: nanoseconds since the recording started. */
      readonly from: number
      /** Until when, exclusive: nanoseconds since the recording started. */
      readonly to: number
    }
  | {
      /** The contributor released a copy, which lies in the folder `release`. */
      readonly type: 'release'
      /** When the recording ended: nanoseconds since it started. */
      readonly time: number
      /** To whom: an X25519 key, 32 bytes in hexadecimal. */
      readonly recipient: string
      /** Which of the releases to this recipient, from 0. */
      readonly number: number
      /** Hash of the copy's `release.json`, in hexadecimal. */
      readonly manifest: string
    }

/** How far a segment is known. @internal */
export interface Extent {
  /** Whole chunks. */
  readonly chunks: number
  /** Bytes, the segment's header included. */
  readonly size: number
  /** Hash of those bytes, in hexadecimal. */
  readonly hash: string
}

/** What the journal says about one segment. @internal */
export interface JournalSegment {
  /** Which track. */
  readonly track: Track
  /** Which segment of it, from 0. */
  readonly segment: number
  /** Hash of its key file, in hexadecimal. */
  key: string
  /** When it was begun: nanoseconds since the recording started. */
  readonly opened: number
  /** How far it is known; before the first checkpoint undefined. */
  extent?: Extent
  /** Whether it is complete: then the extent is the whole file. */
  closed: boolean
  /** Whether the contributor forgot all of it: it has no files any more. */
  destroyed: boolean
}

/**
 * Follows a journal line by line, and refuses the first that does not fit.
 *
 * @internal
 */
export class Journal {
  /** What happened, segments excepted. */
  readonly facts: Fact[] = []
  /** Every segment, by track in the order of its number. */
  readonly segments = new Map<Track, JournalSegment[]>()
  /** Complete lines so far. */
  lines = 0
  /** The time of the last line, in nanoseconds since the recording started. */
  time = 0
  readonly #header: Header
  readonly #contributor: Uint8Array
  readonly #releases = new Map<string, number>()
  #previous: string
  #paused = false
  #stopped = false
  #amended = false

  /**
   * @param header - of the recording
   * @param headerBytes - its file, which line 0 names by hash
   * @param contributor - the Ed25519 key that signed the receipt, 32 bytes
   */
  constructor(header: Header, headerBytes: Uint8Array, contributor: Uint8Array) {
    this.#header = header
    this.#contributor = contributor
    this.#previous = hashOf(headerBytes)
  }

  /**
   * Takes the next line.
   *
   * @param bytes - the line without its line feed
   */
  push(bytes: Uint8Array): void {
    const members = parseLine(bytes)
    const seq = members.take('seq', count)
    const previous = members.take('prev', hex(32))
    const time = members.take('time', count)
    const signature = members.take('signature', hexBytes(64))
    const line = parseFact(members)
    members.end()

    if (seq !== this.lines) throw tampered('the line has another number')
    if (previous !== this.#previous) throw tampered('the line does not follow the one before')
    if (time < this.time) throw tampered('the line is older than the one before')
    const signer = isContributors(line) ? this.#contributor : this.#header.deviceKey
    checkSignature('journal', members, signature, signer)
    this.#previous = hashOf(bytes)
    this.time = time
    this.#follow({ ...line, time })
    this.lines++
  }

  /** Must be called behind the last line of a recording that claims to be complete. */
  end(): void {
    if (!this.#stopped) throw tampered('the journal does not end with the stop of the recording')
    for (const track of this.segments.keys()) {
      if (this.#open(track)) throw tampered('a segment was never closed')
    }
  }

  #follow(line: Timed<Line>): void {
    if ((line.type === 'start') !== (this.lines === 0)) {
      throw tampered('the start is the first line, and only that')
    }
    if (isContributors(line)) this.#amended = true
    else if (this.#stopped || this.#amended) {
      throw tampered('a line follows the stop of the recording, or the lines of the contributor')
    }
    if ('track' in line && !this.#header.tracks.includes(line.track)) {
      throw tampered('the header does not name the track')
    }
    switch (line.type) {
      case 'open':
        this.#followOpen(line)
        return
      case 'checkpoint':
      case 'close':
        this.#followExtent(line)
        return
      case 'pause':
      case 'resume':
        if (this.#paused === (line.type === 'pause')) throw tampered('pause and resume alternate')
        this.#paused = !this.#paused
        break
      case 'stop':
        this.#stopped = true
        break
      case 'destroy':
      case 'recut':
        this.#followFate(line)
        return
      case 'release':
        this.#followRelease(line.recipient, line.number)
        break
      default:
        break
    }
    this.facts.push(line)
  }

  #followFate(line: RecutLine | DestroyLine): void {
    const segment = this.segments.get(line.track)?.[line.segment]
    if (!segment || segment.destroyed) throw tampered('the segment is not there')
    segment.closed = true
    if (line.type === 'destroy') {
      segment.destroyed = true
      return
    }
    const { key, chunks, size, hash } = line
    if (
      chunks < 1 ||
      chunks > maxChunks ||
      size <= segmentHeaderLength ||
      size > maxSegmentLength
    ) {
      throw tampered('the segment is cut to a size that none has')
    }
    segment.key = key
    segment.extent = { chunks, size, hash }
  }

  #followRelease(recipient: string, number: number): void {
    const next = this.#releases.get(recipient) ?? 0
    if (number !== next) throw tampered('the releases to a recipient count up from 0')
    this.#releases.set(recipient, next + 1)
  }

  #followOpen({ time, track, segment, key }: Timed<OpenLine>): void {
    const segments = this.segments.get(track) ?? []
    if (this.#open(track)) throw tampered('the segment before is still open')
    if (segment !== segments.length) throw tampered('segments count up from 0')
    segments.push({ track, segment, key, opened: time, closed: false, destroyed: false })
    this.segments.set(track, segments)
  }

  #followExtent({ type, track, segment, chunks, size, hash }: ExtentLine): void {
    const open = this.#open(track)
    if (open?.segment !== segment) throw tampered('the segment is not open')
    const { chunks: chunksBefore, size: sizeBefore } = open.extent ?? nothing
    if (chunks <= chunksBefore || size <= sizeBefore) throw tampered('the segment has not grown')
    open.extent = { chunks, size, hash }
    open.closed = type === 'close'
  }

  #open(track: Track): JournalSegment | undefined {
    const last = this.segments.get(track)?.at(-1)
    return last?.closed === false ? last : undefined
  }
}

interface ExtentLine extends Extent {
  readonly type: 'checkpoint' | 'close'
  readonly track: Track
  readonly segment: number
}

/** A segment is gone. */
interface DestroyLine {
  readonly type: 'destroy'
  readonly track: Track
  readonly segment: number
}

/** A segment was written anew. */
interface RecutLine extends Extent {
  readonly type: 'recut'
  readonly track: Track
  readonly segment: number
  readonly key: string
}

interface OpenLine {
  readonly type: 'open'
  readonly track: Track
  readonly segment: number
  readonly key: string
}

type Untimed<T> = T extends unknown ? Omit<T, 'time'> : never

type Timed<T> = T & { readonly time: number }

type Line = Untimed<Fact> | ExtentLine | OpenLine | DestroyLine | RecutLine

/** Whether the contributor signs it, and not the device. */
function isContributors({ type }: Line): boolean {
  return type === 'forget' || type === 'destroy' || type === 'recut' || type === 'release'
}

function parseFact(members: Members): Line {
  const type = members.take('type', oneOf(lineTypes))
  switch (type) {
    case 'start':
    case 'pause':
    case 'resume':
      return { type }
    case 'open':
      return {
        type,
        track: members.take('track', track),
        segment: members.take('segment', segmentNumber),
        key: members.take('key', hex(32)),
      }
    case 'checkpoint':
    case 'close':
      return {
        type,
        track: members.take('track', track),
        segment: members.take('segment', segmentNumber),
        chunks: members.take('chunks', count),
        size: members.take('size', count),
        hash: members.take('hash', hex(32)),
      }
    case 'withheld':
      return parseWithheld(members)
    case 'dropped':
      return {
        type,
        track: members.take('track', track),
        count: members.take('count', count),
        reason: members.take('reason', oneOf(droppedReasons)),
      }
    case 'notice':
      return parseNotice(members)
    case 'stop':
      return { type, reason: members.take('reason', text(1, 64)) }
    case 'forget':
    case 'destroy':
    case 'recut':
    case 'release':
      return parseContributors(type, members)
  }
}

function parseContributors(
  type: 'forget' | 'destroy' | 'recut' | 'release',
  members: Members,
): Line {
  if (type === 'release') {
    return {
      type,
      recipient: members.take('recipient', hex(32)),
      number: members.take('number', segmentNumber),
      manifest: members.take('manifest', hex(32)),
    }
  }
  const owner = members.take('track', track)
  if (type === 'forget') {
    const line = {
      type,
      track: owner,
      from: members.take('from', count),
      to: members.take('to', count),
    } as const
    if (line.from >= line.to) throw formatInvalid('a span ends before it begins')
    return line
  }
  const segment = members.take('segment', segmentNumber)
  if (type === 'destroy') return { type, track: owner, segment }
  return {
    type,
    track: owner,
    segment,
    key: members.take('key', hex(32)),
    chunks: members.take('chunks', count),
    size: members.take('size', count),
    hash: members.take('hash', hex(32)),
  }
}

function parseWithheld(members: Members): Line {
  const line = {
    type: 'withheld',
    track: members.take('track', track),
    from: members.take('from', count),
    to: members.take('to', count),
    reason: members.take('reason', oneOf(withheldReasons)),
  } as const
  if (line.from > line.to) throw formatInvalid('a span ends before it begins')
  return members.has('class') ? { ...line, class: members.take('class', className) } : line
}

function parseNotice(members: Members): Line {
  const notice = members.take('notice', oneOf(notices))
  switch (notice) {
    case 'missed-damage':
      return { type: 'notice', notice, count: members.take('count', count) }
    case 'resized': {
      const width = members.take('width', count)
      return { type: 'notice', notice, width, height: members.take('height', count) }
    }
    default:
      return { type: 'notice', notice }
  }
}

function className(value: unknown): string {
  const name = text(1, 64)(value)
  if (!/^[a-z0-9_]+$/.test(name)) throw formatInvalid('a class has no such name')
  return name
}

function segmentNumber(value: unknown): number {
  const segment = count(value)
  if (segment > maxSegment) throw formatInvalid('a segment has more than six digits')
  return segment
}

const nothing = { chunks: 0, size: segmentHeaderLength }
const maxSegment = 999_999

const lineTypes = [
  'start',
  'open',
  'checkpoint',
  'close',
  'pause',
  'resume',
  'withheld',
  'dropped',
  'notice',
  'stop',
  'forget',
  'destroy',
  'recut',
  'release',
] as const

const withheldReasons: readonly WithheldReason[] = [
  'excluded-application',
  'unknown-application',
  'unknown-focus',
  'unknown-geometry',
  'hold-full',
  'sensitive-content',
  'unknown-field',
  'secret-field',
  'detector-failed',
]

const droppedReasons: readonly DroppedReason[] = ['queue-full', 'input-lost']

const notices: readonly NoticeName[] = [
  'no-damage',
  'no-shared-memory',
  'no-layout',
  'no-compose',
  'no-accessibility',
  'resized',
  'grab-failed',
  'missed-damage',
  'rate-capped',
  'rate-restored',
]
