// An object store on this machine that speaks S3's HTTP as far as it is used, checks every signature, keeps all that it ever
// received, and can be told to be broken or hostile.
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { ExecutionContext } from 'ava'

/** What it was asked for. */
export interface Asked {
  readonly method: string
  /** The object's name, without the bucket; empty for the bucket itself. */
  readonly name: string
  readonly query: URLSearchParams
}

/** Does something else than it should; answers whether it did. */
export type Mischief = (
  asked: Asked,
  response: ServerResponse,
  store: S3,
) => boolean | undefined | Promise<boolean | undefined>

interface StoredObject {
  readonly bytes: Buffer
  readonly hash: string | undefined
}

export const bucket = 'bucket'
/** Made for the tests; none of them may ever be told. */
export const secrets = {
  AWS_ACCESS_KEY_ID: 'AKIDOFTHETESTS',
  AWS_SECRET_ACCESS_KEY: 'secret/of+the=tests0123456789',
  AWS_SESSION_TOKEN: 'token-of-the-tests-0123456789',
}
export const region = 'test-region-1'

export class S3 {
  readonly objects = new Map<string, StoredObject>()
  /** Older versions, which a bucket with versions keeps. */
  readonly versions: Buffer[] = []
  versioned = false
  mischief: Mischief | undefined
  /** Every request, and every byte of it. */
  readonly asked: Asked[] = []
  readonly received: Buffer[] = []
  /** What was wrong with signatures. */
  readonly unsigned: string[] = []
  readonly endpoint: string

  private constructor(port: number) {
    this.endpoint = `http://127.0.0.1:${port}`
  }

  static async start(t: ExecutionContext): Promise<S3> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const store = new S3((server.address() as AddressInfo).port)
    server.on('request', (request, response) => {
      store.#answer(request, response).catch(() => response.destroy())
    })
    t.teardown(() => {
      server.close()
      server.closeAllConnections()
    })
    return store
  }

  /** How many requests of a method there were. */
  count(method: string): number {
    return this.asked.filter((asked) => asked.method === method).length
  }

  /** Every byte that lies there now. */
  get bytes(): Buffer {
    return Buffer.concat([...this.objects.values()].map(({ bytes }) => bytes))
  }

  /** The objects below a prefix, by what follows it. */
  under(prefix: string): Map<string, Buffer> {
    return new Map(
      [...this.objects]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { bytes }]) => [name.slice(prefix.length), bytes]),
    )
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.endpoint)
    const asked = {
      method: request.method ?? '',
      name: url.pathname.slice(bucket.length + 2),
      query: url.searchParams,
    }
    this.asked.push(asked)
    this.received.push(Buffer.from(`${request.url ?? ''}\n${request.rawHeaders.join('\n')}`))
    if (await this.mischief?.(asked, response, this)) return
    const body = await buffer(request)
    this.received.push(body)
    const wrong = wrongSignature(request, url, body)
    if (wrong !== undefined) {
      this.unsigned.push(wrong)
      refuse(response, 403, 'SignatureDoesNotMatch')
      return
    }
    this.#serve(asked, request, response, body)
  }

  #serve(
    { method, name, query }: Asked,
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): void {
    const found = this.objects.get(name)
    if (method === 'GET' && name === '') {
      response.end(listing(this.#names(query.get('prefix') ?? ''), query))
    } else if (method === 'PUT') {
      this.#keep(name)
      const hash = request.headers['x-amz-meta-understudy-hash']
      this.objects.set(name, { bytes: body, hash: hash === undefined ? undefined : String(hash) })
      response.end()
    } else if (method === 'DELETE') {
      this.#keep(name)
      this.objects.delete(name)
      response.writeHead(204, this.versioned ? { 'x-amz-delete-marker': 'true' } : {}).end()
    } else if (!found) {
      refuse(response, 404, 'NoSuchKey')
    } else {
      const { bytes, hash } = found
      response.writeHead(200, {
        'content-length': bytes.length,
        ...(hash !== undefined && { 'x-amz-meta-understudy-hash': hash }),
      })
      response.end(method === 'HEAD' ? undefined : bytes)
    }
  }

  #keep(name: string): void {
    const before = this.objects.get(name)
    if (before && this.versioned) this.versions.push(before.bytes)
  }

  #names(prefix: string): [string, number][] {
    return [...this.objects]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { bytes }]): [string, number] => [name, bytes.length])
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

/** A page of names: few, so that there are several. */
function listing(all: readonly [string, number][], query: URLSearchParams): string {
  const from = Number(query.get('continuation-token')?.slice('&<next>'.length) ?? 0)
  const page = all.slice(from, from + pageLength)
  const next = from + pageLength < all.length ? `&<next>${from + pageLength}` : undefined
  return pageOf(page, next)
}

export function pageOf(entries: readonly (readonly [string, number])[], next?: string): string {
  const contents = entries.map(
    ([name, size]) =>
      `<Contents><Key>${name}</Key><LastModified>2026-11-30T00:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  )
  const token = next?.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>',
    `<IsTruncated>${String(next !== undefined)}</IsTruncated>`,
    token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`,
    ...contents,
    '</ListBucketResult>\n',
  ].join('')
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(
    `<Error><Code>${code}</Code><AWSAccessKeyId>${secrets.AWS_ACCESS_KEY_ID}</AWSAccessKeyId></Error>`,
  )
}

/** As AWS describes it, by itself: the client signs with a library. Answers what is wrong, if anything is. */
function wrongSignature(request: IncomingMessage, url: URL, body: Buffer): string | undefined {
  const { headers, method = '' } = request
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
  const [, credential = '', signed = '', signature] = form.exec(headers.authorization ?? '') ?? []
  const digest = createHash('sha256').update(body).digest('hex')
  if (headers['x-amz-content-sha256'] !== digest) return 'the body is not what was signed'
  if (headers['x-amz-security-token'] !== secrets.AWS_SESSION_TOKEN) return 'the token is missing'
  const date = String(headers['x-amz-date'])
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`
  if (credential !== `${secrets.AWS_ACCESS_KEY_ID}/${scope}`) return 'the scope is another'
  const names = signed.split(';')
  const query = [...url.searchParams]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&')
  const canonical = [
    method,
    url.pathname,
    query,
    ...names.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    digest,
  ].join('\n')
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`
  const hmac = (key: string | Buffer, data: string) =>
    createHmac('sha256', key).update(data).digest()
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (before, part) => hmac(before, part),
      `AWS4${secrets.AWS_SECRET_ACCESS_KEY}`,
    )
  return hmac(key, text).toString('hex') === signature ? undefined : 'the signature is another'
}

/** So small that a short recording has several. */
const pageLength = 3
