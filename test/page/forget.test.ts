// What is marked in the review page, and what becomes of it.
import { rm } from 'node:fs/promises'
import { UnderstudyError } from '../../ts/errors.js'
import type { ForgetStep, ReleaseStep } from '../../ts/review/actions.js'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { browserTests, opened, review, screenshot } from './browser.js'
import { desktop, small } from './desktop.js'

const inBrowser = browserTests()

inBrowser('where nothing can be done from here, the commands are shown', async (t) => {
  const { recording, file } = await desktop(t)
  const { page } = await review(t, { recording }, { file })
  await page.getByLabel('From', { exact: true }).fill('0:03')
  await page.getByLabel('to', { exact: true }).fill('9.25')
  await page.keyboard.press('Enter')
  await page.getByRole('checkbox', { name: /^Editor/ }).check()
  await page.getByRole('group', { name: 'Whole tracks' }).getByLabel('screen').check()
  const command = 'understudy forget RECORDING --identity ~/.understudy'
  const forgetting = page.getByRole('region', { name: 'Forget' }).locator('pre')
  t.deepEqual((await forgetting.textContent())?.split('\n'), [
    `${command} --from 0:03 --to 0:09.25`,
    `${command} --app 'Editor'`,
    `${command} --tracks screen`,
  ])
  t.is(await page.getByRole('button', { name: /Forget|Release/ }).count(), 0)

  await page.getByRole('checkbox', { name: /^Editor/ }).uncheck()
  const release = page.getByRole('region', { name: 'Release' })
  await release.getByText('Without what is marked: 0:03.0 to 0:09.2, screen.').waitFor()
  await release.getByRole('checkbox', { name: 'context' }).uncheck()
  const to = await release.getByLabel('Release to').inputValue()
  t.regex(to, /^understudy1/)
  t.is(
    await release.locator('pre').textContent(),
    `understudy release RECORDING --identity ~/.understudy --to ${to} --tracks pointer,keyboard ` +
      '--except 0:03-0:09.25',
  )
})

inBrowser('releasing is asked for once more, and says where the copy lies', async (t) => {
  const recording = await temporaryFolder(t)
  await writeFiles(recording, small().stop().files)
  const asked: ReleaseStep[] = []
  const release = (step: ReleaseStep) => {
    asked.push(step)
    return Promise.resolve(`/${asked.length}`)
  }
  const identity = identityFile('p')
  const { page } = await review(
    t,
    { recording, identity, actions: { release } },
    { passphrase: 'p' },
  )
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('dialog', { name: 'Release this copy?' }).waitFor()
  await page.getByRole('button', { name: 'Keep it', exact: true }).click()
  t.deepEqual(asked, [])
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  await page.getByText('Released. Hand over this folder: /1').waitFor()
  const [step] = asked
  t.like(step, { tracks: ['pointer', 'keyboard', 'screen', 'context'], except: [] })
  t.regex(step?.to ?? '', /^understudy1/)
})

inBrowser('forgetting is asked for once more, and then the recording is opened anew', async (t) => {
  const recording = await temporaryFolder(t)
  await writeFiles(recording, small().stop().files)
  const asked: ForgetStep[] = []
  const forget = async (steps: readonly ForgetStep[]) => {
    asked.push(...steps)
    if (asked.length === 1) throw new UnderstudyError('passphrase-wrong', 'The passphrase is wrong')
    await replace(recording)
  }
  const identity = identityFile('p')
  const { page } = await review(
    t,
    { recording, identity, actions: { forget } },
    { passphrase: 'p' },
  )
  await page.getByText('3 of 3 segments verified').waitFor()
  t.is(await page.getByRole('button', { name: 'Forget for good…' }).count(), 0)
  await page.getByLabel('From', { exact: true }).fill('1')
  await page.getByLabel('to', { exact: true }).fill('2')
  await page.keyboard.press('Enter')

  const button = page.getByRole('button', { name: 'Forget for good…' })
  await button.click()
  await page.getByRole('dialog', { name: 'Forget for good?' }).waitFor()
  await screenshot(page, 'forget')
  t.is(await page.evaluate(() => document.activeElement?.textContent), 'Keep it')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await button.click()
  await page.getByRole('button', { name: 'Keep it', exact: true }).last().click()
  t.deepEqual(asked, [])

  await button.click()
  await page.getByRole('button', { name: 'Forget', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'The passphrase is wrong.' }).waitFor()
  await button.click()
  await page.getByRole('button', { name: 'Forget', exact: true }).click()
  await page.getByText('4 of 4 segments verified').waitFor()
  await opened(page)
  const step = { from: 1e9, to: 2e9 }
  t.deepEqual(asked, [step, step])
  // What was marked before is counted once more by a worker, which may still be at it.
  await page.locator('.outcome').getByText('Nothing is marked.', { exact: true }).waitFor()
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('.image')?.dataset['shown'] === '10',
  )
})

inBrowser(
  'where not all was forgotten, what is left is opened anew, and that is said',
  async (t) => {
    const recording = await temporaryFolder(t)
    await writeFiles(recording, small().stop().files)
    const forget = async (_: readonly ForgetStep[], done: () => void) => {
      await replace(recording)
      done()
      throw new UnderstudyError('disk-full', 'The disk is full')
    }
    const identity = identityFile('p')
    const options = { recording, identity, actions: { forget } }
    const { page } = await review(t, options, { passphrase: 'p' })
    for (const [from, to] of [
      ['1', '2'],
      ['5', '6'],
    ] as const) {
      await page.getByLabel('From', { exact: true }).fill(from)
      await page.getByLabel('to', { exact: true }).fill(to)
      await page.keyboard.press('Enter')
    }
    await page.getByRole('button', { name: 'Forget for good…' }).click()
    await page.getByRole('button', { name: 'Forget', exact: true }).click()
    await page.getByText('4 of 4 segments verified').waitFor()
    const alert = page.getByRole('alert')
    await alert.filter({ hasText: 'The disk is full. Before that, 1 of 2 were done.' }).waitFor()
    await opened(page)
    t.is(await page.locator('.outcome').textContent(), 'Nothing is marked.')
    await screenshot(page, 'partly-forgotten')
  },
)

/** Another recording of the same contributor stands for what is left. */
async function replace(recording: string): Promise<void> {
  await rm(recording, { recursive: true })
  const left = small()
  left.begin('context')
  await writeFiles(recording, left.stop().files)
}
