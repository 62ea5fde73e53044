import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AwsV4Signer } from 'aws4fetch'
import { type ErrorCode, UnderstudyError } from '../errors.js'
import { tooMany } from './call.js'
import { exchange, isGood, type Question, read, readAll } from './http.js'
import { parsePage } from './listing.js'
import { checkName } from './names.js'
import type { Place, Store, StoreBody, StoreCall, StoreEntry } from './store.js'

/** A place in S3, all of it known. @internal */
export interface S3Place extends Required<Place> {
  /** The bucket's name. */
  readonly bucket: string
  /** What all names in it begin with: empty, or with `/` at its end. */
  readonly prefix: string
}

/** What is asked for. */
interface Request extends StoreCall {
  readonly method: Question['method']
  readonly name?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: StoreBody
  /** Bytes of the answer, where they may be many. */
  readonly bytes?: number
}

/**
 * An object store that speaks S3's HTTP, its bucket named in the path. Credentials are taken from the
 * environment for each request, and are in nothing but its signature.
 *
 * @internal
 */
export class S3Store implements Store {
  /** {@inheritDoc Store.place} */
  readonly place: Place
  readonly #place: S3Place
  readonly #patience: number

  /**
   * @param place - where
   * @param patience - for how many milliseconds the store may say nothing
   */
  constructor(place: S3Place, patience: number) {
    const { to, endpoint, region } = place
    this.place = { to, endpoint, region }
    this.#place = place
    this.#patience = patience
  }

  /** {@inheritDoc Store.put} */
  async put(name: string, body: StoreBody, call: StoreCall = {}): Promise<void> {
    const answer = await this.#ask({ ...call, method: 'PUT', name, body })
    await readAll(answer, maxAnswer)
  }

  /** {@inheritDoc Store.get} */
  async *get(name: string, limit: number, call: StoreCall = {}): AsyncGenerator<Uint8Array, void> {
    yield* read(await this.#ask({ ...call, method: 'GET', name, bytes: limit }), limit)
  }

  /** {@inheritDoc Store.hash} */
  async hash(name: string, call: StoreCall = {}): Promise<string | undefined> {
    const answer = await this.#ask({ ...call, method: 'HEAD', name })
    await readAll(answer, maxAnswer)
    const hash = answer.headers[hashHeader]
    return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined
  }

  /** {@inheritDoc Store.remove} */
  async remove(name: string, call: StoreCall = {}): Promise<boolean> {
    const answer = await this.#ask({ ...call, method: 'DELETE', name })
    await readAll(answer, maxAnswer)
    // A bucket with versions hides what is removed behind such a marker, and keeps it.
    return answer.headers['x-amz-delete-marker'] !== 'true'
  }

  /** {@inheritDoc Store.list} */
  async list(prefix: string, limit: number, call: StoreCall = {}): Promise<readonly StoreEntry[]> {
    const all = this.#place.prefix
    const entries: StoreEntry[] = []
    let token: string | undefined
    // A page may hold less than was asked for, but not for ever.
    for (let pages = 0; pages <= 16 + limit / 100; pages++) {
      const query = {
        'list-type': '2',
        'max-keys': '1000',
        prefix: all + prefix,
        ...(token !== undefined && { 'continuation-token': token }),
      }
      const answer = await this.#ask({ ...call, method: 'GET', query })
      const page = parsePage((await readAll(answer, maxPage)).toString('utf8'), all + prefix)
      for (const { name, size } of page.entries) {
        if (entries.push({ name: name.slice(all.length), size }) > limit) break
      }
      if (entries.length > limit) break
      if (page.next === undefined) return entries
      token = page.next
    }
    throw tooMany(limit)
  }

  async #ask(request: Request): Promise<IncomingMessage> {
    // What is signed is the hash that S3 knows: it refuses bytes that were changed on the way.
    const digest = await digestOf(request.body)
    const answer = await exchange(async () => await this.#question(request, digest))
    const isGone = request.method === 'DELETE' && answer.statusCode === 404
    if (isGood(answer) || isGone) return answer
    throw await refusal(answer)
  }

  async #question(request: Request, digest: string): Promise<Question> {
    const { method, body, bytes = 0, signal } = request
    const { region } = this.#place
    const signer = new AwsV4Signer({
      ...credentials(),
      method,
      url: this.#address(request).toString(),
      service: 's3',
      region,
      headers: {
        'x-amz-content-sha256': digest,
        ...(body && { 'content-type': 'application/octet-stream', [hashHeader]: body.hash }),
      },
    })
    const { url, headers } = await signer.sign()
    return {
      method,
      url,
      headers: {
        ...Object.fromEntries(headers),
        ...(body && { 'content-length': String(body.size) }),
      },
      body,
      bytes: body?.size ?? bytes,
      patience: this.#patience,
      signal,
    }
  }

  #address({ name, query = {} }: Request): URL {
    const { endpoint, bucket, prefix } = this.#place
    if (name !== undefined) checkName(name)
    const url = new URL(name === undefined ? `/${bucket}` : `/${bucket}/${prefix}${name}`, endpoint)
    for (const [member, value] of Object.entries(query)) url.searchParams.set(member, value)
    return url
  }
}

/** SHA-256 of all bytes, in hexadecimal; they are read for it. */
async function digestOf(body: StoreBody | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of body?.read() ?? []) hash.update(piece)
  return hash.digest('hex')
}

/** From the environment alone: what is on a command line, everybody on the machine can read. */
function credentials() {
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((name) => process.env[name])
  if (!isSound(accessKeyId) || !isSound(secretAccessKey)) {
    const message = `${names[0]} and ${names[1]} must be in the environment`
    throw new UnderstudyError('permission-denied', message)
  }
  if (!sessionToken) return { accessKeyId, secretAccessKey }
  if (!isSound(sessionToken)) {
    throw new UnderstudyError('permission-denied', `${names[2]} is not a token`)
  }
  return { accessKeyId, secretAccessKey, sessionToken }
}

/** What cannot be in a header must not come into the message that says so. */
function isSound(secret: string | undefined): secret is string {
  return secret !== undefined && /^[\x21-\x7e]{1,8192}$/.test(secret)
}

/** Its message has the status, and S3's word for it; what else was answered may hold anything, signatures included. */
async function refusal(answer: IncomingMessage): Promise<UnderstudyError> {
  const { statusCode: status = 0 } = answer
  if (status >= 300 && status < 400) {
    answer.destroy()
    const message = `The store sends elsewhere (${status}), which is not followed: check the endpoint and the region`
    return new UnderstudyError('io', message)
  }
  const text = await readAll(answer, maxAnswer).then(String, () => '')
  const [, word] = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text) ?? []
  const told = word === undefined ? String(status) : `${status} ${word}`
  return new UnderstudyError(codes[status] ?? 'io', `The store refuses (${told})`)
}

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const
const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'permission-denied',
  403: 'permission-denied',
  507: 'disk-full',
}
const hashHeader = 'x-amz-meta-understudy-hash'
/** Bytes of an answer that says no more than how it went. */
const maxAnswer = 64 * 1024
/** Bytes of a page: a thousand names. */
const maxPage = 4 * 1024 * 1024
