/** The tracks of a recording, in the order of their numbers (docs/format.md §2). */
export const tracks = ['pointer', 'keyboard', 'screen', 'context'] as const

/** One stream of a recording: also the name of its folder. */
export type Track = (typeof tracks)[number]

/** A track that a host may read while it is recorded, where the receipt allows it: never `screen`. */
export type LiveTrack = Exclude<Track, 'screen'>

/**
 * Whether a value is the name of a track.
 *
 * @param value - anything, such as a member of parsed JSON
 * @returns whether it is one of {@link tracks}
 */
export function isTrack(value: unknown): value is Track {
  return (tracks as readonly unknown[]).includes(value)
}

/**
 * A track's number in sealed chunks.
 *
 * @param track - the track
 * @returns 0 to 3
 */
export function trackNumber(track: Track): number {
  return tracks.indexOf(track)
}
