// No metric: the documents of a recording have these members and no others, and a released copy says no more of anyone than its day.
import { readFile } from 'node:fs/promises'
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import { consent, countersign, Recorder, release } from '../ts/index.js'
import { hashOf } from '../ts/seal.js'
import { parties, played } from './studio.js'

type Json = Readonly<Record<string, unknown>>

const day = 86_400

/** A recording under a receipt that has every member there is and names this machine and its user, and a copy of it. */
async function released(t: ExecutionContext) {
  const { folder, identity, office, recipient, sign } = await parties(t)
  const layer = { schema: 'understudy.policy/1', layer: 'recording' }
  const terms = {
    tracks: ['pointer', 'keyboard', 'screen', 'context'],
    live: ['pointer'],
    purpose: 'agent-training',
    recipients: [recipient],
    controller: {
      name: `Office of ${userInfo().username}`,
      contact: `${userInfo().username}@${hostname()}`,
      ...{ sign, jurisdiction: ['US-NY'], storage: ['US'], retention: 90 },
    },
    policy: [native.policyDigest({ name: 'x', text: JSON.stringify(layer) })],
    expires: Math.floor(Date.now() / 1000) + 3600,
  } as const
  const before = await consent({ identity, terms })
  const replaces = hashOf(Buffer.from(before))
  const signed = await consent({ identity, terms: { ...terms, replaces }, replaces: before })
  const receipt = await countersign({ identity: office, receipt: signed })
  const recorder = await Recorder.start({
    ...{ receipt, policy: [layer], folder: join(folder, 'r') },
    synthetic: { seconds: 2, width: 64, height: 64, asap: true },
  })
  await played(recorder)
  const { path } = await recorder.stop()
  const copy = await release({ recording: path, identity, to: recipient })
  return { path, copy: copy.path, terms, replaces }
}

async function read(path: string, name: string): Promise<Json> {
  return JSON.parse(await readFile(join(path, name), 'utf8')) as Json
}

/** Every member there is, at any depth: `contributor.open`. */
function members(value: unknown, under = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((inner) => members(inner, under))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    `${under}${name}`,
    ...members(inner, `${under}${name}.`),
  ])
}

/** Every string and number, at any depth. */
function leaves(value: unknown): (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : []
}

// Whoever adds a member adds it here, and asks what it tells of a person.
const everyReceipt = [
  ...['coarse', 'coarse.grid', 'coarse.idle', 'coarse.key'],
  ...['contributor', 'contributor.open', 'contributor.sign', 'direct'],
  ...['event', 'event.state', 'event.type', 'expires', 'id', 'issued', 'language', 'live'],
  ...['notice', 'prohibited', 'purpose', 'recipients', 'schema', 'signature', 'tracks'],
  ...['withdrawal', 'withdrawal.effects', 'withdrawal.method'],
]
const ownReceipt = [
  ...everyReceipt,
  ...['controller', 'controller.contact', 'controller.jurisdiction', 'controller.name'],
  ...['controller.retention', 'controller.sign', 'controller.storage', 'countersignature'],
  ...['filter', 'filter.detectors', 'filter.floor', 'policy', 'record', 'replaces'],
]
const header = [
  ...['device', 'format', 'id', 'platform', 'policy', 'receipt', 'signature'],
  ...['software', 'started', 'tracks'],
]
const manifest = [
  ...['coarse', 'coarse.grid', 'coarse.idle', 'coarse.key', 'consent', 'day', 'header', 'journal'],
  ...['receipt', 'recipient', 'recording', 'schema', 'signature', 'tracks'],
]

test('the documents have these members, none of which counts or scores a person', async (t) => {
  const { path, copy } = await released(t)
  t.deepEqual(members(await read(path, 'receipt.json')).sort(), ownReceipt.sort())
  t.deepEqual(members(await read(copy, 'receipt.json')).sort(), everyReceipt.sort())
  t.deepEqual(members(await read(path, 'header.json')).sort(), header.sort())
  t.deepEqual(members(await read(copy, 'header.json')).sort(), header.sort())
  t.deepEqual(members(await read(copy, 'release.json')).sort(), manifest.sort())
  const scores =
    /score|speed|rate|active|productiv|duration|hours|words|keystrokes|count(?!ersign)|efficien/i
  t.deepEqual(
    [...ownReceipt, ...header, ...manifest].filter((name) => scores.test(name)),
    [],
  )
})

test('a released receipt tells the day and no host, user or controller', async (t) => {
  const { path, copy, terms, replaces } = await released(t)
  const own = await read(path, 'receipt.json')
  const now = Date.now() / 1000
  const told: string[] = []
  for (const name of ['receipt.json', 'header.json', 'release.json']) {
    for (const leaf of leaves(await read(copy, name))) {
      if (typeof leaf === 'string') told.push(leaf)
      // Seconds and milliseconds since 1970 of these years; smaller numbers are days and steps.
      else if (leaf > 1e6) {
        t.is(leaf % (leaf > 1e11 ? day * 1000 : day), 0, `${name}: ${leaf} is a day`)
        t.true(Math.abs((leaf > 1e11 ? leaf / 1000 : leaf) - now) < 2 * day)
      }
    }
  }
  const persons = [hostname(), userInfo().username, homedir(), terms.controller.contact]
  const traces = leaves(own).filter((leaf) => typeof leaf === 'string' && leaf.length >= 32)
  // Those that the copy is for, and for what, are in both.
  const shared = new Set(leaves([own['recipients'], own['prohibited'], own['withdrawal']]))
  const hidden = [...persons, replaces, ...traces.filter((leaf) => !shared.has(leaf))]
  t.true(hidden.length > 12)
  for (const text of hidden.map(String)) {
    t.false(
      told.some((leaf) => leaf.includes(text)),
      text,
    )
  }
})
