import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { utf8 } from './bytes.js'

/**
 * A document that a caller gives, as text.
 *
 * @internal
 */
export interface Document {
  /** Of its file, where it lies in one. */
  readonly path?: string
  readonly text: string
}

/**
 * Reads a receipt or a layer of policy, given as the path of its file (as text or `file:` URL), its
 * content, or that parsed. What it says is judged by whoever asked.
 *
 * @param given - one of these
 * @param longest - most bytes of such a document: of a longer file no more is read than shows that it is
 * @returns its text
 * @throws what Node throws for a file that cannot be read; {@link UnderstudyError} `format-invalid`
 *   when it is not UTF-8: with other letters in their place, it would say something else
 * @internal
 */
export async function readDocument(
  given: string | URL | object,
  longest: number,
): Promise<Document> {
  const path = pathOf(given)
  if (path === undefined) {
    return { text: typeof given === 'string' ? given : `${JSON.stringify(given)}\n` }
  }
  // The end is the last byte that is read: one more than there may be.
  return { path, text: utf8(await buffer(createReadStream(path, { end: longest }))) }
}

function pathOf(given: string | URL | object): string | undefined {
  if (given instanceof URL) return fileURLToPath(given)
  return typeof given === 'string' && !given.trimStart().startsWith('{') ? given : undefined
}
