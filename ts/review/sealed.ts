import { createReadStream } from 'node:fs'
import { mkdir, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FolderSource } from '../folder.js'
import type { SourceEntry } from '../source.js'
import { begin, refuse } from './answer.js'

/** The files of one recording, sealed as they lie there, for whoever may fetch them. */
export class SealedFiles {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The files of a recording.
   *
   * @param folder - the recording's folder
   * @throws whatever the system says when it is not there
   */
  static async open(folder: string): Promise<SealedFiles> {
    return new SealedFiles(await realpath(folder))
  }

  /** What there is; see `Source.list`. */
  async list(): Promise<readonly SourceEntry[]> {
    return await new FolderSource(this.#folder).list()
  }

  /**
   * Answers a request with a file, or with the bytes of it that the request names.
   *
   * @param request - whose `Range` counts
   * @param response - what to answer with
   * @param path - the file's place below the recording's folder, as it was asked for
   */
  async send(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = await this.#find(path)
    if (!file) {
      refuse(response, 404)
      return
    }
    const range = parseRange(request.headers.range, file.size)
    if (!range) {
      refuse(response, 416)
      return
    }
    const { start, end, partial } = range
    begin(response, partial ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': end - start,
      'accept-ranges': 'bytes',
      ...(partial && { 'content-range': `bytes ${start}-${end - 1}/${file.size}` }),
    })
    if (start === end) response.end()
    else await pipeline(createReadStream(file.path, { start, end: end - 1 }), response)
  }

  /**
   * Writes down that a released copy is opened: a new file among its openings, and nothing else.
   *
   * @param path - the file's place below the recording's folder, as it was asked for
   * @param bytes - what it says; whoever reads it judges that
   * @returns whether it was written; undefined for a file that is no opening of a copy
   */
  async addOpening(path: string, bytes: Uint8Array): Promise<boolean | undefined> {
    if (!mayBeOpening.test(path) || !(await this.#find('release.json'))) return undefined
    const folder = join(this.#folder, 'openings')
    await mkdir(folder, { recursive: true })
    if ((await realpath(folder)) !== folder) return undefined
    return await new FolderSource(this.#folder).create(path, bytes)
  }

  /** A regular file of a recording, by no other way than its own: no link leads out of the folder. */
  async #find(path: string): Promise<{ path: string; size: number } | undefined> {
    if (!mayBeOfRecording.test(path)) return undefined
    const place = join(this.#folder, path)
    try {
      if ((await realpath(place)) !== place) return undefined
      const found = await stat(place)
      return found.isFile() ? { path: place, size: found.size } : undefined
    } catch {
      return undefined
    }
  }
}

/** One range, `bytes=a-b` or `bytes=a-`, is all that the page asks for; undefined when there are no such bytes. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number; partial: boolean } | undefined {
  if (header === undefined) return { start: 0, end: size, partial: false }
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header) ?? []
  if (first === undefined) return undefined
  const start = Number(first)
  const end = last === undefined ? size : Math.min(Number(last) + 1, size)
  return start < end ? { start, end, partial: true } : undefined
}

/** What docs/format.md names: folders, plain names, four kinds of files. */
const mayBeOfRecording = /^(?:[a-z0-9-]{1,80}\/){0,4}[a-z0-9-]{1,80}\.(?:json|ndjson|seg|key)$/
const mayBeOpening = /^openings\/\d{6}\.json$/
