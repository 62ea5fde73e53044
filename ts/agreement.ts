import { type ConsentTerms, consentText } from './consent.js'
import { UnderstudyError } from './errors.js'
import { asContributor } from './forget.js'
import type { Passphrase } from './identity.js'
import { calling, loadNative } from './native.js'
import { readLayers } from './policy.js'
import { hashOf, sodiumReady } from './seal.js'

/** Whose name something is signed in. */
export interface SignerOptions {
  /** Folder of the identity. */
  readonly identity: string
  /** The identity's passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
}

/** What {@link consent} signs. */
export interface ConsentOptions extends SignerOptions {
  /** What was agreed to: what {@link consentText} told the contributor. */
  readonly terms: ConsentTerms
  /** The content of the receipt that this one takes the place of, whose hash is in `terms.replaces`. */
  readonly replaces?: string
}

/**
 * Signs a receipt in the name of a contributor who has read {@link consentText} of these terms, and
 * agreed. Never call it before they have.
 *
 * ```ts
 * const terms = { tracks: ['pointer', 'screen'], purpose: 'agent-training', recipients, expires } as const
 * if (await yourDialog(consentText(terms))) await writeFile('receipt.json', await consent({ terms, identity }))
 * ```
 *
 * @param options - what was agreed to, and whose identity
 * @returns the content of receipt.json; where it names a controller, nothing is recorded under it before
 *   that one has countersigned it ({@link countersign})
 * @throws {@link UnderstudyError} `invalid-argument` when the terms cannot be a receipt; `receipt-invalid`
 *   for a receipt to be replaced that does not hold; `passphrase-wrong`, `identity-invalid`, `io`
 */
export async function consent(options: ConsentOptions): Promise<string> {
  const { terms, replaces } = options
  await sodiumReady
  const hash = replaces === undefined ? undefined : hashOf(new TextEncoder().encode(replaces))
  if (hash !== terms.replaces) {
    const message = 'The terms name another receipt to be replaced than the one that was given'
    throw new UnderstudyError('invalid-argument', message)
  }
  const { recipients, tracks, purpose, expires, live, direct, controller, policy } = terms
  return await asContributor(options, (native, passphrase) => {
    const signed = {
      ...{ tracks, purpose, recipients, expires, notice: consentText(terms) },
      ...(live && { live }),
      ...(direct !== undefined && { direct }),
      ...(controller && { controller }),
      ...(policy && { policy }),
      ...(replaces !== undefined && { replaces }),
    }
    return native.consent(options.identity, signed, passphrase)
  })
}

/** What {@link countersign} signs. */
export interface CountersignOptions extends SignerOptions {
  /** The content of receipt.json, as the contributor signed it. */
  readonly receipt: string
}

/**
 * Countersigns a receipt in the name of the controller that it names. The signature is over all of it,
 * the contributor's signature included.
 *
 * @param options - the receipt, and the controller's identity
 * @returns the content of receipt.json: to be given back to the contributor
 * @throws {@link UnderstudyError} `receipt-invalid` when it does not hold, or names no controller;
 *   `identity-mismatch` when it names another; `passphrase-wrong`, `identity-invalid`, `io`
 */
export async function countersign(options: CountersignOptions): Promise<string> {
  return await asContributor(options, (native, passphrase) =>
    native.countersign(options.identity, options.receipt, passphrase),
  )
}

/**
 * The digests of layers of policy, as {@link ConsentTerms.policy} names them.
 *
 * @param layers - paths (as text or `file:` URL), contents, or those parsed
 * @returns in hexadecimal, in their order
 * @throws {@link UnderstudyError} `policy-invalid` for one that is not understood: nobody can agree to
 *   it; `permission-denied` or `io` for a file that cannot be read
 */
export async function policyDigests(
  layers: readonly (string | URL | object)[],
): Promise<readonly string[]> {
  const native = await loadNative()
  const read = await readLayers(layers)
  return await calling(() => read.map((layer) => native.policyDigest(layer)))
}
