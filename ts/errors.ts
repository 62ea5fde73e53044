/**
 * Every {@link UnderstudyError.code}, in the order of `crates/core/src/error.rs`: one list for both
 * languages, and `test/errors.test.ts` proves it.
 */
export const errorCodes = [
  'invalid-argument',
  'receipt-invalid',
  'receipt-expired',
  'receipt-scope',
  'policy-invalid',
  'policy-scope',
  'passphrase-wrong',
  'identity-invalid',
  'identity-mismatch',
  'no-indicator',
  'unsupported',
  'display-unavailable',
  'display-lost',
  'permission-denied',
  'disk-full',
  'io',
  'format-invalid',
  'format-version',
  'tampered',
  'withdrawn',
  'open-failed',
  'state',
  'internal',
] as const

/**
 * What went wrong, in words that are the same on every system.
 *
 * | code | what to do |
 * |---|---|
 * | `invalid-argument` | something passed cannot be used: read the message, mend the call |
 * | `receipt-invalid` | the receipt is missing, malformed, or does not fit: ask the contributor again |
 * | `receipt-expired` | the receipt's time has passed: ask the contributor again |
 * | `receipt-scope` | the receipt does not cover a track or purpose: ask the contributor again |
 * | `policy-invalid` | a layer of policy is malformed, not understood, or not signed by whom it should be |
 * | `policy-scope` | the policy lets nothing be captured of what was asked for |
 * | `passphrase-wrong` | wrong passphrase, or the identity file was altered |
 * | `identity-invalid` | the identity file is malformed |
 * | `identity-mismatch` | this identity opens none of the recording's keys: use another |
 * | `no-indicator` | nothing would show the contributor that they are recorded: free the screen's corner, or let the heart beat |
 * | `unsupported` | this system or session offers no way to capture; nothing was started |
 * | `display-unavailable` | no display could be reached |
 * | `display-lost` | the display went away while recording; what was written is kept |
 * | `permission-denied` | the system refused access to a folder, device or display |
 * | `disk-full` | no space is left; what was written is kept |
 * | `io` | another failure of reading or writing |
 * | `format-invalid` | bytes that are not a recording of this format, or over one of its limits |
 * | `format-version` | a recording of a version that this reader does not know: update it |
 * | `tampered` | the recording was altered after it was written |
 * | `withdrawn` | the contributor has withdrawn the recording: delete it |
 * | `open-failed` | sealed bytes did not open under their key |
 * | `state` | the call does not fit the recorder's state |
 * | `internal` | a defect in understudy: please report it |
 */
export type ErrorCode = (typeof errorCodes)[number]

/**
 * Whether a word is one of {@link errorCodes}.
 *
 * @internal
 */
export function isErrorCode(code: string): code is ErrorCode {
  return (errorCodes as readonly string[]).includes(code)
}

/** Where in a recording a failure was found; see {@link UnderstudyError}. */
export interface ErrorPlace {
  /** The recording's file, relative to its folder, with `/` between: `screen/000002.seg`. */
  readonly at?: string
  /** The line in that file, from 1, where the file has lines. */
  readonly line?: number
}

/**
 * The one error class of this package. Match on {@link UnderstudyError.code}; the message is for
 * people, and never holds captured content or secrets.
 */
export class UnderstudyError extends Error {
  /** Always `UnderstudyError`. */
  override readonly name = 'UnderstudyError'
  /** What went wrong, to be matched. */
  readonly code: ErrorCode
  /** The file of the recording that is wrong, relative to its folder; absent where no file is. */
  readonly at?: string
  /** The line of that file, from 1; absent where the file has no lines. */
  readonly line?: number

  /**
   * @param code - what went wrong
   * @param message - one sentence for people, without captured content
   * @param place - which file of a recording is wrong
   * @param options - `cause`: the failure underneath
   */
  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    if (place.at !== undefined) this.at = place.at
    if (place.line !== undefined) this.line = place.line
  }

  /**
   * The same failure, with its place in the recording. A place that is already known stays: whoever
   * is nearer to the bytes knows better.
   *
   * @param place - which file, and line, was being read
   * @returns this error, or a new one that names the place
   * @internal
   */
  in(place: ErrorPlace): UnderstudyError {
    if (this.at !== undefined) return this
    return new UnderstudyError(this.code, this.message, place, { cause: this.cause })
  }
}

/**
 * Whether a caught value is an {@link UnderstudyError}, also one from another realm (a worker, a
 * frame) or from a second copy of this package, where `instanceof` says no.
 *
 * @param value - anything that was caught
 * @returns whether `value.code` can be matched
 */
export function isUnderstudyError(value: unknown): value is UnderstudyError {
  if (value instanceof UnderstudyError) return true
  if (typeof value !== 'object' || value === null) return false
  if (!('name' in value) || value.name !== 'UnderstudyError' || !('code' in value)) return false
  return (errorCodes as readonly unknown[]).includes(value.code)
}

/**
 * The failure for bytes that break docs/format.md.
 *
 * @param message - which rule, without captured content
 * @internal
 */
export function formatInvalid(message: string): UnderstudyError {
  return new UnderstudyError('format-invalid', message)
}

/**
 * The failure for a recording that is well formed, but not as it was written.
 *
 * @param message - what does not hold
 * @internal
 */
export function tampered(message: string): UnderstudyError {
  return new UnderstudyError('tampered', message)
}

/**
 * The failure of a file operation, with the code that the system's answer deserves.
 *
 * @param what - what was being done, for the message
 * @param error - what Node threw
 * @internal
 */
export function ioError(what: string, error: unknown): UnderstudyError {
  const system = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`
  return new UnderstudyError(systemCodes[system] ?? 'io', message, {}, { cause: error })
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'permission-denied',
  EDQUOT: 'disk-full',
  EFBIG: 'disk-full',
  ENOSPC: 'disk-full',
  EPERM: 'permission-denied',
  EROFS: 'permission-denied',
}

/**
 * Runs something whose failure may have to wait for another to be told first.
 *
 * @internal
 */
export function caught(operation: () => void): UnderstudyError | undefined {
  try {
    operation()
    return undefined
  } catch (error) {
    if (isUnderstudyError(error)) return error
    throw error
  }
}
