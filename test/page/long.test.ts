// A long recording in the review page: what it fetches, and that it fetches no more.
import { Picture } from '../../ts/frame.js'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { frameRecord } from '../picture.js'
import { Writer } from '../recording.js'
import { Streams } from '../streams.js'
import { randomNumbers } from '../walk.js'
import { browserTests, opened, unlock, visit } from './browser.js'

const inBrowser = browserTests()

const minute = 60e9
const minutes = 120

/** Two hours, each minute a segment of noise: 0.3 MB that nothing makes smaller, more in all than is kept. */
function twoHours(): Writer {
  const writer = new Writer()
  const random = randomNumbers(1)
  const noise = new Picture(320, 320, 'bgrx8')
  for (let i = 0; i < noise.pixels.length; i++) noise.pixels[i] = random() * 0xff_ffff
  const streams = new Streams('bgrx8')
  streams.raw({ x: 0, y: 0, width: 320, height: 320 }, [...noise.pixels])
  const bytes = streams.bytes()
  for (let i = 0; i < minutes; i++) {
    writer.time = i * minute
    writer.begin('screen')
    writer.chunk('screen', frameRecord(i * minute + 1e9, noise, { key: true }, bytes))
    writer.close('screen')
  }
  writer.time = minutes * minute
  return writer.stop()
}

inBrowser('two hours: going anywhere fetches one segment', async (t) => {
  t.timeout(180_000)
  const recording = await temporaryFolder(t)
  await writeFiles(recording, twoHours().files)
  const { page } = await visit(t, { recording, identity: identityFile('p') })
  page.setDefaultTimeout(60_000)
  await page.getByText(`${minutes} of ${minutes} segments verified`).waitFor()
  await unlock(page, { passphrase: 'p' })
  await opened(page)
  let bytes = 0
  page.context().on('response', (response) => {
    bytes += Number(response.headers()['content-length'])
  })
  await page.getByRole('slider').focus()
  const shown = (time: number) =>
    page.waitForFunction(
      (wanted) => document.querySelector<HTMLElement>('.image')?.dataset['shown'] === wanted,
      String(time),
    )
  await page.keyboard.press('End')
  await shown((minutes - 1) * minute + 1e9)
  await page.keyboard.press('Home')
  await page.keyboard.press('.')
  await shown(1e9)
  bytes = 0
  await page.keyboard.press('PageUp')
  await shown(1e9)
  await page.keyboard.press('PageUp')
  await shown(minute + 1e9)
  t.true(bytes < 1e6, `${bytes} bytes were fetched`)
})
