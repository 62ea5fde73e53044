// Looking up what lies in the order of time.

/** The first index for which something holds that holds for all behind it. */
export function firstAfter(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Those of some events that lie in a stretch of time.
 *
 * @param events - in the order of time
 * @param from - nanoseconds since the recording started; what is at this time is left out
 * @param to - until when, this time included
 */
export function within<T extends { readonly time: number }>(
  events: readonly T[],
  from: number,
  to: number,
): readonly T[] {
  const after = (time: number) => firstAfter(events.length, (i) => (events[i]?.time ?? 0) > time)
  return events.slice(after(from), after(to))
}
