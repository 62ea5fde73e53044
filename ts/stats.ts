import type { Track } from './track.js'

/** Counters of one track of a running recorder, since its start. */
export interface TrackStats {
  /** Records written: events, pictures, images of the pointer. */
  readonly records: number
  /** Bytes of sealed segments. */
  readonly bytes: number
  /**
   * Spans of which something was withheld on purpose, such as keys for an excluded application, as the
   * journal tells them: not how many samples they were.
   */
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
  /** How long pictures took; missing before the first was sealed. */
  readonly latency?: LatencyStats
  /** Of the live tap, where there is one. */
  readonly live: LiveStats
}

/** Counters of a live tap. */
export interface LiveStats {
  /** Records that it had no room for, because nobody drained it. The recording has them. */
  readonly dropped: number
}

/**
 * From when the screen was seen to have changed until its picture was sealed and handed to the file
 * system, in milliseconds. What was let gather on purpose (`flush`, 400 ms by default) is in it; that it
 * waited for what was typed to be judged is not.
 */
export interface LatencyStats {
  /** Pictures, since the start. */
  readonly count: number
  /** Half of the latest 4,096 took at most this. */
  readonly p50: number
  /** All but a hundredth of them took at most this. */
  readonly p99: number
  /** None took longer, since the start. */
  readonly max: number
}
