import { count, hex, hexBytes, parseFile, text, trackList } from './canonical.js'
import { tampered, UnderstudyError } from './errors.js'
import type { Header } from './header.js'
import { type Coarse, coarse, type Receipt } from './receipt.js'
import { checkSignature } from './seal.js'
import type { Track } from './track.js'

/** What the contributor signed of a released copy, as `release.json` holds it (docs/format.md §18). */
export interface Manifest {
  /** The copy's id: 16 bytes in hexadecimal. */
  readonly recording: string
  /** To whom it was released: an X25519 key, 32 bytes in hexadecimal. */
  readonly recipient: string
  /** Which tracks it has. */
  readonly tracks: readonly Track[]
  /** The day of the recording: days since 1970-01-01. */
  readonly day: number
  /** Hash of `header.json`, in hexadecimal. */
  readonly header: string
  /** Hash of `receipt.json`, in hexadecimal. */
  readonly receipt: string
  /** Hash of `journal.ndjson`, which names every segment by its hash; in hexadecimal. */
  readonly journal: string
  /** A commitment to the receipt that was signed: 32 bytes in hexadecimal. */
  readonly consent: string
  /** How time was coarsened. */
  readonly coarse: Coarse
}

/**
 * Parses `release.json` and checks its signature.
 *
 * @param bytes - the whole file
 * @param signer - whose signature it must be, 32 bytes
 * @internal
 */
export function parseManifest(bytes: Uint8Array, signer: Uint8Array): Manifest {
  const members = parseFile(bytes)
  const schema = members.take('schema', text(0, 64))
  const manifest: Manifest = {
    recording: members.take('recording', hex(16)),
    recipient: members.take('recipient', hex(32)),
    tracks: members.take('tracks', trackList),
    day: members.take('day', count),
    header: members.take('header', hex(32)),
    receipt: members.take('receipt', hex(32)),
    journal: members.take('journal', hex(32)),
    consent: members.take('consent', hex(32)),
    coarse: members.take('coarse', coarse),
  }
  const signature = members.take('signature', hexBytes(64))
  members.end()
  if (schema !== 'understudy.release/1') {
    throw new UnderstudyError('format-version', 'the release is of another schema')
  }
  checkSignature('release', members, signature, signer)
  return manifest
}

/** What a manifest must fit. @internal */
export interface Copied {
  /** From `header.json`. */
  readonly header: Header
  /** Its hash, in hexadecimal. */
  readonly headerHash: string
  /** From `receipt.json`. */
  readonly receipt: Receipt
  /** Hash of `journal.ndjson`, in hexadecimal. */
  readonly journal: string
}

/**
 * Checks that a manifest is that of the copy it lies in.
 *
 * @param manifest - what it says
 * @param copied - what there is
 * @internal
 */
export function checkManifest(
  manifest: Manifest,
  { header, headerHash, receipt, journal }: Copied,
): void {
  const fits =
    manifest.recording === header.id &&
    manifest.header === headerHash &&
    manifest.receipt === header.receipt &&
    manifest.journal === journal &&
    manifest.tracks.join() === header.tracks.join() &&
    // Divided, not multiplied: a day of 2⁵³ − 1 in milliseconds is not exact.
    header.started % dayLength === 0 &&
    header.started / dayLength === manifest.day &&
    receipt.recipients.length === 1 &&
    receipt.recipients[0] === manifest.recipient &&
    receipt.coarse.grid === manifest.coarse.grid &&
    receipt.coarse.idle === manifest.coarse.idle &&
    receipt.coarse.key === manifest.coarse.key
  if (!fits) throw tampered('the release is of another recording')
}

const dayLength = 86_400_000
