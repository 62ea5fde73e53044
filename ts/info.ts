import type { Fact } from './journal/entry.js'
import type { Manifest } from './manifest.js'
import type { Opening } from './opening.js'
import type { Receipt } from './receipt.js'
import { type Track } from './track.js'
import type { Verified } from './verify.js'

/** One track of a recording, as far as it is known without a key. */
export interface TrackInfo {
  /** Which track. */
  readonly track: Track
  /** How many segments it has; 0 when nothing was recorded. */
  readonly segments: number
  /** Sealed bytes in all of them. */
  readonly bytes: number
}

/** What is known of a recording without a secret key. */
export interface RecordingInfo {
  /** `intact`: complete; `cut`: cut short by a crash. Either way it verified. */
  readonly status: 'intact' | 'cut'
  /** The recording's id: 16 bytes in hexadecimal. */
  readonly id: string
  /** Wall clock at time 0: milliseconds since 1970-01-01T00:00Z. */
  readonly started: number
  /** Nanoseconds from the start to the journal's last line: the stop, unless it was cut short. */
  readonly duration: number
  /** What captured it, such as `x11`. */
  readonly platform: string
  /** What wrote it. */
  readonly software: string
  /** The Ed25519 key that signed it: 32 bytes in hexadecimal. */
  readonly device: string
  /** Hash of the policy in force, in hexadecimal. */
  readonly policy: string
  /** The tracks that could be recorded, in the order of their numbers. */
  readonly tracks: readonly TrackInfo[]
  /** Sealed bytes in all tracks. */
  readonly bytes: number
  /** What happened to it: pauses, withheld spans, drops, notices, the stop. */
  readonly facts: readonly Fact[]
  /** What the contributor consented to. */
  readonly receipt: Receipt
  /** Of a released copy: what the contributor signed of it. */
  readonly manifest?: Manifest
  /** Of a released copy: who opened it, in order. */
  readonly openings?: readonly Opening[]
}

/**
 * Draws up what a verified recording says about itself.
 *
 * @param verified - the recording
 * @returns undefined when it was cut short before it began
 * @internal
 */
export function toInfo({ status, content }: Verified): RecordingInfo | undefined {
  if (!content) return undefined
  const { header, journal, manifest, openings, receipt, segments } = content
  const tracks = header.tracks.map((track) => {
    const found = segments.get(track) ?? []
    const bytes = found.reduce((sum, { size }) => sum + size, 0)
    return { track, segments: found.length, bytes }
  })
  return {
    status,
    id: header.id,
    started: header.started,
    duration: journal.time,
    platform: header.platform,
    software: header.software,
    device: header.device,
    policy: header.policy,
    tracks,
    bytes: tracks.reduce((sum, { bytes }) => sum + bytes, 0),
    facts: journal.facts,
    receipt,
    ...(manifest && { manifest }),
    ...(openings && { openings: openings.all }),
  }
}
