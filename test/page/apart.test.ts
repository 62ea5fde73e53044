// The review page keeps to itself: its server, its recording, its identity; or no server at all.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveReview } from '../../ts/review/server.js'
import { identityFile } from '../folder.js'
import { browserTests, newPage, opened, pictureOf, review, unlock, visit } from './browser.js'
import { desktop, pictures } from './desktop.js'

const inBrowser = browserTests()

inBrowser('the page asks its own server, and nobody else', async (t) => {
  const { recording, file } = await desktop(t)
  const server = await serveReview({ recording })
  t.teardown(() => server.close())
  const page = await newPage(t)
  const asked = new Set<string>()
  page.context().on('request', (request) => asked.add(new URL(request.url()).origin))
  const sent: string[] = []
  page.context().on('request', (request) => sent.push(request.postData() ?? ''))
  await page.goto(server.url)
  t.false(page.url().includes('#'), 'the token leaves the address')
  await unlock(page, { file })
  await opened(page)
  t.deepEqual([...asked], [new URL(server.url).origin])
  const { secret } = JSON.parse(await readFile(file, 'utf8')) as { secret: { key: string } }
  t.false(sent.join('').includes(secret.key))
  await page.reload()
  await page.getByLabel('Passphrase').waitFor()
  const other = await newPage(t)
  await other.goto(server.url)
  await other.getByText('This address was used already').waitFor()
})

inBrowser('a page of another origin gets nothing, in no way', async (t) => {
  const { recording, file } = await desktop(t)
  const { page, url } = await review(t, { recording }, { file })
  const evil = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>')
  })
  evil.listen(0, '127.0.0.1')
  t.teardown(() => evil.close())
  // In the same browser, with the same session open: the same machine, another port.
  const other = await page.context().newPage()
  await other.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
  const origin = url.origin
  for (const mode of ['cors', 'no-cors', 'same-origin'] as const) {
    for (const path of ['/recording/header.json', '/page.js', '/']) {
      const read = other.evaluate(
        async ({ address, how }) => {
          const answer = await fetch(address, { mode: how, credentials: 'include' })
          return await answer.text()
        },
        {
          address: origin + path,
          how: mode,
        },
      )
      await t.throwsAsync(read, { message: /Failed to fetch/ }, `${path} ${mode}`)
    }
  }
  const inside = await other.evaluate(async (address) => {
    const frame = document.createElement('iframe')
    frame.src = address
    document.body.append(frame)
    await new Promise((resolve) => (frame.onload = resolve))
    return frame.contentDocument?.title
  }, `${origin}/`)
  t.is(inside, undefined)
  // Not even with the token: the address that is opened from elsewhere is refused whole.
  const [shown] = await Promise.all([
    other.waitForEvent('popup'),
    other.evaluate((address) => {
      window.open(address)
    }, `${origin}/`),
  ])
  await shown.getByText('forbidden').waitFor()
})

inBrowser('somebody else’s identity opens nothing', async (t) => {
  const { recording } = await desktop(t)
  const { page } = await visit(t, { recording, identity: identityFile('p') })
  await unlock(page, { passphrase: 'p' })
  await page.getByRole('alert').filter({ hasText: 'not sealed to this identity' }).waitFor()
  t.is(await page.locator('canvas').count(), 0)
})

inBrowser('the page in one file opens a folder that is chosen, without a server', async (t) => {
  const { recording, identity, file } = await desktop(t)
  const expected = await pictures(recording, identity)
  const first = [...expected.keys()][0] ?? -1
  const single = new URL('../../dist/page/review.html', import.meta.url)
  const page = await newPage(t)
  const asked: string[] = []
  page.context().on('request', (request) => asked.push(request.url()))
  await page.goto(single.href)
  await page.getByLabel('Folder of the recording').setInputFiles(recording)
  await unlock(page, { file })
  await opened(page)
  await page.waitForFunction(() => document.querySelector<HTMLElement>('.image')?.dataset['shown'])
  for (
    let tries = 0;
    tries < 100 && (await pictureOf(page)).hash !== expected.get(first);
    tries++
  ) {
    await page.waitForTimeout(50)
  }
  t.deepEqual(await pictureOf(page), { time: first, hash: expected.get(first) ?? '' })
  t.deepEqual(
    asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:')),
    [],
  )
})
