import { fromHex, toHex } from './bytes.js'
import { UnderstudyError } from './errors.js'
import type { Identity } from './identity.js'
import type { Receipt } from './receipt.js'

/**
 * Who opens what was recorded or released under a receipt, if it is sealed to who has this identity: the
 * contributor under their pseudonym; a recipient by the key that they gave out (docs/format.md §12).
 *
 * @param identity - whose
 * @param receipt - of the recording
 * @returns the identity itself, or another that whoever asked for it wipes
 * @throws {@link UnderstudyError} `identity-invalid` for an identity without the seed that pseudonyms follow
 *   from
 * @internal
 */
export function openerUnder(identity: Identity, receipt: Receipt): Identity {
  if (!receipt.released) return contributorUnder(identity, receipt)
  const [recipient, ...more] = receipt.recipients
  const isTheirs = recipient === toHex(identity.publicKey) && more.length === 0
  if (isTheirs || !identity.signer) return identity
  return identity.derive('understudy/1 own copy', fromHex(receipt.id))
}

/**
 * Whether a recording is the contributor's own who has this identity, and not a copy of one.
 *
 * @param identity - whose
 * @param receipt - of the recording
 * @internal
 */
export function isContributor(identity: Identity, receipt: Receipt): boolean {
  if (receipt.released) return false
  const contributor = contributorUnder(identity, receipt)
  contributor.wipe()
  return toHex(contributor.publicKey) === receipt.contributor.open
}

function contributorUnder(identity: Identity, { issued, controller }: Receipt): Identity {
  if (!identity.signer) {
    const message = 'This identity has no seed, from which its pseudonyms follow'
    throw new UnderstudyError('identity-invalid', message)
  }
  const period = new DataView(new ArrayBuffer(4))
  period.setUint32(0, (issued - (issued % lasts)) / lasts, true)
  const key = controller ? fromHex(controller.sign) : new Uint8Array(0)
  return identity.derive('understudy/1 contributor', key, new Uint8Array(period.buffer))
}

/** How many seconds a pseudonym is used: 30 days. */
const lasts = 30 * 86_400
