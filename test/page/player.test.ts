// The review page: what it shows, and what it says would go.
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { concat, record, string, uvarint } from '../encode.js'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { browserTests, pictureOf, review, screenshot } from './browser.js'
import { desktop, pictures, small } from './desktop.js'

const inBrowser = browserTests()

/** Waits until the page shows exactly the picture of a time. */
async function shows(t: ExecutionContext, page: Page, time: number, hash = ''): Promise<void> {
  let found = await pictureOf(page)
  // What the worker painted reaches the page's canvas with its next frame.
  for (let tries = 0; tries < 100 && (found.time !== time || found.hash !== hash); tries++) {
    await page.waitForTimeout(50)
    found = await pictureOf(page)
  }
  t.deepEqual(found, { time, hash })
}

inBrowser('unlock, seek and step: each picture is what the reader decodes in Node', async (t) => {
  const { recording, identity, file } = await desktop(t)
  const expected = await pictures(recording, identity)
  const times = [...expected.keys()]
  t.true(times.length > 50)
  const latest = (time: number) => times.filter((one) => one <= time).at(-1) ?? -1

  const { page } = await review(t, { recording }, { file })
  await shows(t, page, times[0] ?? -1, expected.get(times[0] ?? -1))
  await page
    .getByText('8 of 8 segments verified')
    .or(page.getByText(/^4 of 4 segments/))
    .waitFor()

  const slider = page.getByRole('slider', { name: 'Time' })
  await slider.focus()
  for (const [key, time] of [
    ['ArrowRight', 5e9],
    ['ArrowRight', 10e9],
    ['ArrowLeft', 5e9],
    ['End', Infinity],
    ['ArrowLeft', 0],
    ['Home', 0],
    ['ArrowRight', 5e9],
  ] as const) {
    await page.keyboard.press(key)
    const at = Number(await slider.getAttribute('aria-valuenow')) * 1e9
    if (time > 0 && time < Infinity) t.is(at, time)
    const now = key === 'Home' ? 0 : time > 0 && time < Infinity ? time : undefined
    if (now === 0) await shows(t, page, times[0] ?? -1, expected.get(times[0] ?? -1))
    else if (now !== undefined) await shows(t, page, latest(now), expected.get(latest(now)))
    else if (key === 'End')
      await shows(t, page, times.at(-1) ?? -1, expected.get(times.at(-1) ?? -1))
  }
  const start = times.indexOf(latest(5e9))
  for (const [key, by] of [
    ['.', 1],
    ['.', 2],
    ['.', 3],
    [',', 2],
    [',', 1],
    [',', 0],
    [',', -1],
    ['.', 0],
  ] as const) {
    await page.keyboard.press(key)
    const time = times[start + by] ?? -1
    await shows(t, page, time, expected.get(time))
  }
})

