import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUnderstudyError, UnderstudyError } from '../errors.js'
import { callable, calledOff } from './call.js'
import type { StoreBody } from './store.js'

/** A request, signed. @internal */
export interface Question {
  /** The method. */
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE'
  /** Whom, and what. */
  readonly url: URL
  /** What goes with it. */
  readonly headers: Readonly<Record<string, string>>
  /** What is sent. */
  readonly body?: StoreBody | undefined
  /** How many bytes come or go, where they are many: it decides how long that may take. */
  readonly bytes: number
  /** For how many milliseconds nothing may happen. */
  readonly patience: number
  /** Calls it off. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks a server that is not trusted, and asks again a few times where it is overloaded. Redirects are
 * answers like any other: nothing is sent anywhere else.
 *
 * @param ask - makes the question, anew each time: a signature does not last
 * @returns its answer, of which nothing is read yet; whoever gets it reads it, or destroys it
 * @internal
 */
export async function exchange(ask: () => Promise<Question>): Promise<IncomingMessage> {
  for (let tries = 1; ; tries++) {
    const question = await ask()
    const last = tries === maxTries
    const answer = await send(question).catch((error: unknown) => {
      if (last || !passing.has(codeOf(error))) throw failed(error)
      return undefined
    })
    if (answer && (last || !overloaded.has(answer.statusCode ?? 0))) return answer
    answer?.destroy()
    await sleep(firstWait * 2 ** tries * (0.5 + Math.random() / 2))
    callable(question.signal)
  }
}

/**
 * Reads an answer, which may be anything.
 *
 * @param answer - of a server
 * @param limit - how many bytes at most: more is a failure
 * @internal
 */
export async function* read(
  answer: IncomingMessage,
  limit: number,
): AsyncGenerator<Uint8Array, void> {
  let total = 0
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      total += piece.length
      if (total > limit) throw new UnderstudyError('io', 'The store answers more than it may')
      yield piece
    }
  } catch (error) {
    throw failed(error)
  } finally {
    answer.destroy()
  }
}

/**
 * Reads a small answer, whole.
 *
 * @param answer - of a server
 * @param limit - how many bytes at most: more is a failure
 * @internal
 */
export async function readAll(answer: IncomingMessage, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of read(answer, limit)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function send(question: Question): Promise<IncomingMessage> {
  const { method, url, headers, body } = question
  callable(question.signal)
  const { request: begin } = url.protocol === 'https:' ? https : http
  const agent = agents[url.protocol === 'https:' ? 'https' : 'http']
  const request = begin(url, { method, headers, agent })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
  limit(request, question)
  if (!body) {
    request.end()
    return await answered
  }
  // Both may fail, in any order: what failed first is told.
  const sent = pipeline(Readable.from(body.read()), request)
  sent.catch(() => undefined)
  const answer = await answered
  // A server may refuse early; that it has what it did not read, it may not say.
  if (isGood(answer)) await sent
  return answer
}

/**
 * Whether a server did what it was asked for.
 *
 * @param answer - the server's
 * @internal
 */
export function isGood({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300
}

/** However slowly a server drips, it ends; and so it does when it is called off. */
function limit(request: ClientRequest, { bytes, patience, signal }: Question): void {
  let answer: IncomingMessage | undefined
  const end = (error: UnderstudyError) => {
    ;(answer ?? request).destroy(error)
  }
  const expire = () => {
    end(new UnderstudyError('io', late))
  }
  const stop = () => {
    end(calledOff())
  }
  const timer = setTimeout(expire, Math.min(4 * patience + bytes / slowest, longest))
  signal?.addEventListener('abort', stop)
  request.setTimeout(patience, expire)
  request.on('response', (response) => {
    answer = response
  })
  request.on('close', () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  })
}

/** Never with its cause: that may hold what was sent. */
function failed(error: unknown): UnderstudyError {
  if (isUnderstudyError(error)) return error
  const code = codeOf(error)
  const why = /^[A-Z0-9_]{2,64}$/.test(code) ? code : 'it broke off'
  return new UnderstudyError('io', `The store cannot be reached, or answers nonsense: ${why}`)
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code)
}

/** Idle connections are let go by themselves, and keep no program running. */
const agents = {
  http: new http.Agent({ keepAlive: true, maxSockets: 8, timeout: 60_000 }),
  https: new https.Agent({ keepAlive: true, maxSockets: 8, timeout: 60_000 }),
}
const late = 'The store does not answer in time'
const overloaded = new Set([429, 500, 502, 503, 504])
const passing = new Set(['ECONNRESET', 'EPIPE'])
const maxTries = 4
/** Milliseconds; doubled each time. */
const firstWait = 50
/** Bytes a millisecond. */
const slowest = 16
/** Milliseconds: a timer takes no more. */
const longest = 2 ** 31 - 1
