// docs/format.md §14: every vector, read whole, in pieces and byte by byte, gives the same answers.
import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { fromHex } from '../ts/bytes.js'
import { Identity } from '../ts/identity.js'
import { hash } from './recording.js'
import { verdict, walk, ways } from './walk.js'

const folder = new URL('vectors/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.vec'))

test('there are vectors', (t) => {
  t.true(names.length > 0)
})

for (const name of names) {
  const vector = parse(readFileSync(new URL(name, folder)))
  for (const [way, source] of Object.entries(ways(vector.files))) {
    test(`${name}, ${way}`, async (t) => {
      const { expect, at, open, identity, ndjson } = vector.header
      const found = await verdict(source)
      t.is(found.word, expect ?? '')
      t.is(found.at, at)
      if (open === undefined || identity === undefined) return
      const { lines, failure } = await walk(
        source,
        // Any key signs that a released copy was opened.
        await Identity.fromPrivateKey(fromHex(identity), fromHex(identity)),
      )
      t.is(failure?.code ?? 'success', open)
      t.is(hash(new TextEncoder().encode(lines.join(''))), ndjson ?? '')
    })
  }
}

interface Vector {
  readonly header: {
    readonly expect?: string
    readonly at?: string
    readonly open?: string
    readonly identity?: string
    readonly ndjson?: string
  }
  readonly files: ReadonlyMap<string, Uint8Array>
}

function parse(bytes: Uint8Array): Vector {
  let at = 0
  const line = () => {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) throw new Error('the vector ends inside a line')
    const text = new TextDecoder('ascii', { fatal: true }).decode(bytes.subarray(at, end))
    at = end + 1
    return text
  }
  const header: Record<string, string> = {}
  for (let text = line(); text !== ''; text = line()) {
    const colon = text.indexOf(': ')
    header[text.slice(0, colon)] = text.slice(colon + 2)
  }
  const files = new Map<string, Uint8Array>()
  while (at < bytes.length) {
    const [path = '', length = ''] = line().split(' ')
    files.set(path, bytes.subarray(at, at + Number(length)))
    at += Number(length)
    if (bytes[at++] !== 0x0a) throw new Error('a file of the vector has another length')
  }
  return { header, files }
}
