// Consent: what is said in plain words and what is signed are the same, and the recorder goes by what was signed.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import sodium from 'libsodium-wrappers'
import { type Json, signedFile } from '../ts/canonical.js'
import { releaseCoarse } from '../ts/consent.js'
import {
  type ConsentTerms,
  consent,
  consentText,
  type Controller,
  countersign,
  type ErrorCode,
  isUnderstudyError,
  openIdentity,
  openRecording,
  policyDigests,
  prohibitedUses,
  type Receipt,
  receiptText,
  Recorder,
} from '../ts/index.js'
import { parseReceipt } from '../ts/receipt.js'
import { hashOf } from '../ts/seal.js'
import { pseudonymOf } from './pseudonym.js'
import { secretOf } from './folder.js'
import { parties, understudy } from './studio.js'

/** A contributor and a controller, with what the first is asked. */
async function asked(t: ExecutionContext) {
  const { folder, identity, office, recipient, sign } = await parties(t)
  const controller: Controller = {
    name: 'Example Robotics',
    contact: 'privacy@example.org',
    sign,
    jurisdiction: ['US-NY', 'DE'],
    storage: ['FR'],
    retention: 365,
  }
  const terms: ConsentTerms = {
    tracks: ['pointer', 'screen'],
    live: ['pointer'],
    direct: true,
    purpose: 'agent-training',
    recipients: [recipient],
    controller,
    policy: await policyDigests([{ schema: 'understudy.policy/1', layer: 'recording' }]),
    expires: Math.floor(Date.now() / 1000) + 3600,
  }
  return { folder, identity, office, recipient, controller, terms }
}

function parsed(receipt: string): Receipt {
  return parseReceipt(new TextEncoder().encode(receipt))
}

function start(folder: string, receipt: string, more: object = {}) {
  return Recorder.start({
    receipt,
    folder: join(folder, 'never'),
    synthetic: { seconds: 1, width: 64, height: 64, asap: true },
    ...more,
  })
}

function without<T extends object>(object: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as T
}

async function refusal(t: ExecutionContext, promise: Promise<unknown>) {
  const error = await t.throwsAsync(promise)
  if (isUnderstudyError(error)) return error
  throw new Error('was not refused as it should be', { cause: error })
}

test('the text follows from the receipt, and its hash is signed', async (t) => {
  const { identity, office, terms } = await asked(t)
  const first = await consent({ identity, terms })
  t.is(receiptText(parsed(first)), consentText(terms))
  t.is(parsed(first).notice, hashOf(Buffer.from(consentText(terms))))
  const renewed = { ...terms, replaces: hashOf(Buffer.from(first)) }
  const second = await consent({ identity, terms: renewed, replaces: first })
  t.is(receiptText(parsed(second)), consentText(renewed))
  t.is(parsed(second).record, parsed(first).record)
  t.not(parsed(second).id, parsed(first).id)
  const both = await countersign({ identity: office, receipt: second })
  t.is(receiptText(parsed(both)), consentText(renewed))
  t.deepEqual(parsed(both).coarse, releaseCoarse, 'what this version releases')
  t.deepEqual(parsed(both).prohibited, prohibitedUses)
  const error = await refusal(t, consent({ identity, terms: renewed, replaces: both }))
  t.is(error.code, 'invalid-argument', 'another one than the text names')
  t.is((await refusal(t, consent({ identity, terms: renewed }))).code, 'invalid-argument')
})

