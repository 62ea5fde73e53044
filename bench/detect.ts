// The detectors: what a browser and Node take for a text as WebAssembly, beside the addon on the same text.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { redactText } from '../native/binding.js'
import { bundle } from '../scripts/page.mjs'
import { percentile } from './figures.js'
import { table } from './table.js'
import { chromiumPath } from '../test/chromium.js'
import { loadDetectors } from '../ts/detect.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = 15

/** Megabytes a second, of one way to have the detectors. */
export interface DetectSpeed {
  readonly name: string
  readonly speed: number
}

/** What the detectors come to. */
export interface DetectRun {
  readonly bytes: number
  readonly gzip: number
  readonly speeds: readonly DetectSpeed[]
}

/** Has a text looked at by the addon and as WebAssembly, in turns, so that a busy machine is busy for both. */
export async function runDetect(): Promise<DetectRun> {
  const wasm = await readFile(join(root, 'dist/detect.wasm'))
  const text = await prose()
  const megabytes = Buffer.byteLength(text) / 1e6
  const detectors = await loadDetectors(wasm)
  await using browser = await openBrowser(wasm, text)
  const ways = [
    { name: 'addon', look: () => Promise.resolve(timed(() => redactText(text, false))) },
    { name: 'WebAssembly in Node', look: () => Promise.resolve(timed(() => detectors.find(text))) },
    { name: 'WebAssembly in Chromium', look: browser.look },
  ]
  const times = ways.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, { look }] of ways.entries()) times[i]?.push(await look())
  }
  const speeds = ways.map(({ name }, i) => ({
    name,
    speed: megabytes / percentile(times[i] ?? [], 50),
  }))
  return { bytes: wasm.length, gzip: gzipSync(wasm).length, speeds }
}

/** The run as a table; ratios are of the addon's. */
export function detectTable({ bytes, gzip, speeds }: DetectRun): string {
  const [addon] = speeds
  const rows = speeds.map(({ name, speed }) => {
    const share = `${((speed / (addon?.speed ?? 1)) * 100).toFixed(0)} %`
    return [name, speed.toFixed(1), share]
  })
  const size = `detect.wasm: ${Math.round(bytes / 1000)} kB, ${Math.round(gzip / 1000)} kB in gzip`
  return `${table(['', 'MB/s', 'of the addon'], rows)}\n\n${size}`
}

/** What is written about this program and what it is written in: text as people and programs write it. */
async function prose(): Promise<string> {
  const names = ['docs/design.md', 'docs/platforms.md', 'crates/core/src/pipeline.rs', 'README.md']
  const texts = await Promise.all(names.map((name) => readFile(join(root, name), 'utf8')))
  return texts.join('\n').repeat(8).slice(0, 900_000)
}

function timed(look: () => unknown): number {
  const began = performance.now()
  look()
  return (performance.now() - began) / 1000
}

async function openBrowser(wasm: Buffer, text: string) {
  if (chromiumPath === undefined) throw new Error('there is no browser of Chromium’s family')
  const script = await bundle('ts/detect.ts')
  const files: Readonly<Record<string, string | Buffer>> = {
    '/detect.js': script,
    '/detect.wasm': wasm,
    '/text': text,
  }
  const server = createServer(({ url }, response) => {
    const type = url === '/detect.js' ? 'text/javascript' : 'text/html'
    response.setHeader('content-type', type)
    response.end(files[url ?? ''] ?? '<!doctype html>')
  })
  server.listen(0, '127.0.0.1')
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath: chromiumPath, args })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.evaluate(start)
  return {
    look: async () => await page.evaluate<number>('look()'),
    [Symbol.asyncDispose]: async () => {
      await browser.close()
      server.close()
    },
  }
}

/** In the page, where there are no types of a page here. */
const start = `(async () => {
  const { loadDetectors } = await import('/detect.js')
  const detectors = await loadDetectors(fetch('/detect.wasm'))
  const text = await (await fetch('/text')).text()
  globalThis.look = () => {
    const began = performance.now()
    detectors.find(text)
    return (performance.now() - began) / 1000
  }
})()`
