import { UnderstudyError } from '../ts/errors.js'
import type { Source, SourceEntry } from '../ts/source.js'

/** A file that was chosen in the page. */
export interface ChosenFile {
  /** Its place below the folder that was chosen. */
  readonly path: string
  /** Its bytes, as the browser gives them. */
  readonly file: File
}

/** Where the page has its recording from. */
export type Origin =
  | {
      /** From the server that served the page. */
      readonly kind: 'served'
      /** The key of the session. */
      readonly session: string
      /** Where the server is. */
      readonly base: string
    }
  | {
      /** From this machine's files. */
      readonly kind: 'chosen'
      /** All that there are. */
      readonly files: readonly ChosenFile[]
    }

/**
 * What a recording is read from.
 *
 * @param origin - where it lies
 */
export function toSource(origin: Origin): Source {
  return origin.kind === 'served' ? new ServedSource(origin) : new ChosenSource(origin.files)
}

/** A request beside its path. */
interface ServerRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
}

/**
 * Asks the server of the page, in its session.
 *
 * @param origin - which server
 * @param path - what for
 * @param init - how: `fetch` has the same members
 * @returns its answer, whatever that is
 * @throws {@link UnderstudyError} `io` when there is none
 */
export async function askServer(
  { base, session }: Origin & { kind: 'served' },
  path: string,
  init: ServerRequest = {},
): Promise<Response> {
  const headers = { ...init.headers, 'x-understudy-session': session }
  try {
    return await fetch(new URL(path, base), { ...init, headers })
  } catch (error) {
    const message = 'The review has ended: start it again'
    throw new UnderstudyError('io', message, {}, { cause: error })
  }
}

/** A recording that the server of the page serves. */
class ServedSource implements Source {
  readonly #origin: Origin & { kind: 'served' }

  constructor(origin: Origin & { kind: 'served' }) {
    this.#origin = origin
  }

  async list(): Promise<readonly SourceEntry[]> {
    const response = await this.#fetch('recording')
    return (await response.json()) as SourceEntry[]
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const range = `bytes=${offset}-${offset + length - 1}`
    const response = await this.#fetch(`recording/${path}`, { headers: { range } })
    if (response.status === 416) return new Uint8Array(0)
    return new Uint8Array(await response.arrayBuffer())
  }

  async create(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const response = await this.#fetch(`recording/${path}`, { method: 'POST', body: bytes })
    return response.ok
  }

  async #fetch(path: string, init: ServerRequest = {}): Promise<Response> {
    const response = await askServer(this.#origin, path, init)
    // No such bytes, or there already: answers, not failures.
    if (response.ok || response.status === 416 || response.status === 409) return response
    throw new UnderstudyError(
      response.status === 403 ? 'permission-denied' : 'io',
      `The server answers ${response.status}`,
    )
  }
}

/** A recording in files that were chosen, or dropped on the page. */
class ChosenSource implements Source {
  readonly #files: ReadonlyMap<string, File>

  constructor(files: readonly ChosenFile[]) {
    this.#files = new Map(files.map(({ path, file }) => [path, file]))
  }

  list(): Promise<readonly SourceEntry[]> {
    const entries = [...this.#files].map(([path, { size }]): SourceEntry => ({
      path,
      kind: 'file',
      size,
    }))
    return Promise.resolve(entries)
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const file = this.#files.get(path)
    if (!file) throw new UnderstudyError('io', 'There is no such file')
    try {
      return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
    } catch (error) {
      const message = 'A file went away, or was changed, while it was read'
      throw new UnderstudyError('io', message, { at: path }, { cause: error })
    }
  }
}
