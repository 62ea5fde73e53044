// Recordings that mean harm to the review page.
import type { ExecutionContext } from 'ava'
import { concat, keydown, record, string, svarint, u32, uvarint } from '../encode.js'
import { identityFile, temporaryFolder, writeFiles } from '../folder.js'
import { Writer } from '../recording.js'
import { browserTests, review, visit } from './browser.js'
import { small } from './desktop.js'

const inBrowser = browserTests()

inBrowser('hostile text is text', async (t) => {
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>\u202e&amp;'
  const writer = new Writer({ header: { software: '<b onclick=alert(3)>x</b>' } })
  writer.begin('context')
  const bounds = concat(svarint(0), svarint(0), uvarint(1), uvarint(1))
  const app = concat([1], string(markup), string(markup))
  writer.chunk('context', record(0x20, 5, [1], uvarint(7), app, string(markup), bounds))
  writer.begin('keyboard')
  writer.chunk('keyboard', keydown(9, 'KeyA', '<i>', '<svg onload=alert(4)>'))
  const { page } = await reviewWriter(t, writer)
  const texts = await page.locator('.line .text').allTextContents()
  t.true(texts.includes(`${markup}: ${markup}`), texts.join('\n'))
  t.true(texts.includes('<svg onload=alert(4)>'))
  t.is(await page.locator('img, b, i, svg, script:not([src])').count(), 0)
  t.is(await page.getByText('<b onclick=alert(3)>x</b>').count(), 1)
  // And if it were tried, the browser itself would refuse.
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<b>x</b>'
      return 'done'
    } catch (error) {
      return (error as Error).name
    }
  })
  t.is(refused, 'TypeError')
})

inBrowser(
  'a bomb in zstd, an absurd size, a file cut off: an error message, and no more',
  async (t) => {
    const bomb = small()
    // A chunk that says 16 MiB and one byte.
    bomb.seal('screen', concat(u32(16 * 1024 * 1024 + 1), new Uint8Array(64)), 0)
    const lying = small()
    lying.seal('screen', concat(u32(10), zeros(1 << 20)), 0)
    const huge = small()
    huge.chunk('screen', record(0x30, 5, [1, 0], uvarint(32_768), uvarint(32_768), uvarint(0)))
    for (const [writer, message] of [
      [bomb, /a chunk decompresses to more than 16 MiB/],
      [lying, /(more bytes than were promised|should be zstd is not)/],
      [huge, /a picture has more than 2\^27 pixels/],
    ] as const) {
      const { page } = await reviewWriter(t, writer)
      await page.getByRole('slider').focus()
      await page.keyboard.press('End')
      await page.getByRole('alert').filter({ hasText: message }).waitFor()
      await page.keyboard.press('Home')
      await page.keyboard.press('.')
      await page.waitForFunction(
        () => document.querySelector<HTMLElement>('.image')?.dataset['shown'] === '10',
      )
    }
    const files = new Map(small().stop().files)
    const cutOff = files.get('screen/000000.seg')?.slice(0, -7)
    const wrong: [ReadonlyMap<string, Uint8Array>, RegExp][] = [
      [new Map([...files, ['screen/000000.seg', cutOff ?? new Uint8Array()]]), /another size/],
      [
        new Map([...files].filter(([path]) => path !== 'header.json')),
        /header.json: the file is missing/,
      ],
      [new Map([...files, ['header.json', Buffer.alloc(100_000)]]), /over 64 KiB/],
      [
        new Map([...files, ['journal.ndjson', Buffer.from('<script>alert(1)</script>\n')]]),
        /not JSON/,
      ],
      [new Map([...files, ['<b>.seg', Buffer.from('x')]]), /not part of the recording/],
    ]
    for (const [some, message] of wrong) {
      const folder = await temporaryFolder(t)
      await writeFiles(folder, some)
      const { page } = await visit(t, { recording: folder, identity: identityFile('p') })
      await page.getByRole('alert').filter({ hasText: message }).waitFor()
      t.false(await page.getByLabel('Passphrase').isVisible())
      t.is(await page.locator('.verdict').getAttribute('data-status'), 'invalid')
    }
  },
)

/** Zeros in the least zstd that holds them: raw blocks of one byte, repeated. */
function zeros(length: number): Uint8Array {
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
  const blocks: number[] = []
  for (let left = length; left > 0; left -= 131_072) {
    const word = (Math.min(left, 131_072) << 3) | 2
    blocks.push(word & 0xff, (word >> 8) & 0xff, word >> 16, 0)
  }
  return concat(header, blocks)
}

async function reviewWriter(t: ExecutionContext, writer: Writer) {
  const recording = await temporaryFolder(t)
  await writeFiles(recording, writer.stop().files)
  return await review(t, { recording, identity: identityFile('p') }, { passphrase: 'p' })
}
