// Control of a running recorder: from a shell, from another program, and from whoever should not.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import {
  openRecording,
  Recorder,
  type RecorderStatus,
  runningRecorders,
  type SyntheticOptions,
} from '../ts/index.js'
import { begin, outcome, readAll, root, sleep, type Studio, studio, understudy } from './studio.js'

/** In real time: something to see at every moment. */
const slow: SyntheticOptions = { seconds: 600, width: 320, height: 240, animate: true }
const asRoot = process.getuid?.() === 0 ? test.serial : test.skip

/** A studio with a runtime folder of its own, which is this process's from then on: tests run one by one. */
async function place(t: ExecutionContext): Promise<Studio & { sockets: string }> {
  const made = await studio(t)
  const runtime = join(made.folder, 'run')
  await mkdir(runtime, { mode: 0o700 })
  process.env['XDG_RUNTIME_DIR'] = runtime
  return { ...made, sockets: join(runtime, 'understudy') }
}

async function asked(...args: string[]): Promise<RecorderStatus[]> {
  const told = await understudy([...args, '--json'])
  if (told.code !== 0) throw new Error(told.err)
  return (JSON.parse(told.out) as { recorders: RecorderStatus[] }).recorders
}

/** `understudy record`, once it records. */
async function recording(t: ExecutionContext, { receipt, out }: Studio): Promise<ChildProcess> {
  const child = begin(t, ['record', '--receipt', receipt, '--out', out, '--synthetic', '600'])
  while ((await runningRecorders()).length === 0 && child.exitCode === null) await sleep(20)
  return child
}

test.serial('status, pause, resume and stop, from a shell', async (t) => {
  const here = await place(t)
  t.deepEqual(await asked('status'), [])
  const none = await understudy(['pause'])
  t.is(none.code, 1)
  t.regex(none.err, /Nothing is being recorded \(state\)/)

  const child = await recording(t, here)
  const ended = outcome(child)
  const [first] = await asked('status')
  t.like(first, { state: 'recording', tracks: ['pointer', 'keyboard', 'screen', 'context'] })
  t.true(first?.recording.startsWith(here.out))
  t.is((await stat(here.sockets)).mode & 0o777, 0o700)
  const [socket = ''] = await readdir(here.sockets)
  t.is((await stat(join(here.sockets, socket))).mode & 0o777, 0o600)

  t.like((await asked('pause', '--for', '6s'))[0], { state: 'paused' })
  const [paused] = await asked('status')
  t.true(paused?.resumes !== undefined && paused.resumes <= 6000, JSON.stringify(paused))
  while ((await asked('status'))[0]?.state === 'paused') await sleep(50)
  t.like((await asked('pause', '--recording', first?.id.slice(0, 6) ?? ''))[0], { state: 'paused' })
  const plain = await understudy(['status'])
  t.regex(plain.out, /^paused since .*\n {2}recording {3}\//)
  t.regex(plain.out, /opened by {3}you alone, under a pseudonym: understudy1/)
  t.like((await asked('resume'))[0], { state: 'recording' })
  await sleep(300)
  t.like((await asked('stop'))[0], { state: 'stopped' })
  t.like(await ended, { code: 0 })
  t.deepEqual(await readdir(here.sockets), [])
  const path = first?.recording ?? ''
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  const facts = (await openRecording(path).info())?.facts.map(({ type }) => type) ?? []
  const pauses = facts.filter((type) => type === 'pause' || type === 'resume')
  t.deepEqual(pauses, ['pause', 'resume', 'pause', 'resume'])
})

test.serial('a host whose event loop is busy is paused all the same', async (t) => {
  const { receipt, folder, identity } = await place(t)
  const path = join(folder, 'r')
  const script = `
    import { Recorder } from ${JSON.stringify(join(root, 'ts/index.ts'))}
    const recorder = await Recorder.start({
      receipt: ${JSON.stringify(receipt)},
      folder: ${JSON.stringify(path)},
      synthetic: ${JSON.stringify(slow)},
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    process.stdout.write('busy\\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000)
    process.stdout.write(recorder.state.type)
    await recorder.stop()`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'readable')
  const [recorder] = await runningRecorders()
  const took = performance.now()
  t.like(await recorder?.pause(), { state: 'paused' })
  t.log(`answered after ${(performance.now() - took).toFixed(1)} ms`)
  t.is(child.exitCode, null)
  t.is(await text(child.stdout), 'busy\npaused')
  const info = await openRecording(path).info()
  const from = info?.facts.find(({ type }) => type === 'pause')?.time ?? Number.NaN
  const times = (await readAll(path, identity)).map(({ time }) => time)
  t.true(times.some((time) => time < from))
  t.false(times.some((time) => time > from))
})

