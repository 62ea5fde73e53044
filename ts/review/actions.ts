import { isUnderstudyError } from '../errors.js'
import { isTrack, type Track } from '../track.js'

/** Something that the contributor wants forgotten: what all of its members say. */
export interface ForgetStep {
  /** From when: nanoseconds since the recording started; default: the start. */
  readonly from?: number
  /** Until when, and later than `from`; default: the end. */
  readonly to?: number
  /** Only while this application had the focus. */
  readonly app?: string
  /** Of which tracks; default: all. */
  readonly tracks?: readonly Track[]
}

/** Something that the contributor wants released. */
export interface ReleaseStep {
  /** To whom: a public key as text. */
  readonly to: string
  /** Which tracks. */
  readonly tracks: readonly Track[]
  /** What is left out: nanoseconds since the recording started. */
  readonly except: readonly {
    /** From when. */
    readonly from: number
    /** Until when. */
    readonly to: number
  }[]
}

/**
 * What the page may ask for beside looking: each is done by whoever serves the page, with an identity that
 * is unlocked there and not in the page. What is absent is not offered.
 */
export interface ReviewActions {
  /**
   * Forgets one thing after the other.
   *
   * @param steps - what
   * @param done - told after each
   * @throws {@link UnderstudyError} when the next is not forgotten
   */
  readonly forget?: (steps: readonly ForgetStep[], done: () => void) => Promise<void>
  /**
   * Releases.
   *
   * @param step - what
   * @returns where the copy lies
   * @throws {@link UnderstudyError} when it is not released
   */
  readonly release?: (step: ReleaseStep) => Promise<string>
}

/** An action, done or not, as the page is told. */
export type Outcome =
  | { readonly done: readonly string[] }
  | {
      readonly done: readonly string[]
      readonly error: { readonly code: string; readonly message: string }
    }

/** Runs what the page asks for, one thing at a time. */
export class ActionRunner {
  readonly #actions: ReviewActions
  #running = false

  /** @param actions - what can be done */
  constructor(actions: ReviewActions) {
    this.#actions = actions
  }

  /** The names of what can be done. */
  get names(): string[] {
    return (['forget', 'release'] as const).filter((name) => this.#actions[name] !== undefined)
  }

  /**
   * Does what a request asks for, step by step; ends with the first that fails.
   *
   * @param name - which action
   * @param body - of the request: anything
   * @returns how it went; undefined for what is no request, or cannot be done here
   */
  async run(name: string, body: unknown): Promise<Outcome | undefined> {
    const act = this.#parse(name, body)
    if (!act) return undefined
    if (this.#running) {
      return { done: [], error: { code: 'state', message: 'Another change is being made' } }
    }
    this.#running = true
    const done: string[] = []
    try {
      await act((what) => done.push(what))
      return { done }
    } catch (error) {
      return { done, error: told(error) }
    } finally {
      this.#running = false
    }
  }

  #parse(name: string, body: unknown): Act | undefined {
    const { forget, release } = this.#actions
    const steps = listOf(body)
    if (!steps) return undefined
    if (name === 'forget' && forget) {
      const parsed = allOf(steps.map(parseForget))
      return (
        parsed &&
        ((done) =>
          forget(parsed, () => {
            done('')
          }))
      )
    }
    if (name === 'release' && release) {
      const parsed = allOf(steps.map(parseRelease))
      return (
        parsed &&
        (async (done) => {
          for (const step of parsed) done(await release(step))
        })
      )
    }
    return undefined
  }
}

/** What was asked for, ready to be done; tells each thing that is. */
type Act = (done: (what: string) => void) => Promise<void>

/** `{ steps: [ … ] }` */
function listOf(body: unknown): unknown[] | undefined {
  if (typeof body !== 'object' || body === null || !('steps' in body)) return undefined
  const { steps } = body
  const fits = Array.isArray(steps) && steps.length > 0 && steps.length <= maxSteps
  return fits ? (steps as unknown[]) : undefined
}

function allOf<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const all = values.filter((value) => value !== undefined)
  return all.length === values.length ? all : undefined
}

/** An empty step would be everything: that must be said. */
function parseForget(value: unknown): ForgetStep | undefined {
  const members = membersOf(value, ['from', 'to', 'app', 'tracks'])
  if (!members) return undefined
  const { from, to, app, tracks } = members
  if (from !== undefined && !isTime(from)) return undefined
  if (to !== undefined && !isTime(to)) return undefined
  if (from !== undefined && to !== undefined && from >= to) return undefined
  if (app !== undefined && !isName(app)) return undefined
  if (tracks !== undefined && !isTracks(tracks)) return undefined
  if (Object.keys(members).length === 0) return undefined
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(app !== undefined && { app }),
    ...(tracks !== undefined && { tracks }),
  }
}

function parseRelease(value: unknown): ReleaseStep | undefined {
  const members = membersOf(value, ['to', 'tracks', 'except'])
  if (!members) return undefined
  const { to, tracks, except } = members
  if (!isName(to) || !isTracks(tracks) || !Array.isArray(except)) return undefined
  if (except.length > maxSteps) return undefined
  const spans = except.map((span: unknown) => {
    const { from, to: until } = membersOf(span, ['from', 'to']) ?? {}
    return isTime(from) && isTime(until) && from < until ? { from, to: until } : undefined
  })
  const all = allOf(spans)
  return all && { to, tracks, except: all }
}

function membersOf(value: unknown, names: readonly string[]): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.keys(value).every((name) => names.includes(name)) ? { ...value } : undefined
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 256
}

function isTracks(value: unknown): value is Track[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 4 && value.every(isTrack)
}

function told(error: unknown): { code: string; message: string } {
  if (isUnderstudyError(error)) return { code: error.code, message: error.message }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

const maxSteps = 1000
