import { isUnderstudyError, UnderstudyError } from '../errors.js'
import { Hash } from '../seal.js'
import { bodyOf, type Content, hashOfStart, type Part } from './content.js'
import { isDraft, isPart, objectName } from './names.js'
import type { Store } from './store.js'

/** What was changed in a store. */
export interface StoreChange {
  /** Objects that were sent. */
  readonly sent: number
  /** Bytes in them. */
  readonly bytes: number
  /** Objects that were there already, the same. */
  readonly present: number
  /** Objects that were removed, and not sent anew. */
  readonly removed: number
  /**
   * Of what was removed or replaced, how many objects the store says it keeps as older versions. Their keys are
   * gone; who can delete versions there may delete them.
   */
  readonly versions: number
}

/** What is brought where, and how. @internal */
export interface Bringing {
  /** The recording's folder. */
  readonly recording: string
  /** The recording as it is. */
  readonly content: Content
  /** Where. */
  readonly store: Store
  /** Whether what was never there is sent: else only what is there is changed. */
  readonly complete: boolean
  /** Told how many of how many files are done. */
  readonly progress?: ((done: number, of: number) => void) | undefined
  /** Told, before it fails, which objects may be other than they are to be. */
  readonly failing?: ((left: readonly string[]) => void) | undefined
  /** Calls it off. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Brings what lies in a store to where the recording is: first what is gone goes, then what is new comes. May be
 * cut short at any step, and is then begun anew.
 *
 * @param bringing - what, and where
 * @returns what was changed, and whether all of the recording is there
 * @throws {@link UnderstudyError} `state` when there is something of a later state of this recording; what the
 *   store throws
 * @internal
 */
export async function bring(bringing: Bringing): Promise<StoreChange & { whole: boolean }> {
  const run = new Run(bringing)
  try {
    return await run.run()
  } catch (error) {
    if (run.left) bringing.failing?.(run.left)
    throw error
  }
}

class Run {
  readonly #bringing: Bringing
  readonly #change = { sent: 0, bytes: 0, present: 0, removed: 0, versions: 0 }
  /** How many bytes lie there, by the place below the recording's. */
  #there = new Map<string, number>()
  #listed = false
  /** Of these, which are as they are to be. */
  readonly #right = new Set<string>()

  constructor(bringing: Bringing) {
    this.#bringing = bringing
  }

  /** Names of objects that may be other than they are to be; undefined where nothing is known. */
  get left(): readonly string[] | undefined {
    if (!this.#listed) return undefined
    const { id } = this.#bringing.content
    const paths = [...this.#there.keys()].filter((path) => !this.#right.has(path))
    return paths.map((path) => `${id}/${path}`)
  }

  async run(): Promise<StoreChange & { whole: boolean }> {
    const { content, progress } = this.#bringing
    this.#there = await this.#list()
    this.#listed = true
    const wanted = this.#wanted()
    // Before anything can fail on what else is there: this is what was asked for when it was forgotten.
    await this.#removeAll((path) => content.gone.has(path) || isDraft(path) || !content.journal)
    await this.#checkJournal()
    await this.#each(wanted, async (part, done) => {
      progress?.(done, wanted.length)
      await this.#put(part)
    })
    const paths = new Set(wanted.map(({ path }) => path))
    await this.#removeAll((path) => !paths.has(path))
    await this.#check(wanted)
    progress?.(wanted.length, wanted.length)
    return { ...this.#change, whole: wanted.length === content.parts.length }
  }

  #wanted(): readonly Part[] {
    const { complete, content } = this.#bringing
    return complete ? content.parts : content.parts.filter(({ path }) => this.#there.has(path))
  }

  /** A forgetting must not be undone by an older copy of the folder: what is there must have come before what is here. */
  async #checkJournal(): Promise<void> {
    const { content, recording, store, signal } = this.#bringing
    const { journal } = content
    const size = journal && this.#there.get(journal.path)
    if (journal === undefined || size === undefined || size < 0) return
    if (size <= journal.size) {
      const before = await hashOfStart(recording, journal.path, size)
      if ((await hashIn(store, objectName(content.id, journal.path), size, signal)) === before)
        return
    }
    const message =
      'The journal there is not one that this recording had before: it is of a later state, or was altered'
    throw new UnderstudyError('state', message).in({ at: journal.path })
  }

  async #put(part: Part): Promise<void> {
    const { content, recording, store, signal } = this.#bringing
    const name = objectName(content.id, part.path)
    const size = this.#there.get(part.path)
    if (size === part.size && (await hashIn(store, name, size, signal)) === part.hash) {
      this.#change.present++
      this.#right.add(part.path)
      return
    }
    // What was sealed anew takes the place of bytes that are to go, in older versions too. The journal only grows.
    if (size !== undefined && part !== content.journal) await this.#remove(part.path)
    await store.put(name, bodyOf(recording, part), { signal })
    this.#there.set(part.path, part.size)
    this.#right.add(part.path)
    this.#change.sent++
    this.#change.bytes += part.size
  }

  async #removeAll(isMeant: (path: string) => boolean): Promise<void> {
    const meant = [...this.#there.keys()].filter(isMeant)
    await this.#each(
      meant.map((path) => ({ path })),
      async ({ path }) => {
        await this.#remove(path)
        this.#change.removed++
      },
    )
  }

  /** What the store does not let go, or change, is told behind the others, which go all the same. */
  async #each<T extends Pick<Part, 'path'>>(
    all: readonly T[],
    work: (one: T, at: number) => Promise<void>,
  ): Promise<void> {
    let refused: UnderstudyError | undefined
    for (const [at, one] of all.entries()) {
      const isThere = this.#there.has(one.path)
      try {
        await work(one, at)
      } catch (error) {
        const isRefused = isUnderstudyError(error) && error.code === 'permission-denied'
        if (!isRefused || !isThere) throw error
        refused ??= error
      }
    }
    if (refused) throw refused
  }

  async #remove(path: string): Promise<void> {
    const { content, store, signal } = this.#bringing
    if (!(await store.remove(`${content.id}/${path}`, { signal }))) this.#change.versions++
    this.#there.delete(path)
  }

  /** Whatever a store answers to each request: what it lists in the end is what there is to be. */
  async #check(wanted: readonly Part[]): Promise<void> {
    this.#there = await this.#list()
    const lacking = wanted.filter(({ path, size }) => this.#there.get(path) !== size)
    if (lacking.length === 0 && this.#there.size === wanted.length) return
    for (const { path } of lacking) this.#right.delete(path)
    const message =
      lacking.length > 0
        ? 'The store does not have what it was given'
        : 'The store still has what was removed'
    throw new UnderstudyError('io', `${message}: try again`)
  }

  /** What is of this recording, by its name; whatever else lies there is not ours. */
  async #list(): Promise<Map<string, number>> {
    const { content, store, signal } = this.#bringing
    const prefix = `${content.id}/`
    const entries = await store.list(prefix, 2 * content.segments + 1000, { signal })
    return new Map(
      entries
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name, size }) => [name.slice(prefix.length), size] as const)
        .filter(([path]) => isPart(path) || isDraft(path)),
    )
  }
}

/** What a store says, or else what its bytes are; undefined where they are not so many. */
async function hashIn(
  store: Store,
  name: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const told = await store.hash?.(name, { signal })
  if (told !== undefined) return told
  const hash = new Hash()
  let total = 0
  for await (const piece of store.get(name, size, { signal })) {
    hash.update(piece)
    total += piece.length
  }
  return total === size ? hash.hex() : undefined
}
