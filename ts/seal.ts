import sodium, { type StateAddress } from 'libsodium-wrappers'
import { type Members, signedBytes, type SignedName } from './canonical.js'
import { formatInvalid, tampered, UnderstudyError } from './errors.js'
import type { SegmentHeader } from './segment.js'

/**
 * Must be awaited before anything else of this file is called.
 *
 * @internal
 */
export const sodiumReady: Promise<void> = sodium.ready

/** Length of a {@link Hash}, in bytes. @internal */
export const hashLength = 32

/**
 * The hash of docs/format.md §1, fed in pieces.
 *
 * @internal
 */
export class Hash {
  readonly #state = sodium.crypto_generichash_init(null, hashLength)

  /**
   * Adds bytes.
   *
   * @param bytes - of any length
   */
  update(bytes: Uint8Array): this {
    // libsodium copies what it is given into its own memory: by pieces, that stays small.
    for (let at = 0; at < bytes.length; at += hashPiece) {
      sodium.crypto_generichash_update(this.#state, bytes.subarray(at, at + hashPiece))
    }
    return this
  }

  /** The hash in lower-case hexadecimal. Call once, and nothing after it. */
  hex(): string {
    return sodium.crypto_generichash_final(this.#state, hashLength, 'hex')
  }
}

/**
 * The hash of bytes that are at hand.
 *
 * @param bytes - of any length
 * @returns lower-case hexadecimal
 * @internal
 */
export function hashOf(bytes: Uint8Array): string {
  return new Hash().update(bytes).hex()
}

/**
 * Checks a signature; a wrong one is `tampered`.
 *
 * @param name - what is signed
 * @param members - the signed object, its signature included
 * @param signature - 64 bytes
 * @param publicKey - 32 bytes, whose signature it must be
 * @internal
 */
export function checkSignature(
  name: SignedName,
  members: Members,
  signature: Uint8Array,
  publicKey: Uint8Array,
): void {
  if (!isSigned(name, members, signature, publicKey)) {
    throw tampered('the signature does not hold')
  }
}

/**
 * Whether a signature is that key's.
 *
 * @param name - what is signed
 * @param members - the signed object, its signature included
 * @param signature - 64 bytes
 * @param publicKey - 32 bytes
 * @internal
 */
export function isSigned(
  name: SignedName,
  members: Members,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  const bytes = signedBytes(name, members)
  return holds(() => sodium.crypto_sign_verify_detached(signature, bytes, publicKey))
}

/**
 * The content key in a sealed box (docs/format.md §7).
 *
 * @param sealed - 80 bytes
 * @param publicKey - the X25519 key that the box is sealed to
 * @param privateKey - its secret half
 * @returns 32 bytes; whoever gets them wipes them
 * @internal
 */
export function openKey(
  sealed: Uint8Array,
  publicKey: Uint8Array,
  privateKey: Uint8Array,
): Uint8Array {
  const key = attempt(() => sodium.crypto_box_seal_open(sealed, publicKey, privateKey))
  if (key?.length !== contentKeyLength) {
    throw new UnderstudyError('open-failed', "the segment's key does not open")
  }
  return key
}

/**
 * Opens the chunks of one segment, in order (docs/format.md §8).
 *
 * @internal
 */
export class Opener {
  readonly #state: StateAddress
  readonly #data: Uint8Array
  /** How many chunks were opened. */
  opened = 0

  /**
   * @param header - of the segment
   * @param key - its content key, 32 bytes; not kept
   */
  constructor(header: SegmentHeader, key: Uint8Array) {
    this.#state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header.stream, key)
    this.#data = associatedData(header)
  }

  /**
   * Opens the next chunk.
   *
   * @param sealed - the chunk, without its length
   * @returns what was sealed, and whether it is the final chunk; undefined when it does not open
   */
  open(sealed: Uint8Array): OpenedChunk | undefined {
    new DataView(this.#data.buffer).setUint32(24, this.opened, true)
    const opened = attempt(() =>
      sodium.crypto_secretstream_xchacha20poly1305_pull(this.#state, sealed, this.#data),
    )
    if (!opened) return undefined
    this.opened++
    const final = opened.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    if (!final && opened.tag !== sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE) {
      throw formatInvalid('a chunk has a tag that is not allowed')
    }
    return { bytes: opened.message, final }
  }
}

/** A chunk whose seal held. @internal */
export interface OpenedChunk {
  /** What was sealed: a decompressed length, and zstd bytes. */
  readonly bytes: Uint8Array
  /** Whether the segment says that nothing follows. */
  readonly final: boolean
}

/**
 * Overwrites a secret.
 *
 * @param secret - 32 bytes of a key, and the like
 * @internal
 */
export function wipe(secret: Uint8Array): void {
  sodium.memzero(secret)
}

/** The 28 bytes that bind a chunk to its place; the last four are the chunk's number. */
function associatedData(header: SegmentHeader): Uint8Array {
  const data = new Uint8Array(28)
  data.set(header.recording, 0)
  data[16] = header.track
  new DataView(data.buffer).setUint32(20, header.segment, true)
  return data
}

function holds(check: () => boolean): boolean {
  return attempt(check) ?? false
}

/** libsodium-wrappers throws for what it refuses, with words of its own; here that is an answer. */
function attempt<T>(operation: () => T): T | undefined {
  try {
    return operation()
  } catch {
    return undefined
  }
}

const contentKeyLength = 32
const hashPiece = 1 << 20
