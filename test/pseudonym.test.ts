// The contributor's own keys stay with them: each controller sees a pseudonym, and a new one every 30 days.
import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import sodium from 'libsodium-wrappers'
import { fromHex, toHex } from '../ts/bytes.js'
import {
  consent,
  type Controller,
  countersign,
  forget,
  openRecording,
  openStore,
  Recorder,
  release,
  runningRecorders,
  upload,
  withdraw,
} from '../ts/index.js'
import { MemorySource, spellPublicKey } from '../ts/reader.js'
import { parseReceipt, type Receipt } from '../ts/receipt.js'
import { bytesOf, secretOf } from './folder.js'
import { pseudonymOf } from './pseudonym.js'
import { contributorIdentity, Writer } from './recording.js'
import { pointermove } from './encode.js'
import { collect, parties, played, publicKeys, readAll, studio, understudy } from './studio.js'

function controllerOf(sign: string): Controller {
  const [jurisdiction, storage] = [['DE'], ['DE']]
  return { name: 'E', contact: 'e@example.org', sign, jurisdiction, storage, retention: 30 }
}

function termsFor(recipient: string, controller?: Controller) {
  return {
    tracks: ['pointer', 'keyboard', 'context'] as const,
    purpose: 'agent-training' as const,
    recipients: [recipient],
    expires: Math.floor(Date.now() / 1000) + 3600,
    ...(controller && { controller }),
  }
}

function parsed(receipt: string): Receipt {
  return parseReceipt(new TextEncoder().encode(receipt))
}

async function seedOf(identity: string): Promise<Uint8Array> {
  return fromHex(await secretOf(identity)).subarray(32)
}

test('the core derives what the format says, and each controller sees another', async (t) => {
  const { identity, recipient, sign } = await parties(t)
  const other = toHex(sodium.randombytes_buf(32))
  const seed = await seedOf(identity)
  const seen = new Set<string>()
  for (const controller of [sign, other, undefined]) {
    const terms = termsFor(
      recipient,
      controller === undefined ? undefined : controllerOf(controller),
    )
    const { contributor, issued } = parsed(await consent({ identity, terms }))
    const { open, sign: signing } = pseudonymOf(seed, issued, controller)
    t.is(contributor.open, toHex(open.publicKey))
    t.is(contributor.sign, toHex(signing.publicKey))
    seen.add(contributor.open).add(contributor.sign)
    const again = parsed(await consent({ identity, terms }))
    t.deepEqual(again.contributor, contributor, 'the same for thirty days')
  }
  t.is(seen.size, 6)
})

test('a recording of any period opens, with the identity alone', async (t) => {
  for (const issued of [1_000_000_000, 1_000_000_000 + 30 * 86_400]) {
    const times = { issued, expires: issued + 10 }
    const writer = new Writer({ header: { started: issued * 1000 }, receipt: times })
    writer.begin('pointer')
    writer.chunk('pointer', pointermove(1, 2, 3))
    const source = new MemorySource(writer.stop().files)
    const identity = await contributorIdentity()
    t.is((await collect(openRecording(source, { identity }))).length, 1)
    t.true(
      identity.privateKey.some((byte) => byte !== 0),
      'what was derived is wiped, and no more',
    )
  }
})

test('wiping an identity ends what is read with it, and wipes what follows from it', async (t) => {
  const writer = new Writer({})
  writer.begin('pointer')
  for (const time of [1, 2, 3]) writer.chunk('pointer', pointermove(time, 2, 3))
  const source = new MemorySource(writer.stop().files)
  const identity = await contributorIdentity()
  const [kept, gone] = [identity.derive('kept'), identity.derive('gone')]
  gone.wipe()
  t.true(kept.privateKey.some((byte) => byte !== 0))
  const recording = openRecording(source, { identity })
  const items = recording.read()
  t.false((await items.next()).done)
  identity.wipe()
  const wiped = { code: 'identity-invalid', message: /wiped/ }
  await t.throwsAsync(items.next(), wiped)
  await t.throwsAsync(collect(recording.read()), wiped)
  t.true(kept.privateKey.every((byte) => byte === 0))
  for (const one of [identity, kept]) {
    t.throws(() => one.sign(new Uint8Array(1)), wiped)
    t.throws(() => one.derive('more'), wiped)
  }
})

