// Direct release: a recording that is released by itself when it stops, and all the ways in which it is not.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import test, { type ExecutionContext } from 'ava'
import sodium from 'libsodium-wrappers'
import * as native from '../native/binding.js'
import {
  type DirectOptions,
  Heartbeat,
  openIdentity,
  openRecording,
  Recorder,
  type RecorderOptions,
  type RecorderStatus,
  release,
  runningRecorders,
  type SyntheticOptions,
  toLine,
  UnderstudyError,
  withdraw,
} from '../ts/index.js'
import { hold } from '../ts/held.js'
import { parseReceipt } from '../ts/receipt.js'
import { lockIdentity, temporaryFolder } from './folder.js'
import { hasBytes, memoryOf } from './memory.js'
import {
  anybody,
  beating,
  begin,
  consent,
  outcome,
  played,
  root,
  sleep,
  understudy,
} from './studio.js'

const desktop: SyntheticOptions = { seconds: 8, width: 320, height: 200, asap: true }
/** In real time: something to see at every moment. */
const slow: SyntheticOptions = { seconds: 600, width: 320, height: 200, animate: true }
/** There are control sockets on Linux alone. */
const onLinux = process.platform === 'linux' ? test.serial : test.skip

/** A contributor who has agreed to direct release, and whoever may be given a copy. */
async function agreed(t: ExecutionContext, passphrase?: string) {
  const folder = await temporaryFolder(t)
  // Where the sockets are: this process's from then on, since tests run one by one.
  process.env['XDG_RUNTIME_DIR'] = join(folder, 'run')
  await mkdir(join(folder, 'run'), { mode: 0o700 })
  const [identity, recipient] = [join(folder, 'me'), join(folder, 'them')]
  await native.makeIdentity(identity)
  const secret = passphrase === undefined ? undefined : await lockIdentity(identity, passphrase)
  const to = await native.makeIdentity(recipient)
  const sign = async (options: Parameters<typeof consent>[2]) => {
    const expires = Math.floor(Date.now() / 1000) + 3600
    if (passphrase === undefined) return await consent(identity, to, options)
    const terms = { tracks: ['pointer', 'keyboard', 'screen', 'context'], direct: true }
    const signed = { ...terms, purpose: 'agent-training', recipients: [to], expires, notice: '' }
    return await native.consent(identity, signed, Buffer.from(passphrase))
  }
  const receipt = join(folder, 'receipt.json')
  await writeFile(receipt, await sign({ direct: true }))
  return { folder, identity, secret, recipient, to, receipt, sign, out: join(folder, 'out') }
}

type Agreed = Awaited<ReturnType<typeof agreed>>

