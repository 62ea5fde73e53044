// What a review server is asked, by a client that is no browser.
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A request beside its path. */
export interface Asked {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** As it is: a URL would tidy up the path, and `fetch` keeps its hands on some headers. */
export async function get(url: URL, path: string, asked: Asked): Promise<Answer> {
  const { method = 'GET', body, headers = {} } = asked
  return await new Promise((resolve, reject) => {
    const sent = request(
      { host: url.hostname, port: url.port, path, method, headers },
      (response) => {
        buffer(response).then((bytes) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes })
        }, reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The headers of a session, as the exchange of its token gave its key. */
export async function keyOf(exchanged: Promise<Answer>): Promise<Record<string, string>> {
  const { bytes } = await exchanged
  const { key } = JSON.parse(bytes.toString()) as { key: string }
  return { 'x-understudy-session': key }
}

/** Exchanges the token of an address, as the page does. */
export async function exchange(url: URL, token = url.hash.slice(1)): Promise<Answer> {
  return await get(url, '/session', { method: 'POST', body: JSON.stringify({ token }) })
}
