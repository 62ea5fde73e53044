import { asContributor } from './forget.js'
import type { Passphrase } from './identity.js'

/** What {@link withdraw} withdraws. */
export interface WithdrawOptions {
  /** A folder: every recording of the contributor's in it and below is withdrawn. */
  readonly folder: string
  /** Folder of the contributor's identity. */
  readonly identity: string
  /** The identity's passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
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
  /** Folders of recordings that are being recorded, and were left: stop them, and withdraw again. */
  readonly busy: readonly string[]
}

/**
 * Takes everything back: destroys the contributor's recordings in a folder, released copies that lie in
 * them included, and signs for each that it may not be used any more. May be called again, which also
 * finishes what a crash cut short.
 *
 * @param options - where, and whose identity
 * @returns what was withdrawn; recordings of others are left as they are
 * @throws {@link UnderstudyError} `io` or `permission-denied`: then some may be withdrawn, and others not;
 *   `passphrase-wrong`
 */
export async function withdraw(options: WithdrawOptions): Promise<Withdrawn> {
  return await asContributor(options, (native, passphrase) =>
    native.withdraw(options.folder, options.identity, passphrase),
  )
}
