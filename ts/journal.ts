import { count, hex, hexBytes, type Members, parseLine } from './canonical.js'
import { tampered } from './errors.js'
import type { Header } from './header.js'
import {
  type DestroyLine,
  type Extent,
  type ExtentLine,
  type Fact,
  forgets,
  isContributors,
  type Line,
  type OpenLine,
  parseFact,
  type RecutLine,
  type Timed,
} from './journal/entry.js'
import { checkSignature, hashOf, isSigned } from './seal.js'
import { segmentHeaderLength } from './segment.js'
import type { Track } from './track.js'

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
    const amends = isContributors(line) && !this.#isDevices(line, members, signature)
    const signer = amends ? this.#contributor : this.#header.deviceKey
    checkSignature('journal', members, signature, signer)
    this.#previous = hashOf(bytes)
    this.time = time
    this.#follow({ ...line, time }, amends)
    this.lines++
  }

  /** Must be called behind the last line of a recording that claims to be complete. */
  end(): void {
    if (!this.#stopped) throw tampered('the journal does not end with the stop of the recording')
    for (const track of this.segments.keys()) {
      if (this.#open(track)) throw tampered('a segment was never closed')
    }
  }

  /** Either may forget: the device while it records, the contributor later. */
  #isDevices(line: Line, members: Members, signature: Uint8Array): boolean {
    if (!forgets(line) || this.#stopped || this.#amended) return false
    return isSigned('journal', members, signature, this.#header.deviceKey)
  }

  #follow(line: Timed<Line>, amends: boolean): void {
    if ((line.type === 'start') !== (this.lines === 0)) {
      throw tampered('the start is the first line, and only that')
    }
    if (amends) this.#amended = true
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
    if (chunks <= nothing.chunks || size <= nothing.size) {
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

const nothing = { chunks: 0, size: segmentHeaderLength }
