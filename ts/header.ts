import { hex, hexBytes, parseFile, text, trackList, count } from './canonical.js'
import { tampered, UnderstudyError } from './errors.js'
import { checkSignature } from './seal.js'
import type { Track } from './track.js'

/** What `header.json` says (docs/format.md §3). @internal */
export interface Header {
  /** The recording's id: 16 bytes in hexadecimal. */
  readonly id: string
  /** The tracks that could be recorded, in the order of their numbers. */
  readonly tracks: readonly Track[]
  /** Wall clock at time 0: milliseconds since 1970-01-01T00:00Z. */
  readonly started: number
  /** The key that signs this recording: 32 bytes in hexadecimal. */
  readonly device: string
  /** The same, as bytes. */
  readonly deviceKey: Uint8Array
  /** What captured it, such as `x11`. */
  readonly platform: string
  /** What wrote it. */
  readonly software: string
  /** Hash of `receipt.json`, in hexadecimal. */
  readonly receipt: string
  /** Hash of the policy in force, in hexadecimal. */
  readonly policy: string
}

/** What `unfinished.json` says (docs/format.md §6). @internal */
export interface Unfinished {
  /** As in the header. */
  readonly id: string
  /** As in the header. */
  readonly device: string
}

/**
 * Parses `header.json` and checks its signature.
 *
 * @param bytes - the whole file
 * @internal
 */
export function parseHeader(bytes: Uint8Array): Header {
  const members = parseFile(bytes)
  // First of all: a later version may have other members than those below.
  if (members.take('format', count) !== formatVersion) {
    throw new UnderstudyError('format-version', 'the recording is of another format version')
  }
  const deviceKey = members.take('device', hexBytes(32))
  const header: Header = {
    id: members.take('id', hex(16)),
    tracks: members.take('tracks', trackList),
    started: members.take('started', count),
    device: members.object['device'] as string,
    deviceKey,
    platform: members.take('platform', text(1, 64)),
    software: members.take('software', text(1, 64)),
    receipt: members.take('receipt', hex(32)),
    policy: members.take('policy', hex(32)),
  }
  const signature = members.take('signature', hexBytes(64))
  members.end()
  checkSignature('header', members, signature, deviceKey)
  return header
}

/**
 * Parses `unfinished.json` and checks its signature.
 *
 * @param bytes - the whole file
 * @internal
 */
export function parseUnfinished(bytes: Uint8Array): Unfinished {
  const members = parseFile(bytes)
  const deviceKey = members.take('device', hexBytes(32))
  const unfinished: Unfinished = {
    id: members.take('id', hex(16)),
    device: members.object['device'] as string,
  }
  const signature = members.take('signature', hexBytes(64))
  members.end()
  checkSignature('unfinished', members, signature, deviceKey)
  return unfinished
}

/**
 * Checks that a header is of the recording that `unfinished.json` began.
 *
 * @param header - of the recording
 * @param unfinished - of the recording
 * @internal
 */
export function checkUnfinished(header: Header, unfinished: Unfinished): void {
  if (header.id !== unfinished.id || header.device !== unfinished.device) {
    throw tampered('header.json and unfinished.json are of different recordings')
  }
}

const formatVersion = 4
