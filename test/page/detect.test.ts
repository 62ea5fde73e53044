// The detectors in a real browser: in a worker, under a content policy, they answer as the addon does; and
// the review page that looks with them for what is left in a recording.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import axe from 'axe-core'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import * as native from '../../native/binding.js'
import { bundle } from '../../scripts/page.mjs'
import type { DetectOptions } from '../../ts/detect.js'
import { concat, keydown, record, string, svarint, uvarint } from '../encode.js'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { Writer } from '../recording.js'
import { root } from '../studio.js'
import { madeTexts, odd, quotedTexts, tokens } from '../texts.js'
import { randomNumbers } from '../walk.js'
import { browserTests, newPage, opened, review, screenshot, unlock } from './browser.js'

const inBrowser = browserTests()

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"

/** A worker that has nothing but the detectors: no page, no DOM. */
const worker = `
import { loadDetectors } from './detect.js'
const loaded = loadDetectors(fetch('/detect.wasm'))
loaded.catch(() => undefined)
onmessage = async ({ data: { texts, mode } }) => {
  const answer = (detectors) => (text) => {
    try {
      return detectors.redact(text, { mode })
    } catch (error) {
      return error.code
    }
  }
  try {
    postMessage(texts.map(answer(await loaded)))
  } catch (error) {
    postMessage(error.code)
  }
}`

/** A page whose worker answers texts as the detectors do. */
async function workerPage(t: ExecutionContext, contentPolicy = policy) {
  const files: Readonly<Record<string, [type: string, content: string | Buffer]>> = {
    '/': ['text/html', '<!doctype html><title>detectors</title>'],
    '/detect.js': ['text/javascript', await bundle('ts/detect.ts')],
    '/worker.js': ['text/javascript', worker],
    '/detect.wasm': ['application/wasm', await readFile(join(root, 'dist/detect.wasm'))],
  }
  const server = createServer((request, response) => {
    const [type = 'text/plain', content = ''] = files[request.url ?? ''] ?? []
    response.setHeader('content-type', type).setHeader('content-security-policy', contentPolicy)
    response.end(content)
  })
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  const page = await newPage(t)
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.evaluate(() => {
    Object.assign(globalThis, { detectors: new Worker('/worker.js', { type: 'module' }) })
  })
  return { page }
}

type Mode = NonNullable<DetectOptions['mode']>

async function answers(page: Page, texts: readonly string[], mode: Mode): Promise<unknown> {
  // As JSON, which escapes halves of pairs: what carries them to the browser might mend what is no text.
  return await page.evaluate(
    async ({ quoted, mode }) => {
      const { detectors } = globalThis as unknown as { detectors: Worker }
      const texts = JSON.parse(quoted) as string[]
      return await new Promise<unknown>((resolve) => {
        detectors.onmessage = ({ data }: MessageEvent<unknown>) => {
          resolve(data)
        }
        detectors.postMessage({ texts, mode })
      })
    },
    { quoted: JSON.stringify(texts), mode },
  )
}

inBrowser('a worker of a browser answers every text as the addon does', async (t) => {
  t.timeout(300_000)
  const { page } = await workerPage(t)
  const quoted = quotedTexts()
  const shapes = tokens(randomNumbers(5))
  const made = fc.sample(madeTexts([...quoted, ...shapes]), { numRuns: 2000, seed: 7 })
  const texts = [...quoted, ...shapes, ...made, ...odd]
  for (const mode of ['balanced', 'strict'] as const) {
    const expected = texts.map((text) => native.redactText(text, mode === 'strict'))
    t.true(expected.filter(({ spans }) => spans.length > 0).length > 1000)
    const given = (await answers(page, texts, mode)) as unknown[]
    t.is(given.length, texts.length)
    for (const [i, answer] of given.entries()) t.deepEqual(answer, expected[i], texts[i])
  }
})

inBrowser('there, what is too long or no text is an error too', async (t) => {
  const { page } = await workerPage(t)
  const full = `${'é'.repeat((1 << 19) - 6)} 078-05-1121`
  t.is(Buffer.byteLength(full), 1 << 20)
  const wrong = [`${full} `, '\ud800', '078-05-1121\udc00', 'é'.repeat(1 << 20)]
  const [first, ...others] = (await answers(page, [full, ...wrong], 'strict')) as unknown[]
  t.deepEqual(first, native.redactText(full, true))
  t.deepEqual(
    others,
    wrong.map(() => 'invalid-argument'),
  )
})

inBrowser('where the content policy does not allow it, nothing is answered', async (t) => {
  const { page } = await workerPage(t, policy.replace(" 'wasm-unsafe-eval'", ''))
  t.is(await answers(page, ['078-05-1121'], 'balanced'), 'unsupported')
})

