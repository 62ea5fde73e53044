import { UnderstudyError } from '../errors.js'

/**
 * Fails where a call was called off.
 *
 * @param signal - of the call
 * @internal
 */
export function callable(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UnderstudyError('state', 'It was called off')
}
