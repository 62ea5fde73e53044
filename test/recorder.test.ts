// The recorder, end to end: the real addon, a synthetic desktop, a real folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import {
  type ErrorCode,
  isUnderstudyError,
  openIdentity,
  openRecording,
  Recorder,
  type RecorderOptions,
  type RecorderState,
  type SyntheticOptions,
} from '../ts/index.js'
import { collect, consent, outcome, played, readAll, root, sleep, studio } from './studio.js'

const quick: SyntheticOptions = { seconds: 2, asap: true }
/** In real time: something to see at every moment. */
const slow: SyntheticOptions = { seconds: 600, width: 320, height: 240, animate: true }

/** Nobody tells the fields of the synthetic applications: typed text is kept where they are trusted. */
const trusted = ['Editor', 'Terminal', 'Vault']

async function follow(recorder: Recorder): Promise<string[]> {
  const seen: string[] = []
  for await (const { type } of recorder.states()) seen.push(type)
  return seen
}

async function failure(attempt: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await attempt
  } catch (error) {
    return isUnderstudyError(error) ? error.code : undefined
  }
  return undefined
}

test('what is recorded is read back', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, trusted, synthetic: quick })
  await played(recorder)
  const recording = await recorder.stop()
  t.regex(recording.path, /recording-\d{8}T\d{6}Z-[0-9a-f]{6}$/)
  t.deepEqual(await recording.open().verify(), { status: 'intact' })

  const items = await readAll(recording.path, identity)
  const types = new Set(items.map(({ type }) => type))
  for (const type of ['keydown', 'pointermove', 'frame', 'focus'] as const)
    t.true(types.has(type), type)
  t.true(items.every((item, index) => item.time >= (items[index - 1]?.time ?? 0)))

  const stats = recorder.stats()
  const frames = items.filter(({ type }) => type === 'frame')
  t.is(stats.frames, frames.length)
  for (const track of ['pointer', 'keyboard', 'screen', 'context'] as const) {
    t.is(stats.tracks[track].records, items.filter((item) => item.track === track).length, track)
    t.is(stats.tracks[track].dropped, 0)
  }
  const info = await recording.open().info()
  t.is(info?.platform, 'synthetic')
  t.is(
    info?.bytes,
    Object.values(stats.tracks).reduce((sum, { bytes }) => sum + bytes, 0),
  )
})

test('without gathering, each picture is sealed by itself and its latency counted', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const synthetic = { ...slow, seconds: 2, fps: 20 }
  // Without the keyboard: what is typed has pictures wait, and what still waits is sealed by stopping.
  const tracks = ['pointer', 'screen'] as const
  const recorder = await Recorder.start({ receipt, out, flush: 0, tracks, synthetic })
  t.is(recorder.stats().latency, undefined)
  await played(recorder)
  await sleep(600)
  const { path } = await recorder.stop()
  const { latency, frames } = recorder.stats()
  t.true(frames > 10)
  // The last one may have been sealed by stopping.
  t.true(latency && latency.count >= frames - 1 && latency.count <= frames)
  t.true(latency && latency.p50 <= latency.p99 && latency.p99 <= latency.max)
  const items = await readAll(path, identity)
  t.is(items.filter(({ type }) => type === 'frame').length, frames)
})

test('the same script is the same recording', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const texts = []
  for (const seed of [5, 5, 6]) {
    const recorder = await Recorder.start({ receipt, out, trusted, synthetic: { ...quick, seed } })
    await played(recorder)
    const { path } = await recorder.stop()
    const items = await readAll(path, identity)
    texts.push(items.flatMap((item) => (item.type === 'keydown' ? [item.key] : [])).join(''))
  }
  t.is(texts[0], texts[1])
  t.not(texts[0], texts[2])
})