test('the identity’s public keys are in nothing that anybody gets', async (t) => {
  const { folder, identity, office, recipient, sign } = await parties(t)
  const own = await publicKeys(identity)
  const spelt = spellPublicKey(fromHex(own.open))
  const telling = [own.open, own.sign].flatMap((key) => {
    const bytes = Buffer.from(key, 'hex')
    return [bytes, Buffer.from(key), Buffer.from(bytes.toString('base64'))]
  })
  const tells = (bytes: Uint8Array) =>
    [...telling, Buffer.from(spelt)].filter((key) => Buffer.from(bytes).includes(key)).length

  const signed = await consent({ identity, terms: termsFor(recipient, controllerOf(sign)) })
  const receipt = await countersign({ identity: office, receipt: signed })
  t.is(tells(Buffer.from(receipt)), 0)
  const [out, store] = [join(folder, 'out'), join(folder, 'store')]
  const recorder = await Recorder.start({
    receipt,
    folder: join(out, 'r'),
    synthetic: { asap: true, seconds: 8 },
  })
  await played(recorder)
  const running = (await runningRecorders()).map(({ last }) => last)
  t.is(tells(Buffer.from(JSON.stringify(running))), 0)
  const { path: recording } = await recorder.stop()
  await forget({ recording, identity, from: 0, to: 4e9 })
  await release({ recording, identity, to: recipient })
  const mine = await release({ recording, identity, to: spelt })
  t.true((await readAll(mine.path, identity)).length > 0)
  t.is((await readdir(join(mine.path, 'openings'))).length, 1)
  await upload({ recording, store: openStore({ to: store }) })
  const nowhere = async (where: string) => {
    t.is(tells(await bytesOf(where)), 0)
    const names = await readdir(where, { recursive: true })
    t.is(tells(Buffer.from(names.join('\n'))), 0)
    return names.length
  }
  t.true((await nowhere(out)) > 20)
  t.true((await nowhere(store)) > 4)
  const withdrawn = await withdraw({ folder: out, identity })
  t.like(withdrawn, { recordings: [recording], failed: [] })
  t.is(withdrawn.copies.length, 2)
  await nowhere(out)
})

test('whoever has another identity is told so, and changes nothing', async (t) => {
  const { receipt, out, publicKey: to } = await studio(t)
  const other = await studio(t)
  const { path } = await (await start(receipt, out)).stop()
  const before = await bytesOf(path)
  const { identity } = other
  const wrong = { code: 'identity-mismatch' }
  t.like(await t.throwsAsync(readAll(path, identity)), wrong)
  t.like(await t.throwsAsync(forget({ recording: path, identity })), wrong)
  t.like(await t.throwsAsync(release({ recording: path, identity, to })), wrong)
  t.deepEqual((await withdraw({ folder: out, identity })).recordings, [])
  t.deepEqual(await bytesOf(path), before)
})

test('withdrawing stops what is recorded under any of the contributor’s pseudonyms', async (t) => {
  const { folder, identity, office, recipient, sign } = await parties(t)
  const other = await studio(t)
  const out = join(folder, 'out')
  const free = await consent({ identity, terms: termsFor(recipient) })
  const bound = await countersign({
    identity: office,
    receipt: await consent({ identity, terms: termsFor(recipient, controllerOf(sign)) }),
  })
  const recorders = await Promise.all([start(free, out), start(bound, out)])
  const theirs = await start(other.receipt, join(out, 'theirs'))
  t.teardown(() => theirs.stop())
  const withdrawn = await withdraw({ folder: out, identity })
  t.is(withdrawn.stopped.length, 2)
  t.is(withdrawn.recordings.length, 2)
  t.deepEqual(
    recorders.map(({ state }) => state.type),
    ['stopped', 'stopped'],
  )
  t.is(theirs.state.type, 'recording')
})

