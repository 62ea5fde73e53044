import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type ErrorCode, ioError, isUnderstudyError, tampered, UnderstudyError } from './errors.js'
import { bring, type StoreChange } from './store/bring.js'
import { type Content, contentOf, hashOfStart } from './store/content.js'
import { alone } from './store/lock.js'
import { isPart } from './store/names.js'
import {
  isSamePlace,
  type Note,
  notesPath,
  readNotes,
  removeNote,
  writeNote,
} from './store/notes.js'
import { openStore } from './store/open.js'
import type { Store } from './store/store.js'

/** What all uploads take. */
export interface UploadCall {
  /**
   * Told how far it is: how many files of the recording are in the store, of how many. It begins anew where the
   * recording was changed meanwhile, and for each store.
   */
  readonly progress?: (done: number, of: number) => void
  /** Told how many segments were verified, of how many, before anything is sent. */
  readonly verifying?: (done: number, of: number) => void
  /** Calls it off, with `state`; what was sent stays, and the next upload goes on from there. */
  readonly signal?: AbortSignal
}

/** What {@link upload} uploads, and where. */
export interface UploadOptions extends UploadCall {
  /** The recording's folder. It may be being recorded: then what is vouched for by then is uploaded. */
  readonly recording: string
  /** Where: of {@link openStore}, or one of your own. */
  readonly store: Store
}

/** What {@link uploadAgain} brings to where it is. */
export interface UploadAgainOptions extends UploadCall {
  /** The recording's folder. */
  readonly recording: string
  /** Stores that {@link openStore} does not open by their place. */
  readonly stores?: readonly Store[]
}

/** How it went in one store. */
export interface StoreOutcome {
  /** The recording's folder. */
  readonly recording: string
  /** The store: `to` of its place. */
  readonly to: string
  /** What was changed; absent where it failed. */
  readonly change?: StoreChange
  /** Why something may be left there; {@link uploadAgain} tries again. */
  readonly failure?: StoreFailure
}

/** Why a store could not be brought to where the recording is. */
export interface StoreFailure {
  /** As of {@link UnderstudyError}. */
  readonly code: ErrorCode
  /** What happened, in a sentence. */
  readonly message: string
  /**
   * Names of objects there that may hold more than the recording does; absent where it is not known what lies there.
   */
  readonly left?: readonly string[]
}

/** Where a recording was uploaded. */
export interface Upload {
  /** The store: `to` of its place. */
  readonly to: string
  /** Whether what is there is what is here: nothing was recorded, forgotten or withdrawn since. */
  readonly current: boolean
}

/**
 * Uploads a recording's sealed segments, header, receipt and journal: never a key, never a released copy.
 * So nobody opens it there, the contributor's own machine has what opens it, and what is forgotten here
 * is noise there at once. Objects are named `<recording id>/screen/000000.seg`, as the recording's files are.
 *
 * What is there already, by its hash, is not sent again; what is not of the recording any more is
 * removed. The recording is verified first, and remembers the store: {@link forget} and {@link withdraw}
 * reach it from then on.
 *
 * ```ts
 * const store = openStore({ to: 's3://bucket/recordings', endpoint: 'https://s3.example.org' })
 * await upload({ recording, store })
 * ```
 *
 * @param options - what, and where
 * @returns what was changed there
 * @throws {@link UnderstudyError} `tampered` and the like when it does not verify; `withdrawn`;
 *   `invalid-argument` for a released copy, or a folder that is a part of the recording; `state` when
 *   nothing was recorded, a change was cut short, it goes on changing, another upload of it runs, this one was
 *   called off, or the store has a later state of it; `io`, `permission-denied`, `disk-full`: calling it again goes on
 */
export async function upload(options: UploadOptions): Promise<StoreChange> {
  const { recording, store, verifying } = options
  const content = await contentOf(recording, verifying)
  if (!content.journal) {
    throw new UnderstudyError('withdrawn', 'the contributor has withdrawn this recording')
  }
  return await alone(recording, async () => {
    const known = (await readNotes(recording)).find(({ place }) => isSamePlace(place, store.place))
    await store.begin?.(content.id, recording)
    const note = { ...known, recording: content.id, place: store.place }
    // Before the first byte leaves: what is forgotten from now on is forgotten there too.
    await writeNote(recording, note)
    return await bringAll({ ...options, content, note, complete: true })
  })
}

/**
 * Brings every store that a recording was uploaded to where the recording is: removes what was forgotten
 * since, sends what is new, or removes all of it when it was withdrawn.
 *
 * @param options - which recording
 * @returns one outcome for each store; none for a recording that was never uploaded. What fails in one store
 *   is told in its outcome, and keeps nothing from the others
 * @throws {@link UnderstudyError} `tampered` and the like when the recording does not verify; `state` when a
 *   change to it was cut short; `format-invalid` when what was written down of an upload is no such thing
 */
export async function uploadAgain(options: UploadAgainOptions): Promise<readonly StoreOutcome[]> {
  const notes = await readNotes(options.recording)
  if (notes.length === 0) return []
  const content = await contentOf(options.recording, options.verifying)
  const outcomes: StoreOutcome[] = []
  for (const note of notes) {
    const reach = async (failing: Failing) =>
      await again({ ...options, failing }, content, note, true)
    outcomes.push(await attempt(options.recording, note, reach))
  }
  return outcomes
}

