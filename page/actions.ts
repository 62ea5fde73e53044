import type { ForgetStep, Outcome, ReleaseStep } from '../ts/review/actions.js'
import { askServer, type Origin } from './origin.js'

/** What the server did not do, or not all of it. */
export class ActFailure extends Error {
  /** Whether it had begun: the recording is another then. */
  readonly begun: boolean

  /**
   * @param message - what went wrong, and how far it went
   * @param begun - whether it had begun
   */
  constructor(message: string, begun: boolean) {
    super(message)
    this.begun = begun
  }
}

/** What the page may ask its server for beside the sealed files. Without a server that is nothing. */
export class Actions {
  readonly #origin: Origin
  readonly #names: ReadonlySet<string>

  private constructor(origin: Origin, names: readonly string[]) {
    this.#origin = origin
    this.#names = new Set(names)
  }

  /**
   * Finds out what there is.
   *
   * @param origin - where the recording is from
   */
  static async of(origin: Origin): Promise<Actions> {
    if (origin.kind !== 'served') return new Actions(origin, [])
    const response = await askServer(origin, 'actions')
    return new Actions(origin, response.ok ? ((await response.json()) as string[]) : [])
  }

  /** Whether the recording can be changed from here. */
  get canForget(): boolean {
    return this.#names.has('forget')
  }

  /** Whether it can be released from here. */
  get canRelease(): boolean {
    return this.#names.has('release')
  }

  /**
   * Forgets for good.
   *
   * @param steps - what
   * @throws {@link ActFailure} when the server did not do it all
   */
  async forget(steps: readonly ForgetStep[]): Promise<void> {
    await this.#act('forget', steps)
  }

  /**
   * Releases.
   *
   * @param step - what
   * @returns where the copy lies
   * @throws {@link ActFailure} when the server did not do it
   */
  async release(step: ReleaseStep): Promise<string> {
    const [path = ''] = await this.#act('release', [step])
    return path
  }

  async #act(name: string, steps: readonly unknown[]): Promise<readonly string[]> {
    if (this.#origin.kind !== 'served') throw new Error('There is no server to ask')
    const response = await askServer(this.#origin, name, {
      method: 'POST',
      body: JSON.stringify({ steps }),
    })
    if (response.status !== 200 && response.status !== 409) {
      throw new Error(`The server answers ${response.status}`)
    }
    const outcome = (await response.json()) as Outcome
    if (!('error' in outcome)) return outcome.done
    const { done, error } = outcome
    const before =
      done.length > 0 ? ` Before that, ${done.length} of ${steps.length} were done.` : ''
    throw new ActFailure(`${error.message}.${before}`, done.length > 0)
  }
}