test('every member of a receipt that matters to a person is said', async (t) => {
  const { identity, office, terms } = await asked(t)
  const before = await consent({ identity, terms })
  const renewed = { ...terms, replaces: hashOf(Buffer.from(before)) }
  const signed = await consent({ identity, terms: renewed, replaces: before })
  const receipt = await countersign({ identity: office, receipt: signed })
  const said: Record<string, readonly string[]> = {
    controller: ['Example Robotics', 'privacy@example.org', 'US-NY, DE', 'kept in FR', '365 days'],
    tracks: ['where the mouse goes', 'pictures of everything', 'Also not: your keys'],
    live: ['may also read, at once and unsealed'],
    direct: ['Released without your review', 'Nobody has looked through it then', 'stop --keep'],
    purpose: ['to train software agents'],
    prohibited: [
      ...['assess your performance', 'measure productivity', 'attendance', 'discipline'],
      ...['what you feel', 'who\nyou are', 'not sold on'],
    ],
    recipients: terms.recipients,
    policy: terms.policy ?? [],
    filter: ['a version that leaves out other things by itself'],
    coarse: ['steps of 20 ms', 'in a row 80 ms apart', 'at most 5 s'],
    withdrawal: ['"understudy withdraw"', 'destroys your recordings', 'may not be used any more'],
    expires: [new Date(terms.expires * 1000).toISOString().slice(0, 10)],
    replaces: [renewed.replaces, 'both are one person’s'],
    countersignature: ['They have to sign this agreement too'],
    contributor: ['no name of yours', 'a pseudonym', 'a new one every 30 days'],
  }
  // What is no matter of agreement: the form, ids, when and in which language, and the text itself.
  const form = ['schema', 'id', 'record', 'event', 'language', 'issued', 'notice', 'signature']
  const members = Object.keys(JSON.parse(receipt) as object)
  t.deepEqual(members.sort(), [...form, ...Object.keys(said)].sort())
  const text = consentText(renewed)
  for (const [member, words] of Object.entries(said)) {
    for (const word of words) t.true(text.includes(word), `${member}: ${word}`)
  }
})

test('another value is another text', async (t) => {
  const { terms, recipient, controller } = await asked(t)
  const others: Partial<ConsentTerms>[] = [
    { tracks: ['pointer'] },
    { live: [] },
    { direct: false },
    { purpose: 'agent-evaluation' },
    { recipients: [recipient, recipient] },
    { policy: ['00'.repeat(32)] },
    { replaces: '00'.repeat(32) },
    { expires: terms.expires + 60 },
    { controller: { ...controller, name: 'Another' } },
    { controller: { ...controller, contact: 'elsewhere' } },
    { controller: { ...controller, sign: '00'.repeat(32) } },
    { controller: { ...controller, jurisdiction: ['FR'] } },
    { controller: { ...controller, storage: ['US'] } },
    { controller: { ...controller, retention: 1 } },
  ]
  const texts = others.map((other) => consentText({ ...terms, ...other }))
  t.is(new Set([...texts, consentText(terms)]).size, others.length + 1)
  t.true(consentText(terms).includes('Who answers'))
  t.false(consentText(without(terms, ['controller'])).includes('Who answers'))
})

test('a receipt that names a controller is no receipt before they have countersigned it', async (t) => {
  const { folder, identity, office, terms } = await asked(t)
  const free = without(terms, ['policy'])
  const signed = await consent({ identity, terms: free })
  const error = await refusal(t, start(folder, signed))
  t.is(error.code, 'receipt-invalid')
  t.regex(error.message, /has not countersigned.*understudy countersign/)
  t.is(
    (await refusal(t, countersign({ identity, receipt: signed }))).code,
    'identity-mismatch',
    'the contributor is not the controller',
  )
  const both = await countersign({ identity: office, receipt: signed })
  t.is(await countersign({ identity: office, receipt: both }), both, 'may be done twice')
  const alone = await consent({ identity, terms: without(free, ['controller']) })
  t.is(
    (await refusal(t, countersign({ identity: office, receipt: alone }))).code,
    'receipt-invalid',
  )
  const recorder = await start(folder, both)
  const { path } = await recorder.stop()
  t.true((await openRecording(path).info())?.receipt.countersigned)
})

