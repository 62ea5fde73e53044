// The live tap, end to end: the real addon, a synthetic desktop, and only what the receipt allows.
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  type Item,
  isUnderstudyError,
  liveBufferLength,
  LiveDecoder,
  type LiveItem,
  type LiveTrack,
  Recorder,
  type RecorderOptions,
  type SyntheticOptions,
} from '../ts/index.js'
import { collect, consent, played, readAll, root, sleep, studio } from './studio.js'

const quick: SyntheticOptions = { seconds: 20, asap: true }
const slow: SyntheticOptions = { seconds: 600, width: 320, height: 240 }
const all = ['pointer', 'keyboard', 'context'] as const

/** A contributor who agreed to have these tracks read live. */
async function agreed(t: ExecutionContext, live: readonly LiveTrack[] = all) {
  const person = await studio(t)
  const receipt = await consent(person.identity, person.publicKey, { live })
  const start = (more: Partial<RecorderOptions>) =>
    Recorder.start({
      receipt,
      trusted: ['Editor', 'Terminal', 'Vault'],
      synthetic: quick,
      ...more,
      folder: person.out,
    } as RecorderOptions)
  return { ...person, receipt, start }
}

function code(error: unknown): string {
  return isUnderstudyError(error) ? error.code : String(error)
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return code(error)
  }
  return 'no failure'
}

/** The items of each track, in order. */
function byTrack(items: readonly Item[], tracks: readonly LiveTrack[]) {
  return Object.fromEntries(
    tracks.map((track) => [track, items.filter((item) => item.track === track)]),
  )
}

async function missing(path: string): Promise<boolean> {
  return await access(path).then(
    () => false,
    () => true,
  )
}

test('what is read live is what is recorded, and nothing of what is withheld', async (t) => {
  const { start, out, identity } = await agreed(t)
  const recorder = await start({ live: { tracks: all }, exclude: ['Vault'] })
  const reading = collect(recorder.live())
  await played(recorder)
  await recorder.stop()
  const live = await reading
  const recorded = await readAll(out, identity)
  t.deepEqual(byTrack(live, all), byTrack(recorded, all))
  for (const track of all) t.true(live.filter((item) => item.track === track).length > 10, track)
  const { tracks, live: counts } = recorder.stats()
  t.true(tracks.keyboard.withheld > 0, 'something was typed into the vault')
  t.is(counts.dropped, 0)
  const titles = live.flatMap((item) => ('window' in item ? [item.window.app] : []))
  t.false(titles.some((app) => app?.id === 'Vault'))
})

test('only the tracks that were asked for are read', async (t) => {
  const { start, out, identity } = await agreed(t)
  const recorder = await start({ live: { tracks: ['keyboard'] } })
  await played(recorder)
  await recorder.stop()
  const live = await collect(recorder.live())
  t.deepEqual(byTrack(live, all), {
    ...byTrack(await readAll(out, identity), ['keyboard']),
    pointer: [],
    context: [],
  })
})

test('no more is read than the receipt allows, and then nothing is written', async (t) => {
  const { start, out } = await agreed(t, ['pointer'])
  const attempts: [unknown, string][] = [
    [{ live: { tracks: ['keyboard'] } }, 'receipt-scope'],
    [{ live: { tracks: ['pointer', 'context'] } }, 'receipt-scope'],
    [{ live: { tracks: ['screen'] } }, 'receipt-scope'],
    [{ live: { tracks: ['sound'] } }, 'invalid-argument'],
    [{ live: { tracks: ['pointer'] }, tracks: ['keyboard'] }, 'invalid-argument'],
  ]
  for (const [options, expected] of attempts) {
    const error: unknown = await t.throwsAsync(start(options as Partial<RecorderOptions>))
    t.is(code(error), expected, JSON.stringify(options))
    t.true(await missing(out), 'nothing is there')
  }
  const recorder = await start({})
  t.is(
    codeOf(() => recorder.live()),
    'state',
    'it was not asked for',
  )
  t.is(
    codeOf(() => recorder.drain(new Uint8Array(liveBufferLength))),
    'state',
  )
  await recorder.stop()
})

test('the screen is in no receipt for a live tap', async (t) => {
  const { identity, publicKey } = await studio(t)
  for (const options of [
    { live: ['screen'] as unknown as LiveTrack[] },
    { only: ['pointer'] as const, live: ['keyboard'] as const },
  ]) {
    const error: unknown = await t.throwsAsync(consent(identity, publicKey, options))
    t.is((error as { code?: string }).code, 'invalid-argument')
  }
})

