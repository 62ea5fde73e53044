import type { Track } from '../ts/track.js'
import type { Catalog, Span } from './catalog.js'
import type { SegmentSpan } from './protocol.js'

/** What is marked to be forgotten. */
export interface Plan {
  /** Stretches of time, of all tracks. */
  readonly spans: readonly Span[]
  /** Applications: all tracks, while they had the keyboard. */
  readonly applications: readonly string[]
  /** Whole tracks. */
  readonly tracks: readonly Track[]
}

/** What would go from one track. */
export interface TrackOutcome {
  /** Which. */
  readonly track: Track
  /** How much of its time, in nanoseconds. */
  readonly time: number
  /** Segments that go whole. */
  readonly whole: number
  /** Segments of which a part goes. */
  readonly part: number
  /** Sealed bytes of the segments that go whole. */
  readonly bytes: number
}

/** What a plan comes to. */
export interface Outcome {
  /** Of each track of which something goes. */
  readonly tracks: readonly TrackOutcome[]
  /** Stretches that go from every track, in order. */
  readonly spans: readonly Span[]
  /** Lines of the list of events that go. */
  readonly entries: number
}

/**
 * What a plan comes to, before anything is done.
 *
 * @param plan - what is marked
 * @param catalog - of the recording
 * @param segments - of all tracks
 * @param duration - of the recording, in nanoseconds
 */
export function outcomeOf(
  plan: Plan,
  catalog: Catalog | undefined,
  segments: readonly SegmentSpan[],
  duration: number,
): Outcome {
  const focused = (catalog?.applications ?? [])
    .filter(({ id }) => plan.applications.includes(id))
    .flatMap((application) => application.spans)
  const spans = joined([...plan.spans, ...focused])
  const tracks = [...new Set(segments.map(({ track }) => track))]
  const all = [{ from: 0, to: Math.max(duration, 1) }]
  const outcomes = tracks.map((track) => {
    const gone = plan.tracks.includes(track) ? all : spans
    const own = segments.filter((segment) => segment.track === track)
    return trackOutcome(track, gone, own, duration)
  })
  return {
    tracks: outcomes.filter(({ whole, part, time }) => whole + part > 0 || time > 0),
    spans,
    entries: (catalog?.entries ?? []).filter(({ time, kind }) => {
      if (plan.tracks.includes(trackOf[kind])) return true
      return covers(spans, time)
    }).length,
  }
}

/**
 * Stretches in order, none touching the next.
 *
 * @param spans - in any order
 */
export function joined(spans: readonly Span[]): Span[] {
  const all: { from: number; to: number }[] = []
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else all.push({ from, to })
  }
  return all
}

function trackOutcome(
  track: Track,
  gone: readonly Span[],
  segments: readonly SegmentSpan[],
  duration: number,
): TrackOutcome {
  let [whole, part, bytes] = [0, 0, 0]
  for (const { from, to, size } of segments) {
    if (gone.some((span) => span.from <= from && to <= span.to)) {
      whole++
      bytes += size
    } else if (gone.some((span) => span.from < to && from < span.to)) part++
  }
  const time = gone.reduce((sum, { from, to }) => sum + Math.min(to, duration) - from, 0)
  return { track, time, whole, part, bytes }
}

function covers(spans: readonly Span[], time: number): boolean {
  return spans.some(({ from, to }) => from <= time && time < to)
}

const trackOf = {
  typed: 'keyboard',
  key: 'keyboard',
  click: 'pointer',
  scroll: 'pointer',
  window: 'context',
  element: 'context',
  other: 'context',
} as const
