// The review page by keyboard alone, and as assistive technology finds it.
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { browserTests, opened, screenshot, unlock, visit } from './browser.js'
import { desktop, small } from './desktop.js'

const inBrowser = browserTests()

inBrowser('by keyboard alone: from the passphrase to a marked stretch', async (t) => {
  const writer = small()
  const folder = await temporaryFolder(t)
  await writeFiles(folder, writer.stop().files)
  const { page } = await visit(t, {
    recording: folder,
    identity: identityFile('pass word'),
  })
  await page.getByLabel('Passphrase').waitFor()
  t.is(await focused(page), 'passphrase', 'the first thing that is wanted has the focus')
  await page.keyboard.type('pass')
  await page.keyboard.press('Enter')
  await page.getByText('The passphrase is wrong').waitFor()
  await page.keyboard.type('pass word')
  await page.keyboard.press('Enter')
  await opened(page)

  t.is(await focused(page), 'main')
  const names: string[] = []
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    names.push(await focused(page))
    if (i > 0 && names.at(-1) === names[0]) break
  }
  const order = ['Play', 'Previous picture', 'Next picture', 'speed', 'skip', 'Time', 'From here']
  t.deepEqual(
    names.filter((name) => order.includes(name)).slice(0, order.length),
    order,
    names.join(', '),
  )
  for (const name of ['Mark', 'search', 'filter', 'Events']) t.true(names.includes(name), name)

  await page.keyboard.press('Home')
  await page.keyboard.press('.')
  await page.keyboard.press('i')
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('o')
  await page.getByText('Keep it').waitFor()
  await page.keyboard.press('/')
  t.is(await focused(page), 'search')
  await page.keyboard.type('hello')
  await page.getByText('1 of').waitFor()
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab')
  t.is(await focused(page), 'Events')
  await page.keyboard.press('ArrowDown')
  const list = page.getByRole('listbox', { name: 'Events' })
  t.is(await list.getAttribute('aria-activedescendant'), 'event-0')
  await page.keyboard.press('Enter')
  t.regex((await page.locator('.clock').textContent()) ?? '', /^0:00\.000/)
})

inBrowser('axe finds nothing, at the door and inside, in the light and in the dark', async (t) => {
  const { recording, file } = await desktop(t)
  const { page } = await visit(t, { recording })
  const check = async (where: string) => {
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      const { axe: found } = globalThis as unknown as { axe: { run: () => Promise<Found> } }
      return (await found.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
    })
    t.deepEqual(violations, [], where)
  }
  await page.getByLabel('Passphrase').waitFor()
  await screenshot(page, 'door')
  await check('at the door')
  await unlock(page, { file })
  await opened(page)
  await check('inside')
  await page.emulateMedia({ colorScheme: 'dark' })
  await check('in the dark')
  await page.setViewportSize({ width: 480, height: 900 })
  await check('where there is little room')
  await screenshot(page, 'narrow')
})

/** Id or name of what has the focus. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const { activeElement: has } = document
    if (!has) return ''
    return has.id === '' ? (has.getAttribute('aria-label') ?? has.textContent) : has.id
  })
}

interface Found {
  readonly violations: { readonly id: string; readonly nodes: { readonly html: string }[] }[]
}
