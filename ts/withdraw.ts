import { readFile, realpath } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import sodium from 'libsodium-wrappers'
import { ioError, isUnderstudyError } from './errors.js'
import { asContributor, askedOnce } from './forget.js'
import type { Passphrase } from './identity.js'
import { hold, type HeldRecorder } from './held.js'
import { recordersAtWork, type RunningRecorder } from './running.js'
import { hashOf } from './seal.js'
import type { RecorderStatus } from './status.js'
import type { Store } from './store/store.js'
import { reachStores, type StoreOutcome } from './upload.js'

/** What {@link withdraw} withdraws. */
export interface WithdrawOptions {
  /** A folder: every recording of the contributor's in it and below is withdrawn. */
  readonly folder: string
  /** Folder of the contributor's identity. */
  readonly identity: string
  /** The identity's passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
  /**
   * The path of a receipt of the contributor's: whatever is being recorded under it is stopped first, also
   * outside of `folder`, and before a passphrase is asked for. What the contributor has recorded into `folder`
   * is stopped in any case.
   */
  readonly receipt?: string
  /** Stores that recordings were uploaded to, and that {@link openStore} does not open by their place. */
  readonly stores?: readonly Store[]
}

/** What was withdrawn. */
export interface Withdrawn {
  /** Folders of recordings that are destroyed; what is left in each says that it was withdrawn. */
  readonly recordings: readonly string[]
  /**
   * Files `withdrawal.json`, one for each copy that was released: to be sent to whoever has the copy,
   * and put into it. Readers then refuse it.
   */
  readonly copies: readonly string[]
  /** Recordings that were being recorded, and were stopped for this. */
  readonly stopped: readonly string[]
  /**
   * Folders of recordings that are being recorded by programs that do not answer, or do not say under which
   * receipt's pseudonym, and were left: stop them, and withdraw again.
   */
  readonly busy: readonly string[]
  /** Folders that could not be read, or not be withdrawn: mend what is wrong, and withdraw again. */
  readonly failed: readonly FailedWithdrawal[]
  /**
   * How it went in each store that one of `recordings` was uploaded to: all of it is removed there. What is left
   * where that failed opens nowhere any more; {@link uploadAgain} of the recording, or withdrawing, tries again.
   */
  readonly stores: readonly StoreOutcome[]
}

/** What could not be withdrawn, and why. */
export interface FailedWithdrawal {
  /** Its folder. */
  readonly path: string
  /** One of {@link ErrorCode}. */
  readonly code: string
  /** What happened, in a sentence. */
  readonly message: string
}

/**
 * Takes everything back: stops what is being recorded, destroys the contributor's recordings in a folder and
 * up to six folders below it, released copies that lie in them included, and signs for each that it may not
 * be used any more. May be called again, which also finishes what a crash cut short.
 *
 * What is recorded under `receipt` is stopped at once, without a passphrase. Whatever else is recorded into
 * the folder is paused until the identity is open, which alone can tell whose it is; then it is stopped, or
 * goes on if it is somebody else's. Where the identity does not open, it stays paused.
 *
 * @param options - where, and whose identity
 * @returns what was withdrawn; recordings of others are left as they are
 * @throws {@link UnderstudyError} `io` or `permission-denied` when the folder itself cannot be read: then nothing
 *   is withdrawn; `passphrase-wrong`. What fails below it keeps nothing else, and is told in `failed`
 */
export async function withdraw(options: WithdrawOptions): Promise<Withdrawn> {
  const { folder: recording, identity } = options
  const asked = { ...options, ...askedOnce(options.passphrase) }
  const { stopped, busy } = await stopAll(asked)
  const withdrawn = await asContributor(asked, (native, passphrase) =>
    native.withdraw(recording, identity, passphrase),
  )
  const stores: StoreOutcome[] = []
  for (const path of withdrawn.recordings) {
    stores.push(...(await reachStores(path, options.stores)))
  }
  return { ...withdrawn, stopped, busy: [...new Set([...busy, ...withdrawn.busy])], stores }
}

/** Stops what is recorded of this contributor there, or under the receipt; and names what goes on all the same. */
async function stopAll(options: WithdrawOptions) {
  const { folder, receipt } = options
  await sodium.ready
  const hash = receipt === undefined ? undefined : await hashOfFile(receipt)
  const inside = await realpath(folder).catch(() => resolve(folder))
  const running = await recordersAtWork()
  const named = running.filter(({ last }) => last.receipt === hash)
  const others = running.filter(
    (recorder) =>
      !named.includes(recorder) && !relative(inside, recorder.last.recording).startsWith('..'),
  )
  // Before a passphrase is asked for: it may be wrong, and it is typed.
  const [ended, held] = await Promise.all([
    Promise.all(named.map(end)),
    Promise.all(others.map(hold)),
  ])
  const { own, unknown } = await toldApart(held, options)
  const outcomes = [...ended, ...(await Promise.all(own.map(end)))]
  const where = (wanted: boolean) =>
    outcomes.filter(({ ended }) => ended === wanted).map(({ recording }) => recording)
  return {
    stopped: where(true),
    busy: [...where(false), ...unknown.map(({ last }) => last.recording)],
  }
}

async function end(recorder: RunningRecorder) {
  // Nothing is released of what is taken back.
  const ended = await recorder.stop({ release: false }).then(
    () => true,
    () => hasEnded(recorder),
  )
  return { recording: recorder.last.recording, ended }
}

/**
 * The contributor's own, under whichever of their pseudonyms; and those of which nobody can tell. Others go on:
 * not before, so that all stay paused where the identity does not open.
 */
async function toldApart(held: readonly HeldRecorder[], options: WithdrawOptions) {
  const consented = held.flatMap(({ recorder: { last } }) =>
    last.issued === undefined ? [] : [receiptOf(last, last.issued)],
  )
  const own = consented.length === 0 ? [] : await pseudonyms(consented, options)
  const isKnown = ({ last }: RunningRecorder) => last.issued !== undefined
  const isOwn = ({ last }: RunningRecorder) => own.includes(last.contributor)
  await Promise.all(
    held
      .filter(({ recorder }) => isKnown(recorder) && !isOwn(recorder))
      .map(async ({ goOn }) => {
        // One that has ended meanwhile, or cannot go on, says so itself.
        await goOn().catch(() => undefined)
      }),
  )
  const recorders = held.map(({ recorder }) => recorder)
  return {
    own: recorders.filter(isOwn),
    unknown: recorders.filter((recorder) => !isKnown(recorder) && !isOwn(recorder)),
  }
}

function receiptOf({ controller }: RecorderStatus, issued: number) {
  return { issued, ...(controller !== undefined && { controller }) }
}

async function pseudonyms(
  receipts: readonly ReturnType<typeof receiptOf>[],
  options: WithdrawOptions,
): Promise<readonly string[]> {
  return await asContributor(options, (native, passphrase) =>
    native.pseudonyms(options.identity, receipts, passphrase),
  )
}

/** One that has failed has ended too; one that does not answer may record on. */
async function hasEnded(recorder: RunningRecorder): Promise<boolean> {
  try {
    const { state } = await recorder.status()
    return state === 'stopped' || state === 'failed'
  } catch (error) {
    return isUnderstudyError(error) && error.code === 'state'
  }
}

async function hashOfFile(path: string): Promise<string | undefined> {
  try {
    return hashOf(await readFile(path))
  } catch (error) {
    // It may have been deleted by a withdrawal before.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw ioError('Cannot read the receipt', error)
  }
}