test('nothing is kept of a pause', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  const states = follow(recorder)
  await sleep(600)
  recorder.pause()
  recorder.pause()
  t.is(recorder.state.type, 'paused')
  await sleep(700)
  await recorder.resume()
  await recorder.resume()
  t.is(recorder.state.type, 'recording')
  await sleep(600)
  const { path, open } = await recorder.stop()
  t.deepEqual(await states, ['recording', 'paused', 'recording', 'stopped'])

  const facts = (await open().info())?.facts ?? []
  const from = facts.find(({ type }) => type === 'pause')?.time ?? Number.NaN
  const to = facts.find(({ type }) => type === 'resume')?.time ?? Number.NaN
  t.true(to - from > 0.6e9, `${from} to ${to}`)
  const times = (await readAll(path, identity)).map(({ time }) => time)
  t.true(times.some((time) => time < from))
  t.false(times.some((time) => time > from && time < to))
  t.true(times.some((time) => time > to))
})

test('a recorder can be paused while it resumes', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  recorder.pause()
  await sleep(300)
  const resumed = recorder.resume()
  recorder.pause()
  await resumed
  if (recorder.state.type !== 'paused') recorder.pause()
  await sleep(600)
  const { path, open } = await recorder.stop()
  const facts = (await open().info())?.facts ?? []
  const from = facts.filter(({ type }) => type === 'pause').at(-1)?.time ?? Number.NaN
  t.false((await readAll(path, identity)).some(({ time }) => time > from))
})

test('stopping twice answers the same; then nothing else goes', async (t) => {
  const { receipt, out } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  const [first, second] = await Promise.all([recorder.stop(), recorder.stop()])
  t.is(first, second)
  t.is(await recorder.stop(), first)
  t.throws(
    () => {
      recorder.pause()
    },
    { code: 'state' },
  )
  await t.throwsAsync(recorder.resume(), { code: 'state' })
  t.deepEqual(await follow(recorder), ['stopped'])
  t.is(recorder.stats().missedDamage, 0)
})

test('`await using` stops', async (t) => {
  const { receipt, out } = await studio(t)
  let path: string
  {
    await using recorder = await Recorder.start({ receipt, out, synthetic: slow })
    path = recorder.path
  }
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
})

test('leaving the loop over states ends nothing else', async (t) => {
  const { receipt, out } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: slow })
  for await (const state of recorder.states()) {
    t.is(state.type, 'recording')
    break
  }
  t.is(recorder.state.type, 'recording')
  const waiting = recorder.states()
  t.deepEqual(await waiting.next(), { done: false, value: { type: 'recording' } })
  const next = waiting.next()
  await waiting.return?.()
  t.deepEqual(await next, { done: true, value: undefined })
  await recorder.stop()
})

test('two recorders at once', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorders = await Promise.all(
    [1, 2].map((seed) => Recorder.start({ receipt, out, trusted, synthetic: { ...quick, seed } })),
  )
  await Promise.all(recorders.map(played))
  const recordings = await Promise.all(recorders.map((recorder) => recorder.stop()))
  t.is(new Set(recordings.map(({ path }) => path)).size, 2)
  for (const { path, open } of recordings) {
    t.deepEqual(await open().verify(), { status: 'intact' })
    t.true((await readAll(path, identity)).length > 50)
  }
})

test('only the tracks asked for', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, tracks: ['keyboard'], synthetic: quick })
  await played(recorder)
  const { path } = await recorder.stop()
  const items = await readAll(path, identity)
  t.true(items.length > 0)
  t.true(items.every(({ track }) => track === 'keyboard'))
})

test('the receipt as an object, as text, as a URL; a folder of its own', async (t) => {
  const { receipt, folder } = await studio(t)
  const text = await readFile(receipt, 'utf8')
  for (const [index, form] of [
    JSON.parse(text) as object,
    text,
    pathToFileURL(receipt),
  ].entries()) {
    const own = join(folder, String(index))
    const recorder = await Recorder.start({ receipt: form, folder: own, synthetic: quick })
    t.is(recorder.path, own)
    await recorder.stop()
    t.deepEqual(await openRecording(own).verify(), { status: 'intact' })
  }
})

