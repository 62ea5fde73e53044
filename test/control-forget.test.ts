// Forgetting, and withdrawing, while it is recorded: as a shell and a host see it, and when the recorder is killed.
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import {
  consent,
  forget,
  type ForgottenLast,
  openRecording,
  Recorder,
  runningRecorders,
  settle,
  type SyntheticOptions,
  withdraw,
  type Withdrawn,
} from '../ts/index.js'
import { begin, outcome, readAll, sleep, type Studio, studio, understudy } from './studio.js'

/** In real time: something to see at every moment. */
const slow: SyntheticOptions = { seconds: 600, width: 320, height: 240, animate: true }
const trusted = ['Editor', 'Terminal', 'Vault']

/** A studio with a runtime folder of its own, which is this process's from then on: tests run one by one. */
async function place(t: ExecutionContext): Promise<Studio> {
  const made = await studio(t)
  const runtime = join(made.folder, 'run')
  await mkdir(runtime, { mode: 0o700 })
  process.env['XDG_RUNTIME_DIR'] = runtime
  return made
}

/** Every file of a recording, by its path. */
async function files(folder: string): Promise<Map<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)),
  )
}

const isSealed = (path: string) => /\.(key|seg)$/.test(path)

/** Of each sealed file the bytes at its end, which no other file has: those of a key end with names that many have. */
function canaries(before: ReadonlyMap<string, Buffer>): [string, Buffer][] {
  return [...before]
    .filter(([path]) => isSealed(path))
    .map(([path, bytes]) => [path, bytes.subarray(path.endsWith('.key') ? -120 : -40)])
}

test.serial('what was recorded last is nowhere, and the recording goes on', async (t) => {
  const { receipt, out, identity } = await place(t)
  const recorder = await Recorder.start({ receipt, out, trusted, synthetic: slow })
  await sleep(2500)
  const before = await files(recorder.path)
  const told = await understudy(['forget', '--last', '1h', '--json'])
  t.is(told.code, 0, told.err)
  const forgotten = JSON.parse(told.out) as ForgottenLast
  t.is(forgotten.spans.length, 1)
  t.true(forgotten.destroyed >= 3, told.out)
  const left = await files(recorder.path)
  for (const [path, canary] of canaries(before)) {
    const where = [...left].filter(([, bytes]) => bytes.includes(canary)).map(([name]) => name)
    // A track of which nothing was judged yet has a segment that holds nothing.
    const isGone = !left.has(path)
    t.deepEqual(where, isGone ? [] : [path], path)
  }
  t.is(recorder.state.type === 'failed', false)
  await sleep(1200)
  const [span] = forgotten.spans
  const { path } = await recorder.stop()
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  const items = await readAll(path, identity)
  t.true(items.length > 0 && items.every(({ time }) => time >= (span?.to ?? Infinity)))
  t.true(items.some(({ type }) => type === 'frame'))
  const info = await understudy(['info', path])
  t.regex(info.out, /screen was forgotten/)
  // And the contributor forgets more of it, later.
  const later = await forget({ recording: path, identity, from: span?.to ?? 0 })
  t.true(later.destroyed > 0)
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
})

test.serial(
  'a host forgets, pauses stay pauses, and what cannot be meant is refused',
  async (t) => {
    const { receipt, out, identity } = await place(t)
    const recorder = await Recorder.start({ receipt, out, trusted, synthetic: slow })
    await sleep(1200)
    const nothing = await recorder.forgetLast({ last: 3_600_000, app: 'Nothing' })
    t.deepEqual(nothing, { spans: [], lost: [], destroyed: 0 })
    recorder.pause({ for: 3_600_000 })
    const { spans } = await recorder.forgetLast({ last: 3_600_000 })
    t.is(spans.length, 1)
    t.is(recorder.state.type, 'paused')
    t.true((recorder.status().resumes ?? 0) > 3_500_000)
    for (const options of [{ last: 0 }, { last: 1.5 }, { last: 1, app: '' }]) {
      await t.throwsAsync(recorder.forgetLast(options), { code: 'invalid-argument' })
    }
    const [running] = await runningRecorders()
    await t.throwsAsync(running?.forgetLast({ last: 0 }) ?? Promise.resolve(), {
      code: 'invalid-argument',
    })
    const { path } = await recorder.stop()
    t.deepEqual(await readAll(path, identity), [])
    t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
    for (const wrong of [
      ['--last', '0s'],
      ['--last', '5m', '--from', '3s'],
      ['--last', '5m', '--window', 'mine'],
      [path, '--window'],
      [],
    ]) {
      t.is(
        (await understudy(['forget', ...wrong])).code,
        wrong.includes('mine') ? 1 : 2,
        wrong.join(' '),
      )
    }
  },
)

test.serial(
  'a recorder that is killed while it forgets leaves it not begun or complete',
  async (t) => {
    const { receipt, out } = await place(t)
    const ends = { begun: 0, complete: 0, settled: 0 }
    for (let round = 0; round < 14; round++) {
      const folder = join(out, String(round))
      const args = ['record', '--receipt', receipt, '--out', folder, '--synthetic', '600']
      const child = begin(t, [...args, '--trust', ...trusted])
      let [running] = await runningRecorders()
      while (!running) [running] = await sleep(20).then(runningRecorders)
      await sleep(900)
      await running.pause()
      await sleep(900)
      const path = running.last.recording
      const before = await files(path)
      const closed = once(child, 'close')
      const asked = running.forgetLast({ last: 3_600_000 }).catch(() => undefined)
      // Paused, it forgets at once: this is within a few milliseconds.
      await sleep(round * 0.7)
      child.kill('SIGKILL')
      await Promise.all([asked, closed])
      if (await settle(path)) ends.settled++
      t.deepEqual(await openRecording(path).verify(), { status: 'cut' })
      const left = await files(path)
      const isGone = [...left.keys()].some(isSealed) ? 'begun' : 'complete'
      ends[isGone]++
      for (const [name, canary] of canaries(before)) {
        const found = [...left.values()].some((bytes) => bytes.includes(canary))
        t.is(found, isGone === 'begun', `round ${round}: ${name}`)
      }
    }
    t.log(ends)
    t.is(ends.begun + ends.complete, 14)
  },
)

