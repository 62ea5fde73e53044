import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the page may do, sent with everything: no markup from strings, nothing from elsewhere. */
export const contentPolicy = [
  "default-src 'none'",
  // WebAssembly is what libsodium and zstd are compiled to; JavaScript is never made from text.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types understudy',
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': contentPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=(), usb=()',
  'cache-control': 'no-store',
}

/**
 * Ends a request with a few bytes.
 *
 * @param response - what to end
 * @param status - of HTTP
 * @param type - what the bytes are
 * @param body - the bytes
 */
export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
): void {
  begin(response, status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/**
 * Ends a request with JSON.
 *
 * @param response - what to end
 * @param value - what to say
 * @param status - of HTTP
 */
export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  answer(response, status, 'application/json', JSON.stringify(value))
}

/**
 * Refuses a request, with a word that says no more than its status.
 *
 * @param response - what to end
 * @param status - of HTTP
 */
export function refuse(response: ServerResponse, status: number): void {
  answer(response, status, 'text/plain; charset=utf-8', `${refusals[status] ?? 'refused'}\n`)
}

/**
 * Sends the head of an answer, with what every answer says.
 *
 * @param response - what to begin
 * @param status - of HTTP
 * @param own - headers of this answer
 */
export function begin(
  response: ServerResponse,
  status: number,
  own: Readonly<Record<string, string | number>>,
): void {
  response.writeHead(status, { ...headers, ...own })
}

/**
 * The bytes that a request carries.
 *
 * @param request - of which the body was not read yet
 * @param limit - bytes at most
 * @returns undefined when there are more
 */
export async function readBytes(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > limit) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * The JSON that a request carries.
 *
 * @param request - of which the body was not read yet
 * @param limit - bytes at most
 * @returns undefined when it is longer, or is not JSON
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(request, limit)
  try {
    return bytes && JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

const refusals: Readonly<Record<number, string>> = {
  400: 'not understood',
  403: 'forbidden',
  404: 'not found',
  405: 'not allowed',
  416: 'no such bytes',
}
