import {
  count,
  eachOnce,
  exactly,
  flag,
  hex,
  hexBytes,
  list,
  type Members,
  object,
  oneOf,
  parseFile,
  told,
  trackList,
} from './canonical.js'
import { type Controller, controller } from './controller.js'
import { formatInvalid, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import type { Header } from './header.js'
import { checkSignature, hashOf } from './seal.js'
import type { LiveTrack, Track } from './track.js'

/** What a recording may be used for: a closed list, in which judging a person is not. */
export type Purpose = 'agent-training' | 'agent-evaluation'

/** What no recording may be used for, whatever its purpose: every receipt says all of it. */
export const prohibitedUses = [
  'performance-assessment',
  'productivity-metric',
  'attendance',
  'discipline',
  'emotion-inference',
  're-identification',
  'resale',
] as const

/** The contributor's signed consent, as `receipt.json` holds it (docs/format.md §4). */
export interface Receipt {
  /** The receipt's id: 16 bytes in hexadecimal. */
  readonly id: string
  /**
   * Whether it is that of a released copy: then the contributor is another pseudonym, its time is the day of
   * the recording, and `notice` is a commitment to the receipt that was signed, which only the
   * contributor can lift.
   */
  readonly released: boolean
  /**
   * The record of consent that it belongs to, together with those that it replaces: 16 bytes in
   * hexadecimal; absent in a released copy.
   */
  readonly record?: string
  /** Hash of the `receipt.json` that it takes the place of, in hexadecimal; absent where it replaces none. */
  readonly replaces?: string
  /**
   * Who consented: a pseudonym, one for each controller and 30 days. Whoever has the identity, and nobody
   * else, can tell whose.
   */
  readonly contributor: {
    /** The X25519 key that the recording is sealed to: 32 bytes in hexadecimal. */
    readonly open: string
    /** The Ed25519 key that signed the receipt: 32 bytes in hexadecimal. */
    readonly sign: string
  }
  /** Who answers for what becomes of recordings; absent where contributors record for themselves. */
  readonly controller?: Controller
  /** Whether that controller has signed it too. Without, nothing may be recorded under it. */
  readonly countersigned: boolean
  /** Language of the text that was shown, such as `en`. */
  readonly language: string
  /** What may be recorded. */
  readonly tracks: readonly Track[]
  /** Which of those the host may read while they are recorded; never `screen`. */
  readonly live: readonly LiveTrack[]
  /** Whether recordings may be released by themselves when they stop, before the contributor has looked through them. */
  readonly direct: boolean
  /** What for. */
  readonly purpose: Purpose
  /** What it may not be used for, whatever the purpose: {@link prohibitedUses}. */
  readonly prohibited: readonly (typeof prohibitedUses)[number][]
  /** To whom it may be released: 1 to 64 X25519 keys, 32 bytes in hexadecimal each. */
  readonly recipients: readonly string[]
  /**
   * Which layers of policy must be in force while it is recorded: 1 to 16 digests, 32 bytes in
   * hexadecimal each; absent where none was agreed to.
   */
  readonly policy?: readonly string[]
  /** What leaves out what nobody has to ask for; absent in a released copy. */
  readonly filter?: {
    /** Digest of the floor, in hexadecimal. */
    readonly floor: string
    /** Digest of the detectors' tables, in hexadecimal. */
    readonly detectors: string
  }
  /** How exactly times may be told that are released. */
  readonly coarse: Coarse
  /** How it is taken back, and what that does. */
  readonly withdrawal: {
    /** The command. */
    readonly method: 'understudy withdraw'
    /** What it does. */
    readonly effects: readonly (typeof withdrawalEffects)[number][]
  }
  /** When it was signed: seconds since 1970-01-01T00:00Z. */
  readonly issued: number
  /** Until when a recording may start: seconds since 1970-01-01T00:00Z, exclusive. */
  readonly expires: number
  /** Hash of the text that was shown, in hexadecimal. */
  readonly notice: string
}

/** How time is coarsened, in milliseconds (docs/format.md §18). */
export interface Coarse {
  /** Times are multiples of this many milliseconds. */
  readonly grid: number
  /** No more than this many milliseconds are told of a time in which nobody did anything. */
  readonly idle: number
  /** Milliseconds between keys that follow each other. */
  readonly key: number
}

/**
 * Parses `receipt.json`, checks its signatures, and that it allowed the recording it lies in.
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
 * Parses `receipt.json` and checks its signatures.
 *
 * @param bytes - the whole file
 * @internal
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const members = parseFile(bytes)
  const released = members.take('schema', oneOf([consentSchema, releasedSchema])) === releasedSchema
  members.take('event', given)
  const own = released ? undefined : takeOwn(members)
  const receipt: Receipt = {
    id: members.take('id', hex(16)),
    released,
    ...own,
    contributor: members.take('contributor', contributor),
    countersigned: members.has('countersignature'),
    language: members.take('language', told(35)),
    tracks: members.take('tracks', trackList),
    live: members.take('live', liveList),
    direct: members.take('direct', flag),
    purpose: members.take('purpose', oneOf(purposes)),
    prohibited: members.take('prohibited', exactly(prohibitedUses)),
    recipients: members.take('recipients', recipientList),
    coarse: members.take('coarse', coarse),
    withdrawal: members.take('withdrawal', withdrawal),
    issued: members.take('issued', count),
    expires: members.take('expires', count),
    notice: members.take('notice', hex(32)),
  }
  const signature = members.take('signature', hexBytes(64))
  const by = own?.controller && hexBytes(32)(own.controller.sign)
  const countersignature =
    by && receipt.countersigned && members.take('countersignature', hexBytes(64))
  members.end()
  if (!receipt.live.every((track) => receipt.tracks.includes(track))) {
    throw formatInvalid('what may be read live may not be recorded')
  }
  if (released && (receipt.direct || receipt.live.length > 0)) {
    throw formatInvalid('the receipt of a released copy says more than it may')
  }
  if (receipt.issued >= receipt.expires) throw formatInvalid('the receipt expires before its issue')
  checkSignature('receipt', members, signature, hexBytes(32)(receipt.contributor.sign))
  if (countersignature) checkSignature('countersignature', members, countersignature, by)
  return receipt
}

/** What a released copy's receipt has not: it would tell copies of one contributor, or of one host, from others. */
function takeOwn(members: Members) {
  return {
    record: members.take('record', hex(16)),
    ...(members.has('replaces') && { replaces: members.take('replaces', hex(32)) }),
    ...(members.has('controller') && { controller: members.take('controller', controller) }),
    ...(members.has('policy') && { policy: members.take('policy', digestList) }),
    filter: members.take('filter', filter),
  }
}

function checkFit(receipt: Receipt, { tracks, started }: Header): void {
  if (receipt.controller && !receipt.countersigned) {
    throw formatInvalid('the controller that the receipt names has not countersigned it')
  }
  if (!tracks.every((track) => receipt.tracks.includes(track))) {
    throw formatInvalid('the receipt does not cover every track')
  }
  // Divided, not multiplied: seconds go up to 2⁵³ − 1, milliseconds of that are not exact.
  if (started / 1000 < receipt.issued || started / 1000 >= receipt.expires) {
    throw formatInvalid('the recording began outside of the receipt’s time')
  }
}

/** An object that takes all members that it has. */
function whole<T>(take: (members: Members) => T): (value: unknown) => T {
  return (value) => {
    const members = object(value)
    const taken = take(members)
    members.end()
    return taken
  }
}

const contributor = whole((members) => ({
  open: members.take('open', hex(32)),
  sign: members.take('sign', hex(32)),
}))

/** What happened: consent was given, and by an act of its own. */
const given = whole((members) => {
  members.take('state', oneOf(['given']))
  members.take('type', oneOf(['explicit']))
})

const filter = whole((members) => ({
  floor: members.take('floor', hex(32)),
  detectors: members.take('detectors', hex(32)),
}))

/** How time is coarsened, in a receipt and in a manifest. @internal */
export const coarse: (value: unknown) => Coarse = whole((members) => ({
  grid: members.take('grid', count),
  idle: members.take('idle', count),
  key: members.take('key', count),
}))

const withdrawalEffects = ['unreleased-destroyed', 'released-refused'] as const

const withdrawal = whole((members) => ({
  method: members.take('method', oneOf(['understudy withdraw'])),
  effects: members.take('effects', exactly(withdrawalEffects)),
}))

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

const consentSchema = 'understudy.consent/2'
const releasedSchema = 'understudy.released-consent/1'
const purposes: readonly Purpose[] = ['agent-training', 'agent-evaluation']
