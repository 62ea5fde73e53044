import { join } from 'node:path'
import type * as binding from '../native/binding.js'
import type { UnderstudyError } from './errors.js'
import { asContributor } from './forget.js'
import type { Passphrase } from './identity.js'
import { toError } from './native.js'
import { localNames, type Released } from './release.js'
import { isTrack } from './track.js'

/**
 * A recording that is released by itself when it stops, before anybody has looked through it. Only where
 * the receipt agrees to that (`direct`) and no layer of policy forbids it (`directRelease`).
 */
export interface DirectOptions {
  /** Folder of the contributor's identity: it is opened once, before anything is recorded, and let go of. */
  readonly identity: string
  /** The identity's passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
  /**
   * To whom: public keys, as text, which the receipt must name; default: those of
   * {@link RecordingOptions.recipients}, and without them whoever the receipt names.
   */
  readonly to?: readonly string[]
  /** As {@link ReleaseOptions.names}. */
  readonly names?: readonly string[]
  /**
   * Told how far the copies are, once it has stopped: how many segments were read for them, and how many
   * are to be.
   */
  readonly progress?: (done: number, of: number) => void
}

/** What was released by itself. */
export interface DirectOutcome {
  /** The copies that were made; none where the contributor kept the recording. */
  readonly copies: readonly DirectCopy[]
  /**
   * Why not one for each recipient: `state` where samples were lost, or another program changed the
   * recording; `tampered` and the like where it does not verify; `disk-full`, `io`. The recording is there
   * all the same, and can be released by hand.
   */
  readonly error?: UnderstudyError
}

/** A copy that was released by itself. */
export interface DirectCopy extends Released {
  /** To whom: a public key, as text. */
  readonly to: string
}

/**
 * What the addon takes for it.
 *
 * @param direct - what is to be released by itself
 * @returns it, without passphrase and progress, which are no settings
 * @internal
 */
export function toNativeDirect({ identity, to, names }: DirectOptions): binding.DirectOptions {
  return { identity, names: [...(names ?? localNames())], ...(to && { to }) }
}

/**
 * The passphrase of the identity, asked for where it is under one.
 *
 * @param direct - whose identity
 * @returns its bytes, which the addon zeroes
 * @throws {@link UnderstudyError} `invalid-argument` where none was given; what `identity.json` is refused with
 * @internal
 */
export async function passphraseOf(direct: DirectOptions): Promise<Buffer | undefined> {
  return await asContributor(direct, (_, passphrase) => Promise.resolve(passphrase))
}

/**
 * What the addon says became of it.
 *
 * @param path - of the recording
 * @param told - what it says; nothing where the contributor kept the recording
 * @internal
 */
export function toOutcome(path: string, told: binding.DirectlyReleased | null): DirectOutcome {
  const copies = (told?.copies ?? []).map(({ to, copy }) => ({
    ...copy,
    to,
    path: join(path, copy.path),
    tracks: copy.tracks.filter(isTrack),
  }))
  const failure = told?.failure
  return { copies, ...(failure && { error: toError(failure.code, failure.message) }) }
}