async function start({ receipt, out, identity }: Agreed, more: Partial<RecorderOptions> = {}) {
  const options = { receipt, folder: join(out, 'r'), direct: { identity }, synthetic: slow }
  return await Recorder.start({ ...options, ...more } as RecorderOptions)
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

async function factsOf(path: string): Promise<string[]> {
  return (await openRecording(path).info())?.facts.map(({ type }) => type) ?? []
}

/** Neither a copy nor a line that tells of one, and no half of one. */
async function nothingReleased(t: ExecutionContext, path: string) {
  t.deepEqual(
    (await readdir(path)).filter((name) => name === 'release' || name === 'amend'),
    [],
  )
  t.false((await readFile(join(path, 'journal.ndjson'), 'utf8')).includes('"release"'))
}

async function lines(path: string, identity: string): Promise<string[]> {
  const all: string[] = []
  for await (const item of openRecording(path, { identity: await openIdentity(identity) })) {
    all.push(toLine(item, { hashes: true }))
  }
  return all
}

async function beyond(recorder: Recorder, frames: number): Promise<void> {
  while (recorder.stats().frames < frames) await sleep(20)
}

test.serial('without receipt, policy, identity or recipient nothing begins', async (t) => {
  const here = await agreed(t)
  const { identity, to, folder, sign } = here
  const stranger = join(folder, 'stranger')
  await native.makeIdentity(stranger)
  const expired = await sign({ direct: true, seconds: 1 })
  await sleep(1100)
  const forbidden = { schema: 'understudy.policy/1', layer: 'recording', directRelease: false }
  const heartbeat = beating(t, new Heartbeat())
  const direct = (options: Partial<DirectOptions>) => ({ direct: { identity, ...options } })
  const cases: [string, Partial<RecorderOptions>][] = [
    ['receipt-scope', { receipt: await sign({}) }],
    ['receipt-scope', { receipt: await sign({}), policy: [forbidden] }],
    ['policy-scope', { policy: [forbidden] }],
    ['receipt-scope', direct({ to: [to, await anybody()] })],
    ['invalid-argument', direct({ to: [] })],
    ['invalid-argument', direct({ to: [to, to] })],
    ['identity-mismatch', direct({ identity: stranger })],
    ['io', direct({ identity: join(folder, 'nowhere') })],
    ['receipt-expired', { receipt: expired }],
    ['no-indicator', { indicator: heartbeat }],
  ]
  for (const [code, options] of cases) {
    await t.throwsAsync(start(here, options), { instanceOf: UnderstudyError, code }, code)
    t.false(await isThere(here.out), code)
  }
  const recorder = await start(here)
  await recorder.stop({ release: false })
})

test.serial('the passphrase is asked for before anything is recorded', async (t) => {
  const here = await agreed(t, 'correct horse')
  const { identity, out } = here
  const wrong = { direct: { identity, passphrase: () => 'battery staple' } }
  await t.throwsAsync(start(here, wrong), { code: 'passphrase-wrong' })
  await t.throwsAsync(start(here), { code: 'invalid-argument' })
  t.false(await isThere(out))
  const args = ['record', '--receipt', here.receipt, '--out', out, '--synthetic', '1']
  const unasked = await understudy([...args, '--direct', '--identity', identity, '--json'])
  t.like(JSON.parse(unasked.err), { error: { code: 'invalid-argument' } })
  t.false(await isThere(out))
  t.is((await understudy([...args, '--direct'])).code, 2)
  t.is((await understudy([...args, '--identity', identity])).code, 2)
})

test.serial(
  'the copy is what a release by hand makes, and the recipient alone opens it',
  async (t) => {
    const here = await agreed(t)
    const { identity, recipient, to } = here
    const told: [number, number][] = []
    const progress = (done: number, of: number) => void told.push([done, of])
    const recorder = await start(here, { direct: { identity, progress }, synthetic: desktop })
    t.true(recorder.state.type === 'recording' && recorder.state.direct)
    await played(recorder)
    t.false(await isThere(join(recorder.path, 'release')), 'not before it stops')
    const { path, direct } = await recorder.stop()
    t.is(direct?.error, undefined)
    const [copy, ...more] = direct?.copies ?? []
    if (!copy) throw new Error('no copy')
    t.deepEqual([copy.to, more.length], [to, 0])
    t.is(copy.path, join(path, 'release', to, '000000'))
    t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
    t.deepEqual(await openRecording(copy.path).verify(), { status: 'intact' })
    t.like((await openRecording(path).info())?.facts.at(-1), {
      type: 'release',
      manifest: copy.manifest,
    })
    const [done, of] = told.at(-1) ?? [0, 1]
    t.true(done === of && told.length > 2, JSON.stringify(told))
    await t.throwsAsync(lines(copy.path, identity), { code: 'identity-mismatch' })
    const byHand = await release({ recording: path, identity, to })
    t.is(byHand.duration, copy.duration)
    const [direct0, byHand0] = [
      await lines(copy.path, recipient),
      await lines(byHand.path, recipient),
    ]
    t.true(direct0.length > 100)
    t.deepEqual(direct0, byHand0)
  },
)

test.serial('each recipient who is meant gets a copy of their own', async (t) => {
  const here = await agreed(t)
  const { identity, to, sign } = here
  const [second, third] = [await anybody(), await anybody()]
  const receipt = await sign({ direct: true, others: [second, third] })
  const direct = { identity }
  const recorder = await start(here, {
    receipt,
    direct,
    recipients: [to, third],
    synthetic: desktop,
  })
  await played(recorder)
  const stopped = await recorder.stop()
  t.deepEqual(
    stopped.direct?.copies.map((copy) => copy.to),
    [to, third],
  )
  t.deepEqual((await readdir(join(recorder.path, 'release'))).sort(), [to, third].sort())
})

test.serial('what was forgotten and what was paused is in no copy', async (t) => {
  const here = await agreed(t)
  const { identity, recipient, to } = here
  const recorder = await start(here, {
    live: { tracks: ['pointer'] },
    receipt: await here.sign({ direct: true, live: ['pointer'] }),
  })
  const seen = new Set<string>()
  const reading = (async () => {
    for await (const item of recorder.live()) {
      if (item.type === 'pointermove') seen.add(`${item.x},${item.y}`)
    }
  })()
  await beyond(recorder, 20)
  await sleep(1500)
  const before = new Set(seen)
  await recorder.forgetLast({ last: 3_600_000 })
  recorder.pause()
  await sleep(1000)
  await recorder.resume()
  await beyond(recorder, recorder.stats().frames + 20)
  const { path, direct } = await recorder.stop()
  await reading
  const [copy] = direct?.copies ?? []
  if (!copy) throw new Error(String(direct?.error))
  const facts = await factsOf(path)
  t.true(facts.includes('forget') && facts.includes('pause'))
  const told = await lines(copy.path, recipient)
  t.deepEqual(told, await lines((await release({ recording: path, identity, to })).path, recipient))
  // Somebody may come by a place twice.
  const left = placesIn(await lines(path, identity))
  const gone = [...before].filter((place) => !left.has(place))
  t.true(gone.length > 5 && told.length > 20, `${gone.length} gone, ${told.length} told`)
  const places = placesIn(told)
  t.deepEqual(
    gone.filter((place) => places.has(place)),
    [],
  )
})

/** Where the pointer went. */
function placesIn(all: readonly string[]): Set<string> {
  const moves = all
    .map((line) => JSON.parse(line) as { type: string; x: number; y: number })
    .filter(({ type }) => type === 'pointermove')
  return new Set(moves.map(({ x, y }) => `${x},${y}`))
}

/** `understudy record --direct`, once it records. */
async function recording(t: ExecutionContext, { receipt, out, identity }: Agreed) {
  const what = ['--receipt', receipt, '--out', out, '--synthetic', '600']
  const child = begin(t, ['record', ...what, '--direct', '--identity', identity])
  const ended = outcome(child)
  while ((await runningRecorders()).length === 0 && child.exitCode === null) await sleep(20)
  const [running] = await runningRecorders()
  if (!running) throw new Error((await ended).err)
  await sleep(1500)
  return { child, ended, path: running.last.recording }
}

onLinux('status says it, and whoever stops it can keep it', async (t) => {
  const here = await agreed(t)
  const { ended, path } = await recording(t, here)
  const status = await understudy(['status'])
  t.regex(status.out, /at the stop it is released by itself, unseen: understudy stop --keep/)
  t.true(status.out.includes(`To\n              ${here.to}`), status.out)
  const stopped = await understudy(['stop', '--keep'])
  t.is(stopped.code, 0, stopped.err)
  t.regex(stopped.out, /nothing was released/)
  const { code, err } = await ended
  t.is(code, 0)
  t.regex(err, /released by itself when it stops, before anybody has looked through it/)
  t.regex(err, /Nothing was released\./)
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  await nothingReleased(t, path)
})

onLinux('whoever stops it and says nothing has it released, and is told', async (t) => {
  const here = await agreed(t)
  const { ended, path } = await recording(t, here)
  const stopped = await understudy(['stop', '--json'])
  t.is(stopped.code, 0, stopped.err)
  const [status] = (JSON.parse(stopped.out) as { recorders: RecorderStatus[] }).recorders
  t.like(status, { state: 'stopped', released: [{ path: `release/${here.to}/000000` }] })
  const { code, err } = await ended
  t.is(code, 0, err)
  t.true(err.includes(`Released by itself:\n  ${path}/release/${here.to}/000000`), err)
  t.true((await lines(join(path, 'release', here.to, '000000'), here.recipient)).length > 20)
})

test.serial(
  'a host keeps it, and cannot once it is released; leaving its block keeps it',
  async (t) => {
    const here = await agreed(t)
    const recorder = await start(here, { synthetic: desktop })
    await played(recorder)
    const { path, direct } = await recorder.stop({ release: false })
    t.deepEqual(direct, { copies: [] })
    await nothingReleased(t, path)
    const second = await start(here, { folder: join(here.out, 's'), synthetic: desktop })
    await played(second)
    t.is((await second.stop()).direct?.copies.length, 1)
    await t.throwsAsync(second.stop({ release: false }), { code: 'state' })
    const left = join(here.out, 'left')
    {
      await using third = await start(here, { folder: left, synthetic: desktop })
      await played(third)
    }
    await nothingReleased(t, left)
  },
)

onLinux('nobody has asked for it where the terminal is closed, or the session ends', async (t) => {
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
    const here = await agreed(t)
    const { child, ended, path } = await recording(t, here)
    child.kill(signal)
    const { code, err } = await ended
    t.is(code, 0, err)
    t.regex(err, /Nothing was released\./)
    t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
    await nothingReleased(t, path)
  }
})

