// The vectors of docs/format.md §14, as they lie in test/vectors.
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('vectors/', import.meta.url)

/** Every vector, by the name of its file. */
export function readVectors(): ReadonlyMap<string, Vector> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.vec'))
  return new Map(names.map((name) => [name, parse(readFileSync(new URL(name, folder)))]))
}

/** A recording, and what a reader must say of it. */
export interface Vector {
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
