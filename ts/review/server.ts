import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ioError, UnderstudyError } from '../errors.js'
import { isLocked } from '../identity.js'
import { ActionRunner, type ReviewActions } from './actions.js'
import { answer, answerJson, readBytes, readJson, refuse } from './answer.js'
import { type Asset, builtPage, readAssets } from './assets.js'
import { SealedFiles } from './sealed.js'
import { Session, sessionHeader } from './session.js'

/** Settings of {@link serveReview}. */
export interface ReviewOptions {
  /** The recording's folder. */
  readonly recording: string
  /**
   * The bytes of the contributor's `identity.json`, for the page to unlock; only one under a
   * passphrase. Without it the page asks for the file.
   */
  readonly identity?: Uint8Array
  /** What the page may ask for beside looking; default: nothing. */
  readonly actions?: ReviewActions
  /** How long the address may be opened first, in milliseconds; default ten minutes. */
  readonly lifetime?: number
  /** The folder of the built page; default: the package's own. */
  readonly page?: string
}

/** A recording that is served for review. */
export interface ReviewServer extends AsyncDisposable {
  /** The address to open: it works once, and not for ever. */
  readonly url: string
  /** Serves nothing any more. */
  close(): Promise<void>
}

/**
 * Serves one recording for review in a browser: to this machine alone, to whoever has the address, and
 * sealed as it is. What is in it is opened in the page, and nowhere else.
 *
 * @param options - which recording
 * @returns the running server
 * @throws {@link UnderstudyError} `io` or `permission-denied` when the recording or the page cannot be
 *   read; `invalid-argument` for an identity that is not under a passphrase: the key itself would pass
 *   through a socket; `identity-invalid` for what is no identity
 */
export async function serveReview(options: ReviewOptions): Promise<ReviewServer> {
  if (options.identity && !isLocked(options.identity)) {
    const message = 'An identity without a passphrase is not served: choose its file in the page'
    throw new UnderstudyError('invalid-argument', message)
  }
  const session = new Session(options.lifetime ?? tenMinutes)
  const assets = await readAssets(options.page ?? builtPage)
  const files = await openFiles(options.recording)
  const runner = new ActionRunner(options.actions ?? {})
  const review = new Review(session, assets, files, runner, options.identity)
  const server = createServer((request, response) => {
    review.answer(request, response).catch(() => {
      // Whoever asked has gone, or a file went while it was read: nothing is left to be said.
      response.destroy()
    })
  })
  await listen(server)
  review.port = (server.address() as AddressInfo).port
  return {
    url: `http://${loopback}:${review.port}/#${session.token}`,
    close: () => close(server),
    [Symbol.asyncDispose]: () => close(server),
  }
}

/** Answers the requests of one review. */
class Review {
  port = 0
  readonly #session: Session
  readonly #assets: ReadonlyMap<string, Asset>
  readonly #files: SealedFiles
  readonly #runner: ActionRunner
  readonly #identity: Uint8Array | undefined

  constructor(
    session: Session,
    assets: ReadonlyMap<string, Asset>,
    files: SealedFiles,
    runner: ActionRunner,
    identity: Uint8Array | undefined,
  ) {
    this.#session = session
    this.#assets = assets
    this.#files = files
    this.#runner = runner
    this.#identity = identity
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isFromPage(request)) {
      refuse(response, 403)
      return
    }
    const { method = '', url = '' } = request
    const asset = this.#assets.get(url)
    if (asset && method === 'GET') {
      answer(response, 200, asset.type, asset.bytes)
    } else if (method === 'POST' && url === '/session') {
      await this.#exchange(request, response)
    } else if (!this.#session.allows(request.headers[sessionHeader])) {
      refuse(response, 403)
    } else {
      await this.#answerSession(request, response, `${method} ${url}`)
    }
  }

  async #answerSession(
    request: IncomingMessage,
    response: ServerResponse,
    what: string,
  ): Promise<void> {
    if (what === 'GET /recording') {
      answerJson(response, await this.#files.list())
    } else if (what === 'GET /identity') {
      if (this.#identity) answer(response, 200, 'application/json', this.#identity)
      else refuse(response, 404)
    } else if (what === 'GET /actions') {
      answerJson(response, this.#runner.names)
    } else if (what === 'POST /forget' || what === 'POST /release') {
      await this.#act(request, response, what.slice('POST /'.length))
    } else if (what.startsWith(openingPrefix)) {
      await this.#addOpening(request, response, what.slice(openingPrefix.length))
    } else if (what.startsWith(filePrefix)) {
      await this.#files.send(request, response, what.slice(filePrefix.length))
    } else {
      refuse(response, 404)
    }
  }

  async #act(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    const outcome = await this.#runner.run(name, await readJson(request, maxActionRequest))
    if (outcome) answerJson(response, outcome, 'error' in outcome ? 409 : 200)
    else refuse(response, 400)
  }

  async #addOpening(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const bytes = await readBytes(request, maxOpening)
    const added = bytes && (await this.#files.addOpening(path, bytes))
    if (added === undefined) refuse(response, 404)
    else answerJson(response, { added }, added ? 201 : 409)
  }

  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readJson(request, maxSessionRequest)
    const token = typeof body === 'object' && body && 'token' in body ? body.token : undefined
    const key = this.#session.exchange(token)
    if (key === undefined) refuse(response, 403)
    else answerJson(response, { key })
  }

  /**
   * Whether a request can be the page's own. The name that it was sent to must be the address: another
   * name that leads here is how a page elsewhere would get around its origin (DNS rebinding).
   */
  #isFromPage({ headers }: IncomingMessage): boolean {
    const host = `${loopback}:${this.port}`
    const { origin, 'sec-fetch-site': site } = headers
    return (
      headers.host === host &&
      (origin === undefined || origin === `http://${host}`) &&
      (site === undefined || site === 'same-origin' || site === 'none')
    )
  }
}

async function openFiles(folder: string): Promise<SealedFiles> {
  try {
    const files = await SealedFiles.open(folder)
    await files.list()
    return files
  } catch (error) {
    throw error instanceof UnderstudyError ? error : ioError('Cannot open the recording', error)
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(ioError('Cannot serve the page', error))
    })
    server.listen({ host: loopback, port: 0 }, resolve)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}

const loopback = '127.0.0.1'
const tenMinutes = 600_000
const filePrefix = 'GET /recording/'
const openingPrefix = 'POST /recording/'
const maxOpening = 64 * 1024
const maxSessionRequest = 1024
const maxActionRequest = 256 * 1024