test.serial('withdrawing stops what is being recorded', async (t) => {
  const { receipt, out, folder, identity } = await place(t)
  const child = begin(t, ['record', '--receipt', receipt, '--out', out, '--synthetic', '600'])
  const ended = outcome(child)
  while ((await runningRecorders()).length === 0) await sleep(20)
  const other = await studio(t)
  const theirs = await Recorder.start({
    receipt: other.receipt,
    folder: join(out, 'theirs'),
    synthetic: slow,
  })
  const elsewhere = await Recorder.start({ receipt, folder: join(folder, 'else'), synthetic: slow })
  const args = ['withdraw', out, '--identity', identity, '--receipt', receipt, '--json']
  const told = await understudy(args)
  t.is(told.code, 0, told.err)
  t.like(await ended, { code: 0 })
  const withdrawn = JSON.parse(told.out) as Withdrawn
  t.is(withdrawn.stopped.length, 2)
  t.true(withdrawn.stopped.includes(elsewhere.path))
  t.is(withdrawn.recordings.length, 1)
  t.deepEqual(withdrawn.busy, [])
  t.is(elsewhere.state.type, 'stopped')
  t.is(theirs.state.type, 'recording', 'another contributor’s goes on')
  await Promise.all([theirs.stop(), elsewhere.stop()])
})

test.serial(
  'nothing is recorded of a passphrase, and what a receipt names stops without it',
  async (t) => {
    const { publicKey, out, folder, receipt: theirReceipt } = await place(t)
    const [identity, right] = [join(folder, 'locked'), 'correct horse']
    await native.makeIdentity(identity, Buffer.from(right))
    const agreed = async (name: string) => {
      const expires = Math.floor(Date.now() / 1000) + 3600
      const terms = {
        tracks: ['keyboard'],
        purpose: 'agent-training',
        recipients: [publicKey],
        expires,
      } as const
      await writeFile(join(folder, name), await consent({ identity, passphrase: right, terms }))
      return join(folder, name)
    }
    const start = async (by: string, name: string) =>
      await Recorder.start({ receipt: by, folder: join(out, name), synthetic: slow })
    const receipt = await agreed('named.json')
    const named = await start(receipt, 'named')
    const mine = await start(await agreed('other.json'), 'mine')
    const theirs = await start(theirReceipt, 'theirs')
    const paused = await start(theirReceipt, 'paused')
    paused.pause({ for: 3_600_000 })
    const all = [named, mine, theirs, paused]
    t.teardown(() => Promise.allSettled(all.map((recorder) => recorder.stop())))
    const states = () => all.map(({ state }) => state.type)

    const asked: unknown[] = []
    const passphrase = () => {
      asked.push(states(), paused.status().resumes)
      return asked.length === 2 ? 'wrong' : right
    }
    const waiting = ['stopped', 'paused', 'paused', 'paused']
    const wrong = withdraw({ folder: out, identity, passphrase, receipt })
    await t.throwsAsync(wrong, { code: 'passphrase-wrong' })
    t.deepEqual(asked, [waiting, undefined])
    t.deepEqual(states(), waiting, 'nobody knows whose they are')

    await theirs.resume()
    paused.pause({ for: 3_600_000 })
    const withdrawn = await withdraw({ folder: out, identity, passphrase, receipt })
    t.deepEqual(asked.slice(2), [waiting, undefined])
    t.deepEqual(states(), ['stopped', 'stopped', 'recording', 'paused'])
    t.true((paused.status().resumes ?? 0) > 3_000_000, 'as it was')
    t.deepEqual(withdrawn.stopped, [mine.path])
    t.is(withdrawn.recordings.length, 2)
  },
)

test.serial('a recorder that does not tell its receipt’s time is paused, and named', async (t) => {
  const { out, folder, identity } = await place(t)
  await mkdir(out)
  const sockets = join(folder, 'run', 'understudy')
  await mkdir(sockets, { mode: 0o700 })
  const [key, id] = ['5f'.repeat(32), '5f'.repeat(16)]
  const status = {
    ...{ state: 'recording', lasts: 1, recording: join(out, 'r'), id, tracks: ['keyboard'] },
    ...{ started: 1, receipt: key, contributor: key, recipients: [key] },
  }
  const questions: string[] = []
  const server = createServer((socket) => {
    socket.once('data', (line) => {
      const { ask } = JSON.parse(String(line)) as { ask: object }
      questions.push(...Object.keys(ask))
      socket.end(`${JSON.stringify({ control: 1, status })}\n`)
    })
  }).listen(join(sockets, '1-1.sock'))
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { busy, stopped } = await withdraw({ folder: out, identity })
  t.deepEqual([busy, stopped], [[status.recording], []])
  t.deepEqual(questions, ['status', 'pause'])
})
