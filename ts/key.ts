import { sameBytes } from './bytes.js'
import { count, hex, hexBytes, hexUpTo, list, object, parseFile, text, track } from './canonical.js'
import { tampered, UnderstudyError } from './errors.js'
import { openKey } from './seal.js'
import type { Track } from './track.js'

/** A content key, sealed to one holder. @internal */
export interface Stanza {
  /** How it is sealed; `x25519` is the one that this reader knows. */
  readonly type: string
  /** The holder's public key. */
  readonly recipient: Uint8Array
  /** The sealed key. */
  readonly sealed: Uint8Array
}

/** Which segment of which recording. @internal */
export interface SegmentPlace {
  /** The recording's id, in hexadecimal. */
  readonly recording: string
  /** Which track. */
  readonly track: Track
  /** Which segment of it, from 0. */
  readonly segment: number
}

/**
 * Parses a `.key` file (docs/format.md §7).
 *
 * @param bytes - the whole file
 * @param place - the segment that it must be for
 * @returns every stanza, in the order of the file
 * @internal
 */
export function parseKey(bytes: Uint8Array, place: SegmentPlace): Stanza[] {
  const members = parseFile(bytes)
  const recording = members.take('recording', hex(16))
  const owner = members.take('track', track)
  const segment = members.take('segment', count)
  const stanzas = members.take('stanzas', list(1, 64, parseStanza))
  members.end()
  if (recording !== place.recording || owner !== place.track || segment !== place.segment) {
    throw tampered('the key belongs elsewhere')
  }
  return stanzas
}

/**
 * The content key, opened by the first stanza that is for this holder.
 *
 * @param stanzas - of the segment's key file
 * @param identity - the holder
 * @returns 32 bytes; whoever gets them wipes them
 * @internal
 */
export function openStanzas(
  stanzas: readonly Stanza[],
  identity: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array },
): Uint8Array {
  for (const { type, recipient, sealed } of stanzas) {
    if (type === 'x25519' && sameBytes(recipient, identity.publicKey)) {
      return openKey(sealed, identity.publicKey, identity.privateKey)
    }
  }
  throw new UnderstudyError('identity-mismatch', 'the segment is not sealed to this identity')
}

function parseStanza(value: unknown): Stanza {
  const members = object(value)
  const type = members.take('type', text(0, 32))
  const known = type === 'x25519'
  const stanza: Stanza = {
    type,
    recipient: members.take('recipient', known ? x25519Key : unknownBytes),
    sealed: members.take('sealed', known ? x25519Box : unknownBytes),
  }
  members.end()
  return stanza
}

const x25519Key = hexBytes(32)
const x25519Box = hexBytes(80)
const unknownBytes = hexUpTo(4096)