test('in a pause nothing comes, and afterwards it goes on', async (t) => {
  const { start, out, identity } = await agreed(t)
  const recorder = await start({ live: { tracks: all }, synthetic: slow })
  const seen: LiveItem[] = []
  const reading = (async () => {
    for await (const item of recorder.live()) seen.push(item)
  })()
  const more = async (than: number) => {
    while (seen.length <= than) await sleep(10)
  }
  await more(20)
  recorder.pause()
  // What was on its way: keys that waited for their verdict are the last of it.
  await sleep(1000)
  const before = seen.length
  await sleep(500)
  t.is(seen.length, before)
  await recorder.resume()
  await more(before + 20)
  await recorder.stop()
  await reading
  t.deepEqual(byTrack(seen, all), byTrack(await readAll(out, identity), all))
})

test('leaving the loop ends the tap for good, and not the recording', async (t) => {
  const { start, out, identity } = await agreed(t)
  const recorder = await start({ live: { tracks: all }, synthetic: slow })
  const items = recorder.live()
  t.is((await items.next()).done, false)
  t.is(
    codeOf(() => recorder.live()),
    'state',
    'one reader',
  )
  t.is(
    codeOf(() => recorder.drain(new Uint8Array(liveBufferLength))),
    'state',
  )
  const waiting = collect(items)
  await items.return?.()
  t.is((await items.next()).done, true)
  await waiting
  t.is(
    codeOf(() => recorder.live()),
    'state',
    'once',
  )
  const { records } = recorder.stats().tracks.pointer
  while (recorder.stats().tracks.pointer.records < records + 20) await sleep(20)
  t.is(recorder.stats().live.dropped, 0, 'what nobody wants is not lost')
  await recorder.stop()
  t.true((await readAll(out, identity)).length > records)
})

test('bytes are drained into memory of the caller, and no other comes out', async (t) => {
  const { start, out, identity } = await agreed(t)
  let calls = 0
  const ready = () => {
    calls++
  }
  const recorder = await start({ live: { tracks: all, ready } })
  t.is(
    codeOf(() => recorder.drain(new Uint8Array(liveBufferLength - 1))),
    'invalid-argument',
  )
  t.is(
    codeOf(() => recorder.drain('no buffer' as unknown as Uint8Array)),
    'invalid-argument',
  )
  await played(recorder)
  await recorder.stop()
  t.true(calls > 0)

  // Inside a larger one: what lies around it stays as it is.
  const memory = new ArrayBuffer(liveBufferLength + 16)
  const buffer = new Uint8Array(memory, 8, liveBufferLength)
  new Uint8Array(memory).fill(0xaa)
  const decoder = new LiveDecoder()
  const live: LiveItem[] = []
  for (;;) {
    const { arrayBuffers } = process.memoryUsage()
    const length = recorder.drain(buffer)
    t.true(process.memoryUsage().arrayBuffers <= arrayBuffers, 'no buffer was made')
    if (length === 0) break
    live.push(...decoder.decode(buffer.subarray(0, length)))
  }
  t.is(recorder.drain(buffer), 0)
  t.is(buffer.buffer, memory)
  const around = [...new Uint8Array(memory, 0, 8), ...new Uint8Array(memory, 8 + buffer.length)]
  t.true(around.every((byte) => byte === 0xaa))
  t.deepEqual(byTrack(live, all), byTrack(await readAll(out, identity), all))
})

test('nothing that the addon returns holds memory of its own', async (t) => {
  // Electron refuses memory that V8 did not allocate: what crosses is copied into the caller's, or is no bytes.
  const declared = await readFile(join(root, 'native/binding.d.ts'), 'utf8')
  const returned = [...declared.matchAll(/\)\s*:\s*([^\n]+)|get \w+\(\): ([^\n]+)/g)]
  t.true(returned.length > 10)
  for (const [line] of returned) {
    const type = line.slice(line.lastIndexOf('):') + 2)
    t.notRegex(type, /Buffer|Array|View|External|unknown|any/, line)
  }
  const members = [...declared.matchAll(/^ {2}(\w+)\??: ([^\n(]+)$/gm)]
  t.true(members.length > 30)
  for (const [line] of members) t.notRegex(line, /Buffer|Uint8|DataView|External/, line)
})

test('what is malformed is no live tap', (t) => {
  const refused = (bytes: readonly number[]) =>
    codeOf(() => [...new LiveDecoder().decode(Uint8Array.from(bytes))])
  t.is(refused([0, 5, 0, 0, 0, 1, 3, 0]), 'format-invalid', 'cut')
  t.is(refused([0, 0, 0]), 'format-invalid', 'cut before its length')
  t.is(refused([2, 0, 0, 0, 0]), 'format-invalid', 'the screen')
  t.is(refused([4, 0, 0, 0, 0]), 'format-invalid', 'no track')
  const move = [0x01, 4, 9, 0, 2, 4]
  const decoder = new LiveDecoder()
  const decode = (first: number) =>
    [...decoder.decode(Uint8Array.from([first, move.length, 0, 0, 0, ...move]))].map(
      (item) => item.time,
    )
  t.deepEqual([decode(0), decode(0), decode(0x80), decode(0)], [[9], [18], [9], [18]])
})