test('what was not agreed to needs a new receipt, and the error says so', async (t) => {
  const { folder, identity, office, recipient, terms } = await asked(t)
  const both = async (change: Partial<ConsentTerms>) => {
    const receipt = await consent({ identity, terms: { ...terms, ...change } })
    return await countersign({ identity: office, receipt })
  }
  const stranger = (await openIdentity(office)).toString()
  const soon = await both({ policy: [], expires: Math.floor(Date.now() / 1000) + 1 })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const free = await both({ policy: [] })
  const cases: [ErrorCode, Promise<unknown>, RegExp][] = [
    ['receipt-expired', start(folder, soon), /expired/],
    ['receipt-scope', start(folder, await both({})), /layer of policy.*bring it back/],
    ['receipt-scope', start(folder, free, { recipients: [recipient, stranger] }), /recipient/],
    ['receipt-scope', start(folder, free, { tracks: ['keyboard'] }), /track keyboard/],
    ['receipt-scope', start(folder, await otherFilter(identity, free)), /leaves out by itself/],
  ]
  for (const [code, promise, message] of cases) {
    const error = await refusal(t, promise)
    t.is(error.code, code, error.message)
    t.regex(error.message, message)
    t.regex(error.message, /understudy consent --replaces/)
  }
  const recorder = await start(folder, free, { recipients: [recipient] })
  await recorder.stop()
})

/** A receipt from a version with another floor, signed by the contributor. */
async function otherFilter(identity: string, receipt: string): Promise<string> {
  const { issued, controller } = parsed(receipt)
  const seed = sodium.from_hex(await secretOf(identity)).subarray(32)
  const { privateKey } = pseudonymOf(seed, issued, controller?.sign).sign
  const signed = JSON.parse(receipt) as Record<string, Json>
  const members = without(signed, ['signature', 'countersignature', 'controller'])
  const filter = { ...(members['filter'] as Record<string, Json>), floor: '00'.repeat(32) }
  const sign = (bytes: Uint8Array) => sodium.crypto_sign_detached(bytes, privateKey, 'hex')
  return Buffer.from(signedFile('receipt', { ...members, filter }, sign)).toString()
}

test('consent, countersign and replace on the command line', async (t) => {
  const { folder, identity, office, recipient, controller } = await asked(t)
  const file = (name: string) => join(folder, name)
  await writeFile(file('controller.json'), JSON.stringify(controller, null, 2))
  const who = ['consent', '--identity', identity, '--recipient', recipient, '--agree']
  const what = ['--tracks', 'pointer,context', '--purpose', 'agent-training', '--expires', '1d']
  const whose = ['--controller', file('controller.json')]
  const agreed = await understudy([...who, ...what, ...whose, '--out', file('signed.json')])
  t.is(agreed.code, 0, agreed.err)
  t.regex(agreed.err, /Example Robotics[^]*countersign/)
  const signed = ['countersign', file('signed.json'), '--identity', office]
  const both = await understudy([...signed, '--out', file('receipt.json')])
  t.is(both.code, 0, both.err)
  t.true(agreed.err.startsWith(both.err), 'the controller sees what the contributor saw')
  const wrong = await understudy([...signed.slice(0, -1), identity, '--out', file('x'), '--json'])
  t.like(JSON.parse(wrong.err.trim().split('\n').at(-1) ?? ''), {
    error: { code: 'identity-mismatch' },
  })
  const again = await understudy([
    ...[...who, ...what, ...whose, '--direct'],
    ...['--replaces', file('receipt.json'), '--out', file('new.json')],
  ])
  t.is(again.code, 0, again.err)
  const [old, renewed] = await Promise.all(
    ['receipt.json', 'new.json'].map(async (name) => await readFile(file(name), 'utf8')),
  )
  t.is(parsed(renewed ?? '').replaces, hashOf(Buffer.from(old ?? '')))
  t.is(parsed(renewed ?? '').record, parsed(old ?? '').record)
  t.true(parsed(renewed ?? '').direct)
  await writeFile(file('controller.json'), JSON.stringify({ ...controller, storage: ['Mars'] }))
  const nowhere = await understudy([...who, ...what, ...whose, '--out', file('y'), '--json'])
  t.like(JSON.parse(nowhere.err), { error: { code: 'invalid-argument' } })
})
