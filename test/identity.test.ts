import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Passphrase } from '../ts/identity.js'
import { Identity, openIdentity, parsePublicKey, spellPublicKey } from '../ts/reader.js'
import { concat } from './encode.js'
import { identityFile, temporaryFolder } from './folder.js'
import { contributor, stranger } from './recording.js'

async function open(t: ExecutionContext, bytes: Uint8Array, passphrase?: Passphrase) {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'identity.json'), bytes)
  return await openIdentity(folder, passphrase === undefined ? {} : { passphrase })
}

test('an identity without a passphrase opens', async (t) => {
  const identity = await open(t, identityFile())
  t.deepEqual(identity.publicKey, contributor.open.publicKey)
  t.deepEqual(identity.privateKey, contributor.open.privateKey)
})

test('an identity with a passphrase opens with it, and with no other', async (t) => {
  const identity = await open(t, identityFile('Grüße'), () => 'Grüße')
  t.deepEqual(identity.privateKey, contributor.open.privateKey)
  await t.throwsAsync(open(t, identityFile('Grüße'), 'Grusse'), { code: 'passphrase-wrong' })
  await t.throwsAsync(open(t, identityFile('Grüße')), { code: 'invalid-argument' })
})

test('a passphrase is not asked for when none is needed', async (t) => {
  await open(t, identityFile(), () => {
    t.fail()
    return ''
  })
  t.pass()
})

test('a malformed identity is refused', async (t) => {
  const foreign = Buffer.from(stranger.publicKey).toString('hex')
  const files = [
    new Uint8Array(0),
    concat(identityFile(), [0x0a]),
    identityFile(undefined, { open: foreign }),
    identityFile(undefined, { sign: foreign }),
    identityFile(undefined, { schema: 'understudy.identity/2' }),
    identityFile(undefined, { secret: { kind: 'plain', key: '00' } }),
    identityFile(undefined, { more: 1 }),
  ]
  for (const file of files) await t.throwsAsync(open(t, file), { code: 'identity-invalid' })
})

test('a missing identity is a failure of reading', async (t) => {
  await t.throwsAsync(openIdentity(await temporaryFolder(t)), { code: 'io' })
})

test('a public key comes back from its text', async (t) => {
  const identity = await Identity.fromPrivateKey(contributor.open.privateKey)
  const text = String(identity)
  t.regex(text, /^understudy1[02-9ac-hj-np-z]+$/)
  t.deepEqual(parsePublicKey(text), identity.publicKey)
  t.is(spellPublicKey(parsePublicKey(text)), text)
})

test('text that is not a public key is refused', (t) => {
  const text = spellPublicKey(contributor.open.publicKey)
  const wrong = [
    '',
    'understudy1',
    text.slice(0, -1),
    `${text}q`,
    text.replace('understudy', 'age'),
  ]
  for (const one of wrong) t.throws(() => parsePublicKey(one), { code: 'invalid-argument' })
})

test('a wiped identity holds no secret', async (t) => {
  const identity = await Identity.fromPrivateKey(contributor.open.privateKey)
  identity.wipe()
  t.deepEqual(identity.privateKey, new Uint8Array(32))
})
