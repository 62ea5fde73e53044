// What shows that something is recorded, from JavaScript: the native indicator, a host's own heart, keys that pause.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import {
  Heartbeat,
  openRecording,
  Recorder,
  type RecorderOptions,
  type Track,
} from '../ts/index.js'
import { Display } from './display.js'
import { beating, begin, outcome, studio } from './studio.js'

const synthetic = { seconds: 60, animate: true }

async function until(check: () => boolean): Promise<void> {
  while (!check()) await sleep(10)
}

async function unseen(path: string): Promise<Set<Track>> {
  const facts = (await openRecording(path).info())?.facts ?? []
  const told = facts.flatMap((fact) =>
    fact.type === 'withheld' && fact.reason === 'no-indicator' ? [fact.track] : [],
  )
  return new Set(told)
}

test("while a host's heart does not beat nothing is kept", async (t) => {
  const { receipt, out } = await studio(t)
  let shows = true
  const heartbeat = beating(t, new Heartbeat(), () => shows)
  const recorder = await Recorder.start({ receipt, out, indicator: heartbeat, synthetic })
  t.is(recorder.hotkey, undefined)
  await until(() => recorder.stats().frames > 5)
  shows = false
  await until(() => recorder.state.type === 'withheld')
  const { frames } = recorder.stats()
  await sleep(500)
  t.is(recorder.state.type, 'withheld')
  t.is(recorder.stats().frames, frames)
  shows = true
  await until(() => recorder.state.type === 'recording' && recorder.stats().frames > frames + 5)
  const { path } = await recorder.stop()
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  t.deepEqual(await unseen(path), new Set<Track>(['pointer', 'keyboard', 'screen', 'context']))
})

test('a heart that does not beat, one that is another’s, and none at all start nothing', async (t) => {
  const { receipt, out } = await studio(t)
  const start = (indicator: unknown) =>
    Recorder.start({ receipt, out, indicator, synthetic } as RecorderOptions)
  await t.throwsAsync(start(new Heartbeat()), { code: 'no-indicator' })
  for (const none of [null, false, 'none', {}, { beat: () => undefined }]) {
    await t.throwsAsync(start(none), { code: 'invalid-argument' })
  }
  const heartbeat = beating(t, new Heartbeat())
  const recorder = await start(heartbeat)
  await t.throwsAsync(start(heartbeat), { code: 'invalid-argument' })
  await recorder.stop()
})

const onX = process.platform === 'linux' ? test : test.skip

onX('the command line says which keys pause, and they do', async (t) => {
  const display = await Display.start()
  t.teardown(() => display.close())
  const { receipt, out } = await studio(t)
  const args = ['record', '--receipt', receipt, '--out', out, '--display', display.name]
  const child = begin(t, [...args, '--for', '20s', '--hotkey', 'ctrl+shift+f9'])
  const ended = outcome(child)
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  await until(() => /^(recording|withheld) /m.test(said))
  t.regex(said, /Ctrl\+Shift\+F9 pauses and resumes/)
  await display.run('xdotool', ['key', 'ctrl+shift+F9'])
  await until(() => /^paused /m.test(said))
  // Another recorder finds them taken, and says so.
  const other = begin(t, [
    ...args.with(4, join(out, 'other')),
    '--for',
    '1s',
    '--hotkey',
    'ctrl+shift+f9',
  ])
  t.regex((await outcome(other)).err, /Ctrl\+Shift\+F9 does not pause/)
  child.kill('SIGINT')
  t.is((await ended).code, 0, said)
})
