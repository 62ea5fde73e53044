// Who a contributor is in a receipt: docs/format.md §12 once more, with libsodium alone.
import sodium from 'libsodium-wrappers'
import { concat, u32 } from './encode.js'

await sodium.ready

/** The key pairs of the pseudonym that follows from an identity's seed. */
export function pseudonymOf(seed: Uint8Array, issued: number, controller = '') {
  const derived = (what: 'open' | 'sign') => {
    const label = new TextEncoder().encode(`understudy/1 contributor ${what}\n`)
    const period = u32(Math.floor(issued / 86_400 / 30))
    const message = concat(label, sodium.from_hex(controller), period)
    return sodium.crypto_generichash(32, message, seed)
  }
  const secret = derived('open')
  return {
    open: { privateKey: secret, publicKey: sodium.crypto_scalarmult_base(secret) },
    sign: sodium.crypto_sign_seed_keypair(derived('sign')),
  }
}
