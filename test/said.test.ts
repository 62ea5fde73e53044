// What windows say that they show, which nobody typed while it was recorded: a page, a window of GTK.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExecutionContext } from 'ava'
import { canary, onX, record, type Recorded, shows } from './canary.js'
import { Display } from './display.js'
import { root, sleep } from './studio.js'

/** The colours of said.html and said.py. */
const colors = { before: 0x00c853, shown: 0xfe0107, done: 0x2962ff } as const

/** A number as the Social Security Administration gives them, drawn by lot. */
function socialSecurityNumber(): string {
  const digits = (count: number) => canary('123456789', count)
  return `5${digits(2)}-${digits(2)}-${digits(4)}`
}

async function accessible(t: ExecutionContext): Promise<Display> {
  const display = await Display.start({ accessibility: true })
  t.teardown(() => display.close())
  return display
}

/** Records three clicks: the number shows, is gone, and something else shows. */
async function clicked(t: ExecutionContext, display: Display, at: string): Promise<Recorded> {
  await sleep(3000)
  return await record(t, display, {}, async () => {
    await sleep(2000)
    const click = `move ${at}\nclick\n`
    await display.play(`${click}sleep 2500\nclick\nsleep 4000\nclick\nsleep 3000`)
    t.regex(await display.title(), /^Said 3/)
  })
}

async function hides(t: ExecutionContext, recorded: Recorded): Promise<void> {
  t.is(await shows(recorded, colors.shown), 0, 'the number is seen')
  t.true((await shows(recorded, colors.before)) > 0, 'what came before is seen')
  t.true((await shows(recorded, colors.done)) > 0, 'what came behind is seen')
  t.true(recorded.reasons.includes('screen sensitive-content'), recorded.reasons.join())
}

onX(
  'a page that shows a number: it is not seen, and the page before and behind it is',
  async (t) => {
    const display = await accessible(t)
    const url = pathToFileURL(join(root, 'test/said.html'))
    url.hash = `ssn ${socialSecurityNumber()}`
    await display.page(url)
    await display.focused('Chromium')
    await hides(t, await clicked(t, display, '400 500'))
  },
)

onX('a window of GTK that shows one: the same', async (t) => {
  const display = await accessible(t)
  await display.spawn('/usr/bin/python3', [
    join(root, 'test/said.py'),
    `ssn ${socialSecurityNumber()}`,
  ])
  const { bounds } = await display.window('Said.py')
  await hides(t, await clicked(t, display, `${bounds.x + 250} ${bounds.y + 220}`))
})

onX('what says how to reach somebody stays seen', async (t) => {
  const display = await accessible(t)
  await display.spawn('/usr/bin/python3', [
    join(root, 'test/said.py'),
    'Write to support@example.com, or call +1 212 555 0142',
  ])
  const { bounds } = await display.window('Said.py')
  const recorded = await clicked(t, display, `${bounds.x + 250} ${bounds.y + 220}`)
  t.true((await shows(recorded, colors.shown)) > 0)
})