/** Typing, titles and names, with what stands in some of them as if nobody had filtered them. */
async function leaky(t: ExecutionContext): Promise<string> {
  const writer = new Writer()
  for (const track of ['keyboard', 'context', 'pointer'] as const) writer.begin(track)
  const app = concat([1], string('Editor'), string('editor'))
  const bounds = concat(svarint(0), svarint(0), uvarint(1), uvarint(1))
  const title = (difference: number, text: string) =>
    record(0x20, difference, [1], uvarint(7), app, string(text), bounds)
  const field = (difference: number, name: string) =>
    record(0x24, difference, [0], uvarint(7), uvarint(1), [0], string('textbox'), string(name), [0])
  writer.chunk('context', concat(title(1e9, 'Notes'), field(1e9, 'Comment')))
  const type = (text: string) => Array.from(text).map((key) => keydown(1e8, 'KeyA', key))
  writer.chunk(
    'keyboard',
    concat(
      keydown(3e9, 'KeyA', 'x'),
      ...type(' mine is 536-90-43'),
      ...[keydown(1e8, 'Digit1', '1'), keydown(1e8, 'Backspace', 'Backspace', '')],
      ...type('99 or order 1245319599 today'),
    ),
  )
  writer.chunk('context', title(18e9, 'Mail from jo@example.org – <b>Mail</b>'))
  writer.chunk('context', field(1e9, 'Call (415) 555-0132'))
  writer.time = 30e9
  const recording = await temporaryFolder(t)
  await writeFiles(recording, writer.stop().files)
  return recording
}

/** What the page lists, a line a finding. */
async function listed(page: Page): Promise<string[]> {
  return await page.getByRole('listbox', { name: 'Findings' }).getByRole('option').allTextContents()
}

inBrowser(
  'the page finds what stands in a recording, by keyboard alone, and leads to it',
  async (t) => {
    const recording = await leaky(t)
    const { page } = await review(
      t,
      { recording, identity: identityFile('p') },
      { passphrase: 'p' },
    )
    const region = page.getByRole('region', { name: 'What the detectors find' })
    await region.getByRole('button', { name: 'Look' }).focus()
    await page.keyboard.press('Enter')
    await region.getByRole('status').getByText('They find 3 places.').waitFor()
    t.deepEqual(await listed(page), [
      '0:04typedus ssn: 536-90-4399',
      '0:20titleemail: jo@example.org',
      '0:21elementphone: (415) 555-0132',
    ])
    // The focus stays where it was, and the list is two steps on.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    const list = page.getByRole('listbox', { name: 'Findings' })
    t.is(await list.getAttribute('aria-activedescendant'), 'finding-0')
    const clock = page.getByRole('timer', { name: 'Time' })
    await page.keyboard.press('Enter')
    t.regex((await clock.textContent()) ?? '', /^0:04\.000/)
    for (const key of ['i', 'ArrowRight', 'o']) await page.keyboard.press(key)
    await page.getByRole('button', { name: 'Keep it: 0:04.0 to 0:09.0' }).waitFor()
    t.regex((await clock.textContent()) ?? '', /^0:09\.000/)
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    t.regex((await clock.textContent()) ?? '', /^0:21\.000/)

    await region.getByLabel('Class').selectOption({ label: 'email (1)' })
    t.deepEqual(await listed(page), ['0:20titleemail: jo@example.org'])
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      interface Found {
        readonly violations: { readonly id: string; readonly nodes: { readonly html: string }[] }[]
      }
      const { axe: found } = globalThis as unknown as { axe: { run: () => Promise<Found> } }
      return (await found.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
    })
    t.deepEqual(violations, [])
    await screenshot(page, 'found')

    await region
      .getByLabel('Find', { exact: true })
      .selectOption({ label: 'Also what is possible' })
    await region.getByRole('button', { name: 'Look' }).click()
    await region
      .getByRole('status')
      .getByText(/They find [4-9] places\./)
      .waitFor()
    t.true((await listed(page)).some((line) => line.endsWith('1245319599')))
  },
)

inBrowser('the page in one file looks too, and asks nobody', async (t) => {
  const recording = await leaky(t)
  const page = await newPage(t)
  const asked: string[] = []
  page.context().on('request', (request) => asked.push(request.url()))
  await page.goto(new URL('../../dist/page/review.html', import.meta.url).href)
  await page.getByLabel('Folder of the recording').setInputFiles(recording)
  const file = join(await temporaryFolder(t), 'identity.json')
  await writeFiles(join(file, '..'), new Map([['identity.json', identityFile('p')]]))
  await unlock(page, { file, passphrase: 'p' })
  await opened(page)
  await page.getByRole('button', { name: 'Look' }).click()
  await page.getByText('They find 3 places.').waitFor()
  t.deepEqual(
    asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:')),
    [],
  )
})

inBrowser('a recording without anything: nothing is found, and that is said', async (t) => {
  const writer = new Writer()
  writer.begin('keyboard')
  writer.chunk('keyboard', keydown(1, 'KeyA', 'a'))
  const recording = await temporaryFolder(t)
  await writeFiles(recording, writer.stop().files)
  const { page } = await review(t, { recording, identity: identityFile('p') }, { passphrase: 'p' })
  await page.getByRole('button', { name: 'Look' }).click()
  await page.getByText('They find nothing.').waitFor()
  t.is(await page.getByRole('listbox', { name: 'Findings' }).count(), 0)
})
