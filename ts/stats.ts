import type { Track } from './track.js'

/** Counters of one track of a running recorder, since its start. */
export interface TrackStats {
  /** Records written: events, pictures, images of the pointer. */
  readonly records: number
  /** Bytes of sealed segments. */
  readonly bytes: number
  /** Samples withheld on purpose, such as keys for an excluded application. */
  readonly withheld: number
  /** Samples that should have been kept and were lost; the journal says when and why. */
  readonly dropped: number
}

/**
 * What a recorder has done since its start. Counts, all of them: nothing here, and nothing in the
 * recording, measures the person.
 */
export interface RecorderStats {
  /** By track; a track that is not recorded counts nothing. */
  readonly tracks: Readonly<Record<Track, TrackStats>>
  /** Pictures coded. */
  readonly frames: number
  /** Pixels that had changed without the system saying so, found by the slow audit. */
  readonly missedDamage: number
  /** Grabs of the screen that failed and were made good later. */
  readonly failedGrabs: number
  /** Of the live tap, where there is one. */
  readonly live: LiveStats
}

/** Counters of a live tap. */
export interface LiveStats {
  /** Records that it had no room for, because nobody drained it. The recording has them. */
  readonly dropped: number
}
