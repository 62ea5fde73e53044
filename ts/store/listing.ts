import { UnderstudyError } from '../errors.js'
import type { StoreEntry } from './store.js'

/** A page of a listing. @internal */
export interface Page {
  /** What is on it. */
  readonly entries: readonly StoreEntry[]
  /** What asks for the next page; undefined on the last. */
  readonly next?: string
}

/**
 * Reads a page of S3's ListObjectsV2. Not XML as it might be, but as it is: whatever else comes is refused, and
 * what names hold that ours never do stays as it is spelled.
 *
 * @param text - the whole answer
 * @param prefix - what every name must begin with
 * @throws {@link UnderstudyError} `io` for anything else
 * @internal
 */
export function parsePage(text: string, prefix: string): Page {
  const body = text.trim()
  const begins = /^(?:<\?xml[^<>]{0,200}\?>\s*)?<ListBucketResult(?:\s[^<>]{0,500})?>/.test(body)
  // Comments, sections and declarations could hide elements from whoever looks for them as this does.
  if (!begins || !body.endsWith('</ListBucketResult>') || body.includes('<!')) throw nonsense()
  const entries: StoreEntry[] = []
  for (const content of elements(body, 'Contents')) {
    const name = one(content, 'Key')
    const size = one(content, 'Size')
    if (!name?.startsWith(prefix) || name.length > 2048 || !/^\d{1,15}$/.test(size ?? '')) {
      throw nonsense()
    }
    entries.push({ name, size: Number(size) })
  }
  switch (one(body, 'IsTruncated')) {
    case 'false':
      return { entries }
    case 'true': {
      const next = one(body, 'NextContinuationToken')
      if (next === undefined || next === '' || next.length > 4096) throw nonsense()
      return { entries, next: unescape(next) }
    }
    default:
      throw nonsense()
  }
}

/** The content of each element of this name, in turn. */
function* elements(text: string, name: string): Generator<string, void> {
  const [begin, end] = [`<${name}>`, `</${name}>`]
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
    const to = text.indexOf(end, at)
    if (to < 0) throw nonsense()
    yield text.slice(at + begin.length, to)
    at = to + end.length
  }
}

function one(text: string, name: string): string | undefined {
  for (const found of elements(text, name)) return found
  return undefined
}

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '')
}

function nonsense(): UnderstudyError {
  return new UnderstudyError('io', 'The store does not answer with a list')
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
