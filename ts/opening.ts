import { toHex } from './bytes.js'
import { count, hex, hexBytes, oneOf, parseFile, signedFile } from './canonical.js'
import { tampered, UnderstudyError } from './errors.js'
import type { Identity } from './identity.js'
import type { Manifest } from './manifest.js'
import { checkSignature, hashOf } from './seal.js'
import type { Source } from './source.js'

/** That a released copy was opened, signed by whoever opened it (docs/format.md §19). */
export interface Opening {
  /** Whose key opened it: X25519, 32 bytes in hexadecimal. */
  readonly recipient: string
  /** Who signed that: Ed25519, 32 bytes in hexadecimal. */
  readonly signer: string
  /** When, by their clock: seconds since 1970-01-01T00:00Z. */
  readonly time: number
}

/** What there is of openings. @internal */
export interface Openings {
  /** Each that is whole, in order. */
  readonly all: readonly Opening[]
  /** How many files there are. */
  readonly files: number
  /** Hash of the last file; of `release.json` where there is none. */
  readonly prev: string
}

/** Where an opening stands. @internal */
export interface OpeningPlace {
  /** Which file, from 0. */
  readonly number: number
  /** Hash of the file before. */
  readonly prev: string
  /** Of the copy. */
  readonly manifest: Manifest
}

/**
 * Where an opening lies.
 *
 * @param number - from 0
 * @internal
 */
export function openingPath(number: number): string {
  return `openings/${String(number).padStart(6, '0')}.json`
}

/**
 * Parses an opening, checks its signature, and that it follows the one before.
 *
 * @param bytes - the whole file
 * @param place - where it stands
 * @internal
 */
export function parseOpening(bytes: Uint8Array, place: OpeningPlace): Opening {
  const members = parseFile(bytes)
  members.take('schema', oneOf([schema]))
  const recording = members.take('recording', hex(16))
  const number = members.take('number', count)
  const prev = members.take('prev', hex(32))
  const opening: Opening = {
    recipient: members.take('recipient', hex(32)),
    signer: members.take('signer', hex(32)),
    time: members.take('time', count),
  }
  const signature = members.take('signature', hexBytes(64))
  members.end()
  checkSignature('opening', members, signature, hexBytes(32)(opening.signer))
  const { manifest } = place
  const follows = number === place.number && prev === place.prev
  if (!follows || recording !== manifest.recording || opening.recipient !== manifest.recipient) {
    throw tampered('the opening does not follow the one before, or is of another copy')
  }
  return opening
}

/**
 * Writes down that a released copy is opened. Must be done before a key of it is used.
 *
 * @param source - where the copy lies
 * @param manifest - of the copy
 * @param openings - those before
 * @param identity - who opens
 * @throws {@link UnderstudyError} as {@link Recording.read} says
 * @internal
 */
export async function writeOpening(
  source: Source,
  manifest: Manifest,
  openings: Openings,
  identity: Identity,
): Promise<void> {
  const recipient = toHex(identity.publicKey)
  if (recipient !== manifest.recipient) {
    throw new UnderstudyError('identity-mismatch', 'the copy was not released to this identity')
  }
  if (!source.create) throw new UnderstudyError('state', readOnly)
  let { files: number, prev } = openings
  for (;;) {
    if (number > lastOpening) throw new UnderstudyError('state', tooMany)
    const { recording } = manifest
    const signer = identity.signer ? toHex(identity.signer) : ''
    const time = Math.floor(Date.now() / 1000)
    const object = { schema, recording, number, prev, recipient, signer, time }
    const bytes = signedFile('opening', object, (all) => identity.sign(all))
    if (await source.create(openingPath(number), bytes)) return
    // Somebody else opened it meanwhile.
    prev = hashOf(await source.read(openingPath(number), 0, maxOpening))
    number++
  }
}

/** The number of the last opening that a copy may have: six digits. @internal */
export const lastOpening = 999_999

const schema = 'understudy.opening/1'
const maxOpening = 64 * 1024
const tooMany = 'the copy was opened a million times: ask for another'
const readOnly =
  'a released copy is opened only where its opening can be written down: copy it to a disk'
