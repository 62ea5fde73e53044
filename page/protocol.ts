import type { RecordingInfo } from '../ts/info.js'
import type { Track } from '../ts/track.js'
import type { Catalog } from './catalog.js'
import type { Findings } from './findings.js'
import type { Origin } from './origin.js'
import type { Shown } from './screen.js'

// What page and worker say to each other. The worker has the identity and the recording; the page has
// neither, and gets only what it shows.

/** A segment, as far as it is known without a key. */
export interface SegmentSpan {
  /** Of which track. */
  readonly track: Track
  /** Which segment of it, from 0. */
  readonly segment: number
  /** From when: nanoseconds since the recording started. */
  readonly from: number
  /** Until when; the next one's beginning, or the recording's end. */
  readonly to: number
  /** Sealed bytes. */
  readonly size: number
}

/** What verifying found. */
export interface VerifiedInfo {
  /** What is known without a key; undefined for a recording that was cut short before it began. */
  readonly info: RecordingInfo | undefined
  /** By track, then by number. */
  readonly segments: readonly SegmentSpan[]
}

/** A recording that can be shown. */
export type Opened = VerifiedInfo & { readonly info: RecordingInfo }

/** Each question of the page, with what the worker answers. */
export interface Calls {
  /** Verifies the recording. */
  verify: { ask: { readonly origin: Origin }; answer: VerifiedInfo }
  /** Unlocks the identity; from then on the recording opens. */
  unlock: {
    ask: { readonly identity: Uint8Array; readonly passphrase: string }
    /** Whether it is the contributor's. */
    answer: boolean
  }
  /** Opens what was verified last with the identity that is unlocked. */
  reopen: { ask: object; answer: undefined }
  /** Gives the canvas that pictures are painted on. */
  paint: { ask: { readonly canvas: OffscreenCanvas }; answer: undefined }
  /** Reads everything but the pictures. */
  catalog: { ask: object; answer: Catalog }
  /** Has the detectors look at everything but the pictures. */
  detect: { ask: { readonly mode: 'balanced' | 'strict' }; answer: Findings }
  /** Shows what the screen showed at a time. */
  show: { ask: { readonly time: number }; answer: Shown }
  /** Shows the next picture, or the one before. */
  step: { ask: { readonly by: 1 | -1 }; answer: Shown }
}

/** The name of a question. */
export type CallName = keyof Calls

/** A question of the page. */
export type Question = {
  [Name in CallName]: { readonly id: number; readonly name: Name; readonly ask: Calls[Name]['ask'] }
}[CallName]

/** What the page learns from a failure. */
export interface Failure {
  /** `UnderstudyError.code`. */
  readonly code: string
  /** One sentence. */
  readonly message: string
  /** The file that is wrong. */
  readonly at?: string
}

/** What the worker says. */
export type Word =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly id: number; readonly done: number; readonly of: number }
