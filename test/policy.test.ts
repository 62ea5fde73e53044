import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { PolicyReport } from '../ts/cli/explain.js'
import {
  type ErrorCode,
  openRecording,
  Recorder,
  type RecorderOptions,
  UnderstudyError,
} from '../ts/index.js'
import { played, type Studio, studio, understudy } from './studio.js'

const schema = 'understudy.policy/1'

/** Writes a layer, and signs it with an identity where one is given; returns its path and its author's key. */
async function layer(person: Studio, name: string, members: object, identity?: string) {
  const draft = join(person.folder, `${name}-draft.json`)
  await writeFile(draft, JSON.stringify({ schema, ...members }, null, 2))
  if (identity === undefined) return { path: draft, key: '' }
  const path = join(person.folder, `${name}.json`)
  const { code, out, err } = await understudy([
    ...['policy', 'sign', draft],
    ...['--identity', identity, '--out', path],
  ])
  if (code !== 0) throw new Error(err)
  return { path, key: out.trim() }
}

/** Records a synthetic desktop, and tells what is in the recording. */
async function record(person: Studio, options: Partial<RecorderOptions>) {
  const recorder = await Recorder.start({
    receipt: person.receipt,
    out: person.out,
    synthetic: { asap: true, seconds: 8 },
    ...options,
  } as RecorderOptions)
  await played(recorder)
  const { path } = await recorder.stop()
  return { info: await openRecording(path).info(), stats: recorder.stats() }
}

async function refusal(t: ExecutionContext, work: Promise<unknown>) {
  try {
    await work
  } catch (error) {
    if (error instanceof UnderstudyError) return error
    throw error
  }
  t.fail('nothing was refused')
  return undefined
}

test('layers are signed, named by their author’s key, and tighten what is recorded', async (t) => {
  const person = await studio(t)
  const { identity } = person
  const organisation = await layer(
    person,
    'org',
    { layer: 'organisation', tracks: ['pointer', 'screen', 'context'], maxFps: 2 },
    identity,
  )
  const mine = await layer(
    person,
    'mine',
    { layer: 'contributor', tracks: ['pointer', 'keyboard', 'context'] },
    identity,
  )
  const free = await record(person, {})
  const bound = await record(person, {
    policy: [organisation.path, await readFile(mine.path, 'utf8'), { schema, layer: 'recording' }],
    policyKeys: [organisation.key],
  })
  const names = (info: typeof free.info) => info?.tracks.map(({ track }) => track)
  t.deepEqual(names(free.info), ['pointer', 'keyboard', 'screen', 'context'])
  t.deepEqual(names(bound.info), ['pointer', 'context'])
  t.not(bound.info?.policy, free.info?.policy)
})

test('a layer that is altered, unsigned, of somebody else or not understood is refused', async (t) => {
  const person = await studio(t)
  const other = await studio(t)
  const members = { layer: 'organisation', maxFps: 5 }
  const org = await layer(person, 'org', members, other.identity)
  const theirs = await layer(person, 'theirs', { ...members, layer: 'contributor' }, other.identity)
  const draft = await layer(person, 'draft', members)
  const text = await readFile(org.path, 'utf8')
  const latin = join(person.folder, 'latin.json')
  const excluding = { schema, layer: 'recording', exclude: { titles: ['Gehälter*'] } }
  await writeFile(latin, JSON.stringify(excluding), 'latin1')
  const long = join(person.folder, 'long.json')
  await writeFile(long, JSON.stringify({ schema, layer: 'recording' }) + ' '.repeat(256 * 1024))
  const refused: [Partial<RecorderOptions>, ErrorCode, RegExp][] = [
    [{ policy: [org.path] }, 'policy-invalid', /org\.json: it is signed by/],
    [{ policy: [draft.path], policyKeys: [org.key] }, 'policy-invalid', /not signed/],
    [{ policy: [theirs.path], policyKeys: [org.key] }, 'policy-invalid', /signed the receipt/],
    [{ policy: [text.replace(':5', ':50')], policyKeys: [org.key] }, 'policy-invalid', /altered/],
    [
      { policy: [{ schema, layer: 'recording', forget: false }] },
      'policy-invalid',
      /contributor's own/,
    ],
    [
      { policy: [{ schema, layer: 'recording', maxfps: 5 }] },
      'policy-invalid',
      /"maxfps" is no known/,
    ],
    [{ policy: ['{'] }, 'policy-invalid', /layer 1: it is not JSON/],
    [
      { policy: [{ schema, layer: 'recording', tracks: [] }] },
      'policy-scope',
      /none of the tracks/,
    ],
    [{ policy: [join(person.folder, 'missing.json')] }, 'io', /Cannot read the policy/],
    [{ policy: [latin] }, 'policy-invalid', /not valid UTF-8/],
    [{ policy: [long] }, 'policy-invalid', /longer than 262144 bytes/],
    [{ policyKeys: ['abc'] }, 'invalid-argument', /64/],
  ]
  for (const [options, code, why] of refused) {
    const error = await refusal(t, record(person, options))
    t.is(error?.code, code, error?.message)
    t.regex(error?.message ?? '', why)
  }
})