test.serial('several recorders: a pause is for all, the rest for one', async (t) => {
  const { receipt, out } = await place(t)
  const start = async () => await Recorder.start({ receipt, out, synthetic: slow })
  const [a, b] = await Promise.all([start(), start()])
  t.is((await asked('status')).length, 2)
  t.deepEqual(
    (await asked('pause')).map(({ state }) => state),
    ['paused', 'paused'],
  )
  const unclear = await understudy(['resume'])
  t.is(unclear.code, 1)
  t.true(unclear.err.includes(a.path) && unclear.err.includes(b.path), unclear.err)
  t.like((await asked('resume', '--recording', a.path))[0], { state: 'recording' })
  t.is(b.state.type, 'paused')
  t.is(a.status().recording, a.path)
  const unknown = await understudy(['stop', '--recording', 'nothing'])
  t.regex(unknown.err, /None is "nothing"/)
  await Promise.all([a.stop(), b.stop()])
  t.deepEqual(await asked('status'), [])
})

test.serial('what a killed recorder left is cleared away', async (t) => {
  const here = await place(t)
  const child = await recording(t, here)
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
  t.is((await readdir(here.sockets)).length, 1)
  t.deepEqual(await asked('status'), [])
  t.deepEqual(await readdir(here.sockets), [])
})

test.serial('keys that wait when the contributor pauses are nowhere', async (t) => {
  const { receipt, out, identity } = await place(t)
  const trusted = ['Editor', 'Terminal', 'Vault']
  const recorder = await Recorder.start({ receipt, out, trusted, synthetic: slow })
  const [running] = await runningRecorders()
  const took: number[] = []
  for (let round = 0; round < 12; round++) {
    await sleep(350)
    const begun = performance.now()
    await running?.pause({ ago: 200 })
    took.push(performance.now() - begun)
    await running?.resume()
  }
  const { path } = await recorder.stop()
  t.log(`answered after at most ${Math.max(...took).toFixed(1)} ms`)
  const facts = (await openRecording(path).info())?.facts ?? []
  const starts = facts.filter(({ type }) => type === 'pause').map(({ time }) => time)
  const ends = facts.filter(({ type }) => type === 'resume').map(({ time }) => time)
  t.is(starts.length, 12)
  const items = await readAll(path, identity)
  const keys = items.filter(({ track }) => track === 'keyboard').map(({ time }) => time)
  t.true(keys.length > 10)
  for (const [index, from] of starts.entries()) {
    const to = ends[index] ?? Infinity
    t.deepEqual(
      keys.filter((time) => time >= from && time < to),
      [],
    )
  }
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
})