onLinux('whoever withdraws has nothing released while they type a passphrase', async (t) => {
  const here = await agreed(t)
  const { ended, path } = await recording(t, here)
  const [running] = await runningRecorders()
  if (!running) throw new Error('it does not run')
  const { goOn } = await hold(running)
  await goOn()
  t.like(await running.stop(), { state: 'stopped' })
  t.regex((await ended).err, /Nothing was released\./)
  await nothingReleased(t, path)
})

onLinux('a crash releases nothing', async (t) => {
  const here = await agreed(t)
  const { child, ended, path } = await recording(t, here)
  child.kill('SIGKILL')
  t.is((await ended).signal, 'SIGKILL')
  t.deepEqual(await openRecording(path).verify(), { status: 'cut' })
  await nothingReleased(t, path)
  const { identity, to } = here
  t.is((await release({ recording: path, identity, to })).tracks.length, 4, 'by hand it can be')
})

test.serial('a host that ends without a stop releases nothing', async (t) => {
  const { receipt, out, identity, folder } = await agreed(t)
  const file = join(folder, 'worker.mjs')
  const url = pathToFileURL(join(root, 'ts/index.ts')).href
  const options = { receipt, folder: join(out, 'r'), synthetic: slow, direct: { identity } }
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads'
    import { tsImport } from '${import.meta.resolve('tsx/esm/api')}'
    const { Recorder } = await tsImport('${url}', '${url}')
    globalThis.recorder = await Recorder.start(${JSON.stringify(options)})
    parentPort.on('message', () => undefined)
    parentPort.postMessage('recording')`,
  )
  const worker = new Worker(pathToFileURL(file))
  await once(worker, 'message')
  await sleep(1000)
  // Waits until the recording is closed, as a stop would.
  await worker.terminate()
  await sleep(1000)
  t.deepEqual(await openRecording(options.folder).verify(), { status: 'intact' })
  await nothingReleased(t, options.folder)
})

test.serial('a recorder that failed releases nothing', async (t) => {
  const here = await agreed(t)
  for (const failing of [{ failAt: 3000 }, { panicAt: { part: 'hook', time: 3000 } as const }]) {
    const path = join(here.out, Object.keys(failing)[0] ?? '')
    const recorder = await start(here, { folder: path, synthetic: { ...desktop, ...failing } })
    while (recorder.state.type !== 'failed') await sleep(10)
    await t.throwsAsync(recorder.stop())
    await nothingReleased(t, path)
  }
})

test.serial('a recording that does not verify is not released, and stop says why', async (t) => {
  const here = await agreed(t)
  const recorder = await start(here)
  await beyond(recorder, 20)
  await sleep(500)
  const [segment = ''] = await readdir(join(recorder.path, 'screen'))
  await appendFile(join(recorder.path, 'screen', segment), 'x')
  const { path, direct } = await recorder.stop()
  t.deepEqual(direct?.copies, [])
  t.true(direct?.error instanceof UnderstudyError)
  t.is(direct?.error?.code, 'tampered')
  await nothingReleased(t, path)
})

onLinux('withdrawing while it is recorded releases nothing', async (t) => {
  const here = await agreed(t)
  const { identity, receipt, out } = here
  const { ended, path } = await recording(t, here)
  const withdrawn = await withdraw({ folder: out, identity, receipt })
  t.deepEqual(withdrawn.stopped, [path])
  t.deepEqual(withdrawn.recordings, [path])
  t.deepEqual(withdrawn.copies, [])
  await ended
  t.false(await isThere(join(path, 'release')))
  t.true(await isThere(join(path, 'withdrawal.json')))
})

test.serial('a host is told in each state, and its indicator has to say so', async (t) => {
  const here = await agreed(t)
  const heartbeat = beating(t, new Heartbeat({ direct: true }))
  const recorder = await start(here, { indicator: heartbeat })
  const states = recorder.states()
  t.deepEqual((await states.next()).value, { type: 'recording', direct: true })
  recorder.pause()
  t.deepEqual((await states.next()).value, { type: 'paused', direct: true })
  t.is(recorder.status().direct?.length, 1)
  await recorder.stop({ release: false })
  const folder = join(here.out, 'other')
  const other = await Recorder.start({ receipt: here.receipt, folder, synthetic: slow })
  t.deepEqual(other.state, { type: 'recording' })
  t.is((await other.stop()).direct, undefined)
})

/** A host of its own process, which records, says so, and stops at a line. */
function host(t: ExecutionContext, { receipt, out, identity }: Agreed) {
  const direct = { identity, passphrase: 'correct horse' }
  const options = { receipt, folder: join(out, 'r'), synthetic: slow, direct }
  const script = `
    import { Recorder } from ${JSON.stringify(join(root, 'ts/index.ts'))}
    const recorder = await Recorder.start(${JSON.stringify(options)})
    const heard = () => new Promise((resolve) => process.stdin.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    console.log('recording')
    await heard()
    const { direct } = await recorder.stop()
    console.log('stopped ' + direct.copies.length)
    await heard()`
  const args = ['--import=tsx', '--input-type=module', '--eval', script]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

onLinux(
  'what it keeps of the contributor is what it needs, and is erased at the stop',
  async (t) => {
    const here = await agreed(t, 'correct horse')
    const child = host(t, here)
    const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    t.is((await said.next()).value, 'recording')
    const [open, seed] = [here.secret?.subarray(0, 32), here.secret?.subarray(32)]
    if (!open || !seed) throw new Error('no secret')
    const { issued } = parseReceipt(await readFile(here.receipt))
    const period = Buffer.alloc(4)
    period.writeUInt32LE(Math.floor(issued / (30 * 86_400)))
    const derived = (what: string) => {
      const message = Buffer.concat([Buffer.from(`understudy/1 contributor ${what}\n`), period])
      return sodium.crypto_generichash(32, message, seed)
    }
    const found = async () => {
      const memory = await memoryOf(child.pid ?? 0)
      const has = (bytes: Uint8Array) => hasBytes(memory, Buffer.from(bytes))
      return {
        identity: has(open) || has(seed),
        opens: has(derived('open')),
        signs: has(derived('sign')),
      }
    }
    t.deepEqual(await found(), { identity: false, opens: false, signs: true })
    child.stdin.write('\n')
    t.is((await said.next()).value, 'stopped 1')
    t.deepEqual(await found(), { identity: false, opens: false, signs: false })
  },
)
