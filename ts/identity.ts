import { bech32 } from '@scure/base'
import sodium from 'libsodium-wrappers'
import { joined, sameBytes } from './bytes.js'
import { hexBytes, type Members, object, oneOf, parseFile, range } from './canonical.js'
import { UnderstudyError } from './errors.js'

/** How a passphrase is asked for: called only when the identity is under one. */
export type Passphrase = string | (() => string | Promise<string>)

/** A key pair that opens recordings: the contributor's, or a recipient's. */
export class Identity {
  /** The X25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The X25519 secret key, 32 bytes. */
  readonly privateKey: Uint8Array
  readonly #signing: SigningKeys | undefined
  /** Those that follow from this one, and are not wiped yet. */
  readonly #derived = new Set<Identity>()
  #origin: Identity | undefined
  #wiped = false

  private constructor(
    publicKey: Uint8Array,
    privateKey: Uint8Array,
    signing: SigningKeys | undefined,
  ) {
    this.publicKey = publicKey
    this.privateKey = privateKey
    this.#signing = signing
  }

  /**
   * An identity from its secret keys.
   *
   * @param privateKey - X25519, 32 bytes; copied
   * @param seed - Ed25519, 32 bytes. A contributor's pseudonyms follow from it, and a recipient signs with
   *   it that a released copy was opened: without, nothing of either opens
   * @returns the identity
   * @throws {@link UnderstudyError} `invalid-argument` when one has not 32 bytes
   */
  static async fromPrivateKey(privateKey: Uint8Array, seed?: Uint8Array): Promise<Identity> {
    await sodium.ready
    if (privateKey.length !== 32 || (seed && seed.length !== 32)) {
      throw new UnderstudyError('invalid-argument', 'An X25519 secret key and a seed have 32 bytes')
    }
    return Identity.#of(privateKey, seed)
  }

