// What was agreed, as the review page tells it: every field of the receipt in words, and the very text that was shown.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { consent, consentText, countersign, Recorder, release } from '../../ts/index.js'
import { hashOf } from '../../ts/seal.js'
import { parties, played } from '../studio.js'
import { browserTests, review, screenshot } from './browser.js'

const inBrowser = browserTests()

inBrowser('the receipt is told in words, and the text that was shown word for word', async (t) => {
  t.timeout(180_000)
  const { folder, identity, office, vault, recipient: to, sign } = await parties(t)
  const terms = {
    tracks: ['pointer', 'screen'],
    live: ['pointer'],
    direct: true,
    purpose: 'agent-evaluation',
    recipients: [to],
    controller: {
      // Markup is text here as anywhere.
      ...{ name: 'Example <b>Robotics</b>', contact: 'privacy@example.org', sign },
      ...{ jurisdiction: ['US-NY'], storage: ['FR', 'DE'], retention: 90 },
    },
    expires: Math.floor(Date.now() / 1000) + 3600,
  } as const
  const before = await consent({ identity, terms })
  const renewed = { ...terms, replaces: hashOf(Buffer.from(before)) }
  const signed = await consent({ identity, terms: renewed, replaces: before })
  const receipt = await countersign({ identity: office, receipt: signed })
  await writeFile(join(folder, 'receipt.json'), receipt)
  const synthetic = { seconds: 2, width: 128, height: 96, asap: true }
  const recorder = await Recorder.start({ receipt, folder: join(folder, 'r'), synthetic })
  await played(recorder)
  const { path: recording } = await recorder.stop()

  const { page } = await review(t, { recording }, { file: join(identity, 'identity.json') })
  const told = (await page.locator('section.receipt').innerText()).replaceAll(/\s+/g, ' ')
  for (const words of [
    ...['To measure how well software agents use computers', 'measuring productivity'],
    ...['selling it on', 'steps of 20 ms', 'a recording can be released by itself when it stops'],
    ...['Example <b>Robotics</b>, privacy@example.org', 'law of US-NY', 'kept in FR, DE'],
    ...['deleted after 90 days', 'None beside the floor', renewed.replaces, to],
    ...['could read along: pointer', 'understudy withdraw'],
  ]) {
    t.true(told.includes(words), words)
  }
  await page.getByText('word for word').click()
  t.is(await page.locator('section.receipt pre').textContent(), consentText(renewed))
  await screenshot(page, 'receipt')

  const { path: copy } = await release({ recording, identity, to })
  const theirs = await review(t, { recording: copy }, { file: join(vault, 'identity.json') })
  const seen = await theirs.page.locator('section.receipt').innerText()
  t.true(seen.includes('under a pseudonym') && seen.includes('measuring productivity'))
  t.true(seen.includes('not be used any more'))
  for (const hidden of ['Robotics', 'Agreed', 'word for word', renewed.replaces]) {
    t.false(seen.includes(hidden), hidden)
  }
})