test('without a receipt that holds, nothing starts and no folder is made', async (t) => {
  const { receipt, identity, publicKey, folder, out } = await studio(t)
  const good = await readFile(receipt, 'utf8')
  const forged = good.replace('"agent-training"', '"agent-evaluation"')
  t.not(forged, good)
  const expired = await consent(identity, publicKey, { seconds: 1 })
  const narrow = await consent(identity, publicKey, { only: ['pointer'] })
  await sleep(1100)
  const cases: [object, ErrorCode][] = [
    [{ receipt: join(folder, 'missing.json') }, 'receipt-invalid'],
    [{ receipt: '{}' }, 'receipt-invalid'],
    [{ receipt: forged }, 'receipt-invalid'],
    [{ receipt: expired }, 'receipt-expired'],
    [{ receipt: narrow, tracks: ['pointer', 'keyboard'] }, 'receipt-scope'],
    [{ receipt, tracks: [] }, 'invalid-argument'],
    [{ receipt, tracks: ['sound'] }, 'invalid-argument'],
    [{ receipt, exclude: [''] }, 'invalid-argument'],
    [{ receipt, exclude: 'xterm' }, 'invalid-argument'],
    [{ receipt, trusted: [''] }, 'invalid-argument'],
    [{ receipt, trusted: 'xterm' }, 'invalid-argument'],
    [{ receipt, screen: { maxFps: 0 } }, 'invalid-argument'],
    [{ receipt, flush: 401 }, 'invalid-argument'],
    [{ receipt, flush: -1 }, 'invalid-argument'],
    [{ receipt, holdBytes: 2 ** 30 + 1 }, 'invalid-argument'],
    [{ receipt, holdBytes: -1 }, 'invalid-argument'],
    [{ receipt, holdBytes: 0.5 }, 'invalid-argument'],
    [{ receipt, screen: { maxFps: 30.5 } }, 'invalid-argument'],
    [{ receipt, screen: { maxFps: Number.NaN } }, 'invalid-argument'],
    [{ receipt, screen: { maxFps: '30' } }, 'invalid-argument'],
    [{ receipt, synthetic: { seconds: -1 } }, 'invalid-argument'],
    [{ receipt, synthetic: { width: 1e9 } }, 'invalid-argument'],
    [{ receipt, out: undefined }, 'invalid-argument'],
  ]
  for (const [options, code] of cases) {
    const all = { out, synthetic: quick, ...options } as RecorderOptions
    t.is(await failure(Recorder.start(all)), code, JSON.stringify(options))
  }
  await t.throwsAsync(readdir(out), { code: 'ENOENT' })
})

test('a folder that is in use, or read-only, is refused with a code', async (t) => {
  const { receipt, folder } = await studio(t)
  const synthetic = quick
  t.is(await failure(Recorder.start({ receipt, folder, synthetic })), 'invalid-argument')
  t.deepEqual((await readdir(folder)).sort(), ['identity', 'receipt.json'])
  const file = Recorder.start({ receipt, folder: join(receipt, 'in'), synthetic })
  t.is(await failure(file), 'io')

  const locked = join(folder, 'locked')
  await mkdir(locked)
  await chmod(locked, 0o500)
  // Root may write anywhere, except where the system itself has no writing.
  const place = process.getuid?.() === 0 ? '/proc' : locked
  const code = await failure(Recorder.start({ receipt, folder: join(place, 'in'), synthetic }))
  t.true(code === 'permission-denied' || (place === '/proc' && code === 'io'), code)
})

test('a lost display fails the recorder, and what was written is kept', async (t) => {
  const { receipt, out, identity } = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: { ...slow, failAt: 800 } })
  const states: RecorderState[] = []
  for await (const state of recorder.states()) states.push(state)
  const last = states.at(-1)
  t.is(last?.type === 'failed' && last.error.code, 'display-lost')
  t.is(await failure(recorder.stop()), 'display-lost')
  t.is(await failure(recorder.stop()), 'display-lost')
  await t.notThrowsAsync(recorder[Symbol.asyncDispose]())
  t.is((await openRecording(recorder.path).verify()).status, 'intact')
  const stop = (await openRecording(recorder.path).info())?.facts.at(-1)
  t.like(stop, { type: 'stop', reason: 'display-lost' })
  t.true((await readAll(recorder.path, identity)).length > 5)
})

