// A real browser, and the review page in it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildPage } from '../../scripts/page.mjs'
import { type ReviewOptions, serveReview } from '../../ts/review/server.js'
import { chromiumPath } from '../chromium.js'

let browser: Browser | undefined

/**
 * Builds the page and starts a browser before the tests of a file, and ends it after them.
 *
 * @returns what declares such a test; it is reported as skipped where there is no browser
 */
export function browserTests(): typeof test | typeof test.skip {
  test.before(async () => {
    await buildPage()
    if (chromiumPath === undefined) return
    // Containers run tests as root, whom Chromium gives no sandbox.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    browser = await chromium.launch({ executablePath: chromiumPath, args })
  })
  test.after.always(async () => {
    await browser?.close()
  })
  return chromiumPath === undefined ? test.skip : test
}

/** A page of its own, that fails the test if it meets an error that nobody expects. */
export async function newPage(t: ExecutionContext): Promise<Page> {
  if (!browser) throw new Error('there is no browser')
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => {
    t.fail(`the page: ${error.message}`)
  })
  page.on('dialog', (dialog) => {
    t.fail(`the page asks: ${dialog.message()}`)
  })
  return page
}

/** Serves a recording, and goes to its page: at the door. */
export async function visit(
  t: ExecutionContext,
  options: ReviewOptions,
): Promise<{ page: Page; url: URL }> {
  const server = await serveReview(options)
  t.teardown(() => server.close())
  const page = await newPage(t)
  await page.goto(server.url)
  return { page, url: new URL(server.url) }
}

/** Passes the door. */
export async function unlock(page: Page, { passphrase = '', file = '' }): Promise<void> {
  await page.getByLabel('Passphrase').waitFor()
  if (file !== '') await page.getByLabel('Your identity').setInputFiles(file)
  await page.getByLabel('Passphrase').fill(passphrase)
  await page.getByRole('button', { name: 'Open' }).click()
}

/** Serves a recording, passes the door, and waits until everything is read. */
export async function review(
  t: ExecutionContext,
  options: ReviewOptions,
  key: { readonly passphrase?: string; readonly file?: string },
): Promise<{ page: Page; url: URL }> {
  const { page, url } = await visit(t, options)
  await unlock(page, key)
  await opened(page)
  return { page, url }
}

/** Waits until everything is read. */
export async function opened(page: Page): Promise<void> {
  await page.getByRole('listbox').getByRole('option').first().waitFor()
}

/** The SHA-256 of what the canvas shows, when the picture of that time is on it. */
export async function pictureOf(page: Page): Promise<{ time: number; hash: string }> {
  return await page.evaluate(async () => {
    const shown = document.querySelector<HTMLElement>('.image')?.dataset['shown'] ?? ''
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.picture')
    if (!canvas || shown === '') return { time: -1, hash: '' }
    const { width, height } = canvas
    const copy = new OffscreenCanvas(width, height)
    const context = copy.getContext('2d', { alpha: false })
    context?.drawImage(canvas, 0, 0)
    const data = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    return { time: Number(shown), hash }
  })
}

/** Keeps a picture of the page where a person can look at it. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = fileURLToPath(new URL('../../test-output/', import.meta.url))
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
