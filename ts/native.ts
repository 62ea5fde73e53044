import { isErrorCode, UnderstudyError } from './errors.js'

/** The addon's exports. */
export type Native = typeof import('../native/binding.js')

/**
 * Loads the addon, when it is first needed: everything that does not need it works where there is none.
 *
 * @returns its exports
 * @throws {@link UnderstudyError} `unsupported` where no addon was built for this system, or where it
 *   does not load
 * @internal
 */
export async function loadNative(): Promise<Native> {
  try {
    return await import('../native/binding.js')
  } catch (error) {
    const system = `${process.platform} on ${process.arch}`
    throw new UnderstudyError(
      'unsupported',
      `The capture addon for ${system} is not there or does not load; recordings can still be read`,
      {},
      { cause: error },
    )
  }
}

/**
 * Runs a call into the addon.
 *
 * @param call - what to run
 * @returns what it returns
 * @throws {@link UnderstudyError} in place of whatever it threw
 * @internal
 */
export async function calling<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromNative(error)
  }
}

/**
 * What the addon threw, as this package's error.
 *
 * @param error - anything that was caught
 * @returns its code where that is one of ours
 * @internal
 */
export function fromNative(error: unknown): UnderstudyError {
  if (error instanceof UnderstudyError) return error
  const { code, message } = error as { code?: unknown; message?: unknown }
  return toError(String(code), String(message), error)
}

/**
 * An error of the addon by its parts.
 *
 * @param code - the addon's word
 * @param message - the addon's sentence
 * @param cause - what was caught, where something was
 * @internal
 */
export function toError(code: string, message: string, cause?: unknown): UnderstudyError {
  const options = cause === undefined ? undefined : { cause }
  if (isErrorCode(code)) return new UnderstudyError(code, message, {}, options)
  // Node-API's own words for an argument of the wrong type.
  const argument = code === 'InvalidArg' || code.endsWith('Expected')
  return new UnderstudyError(argument ? 'invalid-argument' : 'internal', message, {}, options)
}
