import { count, hex, type Members, oneOf, range, text, track } from '../canonical.js'
import { className } from '../class-name.js'
import { formatInvalid } from '../errors.js'
import { maxChunks, maxSegmentLength } from '../segment.js'
import type { Track } from '../track.js'

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
  | 'no-indicator'

/** Why samples that should have been kept were lost. */
export type DroppedReason = 'queue-full' | 'input-lost'

/** A fact about the capture. */
export type NoticeName =
  | 'no-damage'
  | 'no-shared-memory'
  | 'no-layout'
  | 'no-compose'
  | 'no-hotkey'
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
      /** When: nanoseconds since the recording started; its end for what was forgotten later. */
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

/** How far a segment goes. @internal */
export interface ExtentLine extends Extent {
  readonly type: 'checkpoint' | 'close'
  readonly track: Track
  readonly segment: number
}

/** A segment is gone. @internal */
export interface DestroyLine {
  readonly type: 'destroy'
  readonly track: Track
  readonly segment: number
}

/** A segment was written anew. @internal */
export interface RecutLine extends Extent {
  readonly type: 'recut'
  readonly track: Track
  readonly segment: number
  readonly key: string
}

/** A segment was begun. @internal */
export interface OpenLine {
  readonly type: 'open'
  readonly track: Track
  readonly segment: number
  readonly key: string
}

type Untimed<T> = T extends unknown ? Omit<T, 'time'> : never

/** A line and its time. @internal */
export type Timed<T> = T & { readonly time: number }

/** What a line says. @internal */
export type Line = Untimed<Fact> | ExtentLine | OpenLine | DestroyLine | RecutLine

/**
 * Whether the device may sign it too, while it records.
 *
 * @param line - what the line says
 * @internal
 */
export function forgets({ type }: Line): boolean {
  return type === 'forget' || type === 'destroy'
}

/**
 * Whether the contributor signs it.
 *
 * @param line - what the line says
 * @internal
 */
export function isContributors({ type }: Line): boolean {
  return type === 'forget' || type === 'destroy' || type === 'recut' || type === 'release'
}

/**
 * What a line says, of the members that its type has.
 *
 * @param members - those of the line
 * @internal
 */
export function parseFact(members: Members): Line {
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
        ...parseExtent(members),
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
    ...parseExtent(members),
  }
}

function parseExtent(members: Members): Extent {
  return {
    chunks: members.take('chunks', range(0, maxChunks)),
    size: members.take('size', range(0, maxSegmentLength)),
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

/** Six digits, as file names have them. */
const segmentNumber = range(0, 999_999)

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
  'no-indicator',
]

const droppedReasons: readonly DroppedReason[] = ['queue-full', 'input-lost']

const notices: readonly NoticeName[] = [
  'no-damage',
  'no-shared-memory',
  'no-layout',
  'no-compose',
  'no-hotkey',
  'no-accessibility',
  'resized',
  'grab-failed',
  'missed-damage',
  'rate-capped',
  'rate-restored',
]
