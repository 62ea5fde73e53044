// Recordings and identities on disk, in a folder that goes away with the test.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import sodium from 'libsodium-wrappers'
import sumo from 'libsodium-wrappers-sumo'
import { concat, json } from './encode.js'
import { contributor } from './recording.js'

await sumo.ready

/** A new folder, removed when the test ends. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>) {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
}

/** Every byte of the files in a folder. */
export async function bytesOf(folder: string): Promise<Buffer> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((name) => name.isFile())
  return Buffer.concat(
    await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))),
  )
}

/** The contributor's `identity.json` (docs/format.md §12), with a passphrase or without. */
export function identityFile(passphrase?: string, change: object = {}): Uint8Array {
  const secret = concat(
    contributor.open.privateKey,
    // libsodium's secret key is the seed and the public key.
    contributor.sign.privateKey.subarray(0, 32),
  )
  return json({
    schema: 'understudy.identity/1',
    open: sodium.to_hex(contributor.open.publicKey),
    sign: sodium.to_hex(contributor.sign.publicKey),
    secret:
      passphrase === undefined
        ? { kind: 'plain', key: sodium.to_hex(secret) }
        : lock(secret, passphrase),
    ...change,
  })
}

/** The secret of an identity that is under no passphrase, as its file has it. */
export async function secretOf(identity: string): Promise<string> {
  const text = await readFile(join(identity, 'identity.json'), 'utf8')
  return (JSON.parse(text) as { secret: { key: string } }).secret.key
}

/** Puts an identity that is under no passphrase under one. Answers its secret. */
export async function lockIdentity(identity: string, passphrase: string): Promise<Buffer> {
  const path = join(identity, 'identity.json')
  const file = JSON.parse(await readFile(path, 'utf8')) as object
  const secret = Buffer.from(await secretOf(identity), 'hex')
  await writeFile(path, json({ ...file, secret: lock(secret, passphrase) }))
  return secret
}

function lock(secret: Uint8Array, passphrase: string): object {
  const salt = new Uint8Array(16).fill(7)
  const nonce = new Uint8Array(24).fill(8)
  const [operations, memory] = [2, 64 * 1024]
  const algorithm = sumo.crypto_pwhash_ALG_ARGON2ID13
  const key = sumo.crypto_pwhash(32, passphrase, salt, operations, memory, algorithm)
  const context = 'understudy/1 identity'
  return {
    kind: 'passphrase',
    memory,
    operations,
    salt: sodium.to_hex(salt),
    nonce: sodium.to_hex(nonce),
    sealed: sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
      secret,
      context,
      null,
      nonce,
      key,
      'hex',
    ),
  }
}
