import { isErrorCode, UnderstudyError } from './errors.js'
import type { Span } from './forget.js'
import { isTrack, type Track } from './track.js'

/** What a running recorder says of itself; nothing of it was captured. */
export interface RecorderStatus {
  /** As {@link RecorderState} has it. */
  readonly state: 'recording' | 'paused' | 'withheld' | 'stopped' | 'failed'
  /** Of `withheld`: nothing is kept at all, because the indicator cannot be seen. */
  readonly unseen?: true
  /** For how many milliseconds it has been so. */
  readonly lasts: number
  /** In how many milliseconds a pause ends by itself; missing where it does not, or none is. */
  readonly resumes?: number
  /**
   * How many windows are painted over for what they show: a secret field, or something sensitive that was
   * typed or stands there; missing where none is.
   */
  readonly masked?: number
  /** Why it failed. */
  readonly failure?: RecorderFailure
  /** Where it is written: the recording's folder, as an absolute path. */
  readonly recording: string
  /** The recording's id, 32 hexadecimal digits. */
  readonly id: string
  /** What is recorded. */
  readonly tracks: readonly Track[]
  /** When it was started, milliseconds since 1970. */
  readonly started: number
  /** Hash of the receipt that allows it: BLAKE2b-256, in hexadecimal. */
  readonly receipt: string
  /**
   * Who may open it: the X25519 public key of the contributor's pseudonym in that receipt, in hexadecimal.
   * Nobody else, while it is recorded.
   */
  readonly contributor: string
  /** The Ed25519 key of the controller that the receipt names, in hexadecimal; missing where it names none. */
  readonly controller?: string
  /** When the receipt was issued: seconds since 1970-01-01T00:00Z; missing where a recorder does not tell. */
  readonly issued?: number
  /** To whom the contributor may release it: X25519 public keys, in hexadecimal. */
  readonly recipients: readonly string[]
  /**
   * To whom it is released by itself when it stops, before anybody has looked through it, as such keys;
   * missing where it is not.
   */
  readonly direct?: readonly string[]
  /** What was released by itself, once it has stopped; missing where nothing was to be, or it was kept. */
  readonly released?: readonly ReleasedCopy[]
  /** Why there is not a copy for each of them. */
  readonly unreleased?: RecorderFailure
}

/** A copy that was released by itself, as a recorder says. */
export interface ReleasedCopy {
  /** To whom: an X25519 public key, in hexadecimal. */
  readonly to: string
  /** Its folder, in the recording's. */
  readonly path: string
  /** Hash of its `release.json`, in hexadecimal. */
  readonly manifest: string
}

/** Why a recorder failed, as it says itself. */
export interface RecorderFailure {
  /** One of {@link ErrorCode}, or of a later version. */
  readonly code: string
  /** What happened, in a sentence. */
  readonly message: string
}

/**
 * The status in an answer of a recorder (docs/control.md).
 *
 * @param line - the answer
 * @returns what it says
 * @throws {@link UnderstudyError} what the recorder answers instead; `unsupported` for what this version
 *   does not understand
 * @internal
 */
export function parseStatus(line: string): RecorderStatus {
  const { status } = parseAnswer(line)
  if (isStatus(status)) return status
  throw misunderstood()
}

/** What was forgotten of a recording that is being written. */
export interface ForgottenLast {
  /** What was asked for: when, in nanoseconds since the recording started. At most the first 256. */
  readonly spans: readonly Span[]
  /**
   * What went: the same, and whatever else the segments held that went with it. A recorder cannot open
   * what it has sealed, so that a segment goes whole: up to a minute before. At most the first 256.
   */
  readonly lost: readonly Span[]
  /** How many segments are gone. */
  readonly destroyed: number
}

/**
 * What was forgotten, in an answer of a recorder.
 *
 * @param line - the answer
 * @throws {@link UnderstudyError} as {@link parseStatus}
 * @internal
 */
export function parseForgotten(line: string): ForgottenLast {
  const { forgotten } = parseAnswer(line)
  if (isForgotten(forgotten)) return forgotten
  throw misunderstood()
}

/**
 * An answer of a recorder that is none of its refusals.
 *
 * @param line - the answer
 * @returns its members
 * @throws {@link UnderstudyError} as {@link parseStatus}
 * @internal
 */
export function parseAnswer(line: string): Readonly<Record<string, unknown>> {
  const answer = parse(line)
  const { control, error } = answer
  if (isObject(error)) throw refusal(error)
  if (control !== 1) throw misunderstood()
  return answer
}

function refusal({ code, message }: Readonly<Record<string, unknown>>): UnderstudyError {
  if (typeof code !== 'string' || typeof message !== 'string') return misunderstood()
  return new UnderstudyError(isErrorCode(code) ? code : 'internal', message)
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(line)
    if (isObject(answer)) return answer
  } catch {
    // Not what a recorder of any version answers.
  }
  throw misunderstood()
}

/** Members that a later version adds are passed over. */
function isStatus(value: unknown): value is RecorderStatus {
  if (!isObject(value)) return false
  const { state, unseen, lasts, resumes, masked, failure, recording, id, tracks, started } = value
  const { receipt, contributor, controller, issued, recipients } = value
  const { direct = [], released = [], unreleased } = value
  return (
    states.includes(state) &&
    (unseen === undefined || unseen === true) &&
    [lasts, started, issued ?? 0, resumes ?? 0, masked ?? 0].every(isCount) &&
    (failure === undefined || isObject(failure)) &&
    typeof recording === 'string' &&
    isHex(id, 16) &&
    Array.isArray(tracks) &&
    tracks.every((track) => typeof track === 'string' && isTrack(track)) &&
    isHex(receipt, 32) &&
    isHex(contributor, 32) &&
    (controller === undefined || isHex(controller, 32)) &&
    areKeys(recipients) &&
    areKeys(direct) &&
    Array.isArray(released) &&
    released.every(isCopy) &&
    (unreleased === undefined || isObject(unreleased))
  )
}

function areKeys(value: unknown): boolean {
  return Array.isArray(value) && value.every((key) => isHex(key, 32))
}

function isCopy(value: unknown): boolean {
  if (!isObject(value)) return false
  const { to, path, manifest } = value
  return isHex(to, 32) && typeof path === 'string' && isHex(manifest, 32)
}

function isForgotten(value: unknown): value is ForgottenLast {
  if (!isObject(value)) return false
  const { spans, lost, destroyed } = value
  const areSpans = (all: unknown) => Array.isArray(all) && all.every(isSpan)
  return areSpans(spans) && areSpans(lost) && isCount(destroyed)
}

function isSpan(value: unknown): boolean {
  if (!isObject(value)) return false
  const { from, to } = value
  return isCount(from) && isCount(to)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isHex(value: unknown, bytes: number): boolean {
  return typeof value === 'string' && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value)
}

function misunderstood(): UnderstudyError {
  return new UnderstudyError(
    'unsupported',
    'The recorder answers in a way that this version does not know',
  )
}

const states: readonly unknown[] = ['recording', 'paused', 'withheld', 'stopped', 'failed']