test('nobody names themselves by their own keys, or tells one controller of another', async (t) => {
  const { folder, identity, recipient, sign } = await parties(t)
  const own = await publicKeys(identity)
  const refused = { code: 'invalid-argument' }
  const asRecipient = termsFor(spellPublicKey(fromHex(own.open)))
  t.like(await t.throwsAsync(consent({ identity, terms: asRecipient })), refused)
  const asController = termsFor(recipient, controllerOf(own.sign))
  t.like(await t.throwsAsync(consent({ identity, terms: asController })), refused)
  const [before, controller] = [join(folder, 'before.json'), join(folder, 'controller.json')]
  await writeFile(before, await consent({ identity, terms: termsFor(recipient) }))
  await writeFile(controller, JSON.stringify(controllerOf(sign)))
  const told = await understudy([
    ...['consent', '--identity', identity, '--recipient', recipient, '--tracks', 'pointer'],
    ...['--purpose', 'agent-training', '--expires', '1d', '--agree', '--controller', controller],
    ...['--replaces', before, '--out', join(folder, 'after.json')],
  ])
  t.is(told.code, 1)
  t.regex(told.err, /for another controller.*consent anew/)
})

test('a contributor’s layer holds under the pseudonym of the receipt, and names no other', async (t) => {
  const { folder, identity, office, recipient, sign } = await parties(t)
  const own = await publicKeys(identity)
  const draft = join(folder, 'draft.json')
  const schema = 'understudy.policy/1'
  await writeFile(draft, JSON.stringify({ schema, layer: 'contributor', tracks: ['pointer'] }))
  const controller = join(folder, 'controller.json')
  await writeFile(controller, JSON.stringify(controllerOf(sign)))
  const signed = await consent({ identity, terms: termsFor(recipient, controllerOf(sign)) })
  const receipt = join(folder, 'receipt.json')
  await writeFile(receipt, await countersign({ identity: office, receipt: signed }))
  const layer = async (who: string, from: string, ...more: string[]) => {
    const out = join(folder, 'layer.json')
    const args = ['policy', 'sign', from, '--identity', who, '--out', out, '--force', ...more]
    const { code, err } = await understudy(args)
    return code === 0 ? await readFile(out, 'utf8') : err
  }
  for (const how of [
    ['--receipt', receipt],
    ['--controller', controller],
  ]) {
    const text = await layer(identity, draft, ...how)
    t.false(text.includes(own.sign))
    const recorder = await start(receipt, join(folder, 'out'), { policy: [text] })
    const { path } = await recorder.stop()
    t.deepEqual((await openRecording(path).info())?.tracks.length, 1)
  }
  const forNobody = await layer(identity, draft)
  t.like(
    await t.throwsAsync(start(receipt, join(folder, 'out'), { policy: [forNobody] })),
    { code: 'policy-invalid' },
    'another pseudonym',
  )
  const [foreign, agreed] = [join(folder, 'foreign.json'), join(folder, 'agreed.json')]
  await writeFile(foreign, forNobody)
  const agree = async (named: string) =>
    await understudy([
      ...['consent', '--identity', identity, '--recipient', recipient, '--tracks', 'pointer'],
      ...['--purpose', 'agent-training', '--expires', '1d', '--agree', '--controller', controller],
      ...['--policy', named, '--out', agreed],
    ])
  const refused = await agree(foreign)
  t.is(refused.code, 1)
  t.regex(refused.err, /foreign\.json: .*not by who signed.*agree again \(policy-invalid\)/)
  await t.throwsAsync(access(agreed), { code: 'ENOENT' })
  await writeFile(foreign, await layer(identity, draft, '--controller', controller))
  t.is((await agree(foreign)).code, 0)
  t.regex(await layer(office, draft, '--receipt', receipt), /did not sign the receipt/)
  const theirs = join(folder, 'theirs.json')
  await writeFile(theirs, JSON.stringify({ schema, layer: 'organisation' }))
  t.regex(await layer(identity, theirs, '--receipt', receipt), /only a contributor's own layer/)
})

async function start(receipt: string, out: string, more: object = {}) {
  return await Recorder.start({ receipt, out, synthetic: { seconds: 600 }, ...more })
}
