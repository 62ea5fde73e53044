// From the review page to the recipient: what is forgotten is gone, and what is opened is what was shown.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as native from '../../native/binding.js'
import { openIdentity, openRecording } from '../../ts/index.js'
import { contributorActions } from '../../ts/review/contributor.js'
import { temporaryFolder } from '../folder.js'
import { browserTests, newPage, review, screenshot, unlock } from './browser.js'
import { desktop, pictures, shownPictures } from './desktop.js'

const inBrowser = browserTests()

inBrowser('mark, forget, release, open: what the recipient sees is what was shown', async (t) => {
  t.timeout(180_000)
  const recipient = join(await temporaryFolder(t), 'recipient')
  const to = await native.makeIdentity(recipient)
  const { recording, identity, file } = await desktop(t, to)
  const before = await pictures(recording, identity)
  const [from, until] = [3e9, 9.5e9]
  t.true([...before.keys()].some((time) => time >= from && time < until))

  const actions = contributorActions(recording, identity)
  const { page } = await review(t, { recording, actions }, { file })
  await page.getByLabel('From', { exact: true }).fill('0:03')
  await page.getByLabel('to', { exact: true }).fill('0:09.5')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Forget for good…' }).click()
  await page.getByRole('button', { name: 'Forget', exact: true }).click()
  await page.getByText('Keys: forgotten by the contributor, until 0:09.5').waitFor()
  await page.locator('.verdict[data-status=intact]').waitFor()
  await screenshot(page, 'forgotten')

  const after = await pictures(recording, identity)
  t.deepEqual(
    [...after.keys()].filter((time) => time > from && time < until),
    [],
  )
  for (const [time, hash] of after) if (time < from) t.is(hash, before.get(time) ?? '')
  for await (const item of openRecording(recording, { identity: await openIdentity(identity) })) {
    t.false(item.track === 'pointer' && item.time > from && item.time < until, item.type)
  }

  const shown = await shownPictures(page, after)
  t.deepEqual(shown, [...after.values()])
  await page.getByLabel('Release to').selectOption(to)
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  const said = await page.getByText(/^Released\. Hand over this folder: /).textContent()
  const copy = said?.replace(/^.*folder: /, '') ?? ''
  t.true((await readdir(copy)).includes('release.json'))
  await t.throwsAsync(pictures(copy, identity), { code: 'identity-mismatch' })

  const received = await pictures(copy, recipient)
  // Times are coarse in a copy: of pictures that came up within a moment it has the last.
  let at = 0
  for (const hash of received.values()) {
    at = shown.indexOf(hash, at)
    t.true(at >= 0, 'every picture of the copy was shown, in this order')
  }
  t.is([...received.values()].at(-1), shown.at(-1))
  t.true(received.size > shown.length / 2)
  const { page: single } = await review(
    t,
    { recording: copy },
    { file: join(recipient, 'identity.json') },
  )
  t.is(await single.getByRole('region', { name: /Forget|Release/ }).count(), 0)
  t.deepEqual(await shownPictures(single, received), [...received.values()])
  await single.getByText('The recipient alone.').waitFor()
  await single.getByRole('button', { name: 'Look' }).click()
  await single.getByText(/^They find (nothing|\d+ places?)\.$/).waitFor()
  await screenshot(single, 'received')
  const info = await openRecording(copy).info()
  t.is(info?.openings?.length, 2, 'read here, and opened in the page')

  // In one file the page can write nothing down, so it opens no copy.
  const alone = await newPage(t)
  await alone.goto(new URL('../../dist/page/review.html', import.meta.url).href)
  await alone.getByLabel('Folder of the recording').setInputFiles(copy)
  await unlock(alone, { file: join(recipient, 'identity.json') })
  await alone
    .getByRole('alert')
    .filter({ hasText: 'where its opening can be written down' })
    .waitFor()
})