for (const part of ['watcher', 'hook', 'capturer'] as const) {
  test(`a panic of the ${part} is a failed state, never an abort`, async (t) => {
    const { receipt, out, identity } = await studio(t)
    const synthetic = { ...slow, panicAt: { part, time: 600 } }
    const recorder = await Recorder.start({ receipt, out, synthetic })
    t.deepEqual(await follow(recorder), ['recording', 'failed'])
    const { state } = recorder
    t.is(state.type === 'failed' && state.error.code, 'internal')
    t.is(await failure(recorder.stop()), 'internal')
    t.not((await openRecording(recorder.path).verify()).status, 'invalid')
    t.true((await readAll(recorder.path, identity)).length > 5)
  })
}

test('another identity opens nothing', async (t) => {
  const { receipt, out } = await studio(t)
  const other = await studio(t)
  const recorder = await Recorder.start({ receipt, out, synthetic: quick })
  await played(recorder)
  const { open } = await recorder.stop()
  const identity = await openIdentity(other.identity)
  t.is(await failure(collect(open({ identity }))), 'identity-mismatch')
  t.is(await failure(collect(open())), 'invalid-argument')
})

/** A program of its own, which records and then does `then`. */
const script = (receipt: string, out: string, then: string) => `
import { Recorder } from '${pathToFileURL(join(root, 'ts/index.ts')).href}'
const recorder = await Recorder.start(${JSON.stringify({ receipt, out, synthetic: slow })})
console.log(recorder.path)
${then}
`

async function runScript(folder: string, source: string) {
  const file = join(folder, 'script.mts')
  await writeFile(file, source)
  const begun = Date.now()
  const child = spawn(process.execPath, ['--import=tsx', file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  const ended = await outcome(child)
  return { ...ended, path: ended.out.trim(), took: Date.now() - begun }
}

const exits: Record<string, string> = {
  'nothing left to do': '',
  'process.exit': 'setTimeout(() => process.exit(0), 700)',
  'process.exit while starting': `
    void Recorder.start(${JSON.stringify({ receipt: '', out: '' })}).catch(() => undefined)
    process.exit(0)`,
  'process.exit while stopping': 'void recorder.stop(); process.exit(0)',
  'process.exit while paused': 'recorder.pause(); process.exit(0)',
}
for (const [title, then] of Object.entries(exits)) {
  test(`a host that ends without stopping ends: ${title}`, async (t) => {
    const { receipt, out, folder } = await studio(t)
    const { code, signal, err, path, took } = await runScript(folder, script(receipt, out, then))
    t.deepEqual([code, signal], [0, null], err)
    t.log(`${took} ms`)
    const { status } = await openRecording(path).verify()
    t.log(status)
    t.true(status === 'cut' || status === 'intact')
  })
}

test('in a worker thread, also one that is terminated', async (t) => {
  const { receipt, out, folder } = await studio(t)
  const file = join(folder, 'worker.mjs')
  const url = pathToFileURL(join(root, 'ts/index.ts')).href
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads'
    import { tsImport } from '${import.meta.resolve('tsx/esm/api')}'
    const { Recorder } = await tsImport('${url}', '${url}')
    const recorder = await Recorder.start(${JSON.stringify({ receipt, out, synthetic: slow })})
    parentPort.once('message', async () => {
      await recorder.stop()
      parentPort.close()
    })
    parentPort.postMessage(recorder.path)`,
  )
  const start = async () => {
    const worker = new Worker(pathToFileURL(file))
    const [path] = (await once(worker, 'message')) as [string]
    return { worker, path }
  }

  const first = await start()
  await sleep(300)
  first.worker.postMessage('stop')
  await once(first.worker, 'exit')
  t.deepEqual(await openRecording(first.path).verify(), { status: 'intact' })

  for (let round = 0; round < 5; round++) {
    const { worker, path } = await start()
    await sleep(round * 150)
    await worker.terminate()
    t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  }
})

test('a host without the addon can still read, and is told', async (t) => {
  const { receipt, out } = await studio(t)
  // What the loader of the addon takes in place of its own search.
  const child = spawn(
    process.execPath,
    [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      `const { Recorder } = await import('${pathToFileURL(join(root, 'ts/index.ts')).href}')
       await Recorder.start(${JSON.stringify({ receipt, out })}).catch((error) => console.log(error.code))`,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere.node',
        NAPI_RS_FORCE_WASI: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  t.like(await outcome(child), { code: 0, out: 'unsupported\n' })
})
