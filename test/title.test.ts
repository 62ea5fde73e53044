// On a real X server: what a window is called decides whether it leaves anything, from the moment it is called so.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { type Item, openIdentity, openRecording, Recorder, toLine } from '../ts/index.js'
import { Display } from './display.js'
import { studio } from './studio.js'

const pink = 0xff00fe

/** Called one thing, pink for a while in which it is called another, then as before; each when a file says so. */
const changes = `
wait_for() { until [ -e "$1" ]; do sleep 0.05; done; }
call() { printf '\\033]2;%s\\007' "$1"; }
paint() { printf '\\033]11;%s\\007\\033[2J' "$1"; }
call Notes
wait_for hide
paint '#ff00fe'
wait_for show
paint '#ffffff'
sleep 0.3
call Notes
exec sleep 1000`

const run = process.platform === 'linux' ? test : test.skip

const shows = test.macro(async (t, title: string) => {
  const display = await Display.start()
  t.teardown(() => display.close())
  const person = await studio(t)
  const script = join(display.folder, 'changes.sh')
  await writeFile(script, `cd ${display.folder}${changes}`)
  await display.terminal(['sh', script], ['-geometry', '60x20+100+100'])
  await display.focused('XTerm')
  const options = { display: display.name, trusted: ['XTerm'] }
  const folder = join(person.folder, 'recording')
  const recorder = await Recorder.start({ receipt: person.receipt, folder, ...options })
  await display.play('type before every 20\nsleep 600')
  const called = `${title} — Mozilla Firefox Private Browsing`
  // The terminal itself would call nothing by a name this long.
  await display.run('xdotool', ['getactivewindow', 'set_window', '--name', called])
  await sleep(300)
  await writeFile(join(display.folder, 'hide'), '')
  await sleep(1200)
  await display.play('type secret every 20\nsleep 600')
  const shown = await display.run('xdotool', ['getactivewindow', 'getwindowname'])
  t.is(shown.trim(), called, 'else this test means nothing')
  await writeFile(join(display.folder, 'show'), '')
  await sleep(1200)
  await display.play('type after every 20\nsleep 600')
  await recorder.stop()

  const identity = await openIdentity(person.identity)
  const items: Item[] = []
  let pictures = 0
  for await (const item of openRecording(folder, { identity })) {
    items.push(item)
    if (item.type !== 'frame') continue
    pictures++
    t.false(item.picture.pixels.includes(pink), `the picture at ${item.time} shows it`)
  }
  t.true(pictures >= 2, `${pictures} pictures`)
  const typed = items.map((item) => (item.type === 'keydown' ? item.text : '')).join('')
  t.is(typed, 'beforeafter')
  const lines = items.map((item) => toLine(item)).join('')
  t.notRegex(lines, /Private|weather/)
  t.regex(lines, /"title":"Notes"/)
  const facts = (await openRecording(folder).info())?.facts ?? []
  const withheld = facts.flatMap((fact) => (fact.type === 'withheld' ? [fact.track] : []))
  for (const track of ['keyboard', 'screen', 'context'] as const) t.true(withheld.includes(track))
})

run('a window that is private for a while leaves nothing of that while', shows, 'The weather')
// The recording keeps 1,024 bytes of a title, and one of more than 4,096 is not judged.
run('nor does one whose title is longer than what is kept', shows, 'weather '.repeat(200).trim())
run('nor does one whose title is longer than what is judged', shows, 'weather '.repeat(600).trim())