test.serial('a pause that was asked for while it resumes holds', async (t) => {
  const { receipt, out, identity } = await place(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  recorder.pause()
  await sleep(20)
  const resumed = recorder.resume()
  await sleep(20)
  recorder.pause({ for: 3_600_000 })
  await resumed
  t.is(recorder.state.type, 'paused')
  const { resumes = 0 } = recorder.status()
  t.true(resumes > 3_500_000, String(resumes))
  recorder.pause()
  t.is(recorder.status().resumes, undefined)
  t.throws(
    () => {
      recorder.pause({ for: -1 })
    },
    { code: 'invalid-argument' },
  )
  await sleep(300)
  const { path, open } = await recorder.stop()
  const facts = (await open().info())?.facts ?? []
  const from = facts.find(({ type }) => type === 'pause')?.time ?? Number.NaN
  t.false((await readAll(path, identity)).some(({ time }) => time > from))
})

/** What a socket answers to some bytes, all of it. */
async function say(path: string, bytes: string): Promise<string> {
  const socket = connect(path)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(bytes)
  return await text(socket).catch(() => '')
}

test.serial('hostile clients do no harm', async (t) => {
  const { receipt, out, sockets } = await place(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  const [name = ''] = await readdir(sockets)
  const path = join(sockets, name)
  const halfOpen = Array.from({ length: 200 }, () => connect(path).on('error', () => undefined))
  for (const socket of halfOpen) socket.write('{"control":1')
  const flood = Array.from(
    { length: 300 },
    async () => await say(path, '{"control":1,"ask":{"status":{}}}\n'),
  )
  const refusals: [string, RegExp][] = [
    ['x'.repeat(100_000), /^$|over 4096 bytes/],
    ['\n', /invalid-argument/],
    ['\u0000\n', /invalid-argument/],
    ['{"control":7,"ask":{"status":{}}}\n', /unsupported/],
    ['{"control":1,"ask":{"canary":{}}}\n', /invalid-argument/],
    [`${'['.repeat(4000)}\n`, /invalid-argument/],
    ['{"control":1,"ask":{"pause":{"for":1e400}}}\n', /invalid-argument/],
  ]
  for (const [bytes, answer] of refusals) {
    const told = await say(path, bytes)
    t.regex(told, answer)
    t.notRegex(told, /canary/)
  }
  t.is(recorder.state.type, 'recording')
  const [running] = await runningRecorders()
  t.like(await running?.pause(), { state: 'paused' })
  const answers = await Promise.all(flood)
  t.log(`${answers.filter((answer) => answer !== '').length} of 300 were answered`)
  for (const socket of halfOpen) socket.destroy()
  await recorder.stop()
  t.deepEqual(await openRecording(recorder.path).verify(), { status: 'intact' })
})

/** What happens to nobody who connects: how Node names it, or what was answered. */
async function asNobody(path: string): Promise<string> {
  const script = `
    import { connect } from 'node:net'
    const socket = connect(${JSON.stringify(path)})
    socket.on('error', (error) => console.log(error.code))
    socket.on('data', (data) => console.log(String(data)))
    socket.on('end', () => console.log('closed'))
    socket.write('{"control":1,"ask":{"pause":{}}}\\n')`
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const node = [process.execPath, '--input-type=module', '-e', script]
  const child = spawn('setpriv', [...user, ...node], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await text(child.stdout)).trim()
}

asRoot('another user is refused, by the folder and by the recorder itself', async (t) => {
  const { receipt, out, folder, sockets } = await place(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  const [name = ''] = await readdir(sockets)
  const path = join(sockets, name)
  t.is(await asNobody(path), 'EACCES')
  for (const open of [folder, join(folder, 'run'), sockets]) await chmod(open, 0o755)
  t.is(await asNobody(path), 'EACCES')
  await chmod(path, 0o666)
  t.regex(await asNobody(path), /^(closed|ECONNRESET|EPIPE)$/)
  t.is(recorder.state.type, 'recording')
  // And whoever asks does not trust a folder that others may enter.
  const untrusted = await understudy(['status'])
  t.is(untrusted.code, 1)
  t.regex(untrusted.err, /permission-denied/)
  await t.throwsAsync(Recorder.start({ receipt, out, synthetic: slow }), {
    code: 'permission-denied',
  })
  await recorder.stop()
})

test.serial('without a place for its socket, nothing is recorded', async (t) => {
  const { receipt, folder } = await place(t)
  const path = join(folder, 'r')
  process.env['XDG_RUNTIME_DIR'] = join(folder, 'missing')
  await t.throwsAsync(Recorder.start({ receipt, folder: path, synthetic: slow }), { code: 'io' })
  await t.throwsAsync(readdir(path), { code: 'ENOENT' })
  await mkdir(join(folder, 'run', 'understudy'), { mode: 0o700 })
  process.env['XDG_RUNTIME_DIR'] = join(folder, 'run')
  await writeFile(join(folder, 'run', 'understudy', 'other.sock'), 'not a socket')
  t.deepEqual(await runningRecorders(), [])
})
