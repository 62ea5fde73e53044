// Control of a recorder on a real X server, from a shell, while somebody types.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type Item, openRecording, Recorder } from '../ts/index.js'
import { Display } from './display.js'
import { readAll, sleep, studio, understudy } from './studio.js'

const onX = process.platform === 'linux' ? test.serial : test.skip

function typed(items: readonly Item[]): string {
  return items.flatMap((item) => (item.type === 'keydown' ? [item.text] : [])).join('')
}

onX('what is typed in a pause, or forgotten, is not in the recording; the rest is', async (t) => {
  const display = await Display.start()
  t.teardown(() => display.close())
  const { receipt, folder, identity } = await studio(t)
  const runtime = join(folder, 'run')
  await mkdir(runtime, { mode: 0o700 })
  process.env['XDG_RUNTIME_DIR'] = runtime
  const note = join(folder, 'note.txt')
  await writeFile(note, '')
  const editor = await display.editor(note)
  await display.focused('Mousepad')
  const click = `move ${editor.bounds.x + 120} ${editor.bounds.y + 160}\nclick\nsleep 300`
  const recorder = await Recorder.start({
    receipt,
    folder: join(folder, 'r'),
    display: display.name,
    trusted: ['Mousepad'],
  })
  const shell = async (...args: string[]) => {
    const told = await understudy(args)
    t.is(told.code, 0, told.err)
    return told.out
  }
  await display.play(`${click}\ntype forgotten every 20`)
  const told = await shell('forget', '--last', '1m')
  t.regex(told, /^forgotten: 0\.000 s to .*\nsegments destroyed: [1-9]/)
  // Until the keyboard is elsewhere, nobody knows what this is the rest of.
  await display.play(`type rest every 20\n${click}\ntype before every 20`)
  await shell('pause')
  await display.play('type paused every 20')
  await sleep(600)
  await shell('resume')
  await display.play(`${click}\ntype behind every 20`)
  await shell('forget', '--last', '1h', '--app', 'Nothing')
  await display.play('key ControlLeft+KeyS')
  await sleep(500)
  await shell('stop')
  t.is(recorder.state.type, 'stopped')
  const { path } = await recorder.stop()
  const text = await readFile(note, 'utf8')
  t.log(text)
  for (const word of ['forgotten', 'rest', 'before', 'paused', 'behind'])
    t.true(text.includes(word))
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  const items = await readAll(path, identity)
  const keys = typed(items)
  t.true(keys.includes('before') && keys.includes('behind'), keys)
  for (const word of ['forgotten', 'rest', 'paused']) t.false(keys.includes(word), word)
  t.true(items.some(({ type }) => type === 'frame'))
})