test('what a contributor agreed to under a layer is not recorded without it', async (t) => {
  const person = await studio(t)
  const org = await layer(person, 'org', { layer: 'organisation', maxFps: 9 }, person.identity)
  const bad = await layer(person, 'bad', { layer: 'organisation', review: 'none' })
  const receipt = join(person.folder, 'bound.json')
  const consent = (file: string) =>
    understudy([
      ...['consent', '--identity', person.identity, '--recipient', person.publicKey],
      ...['--tracks', 'pointer,context', '--purpose', 'agent-training', '--expires', '1d'],
      ...['--policy', file, '--out', receipt, '--agree'],
    ])
  const refused = await consent(bad.path)
  t.is(refused.code, 1)
  t.regex(refused.err, /"review" is the contributor's own/)
  const agreed = await consent(org.path)
  t.is(agreed.code, 0, agreed.err)
  t.regex(
    agreed.err,
    /org\.json has the hash ([0-9a-f]{64})\n.*nothing is recorded unless the layers with these hashes are in force.* {2}- \1\n/s,
  )

  const mine = { schema, layer: 'recording' }
  const error = await refusal(t, record(person, { receipt, policy: [mine] }))
  t.is(error?.code, 'receipt-scope', error?.message)
  const { info } = await record(person, {
    receipt,
    policy: [mine, org.path],
    policyKeys: [org.key],
  })
  t.is(info?.tracks.length, 2)
})

test('check says in plain words what would be captured, and by which layer not', async (t) => {
  const person = await studio(t)
  const org = await layer(
    person,
    'org',
    {
      layer: 'organisation',
      exclude: { applications: ['SAP*'], titles: ['Payroll*'], addresses: ['hr.example.org'] },
      maxFps: 5,
      detectors: 'strict',
    },
    person.identity,
  )
  const { code, out } = await understudy(['policy', 'check', org.path, '--key', org.key])
  t.is(code, 0)
  for (const line of [
    `${org.path}: an organisation's layer, signed by ${org.key}`,
    'Captured would be: pointer, keyboard, screen, context',
    `application sap* (by ${org.path})`,
    `title payroll* (by ${org.path})`,
    `address hr.example.org (by ${org.path})`,
    'password managers:',
    'personal banking:',
    `at most 5 pictures a second (by ${org.path})`,
    `detectors: strict (by ${org.path})`,
    'of no application alone (by this recording)',
  ]) {
    t.true(out.includes(line), line)
  }
  t.false(out.includes('keepassxc'))
  const floor = await understudy(['policy', 'check', '--floor'])
  t.true(floor.out.includes('application keepassxc'))
})

test('check fails where a layer does not hold, and names what is wrong', async (t) => {
  const person = await studio(t)
  const wrong = await layer(person, 'wrong', { layer: 'recording', pause: true, screens: 1 })
  const { code, out } = await understudy(['policy', 'check', wrong.path])
  t.is(code, 1)
  t.regex(out, /"pause" is the contributor's own/)
  t.regex(out, /"screens" is no known member/)
  t.regex(out, /Nothing would be captured/)
  const draft = await layer(person, 'draft', { layer: 'organisation' })
  t.is((await understudy(['policy', 'check', draft.path])).code, 0, 'nobody asked for a signature')
  const json = await understudy(['policy', 'check', draft.path, '--json', '--key', 'ab'.repeat(32)])
  t.is(json.code, 1)
  const report = JSON.parse(json.out) as PolicyReport
  t.false(report.valid)
  t.regex(report.layers[0]?.problems[0] ?? '', /not signed/)
  t.true(report.tracks.every(({ allowed }) => !allowed))
  t.is((await understudy(['policy', 'check', 'missing.json'])).code, 1)
  t.is((await understudy(['policy', 'check', '--key', 'abc'])).code, 2)
})

test('what cannot be a layer is not signed', async (t) => {
  const person = await studio(t)
  const draft = await layer(person, 'draft', { layer: 'organisation', withdraw: 'never' })
  const out = join(person.folder, 'signed.json')
  const sign = ['policy', 'sign', draft.path, '--identity', person.identity, '--out', out]
  const { code, err } = await understudy(sign)
  t.is(code, 1)
  t.regex(err, /"withdraw" is the contributor's own.*policy-invalid/)
  await t.throwsAsync(readFile(out))
})