  static #of(privateKey: Uint8Array, seed?: Uint8Array): Identity {
    const publicKey = sodium.crypto_scalarmult_base(privateKey)
    const signing = seed && sodium.crypto_sign_seed_keypair(seed)
    return new Identity(publicKey, privateKey.slice(), signing)
  }

  /** The Ed25519 public key, 32 bytes; undefined for an identity that cannot sign. */
  get signer(): Uint8Array | undefined {
    return this.#signing?.publicKey
  }

  /**
   * Signs what is signed in a recipient's name.
   *
   * @param bytes - what is signed
   * @returns the signature in hexadecimal
   * @throws {@link UnderstudyError} `identity-invalid` for an identity that cannot sign
   * @internal
   */
  sign(bytes: Uint8Array): string {
    this.mustHaveKeys()
    if (!this.#signing) throw unsigned()
    return sodium.crypto_sign_detached(bytes, this.#signing.privateKey, 'hex')
  }

  /**
   * Another identity that follows from this one: nobody else can tell which one it follows from, or that two
   * of them belong together.
   *
   * @param kind - of pseudonym
   * @param context - whom it is for, and when
   * @returns the other identity; whoever asked for it wipes it, and wiping this one does
   * @throws {@link UnderstudyError} `identity-invalid` for an identity that cannot sign
   * @internal
   */
  derive(kind: string, ...context: readonly Uint8Array[]): Identity {
    this.mustHaveKeys()
    if (!this.#signing) throw unsigned()
    // libsodium's secret key is the seed and the public key.
    const seed = this.#signing.privateKey.subarray(0, 32)
    const [open, sign] = (['open', 'sign'] as const).map((what) => {
      const message = joined(new TextEncoder().encode(`${kind} ${what}\n`), ...context)
      return sodium.crypto_generichash(32, message, seed)
    }) as [Uint8Array, Uint8Array]
    try {
      const derived = Identity.#of(open, sign)
      derived.#origin = this
      this.#derived.add(derived)
      return derived
    } finally {
      sodium.memzero(open)
      sodium.memzero(sign)
    }
  }

  /**
   * The public key as people pass it on.
   *
   * @returns Bech32 text: `understudy1…`
   */
  toString(): string {
    return spellPublicKey(this.publicKey)
  }

  /**
   * Refuses an identity that was wiped: zeros are keys as well, which everybody knows.
   *
   * @throws {@link UnderstudyError} `identity-invalid`
   * @internal
   */
  mustHaveKeys(): void {
    if (!this.#wiped) return
    throw new UnderstudyError('identity-invalid', 'The identity was wiped: open it again')
  }

  /**
   * Overwrites the secret keys, and those of the pseudonyms that are in use; nothing can be opened after that.
   * What is being read with it ends with `identity-invalid`.
   */
  wipe(): void {
    this.#wiped = true
    sodium.memzero(this.privateKey)
    if (this.#signing) sodium.memzero(this.#signing.privateKey)
    for (const derived of this.#derived) derived.wipe()
    if (this.#origin) this.#origin.#derived.delete(this)
  }
}

/**
 * A public key as people pass it on.
 *
 * @param publicKey - X25519, 32 bytes
 * @returns Bech32 text: `understudy1…`
 */
export function spellPublicKey(publicKey: Uint8Array): string {
  return bech32.encode(prefix, bech32.toWords(publicKey), false)
}

/**
 * A public key from its text.
 *
 * @param text - Bech32: `understudy1…`
 * @returns the X25519 public key, 32 bytes
 * @throws {@link UnderstudyError} `invalid-argument` when the text is not such a key
 */
export function parsePublicKey(text: string): Uint8Array {
  const decoded = bech32.decodeUnsafe(text, false)
  const bytes = decoded?.prefix === prefix && bech32.fromWordsUnsafe(decoded.words)
  if (bytes instanceof Uint8Array && bytes.length === 32) return bytes
  throw new UnderstudyError('invalid-argument', 'This is not a public key (understudy1…)')
}

/**
 * The identity in the bytes of its file, such as a browser was given.
 *
 * @param bytes - of `identity.json`
 * @param passphrase - the passphrase, or what asks for it
 * @returns the identity
 * @throws what {@link openIdentity} throws, but for the reading
 * @internal
 */
export async function unlockIdentity(
  bytes: Uint8Array,
  passphrase?: Passphrase,
): Promise<Identity> {
  await sodium.ready
  const { open, sign, secret } = parseIdentity(bytes)
  const keys = secret.kind === 'plain' ? secret.key : await unlock(secret, passphrase)
  const identity = await Identity.fromPrivateKey(keys.subarray(0, 32), keys.subarray(32))
  sodium.memzero(keys)
  const { publicKey, signer } = identity
  if (!sameBytes(publicKey, open) || !signer || !sameBytes(signer, sign)) {
    identity.wipe()
    throw new UnderstudyError('identity-invalid', 'The identity’s keys do not belong together')
  }
  return identity
}

/**
 * Whether an identity is under a passphrase.
 *
 * @param bytes - of `identity.json`
 * @throws {@link UnderstudyError} `identity-invalid` when it is malformed
 * @internal
 */
export function isLocked(bytes: Uint8Array): boolean {
  return parseIdentity(bytes).secret.kind === 'passphrase'
}

function unsigned(): UnderstudyError {
  return new UnderstudyError('identity-invalid', 'This identity has no key to sign with')
}

interface SigningKeys {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

interface Locked {
  readonly kind: 'passphrase'
  readonly memory: number
  readonly nonce: Uint8Array
  readonly operations: number
  readonly salt: Uint8Array
  readonly sealed: Uint8Array
}

type Secret = { readonly kind: 'plain'; readonly key: Uint8Array } | Locked

function parseIdentity(bytes: Uint8Array): { open: Uint8Array; sign: Uint8Array; secret: Secret } {
  try {
    if (bytes.length > maxFile) throw new Error('over 64 KiB')
    const members = parseFile(bytes)
    members.take('schema', oneOf(['understudy.identity/1']))
    const open = members.take('open', hexBytes(32))
    const sign = members.take('sign', hexBytes(32))
    const secret = parseSecret(members.take('secret', object))
    members.end()
    return { open, sign, secret }
  } catch (error) {
    throw new UnderstudyError(
      'identity-invalid',
      'identity.json is malformed',
      {},
      { cause: error },
    )
  }
}

function parseSecret(members: Members): Secret {
  const kind = members.take('kind', oneOf(['plain', 'passphrase']))
  const secret: Secret =
    kind === 'plain'
      ? { kind, key: members.take('key', hexBytes(secretLength)) }
      : {
          kind,
          memory: members.take('memory', range(8 * 1024, 2 ** 30)),
          nonce: members.take('nonce', hexBytes(24)),
          operations: members.take('operations', range(1, 16)),
          salt: members.take('salt', hexBytes(16)),
          sealed: members.take('sealed', hexBytes(secretLength + 16)),
        }
  members.end()
  return secret
}

async function unlock(secret: Locked, passphrase: Passphrase | undefined): Promise<Uint8Array> {
  if (passphrase === undefined) {
    throw new UnderstudyError('invalid-argument', 'The identity is under a passphrase')
  }
  const text = typeof passphrase === 'string' ? passphrase : await passphrase()
  // Argon2id is in the larger build of libsodium alone; who has no passphrase does not load it.
  const { default: argon } = await import('libsodium-wrappers-sumo')
  await argon.ready
  const { operations, memory, salt, nonce, sealed } = secret
  const algorithm = argon.crypto_pwhash_ALG_ARGON2ID13
  const key = argon.crypto_pwhash(32, text, salt, operations, memory, algorithm)
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, context, nonce, key)
  } catch {
    throw new UnderstudyError(
      'passphrase-wrong',
      'The passphrase is wrong, or the file was altered',
    )
  } finally {
    sodium.memzero(key)
  }
}

const prefix = 'understudy'
const context = 'understudy/1 identity'
const secretLength = 64
const maxFile = 64 * 1024