inBrowser('play, pause, speed and skip idle', async (t) => {
  const { recording, identity, file } = await desktop(t)
  const expected = await pictures(recording, identity)
  const { page } = await review(t, { recording }, { file })
  const clock = page.getByRole('timer', { name: 'Time' })
  await page.getByRole('button', { name: 'Play' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.waitForFunction(
    () => document.querySelector('.clock')?.textContent.startsWith('0:00.') === false,
  )
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play' }).waitFor()
  const stopped = await clock.textContent()
  await page.waitForTimeout(200)
  t.is(await clock.textContent(), stopped, 'time stands still')
  const { time } = await pictureOf(page)
  await shows(t, page, time, expected.get(time))

  await page.getByLabel('Speed').selectOption('16')
  await page.getByLabel('Skip idle').check()
  await page.getByRole('button', { name: 'Play' }).click()
  await page.waitForFunction(() => {
    const [now, all] = document.querySelector('.clock')?.textContent.split(' / ') ?? []
    return now?.startsWith(all ?? '-')
  })
  const last = [...expected.keys()].at(-1) ?? -1
  await shows(t, page, last, expected.get(last))
  await page.getByRole('button', { name: 'Play' }).waitFor()
})

inBrowser('events: searched, filtered, gone to', async (t) => {
  const { recording, file } = await desktop(t)
  const { page } = await review(t, { recording }, { file })
  await page.getByLabel('Search').fill('terminal')
  await page.getByText(/^\d+ of \d+ events$/).waitFor()
  const options = page.getByRole('option').filter({ has: page.locator('.text') })
  for (const text of await options.locator('.text').allTextContents()) t.regex(text, /terminal/i)
  t.true((await options.count()) > 0)
  const line = options.first()
  const told = (await line.locator('time').textContent()) ?? ''
  await line.click()
  const clock = page.getByRole('timer', { name: 'Time' })
  t.true((await clock.textContent())?.startsWith(told))
  await page.getByLabel('Search').fill('')
  await page.getByLabel('Show').selectOption({ label: 'What was left out' })
  await page
    .getByText(/Screen hidden: excluded application, until/)
    .first()
    .waitFor()
  t.is(await page.getByText('s3cret').count(), 0)
  await screenshot(page, 'left-out')
})

inBrowser(
  'fields, and what was typed into them but is not told, are listed and found',
  async (t) => {
    const writer = small()
    writer.begin('context')
    const field = (time: number, clicked: 0 | 1, role: string, name: string) => {
      const owner = [0]
      const body = [[clicked], uvarint(7), uvarint(1), owner, string(role), string(name), [0]]
      return record(0x24, time, ...body)
    }
    writer.chunk(
      'context',
      concat(field(1, 0, 'textbox', 'Card number'), field(9, 1, 'password', '')),
    )
    writer.chunk('keyboard', record(0x14, 30, string('credit_card'), [0]))
    writer.line({ type: 'notice', notice: 'no-accessibility' })
    const span = { type: 'withheld', track: 'keyboard', from: 0, to: 1e9 }
    writer.line({ ...span, reason: 'sensitive-content', class: 'credit_card' })
    const recording = await temporaryFolder(t)
    await writeFiles(recording, writer.stop().files)
    const identity = identityFile('p')
    const { page } = await review(t, { recording, identity }, { passphrase: 'p' })
    const listed = async (text: string) => {
      await page.getByLabel('Search').fill(text)
      return await page.getByRole('option').locator('.text').allTextContents()
    }
    t.deepEqual(await listed('card'), [
      'Keys left out: sensitive content (credit card), until 0:01.0',
      'Keyboard in textbox “Card number”',
      'hello⟨credit card⟩',
    ])
    t.is((await listed('applications do not tell')).length, 1)
    await page.getByLabel('Show').selectOption({ label: 'Windows, and what was used in them' })
    t.deepEqual(await listed(''), ['Keyboard in textbox “Card number”', 'Clicked password'])
    await page.getByLabel('Show').selectOption({ label: 'Everything' })
    await screenshot(page, 'fields')
  },
)

inBrowser('mark a stretch, an application, a track: what would go is shown', async (t) => {
  const { recording, file } = await desktop(t)
  const { page } = await review(t, { recording }, { file })
  const outcome = page.locator('.outcome')
  t.is(await outcome.textContent(), 'Nothing is marked.')
  await page.getByLabel('From', { exact: true }).fill('0:02')
  await page.getByLabel('to', { exact: true }).fill('0:01')
  await page.getByRole('button', { name: 'Mark', exact: true }).click()
  await page.getByText('A stretch ends after it begins.').waitFor()
  await page.getByLabel('to', { exact: true }).fill('0:06.5')
  await page.keyboard.press('Enter')
  const row = (track: string) => outcome.getByRole('row', { name: new RegExp(`^${track}`) })
  for (const track of ['pointer', 'keyboard', 'screen', 'context']) {
    t.regex((await row(track).textContent()) ?? '', /5 seconds01/, track)
  }
  await page.getByRole('button', { name: 'Keep it: 0:02.0 to 0:06.5' }).click()
  t.is(await outcome.textContent(), 'Nothing is marked.')
  await page.getByRole('checkbox', { name: /^Terminal/ }).check()
  t.is(await row('keyboard').count(), 1)
  await page.getByRole('checkbox', { name: /^Terminal/ }).uncheck()
  await page.getByRole('group', { name: 'Whole tracks' }).getByLabel('keyboard').check()
  t.is(await outcome.locator('tbody tr').count(), 1)
  t.regex((await row('keyboard').textContent()) ?? '', /10/)
  await page.getByLabel('From', { exact: true }).fill('3')
  await page.getByLabel('to', { exact: true }).fill('9')
  await page.keyboard.press('Enter')
  await screenshot(page, 'marked-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await screenshot(page, 'marked-dark')
})
