// `understudy review`, as a shell sees it.
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { buildPage } from '../scripts/page.mjs'
import * as native from '../native/binding.js'
import { openRecording, Recorder, tracks } from '../ts/index.js'
import { exchange, get, keyOf } from './ask.js'
import { identityFile, temporaryFolder, writeFiles } from './folder.js'
import { Writer } from './recording.js'
import { anybody, begin, outcome, played } from './studio.js'

test.before(async () => {
  await buildPage()
})

test('the command says the address, and ends with Ctrl-C', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(join(folder, 'recording'), new Writer().stop().files)
  await writeFiles(join(folder, 'locked'), new Map([['identity.json', identityFile('pass')]]))
  await writeFiles(join(folder, 'plain'), new Map([['identity.json', identityFile()]]))
  for (const identity of ['locked', 'plain']) {
    const args = ['review', join(folder, 'recording'), '--identity', join(folder, identity)]
    const { child, page, headers } = await reviewing(t, args)
    t.regex(page.href, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/)
    const given = await get(page, '/identity', { headers })
    t.is(given.status, identity === 'locked' ? 200 : 404)
    child.kill('SIGINT')
    const { code, err } = await outcome(child)
    t.is(code, 0, err)
    t.is(err.includes('has no passphrase'), identity === 'plain')
  }
  const refused = await outcome(begin(t, ['review', join(folder, 'none'), '--json']))
  t.is(refused.code, 1)
  t.regex(refused.err, /"code":"io"/)
})

test('the command forgets and releases for the page, with its passphrase from elsewhere', async (t) => {
  const folder = await temporaryFolder(t)
  const [identity, receipt, path] = ['id', 'receipt.json', 'recording'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const passphrase = 'correct horse'
  const to = await native.makeIdentity(identity, Buffer.from(passphrase))
  const expires = Math.floor(Date.now() / 1000) + 3600
  const agreed = { tracks: [...tracks], live: [], purpose: 'agent-training', notice: '' }
  const terms = { ...agreed, recipients: [await anybody()], expires }
  await writeFile(receipt, await native.consent(identity, terms, Buffer.from(passphrase)))
  const synthetic = { seconds: 4, asap: true, width: 64, height: 64 }
  // Typed text, so that there is something at every time.
  const trusted = ['Editor', 'Terminal', 'Vault']
  const recorder = await Recorder.start({ receipt, folder: path, trusted, synthetic })
  await played(recorder)
  await recorder.stop()

  const run = async (environment: NodeJS.ProcessEnv) => {
    const args = ['review', path, '--identity', identity]
    const { child, page, headers } = await reviewing(t, args, environment)
    const post = async (name: string, steps: unknown) => {
      const sent = { method: 'POST', body: JSON.stringify({ steps }), headers }
      return JSON.parse((await get(page, `/${name}`, sent)).bytes.toString()) as object
    }
    return { child, post }
  }
  const wrong = await run({ UNDERSTUDY_PASSPHRASE: 'wrong' })
  const refused = await wrong.post('forget', [{ from: 1e9 }])
  t.like(refused, { done: [], error: { code: 'passphrase-wrong' } })
  wrong.child.kill('SIGINT')
  await outcome(wrong.child)

  const right = await run({ UNDERSTUDY_PASSPHRASE: passphrase })
  const forgotten = await right.post('forget', [{ from: 1e9, to: 2e9 }, { tracks: ['pointer'] }])
  t.deepEqual(forgotten, { done: ['', ''] }, JSON.stringify(forgotten))
  const info = await openRecording(path).info()
  t.is(info?.tracks.find(({ track }) => track === 'pointer')?.segments, 0)
  t.is(info?.facts.filter(({ type }) => type === 'forget').length, 5)
  const copied = await right.post('release', [{ to, tracks: ['keyboard'], except: [] }])
  const [copy = ''] = (copied as { done: string[] }).done
  t.is((await openRecording(copy).verify()).status, 'intact')
  const stranger = await right.post('release', [{ to: 'x', tracks: ['keyboard'], except: [] }])
  t.like(stranger, { error: { code: 'invalid-argument' } })
  right.child.kill('SIGINT')
  await outcome(right.child)
})

/** Starts a review, and its session. */
async function reviewing(
  t: ExecutionContext,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
) {
  const child = begin(t, [...args, '--json'], environment)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const page = new URL((JSON.parse(String(line)) as { url: string }).url)
  return { child, page, headers: await keyOf(exchange(page)) }
}
