import { UnderstudyError } from '../errors.js'

/**
 * Fails where a call was called off.
 *
 * @param signal - of the call
 * @internal
 */
export function callable(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw calledOff()
}

/**
 * The failure of a call that was called off.
 *
 * @internal
 */
export function calledOff(): UnderstudyError {
  return new UnderstudyError('state', 'It was called off')
}

/**
 * The failure for a store that has more than it may.
 *
 * @param limit - how many objects
 * @internal
 */
export function tooMany(limit: number): UnderstudyError {
  return new UnderstudyError('io', `The store has more than ${limit} objects of this recording`)
}
