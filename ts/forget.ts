import { UnderstudyError } from './errors.js'
import type { Passphrase } from './identity.js'
import { calling, loadNative, type Native } from './native.js'
import type { Store } from './store/store.js'
import type { Track } from './track.js'
import { reachStores, type StoreOutcome } from './upload.js'

/** A stretch of a recording's time. */
export interface Span {
  /** When it begins: nanoseconds since the recording started. */
  readonly from: number
  /** When it has ended: as `from`, and later. */
  readonly to: number
}

/** The recording that a contributor changes, and who they are. */
export interface ContributorOptions {
  /** The recording's folder. Nobody may be recording into it. */
  readonly recording: string
  /** Folder of the contributor's identity. */
  readonly identity: string
  /** The identity's passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
}

/** What {@link forget} forgets. */
export interface ForgetOptions extends ContributorOptions, Partial<Span> {
  /**
   * Only while this application had the focus: its id or instance (on X11 either part of `WM_CLASS`),
   * whatever its case. Where it was seen without the focus it stays.
   */
  readonly app?: string
  /** Of which tracks; default: all. */
  readonly tracks?: readonly Track[]
  /** Stores that it was uploaded to, and that {@link openStore} does not open by their place. */
  readonly stores?: readonly Store[]
}

/** What was forgotten. */
export interface Forgotten extends ForgottenHere {
  /** How it went in each store that it was uploaded to. */
  readonly stores: readonly StoreOutcome[]
}

/** What was forgotten in the folder. @internal */
export interface ForgottenHere {
  /** The spans, of each track that was meant. */
  readonly spans: readonly Span[]
  /** How many segments are gone. */
  readonly destroyed: number
  /** How many segments were written anew, under another key, without the spans. */
  readonly recut: number
}

/**
 * Forgets a part of a recording: the keys and segments that hold it are destroyed, segments at its edges
 * are written anew without it, and the journal says so, signed by the contributor. The recording still
 * verifies, and everything else in it stays.
 *
 * Stores that it was uploaded to follow: what is gone is removed, what was written anew takes the place of what
 * was there. A store that fails is told in `stores`, and not thrown: what was forgotten opens nowhere any more,
 * since its keys were in the folder alone; {@link uploadAgain} tries again.
 *
 * ```ts
 * await forget({ recording, identity: './identity', from: 190e9, to: 240e9 })
 * ```
 *
 * @param options - which recording, whose identity, what
 * @returns what was forgotten; by then it is gone from the folder
 * @throws {@link UnderstudyError} `identity-mismatch` for anyone but the contributor; `invalid-argument`
 *   when nothing of the recording lies in the span; `state` while it is recorded or changed by another
 *   program; `tampered` and the like when it does not verify; `passphrase-wrong`, `io`, `disk-full`
 */
export async function forget(options: ForgetOptions): Promise<Forgotten> {
  const { recording, stores } = options
  const forgotten = await forgetHere(options)
  return { ...forgotten, stores: await reachStores(recording, stores) }
}

/**
 * As {@link forget}, in the folder alone.
 *
 * @param options - which recording, whose identity, what
 * @returns what was forgotten there
 * @internal
 */
export async function forgetHere(options: ForgetOptions): Promise<ForgottenHere> {
  const { recording, app, tracks, from = 0, to = Number.MAX_SAFE_INTEGER } = options
  return await asContributor(options, (native, passphrase) => {
    const what = {
      span: { from, to },
      ...(app !== undefined && { app }),
      ...(tracks && { tracks }),
    }
    return native.forget(recording, options.identity, what, passphrase)
  })
}

/**
 * Finishes a change by the contributor ({@link forget} and the like) that a crash cut short, or clears
 * away what never became valid. Needs no key. A reader refuses a recording in that state with `state`.
 *
 * @param recording - the recording's folder
 * @returns whether there was anything to settle
 * @throws {@link UnderstudyError} `state` while another program changes the recording; `tampered` when
 *   what lies there is not the contributor's; `io`
 */
export async function settle(recording: string): Promise<boolean> {
  const native = await loadNative()
  return await calling(() => native.settle(recording))
}

/**
 * Runs a call into the addon that needs the contributor's identity.
 *
 * @param options - whose identity
 * @param call - gets the addon and the passphrase, which it zeroes
 * @returns what the call resolves with
 * @internal
 */
export async function asContributor<T>(
  options: Pick<ContributorOptions, 'identity' | 'passphrase'>,
  call: (native: Native, passphrase: Buffer | undefined) => Promise<T>,
): Promise<T> {
  const native = await loadNative()
  return await calling(async () => {
    const locked = native.isLocked(options.identity)
    return await call(native, locked ? await bytesOf(options.passphrase) : undefined)
  })
}

/**
 * A passphrase that is asked for once, whatever is done with it.
 *
 * @param passphrase - the passphrase, or what asks for it
 * @internal
 */
export function askedOnce(passphrase: Passphrase | undefined): { passphrase?: Passphrase } {
  if (typeof passphrase !== 'function') return passphrase === undefined ? {} : { passphrase }
  let asked: string | Promise<string> | undefined
  return { passphrase: () => (asked ??= passphrase()) }
}

async function bytesOf(passphrase: Passphrase | undefined): Promise<Buffer> {
  if (passphrase === undefined) {
    throw new UnderstudyError('invalid-argument', 'The identity is under a passphrase')
  }
  return Buffer.from(typeof passphrase === 'string' ? passphrase : await passphrase())
}
