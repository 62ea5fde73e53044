import { randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Who may talk to the review server. The address that the contributor opens carries a token, in its
 * fragment, which no browser sends anywhere. The page exchanges it, once and soon, for the key of the
 * session, and sends that in a header of its own with each request.
 *
 * Not in a cookie: browsers send those to every port of a host, so to whatever another user runs on
 * this machine. And another origin cannot set such a header without asking first, which is refused.
 */
export class Session {
  /** What the address carries. */
  readonly token = randomText()
  readonly #key = randomText()
  readonly #expires: number
  #exchanged = false

  /** @param lifetime - how long the token may be exchanged, in milliseconds */
  constructor(lifetime: number) {
    this.#expires = performance.now() + lifetime
  }

  /**
   * Exchanges the token.
   *
   * @param token - as the page found it in its address
   * @returns the key of the session; undefined when the token is wrong, was exchanged, or is too old
   */
  exchange(token: unknown): string | undefined {
    if (this.#exchanged || performance.now() > this.#expires) return undefined
    if (!same(token, this.token)) return undefined
    this.#exchanged = true
    return this.#key
  }

  /**
   * Whether a request belongs to the session.
   *
   * @param key - what its header says
   */
  allows(key: unknown): boolean {
    return this.#exchanged && same(key, this.#key)
  }
}

/** The header that carries the key of the session. */
export const sessionHeader = 'x-understudy-session'

function randomText(): string {
  return randomBytes(32).toString('base64url')
}

/** In a time that says nothing about where the two differ. */
function same(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