/**
 * Has a change of the contributor's reach every store of a recording: what is not there is not sent. Whatever
 * fails is told, and not thrown: the change is made.
 *
 * @param recording - its folder
 * @param stores - as {@link UploadAgainOptions.stores}
 * @returns one outcome for each store
 * @internal
 */
export async function reachStores(
  recording: string,
  stores: readonly Store[] = [],
): Promise<readonly StoreOutcome[]> {
  const outcomes: StoreOutcome[] = []
  try {
    let content: Promise<Content> | undefined
    for (const note of await readNotes(recording)) {
      const reach = async (failing: Failing) => {
        content ??= contentOf(recording)
        return await again({ recording, stores, failing }, await content, note, false)
      }
      outcomes.push(await attempt(recording, note, reach))
    }
  } catch (error) {
    outcomes.push({ recording, to: notesPath, failure: told(error) })
  }
  return outcomes
}

/**
 * Where a recording was uploaded, and whether what is there is what is here. Asks no store.
 *
 * @param recording - its folder
 * @returns one for each store, none for a recording that was never uploaded
 * @throws {@link UnderstudyError} `format-invalid` when what was written down is no such thing; `io`
 */
export async function uploads(recording: string): Promise<readonly Upload[]> {
  const notes = await readNotes(recording)
  if (notes.length === 0) return []
  const size = (await statOf(recording, 'journal.ndjson'))?.size ?? 0
  const isWithdrawn = (await statOf(recording, 'withdrawal.json')) !== undefined
  const here = isWithdrawn ? undefined : await hashOfStart(recording, 'journal.ndjson', size)
  return notes.map(({ place, journal }) => ({
    to: place.to,
    current: here !== undefined && journal === here,
  }))
}

/** Told which objects may be other than they are to be. */
type Failing = (left: readonly string[]) => void

interface Task extends UploadCall {
  readonly failing?: Failing
  readonly recording: string
  readonly store: Store
  readonly content: Content
  readonly note: Note
  readonly complete: boolean
}

async function again(
  options: UploadAgainOptions & { readonly failing: Failing },
  content: Content,
  note: Note,
  complete: boolean,
): Promise<StoreChange> {
  if (note.recording !== content.id) throw tampered('the upload is of another recording')
  return await alone(options.recording, async () => {
    return await againAlone(options, content, note, complete)
  })
}

async function againAlone(
  options: UploadAgainOptions & { readonly failing: Failing },
  content: Content,
  note: Note,
  complete: boolean,
): Promise<StoreChange> {
  const own = options.stores?.find(({ place }) => isSamePlace(place, note.place))
  const store = own ?? openStore(note.place)
  if (content.journal && note.journal !== undefined) {
    // Who emptied it there does not want it there again.
    const call = options.signal ? { signal: options.signal } : {}
    const there = await store.list(`${content.id}/`, 2 * content.segments + 1000, call)
    if (!there.some(({ name }) => isPart(name.slice(content.id.length + 1)))) return nothing
  }
  return await bringAll({ ...options, store, content, note, complete })
}

/** Until nothing was forgotten while it was brought there. */
async function bringAll(task: Task): Promise<StoreChange> {
  const { recording, store, note } = task
  let { content } = task
  let sum = nothing
  for (let rounds = 1; ; rounds++) {
    const { whole, ...change } = await bring({ ...task, content })
    sum = add(sum, change)
    if (!content.journal) {
      await removeNote(recording, note.place)
      await store.end?.(content.id)
      return sum
    }
    if (!(await hasChanged(recording, content.journal.size))) {
      // Else it stays as it was: of another state than this.
      if (whole) await writeNote(recording, { ...note, journal: content.journal.hash })
      return sum
    }
    if (rounds === maxRounds) {
      throw new UnderstudyError('state', 'The recording goes on changing while it is uploaded')
    }
    content = await contentOf(recording)
  }
}

/** Whether something of it was forgotten, or all of it withdrawn, behind so many bytes of its journal. */
async function hasChanged(recording: string, size: number): Promise<boolean> {
  if (await statOf(recording, 'withdrawal.json')) return true
  const behind = createReadStream(join(recording, 'journal.ndjson'), { start: size })
  const added = await buffer(behind).catch((error: unknown) => {
    throw ioError('Cannot read the recording', error)
  })
  return added.includes('"type":"destroy"') || added.includes('"type":"recut"')
}

async function statOf(recording: string, path: string): Promise<{ size: number } | undefined> {
  try {
    return await stat(join(recording, path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw ioError('Cannot read the recording', error)
  }
}

async function attempt(
  recording: string,
  { place }: Note,
  work: (failing: Failing) => Promise<StoreChange>,
): Promise<StoreOutcome> {
  const { to } = place
  let left: readonly string[] | undefined
  try {
    const change = await work((names) => {
      left = names
    })
    return { recording, to, change }
  } catch (error) {
    return { recording, to, failure: { ...told(error), ...(left && { left }) } }
  }
}

/** A store of a host's may throw anything, and what it says of itself may hold anything. */
function told(error: unknown): StoreFailure {
  if (isUnderstudyError(error)) return { code: error.code, message: error.message }
  return { code: 'internal', message: 'The store failed, and does not say why' }
}

function add(a: StoreChange, b: StoreChange): StoreChange {
  return {
    sent: a.sent + b.sent,
    bytes: a.bytes + b.bytes,
    present: b.present,
    removed: a.removed + b.removed,
    versions: a.versions + b.versions,
  }
}

const nothing: StoreChange = { sent: 0, bytes: 0, present: 0, removed: 0, versions: 0 }
const maxRounds = 4
