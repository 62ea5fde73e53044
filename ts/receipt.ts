import { count, hex, hexBytes, list, object, oneOf, parseFile, trackList } from './canonical.js'
import { formatInvalid, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import type { Header } from './header.js'
import { checkSignature, hashOf } from './seal.js'
import type { LiveTrack, Track } from './track.js'

/** What a recording may be used for. */
export type Purpose = 'agent-training' | 'agent-evaluation'

/** The contributor's signed consent, as `receipt.json` holds it (docs/format.md §4). */
export interface Receipt {
  /** The receipt's id: 16 bytes in hexadecimal. */
  readonly id: string
  /**
   * Whether it is that of a released copy: then the contributor is a pseudonym, its time is the day of
   * the recording, and `notice` is a commitment to the receipt that was signed, which only the
   * contributor can lift.
   */
  readonly released: boolean
  /** Who consented. */
  readonly contributor: {
    /** The X25519 key that the recording is sealed to: 32 bytes in hexadecimal. */
    readonly open: string
    /** The Ed25519 key that signed the receipt: 32 bytes in hexadecimal. */
    readonly sign: string
  }
  /** What may be recorded. */
  readonly tracks: readonly Track[]
  /** Which of those the host may read while they are recorded; never `screen`. */
  readonly live: readonly LiveTrack[]
  /** What for. */
  readonly purpose: Purpose
  /**
   * Which layers of policy must be in force while it is recorded: 1 to 16 digests, 32 bytes in
   * hexadecimal each; absent where none was agreed to.
   */
  readonly policy?: readonly string[]
  /** To whom it may be released: 1 to 64 X25519 keys, 32 bytes in hexadecimal each. */
  readonly recipients: readonly string[]
  /** When it was signed: seconds since 1970-01-01T00:00Z. */
  readonly issued: number
  /** Until when a recording may start: seconds since 1970-01-01T00:00Z, exclusive. */
  readonly expires: number
  /** Hash of the text that was shown, in hexadecimal. */
  readonly notice: string
}

/**
 * Parses `receipt.json`, checks its signature, and that it allowed the recording it lies in.
 *
 * @param bytes - the whole file
 * @param header - what was recorded
 * @throws {@link UnderstudyError} `tampered` when it is not the receipt that the header names, else
 *   `receipt-invalid`
 * @internal
 */
export function readReceipt(bytes: Uint8Array, header: Header): Receipt {
  if (hashOf(bytes) !== header.receipt) throw tampered('this is not the receipt of the recording')
  try {
    const receipt = parseReceipt(bytes)
    checkFit(receipt, header)
    return receipt
  } catch (error) {
    if (!isUnderstudyError(error)) throw error
    throw new UnderstudyError('receipt-invalid', error.message)
  }
}

/**
 * Parses `receipt.json` and checks its signature.
 *
 * @param bytes - the whole file
 * @internal
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const members = parseFile(bytes)
  const schema = members.take('schema', oneOf([consentSchema, releasedSchema]))
  const contributor = members.take('contributor', object)
  const receipt: Receipt = {
    id: members.take('id', hex(16)),
    released: schema === releasedSchema,
    contributor: {
      open: contributor.take('open', hex(32)),
      sign: contributor.take('sign', hex(32)),
    },
    tracks: members.take('tracks', trackList),
    live: members.take('live', liveList),
    ...(members.has('policy') && { policy: members.take('policy', digestList) }),
    purpose: members.take('purpose', oneOf(purposes)),
    recipients: members.take('recipients', recipientList),
    issued: members.take('issued', count),
    expires: members.take('expires', count),
    notice: members.take('notice', hex(32)),
  }
  contributor.end()
  const signature = members.take('signature', hexBytes(64))
  members.end()
  if (!receipt.live.every((track) => receipt.tracks.includes(track))) {
    throw formatInvalid('what may be read live may not be recorded')
  }
  if (receipt.issued >= receipt.expires) throw formatInvalid('the receipt expires before its issue')
  checkSignature('receipt', members, signature, hexBytes(32)(receipt.contributor.sign))
  return receipt
}

function checkFit(receipt: Receipt, { tracks, started }: Header): void {
  if (!tracks.every((track) => receipt.tracks.includes(track))) {
    throw formatInvalid('the receipt does not cover every track')
  }
  // Divided, not multiplied: seconds go up to 2⁵³ − 1, milliseconds of that are not exact.
  if (started / 1000 < receipt.issued || started / 1000 >= receipt.expires) {
    throw formatInvalid('the recording began outside of the receipt’s time')
  }
}

/** Tracks that may be read live: each once, in order, never the screen. */
function liveList(value: unknown): LiveTrack[] {
  const live = Array.isArray(value) && value.length === 0 ? [] : trackList(value)
  return live.map((track) => {
    if (track === 'screen') throw formatInvalid('the screen is never read live')
    return track
  })
}

function recipientList(value: unknown): string[] {
  return eachOnce(list(1, 64, hex(32))(value))
}

function digestList(value: unknown): string[] {
  return eachOnce(list(1, 16, hex(32))(value))
}

function eachOnce(values: string[]): string[] {
  if (new Set(values).size < values.length) throw formatInvalid('a value is there twice')
  return values
}

const consentSchema = 'understudy.consent/1'
const releasedSchema = 'understudy.released-consent/1'
const purposes: readonly Purpose[] = ['agent-training', 'agent-evaluation']
