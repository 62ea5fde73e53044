// Private windows of a real browser, beside others of the same process: of the private ones nothing is recorded.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExecutionContext } from 'ava'
import { absent, canary, onX, record, type Recorded, shows, typed } from './canary.js'
import { Display } from './display.js'
import { sleep } from './studio.js'

const letters = 'abcdefghkmnopqrstuvwxyz'
const color = { normal: 0x00c853, private: 0xfe0107 }

/** Into the field of whichever page is in front. */
const intoField = 'move 450 420\nclick\nsleep 700'

/** A page of a colour with a text field, well inside. */
async function page(display: Display, name: string, color: number): Promise<string> {
  const path = join(display.folder, `${name}.html`)
  const css = `margin: 0; background: #${color.toString(16).padStart(6, '0')}`
  const place = 'position: absolute; left: 100px; top: 100px; width: 600px; height: 300px'
  const field = `<input aria-label="${name} field" style="${place}">`
  await writeFile(path, `<!doctype html><title>${name}</title><body style="${css}">${field}`)
  return pathToFileURL(path).href
}

/** A browser of which pages tell their fields, or not, and its first window. */
async function browser(t: ExecutionContext, tells: boolean) {
  const display = await Display.start({ accessibility: true })
  t.teardown(() => display.close())
  const [normal, secret] = [canary(letters, 12), canary(letters, 12)]
  const title = { normal: `Meadow ${normal}`, private: `Garden ${secret}` }
  const pages = {
    normal: await page(display, title.normal, color.normal),
    private: await page(display, title.private, color.private),
  }
  const tell = tells ? ['--force-renderer-accessibility'] : []
  const open = async (option: string[], url: string, title: string) => {
    await display.browse([...option, ...tell, '--window-size=1000,700', url])
    const begun = performance.now()
    // At first no window has the keyboard.
    while (!(await display.title().catch(() => '')).startsWith(title)) {
      if (performance.now() - begun > 20_000) throw new Error(`${title} did not come up`)
      await sleep(50)
    }
  }
  return {
    display,
    secret,
    title,
    openNormal: () => open([], pages.normal, title.normal),
    openPrivate: (option: string) => open([option], pages.private, title.private),
  }
}

/** Another window to the front, by the keyboard, until it is this one. */
async function bring(display: Display, title: string) {
  for (let turn = 0; turn < 5; turn++) {
    await display.play('key AltLeft+Tab\nsleep 1000')
    if ((await display.title()).startsWith(title)) return
  }
  throw new Error(`${title} does not come to the front`)
}

/** Nothing of the private window: no pixel, no key, no name. */
async function hides(t: ExecutionContext, recorded: Recorded, secret: string) {
  t.is(await shows(recorded, color.private), 0, 'the private window is seen')
  absent(t, secret, recorded)
  const told = recorded.items.map((item) => JSON.stringify(item.track === 'screen' ? {} : item))
  t.false(told.join('').includes('Garden'), 'its title or an element is told')
}

for (const option of ['--incognito', '--guest']) {
  onX(`a private window that is opened while it is recorded (${option})`, async (t) => {
    const { display, secret, title, openNormal, openPrivate } = await browser(t, true)
    await openNormal()
    await sleep(3000)
    const recorded = await record(t, display, {}, async () => {
      await display.play(`sleep 500\n${intoField}\ntype blue heron every 40\nsleep 3000`)
      await openPrivate(option)
      await sleep(1500)
      await display.play(`${intoField}\ntype ${secret} every 40\nsleep 3000`)
      // The other window comes to the front, and the private one still lies beside it.
      await display.play(
        `key AltLeft+Tab\nsleep 1000\n${intoField}\ntype grey owl every 40\nsleep 3500`,
      )
      t.true((await display.title()).startsWith(title.normal))
    })
    await hides(t, recorded, secret)
    t.true((await shows(recorded, color.normal)) > 0, 'the other window is seen')
    const text = typed(recorded.items)
    t.true(text.includes('blue heron') && text.includes('grey owl'), text)
    const titles = recorded.items.map((item) => (item.type === 'focus' ? item.window?.title : ''))
    t.true(
      titles.some((told) => told?.includes(title.normal)),
      titles.join(),
    )
    t.true(recorded.reasons.includes('screen excluded-application'), recorded.reasons.join())
    t.true(recorded.reasons.includes('context excluded-application'), recorded.reasons.join())
  })
}

onX(
  'a private window that is there already, behind another, of a browser that tells of no page',
  async (t) => {
    const { display, secret, title, openNormal, openPrivate } = await browser(t, false)
    await openPrivate('--incognito')
    await openNormal()
    await sleep(2000)
    const recorded = await record(t, display, { trusted: ['Chromium'] }, async () => {
      await sleep(2500)
      // The private one to the front, and back again.
      await bring(display, title.private)
      await display.play(`${intoField}\ntype ${secret} every 40\nsleep 2000`)
      await bring(display, title.normal)
      await display.play(`${intoField}\ntype grey owl every 40\nsleep 3000`)
    })
    await hides(t, recorded, secret)
    t.true((await shows(recorded, color.normal)) > 0, 'the other window is seen')
    t.true(typed(recorded.items).includes('grey owl'), typed(recorded.items))
  },
)
