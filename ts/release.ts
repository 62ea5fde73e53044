import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { asContributor, type ContributorOptions, type Span } from './forget.js'
import { Progress } from './progress.js'
import { isTrack, type Track } from './track.js'

/** What {@link release} releases, and to whom. */
export interface ReleaseOptions extends ContributorOptions {
  /**
   * To whom: a public key (`understudy1…`) that the receipt names; or the contributor's own, for a copy
   * that shows them what others would get. That one is sealed to a key that nobody else knows.
   */
  readonly to: string
  /** Which tracks; default: all that were recorded. */
  readonly tracks?: readonly Track[]
  /** What is left out. */
  readonly except?: readonly Span[]
  /**
   * Names that titles are not to tell, at least three letters each; default: those of this user and
   * this machine. Home folders are always left out.
   */
  readonly names?: readonly string[]
  /**
   * Told how far it is, a segment after the other: how many were read, and how many are to be; some are
   * read twice. At the end both are the same.
   */
  readonly progress?: (done: number, of: number) => void
}

/** A copy that was released. */
export interface Released {
  /** Its folder: a recording of its own, to be handed to the recipient. */
  readonly path: string
  /** Hash of its `release.json`, in hexadecimal: the journal of the original names it. */
  readonly manifest: string
  /** Which tracks it has. */
  readonly tracks: readonly Track[]
  /** How long it is, by its own, coarsened time: nanoseconds. */
  readonly duration: number
}

/**
 * Releases a copy of a recording to one recipient, who alone opens it. The copy lies in the recording's
 * folder `release`, signed by the contributor under a pseudonym; nothing is sent anywhere.
 *
 * The copy measures and names nobody: times are coarse and say no more than the day, idle time is
 * clipped, titles hold no home folder, and no name of `names`. Pictures are as they were recorded.
 *
 * ```ts
 * const { path } = await release({ recording, identity: './identity', to: 'understudy1…' })
 * ```
 *
 * @param options - which recording, whose identity, to whom, and what
 * @returns the copy
 * @throws {@link UnderstudyError} `receipt-scope` for a recipient that the receipt does not name;
 *   `identity-mismatch` for anyone but the contributor; `invalid-argument` when there is nothing to be
 *   released; `state` while it is recorded or changed by another program; `tampered` and the like when
 *   it does not verify; `passphrase-wrong`, `io`, `disk-full`
 */
export async function release(options: ReleaseOptions): Promise<Released> {
  const { recording, to, tracks, except, names = localNames(), progress } = options
  const what = { to, names, ...(tracks && { tracks }), ...(except && { except }) }
  const told = new Progress(progress ?? (() => undefined))
  const released = await told.until(
    asContributor(options, (native, passphrase) =>
      native.release(recording, options.identity, what, passphrase, progress && told.tell),
    ),
  )
  return {
    ...released,
    path: join(recording, released.path),
    tracks: released.tracks.filter(isTrack),
  }
}

/**
 * What tells who sits here.
 *
 * @returns the names of this user and this machine
 * @internal
 */
export function localNames(): string[] {
  const names = [hostname(), process.env['USER'], process.env['LOGNAME'], process.env['USERNAME']]
  try {
    names.push(userInfo().username)
  } catch {
    // A user without an entry in the system's list has no other name.
  }
  return [...new Set(names.filter((name) => name !== undefined))]
}
