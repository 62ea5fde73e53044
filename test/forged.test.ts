// Forged and altered receipts, as the portable reader judges them; crates/core/tests/forged.rs does the same, and more, to every document.
import test from 'ava'
import sodium from 'libsodium-wrappers'
import canonicalize from 'canonicalize'
import { type Json, Members, signedBytes } from '../ts/canonical.js'
import { consent, countersign, isUnderstudyError } from '../ts/index.js'
import { parseReceipt } from '../ts/receipt.js'
import { parties } from './studio.js'

test('ten thousand forged or altered receipts are refused', async (t) => {
  const { identity, office, recipient, sign } = await parties(t)
  const signed = await consent({
    identity,
    terms: {
      tracks: ['pointer', 'screen'],
      live: ['pointer'],
      purpose: 'agent-training',
      recipients: [recipient],
      controller: {
        ...{ name: 'Example', contact: 'privacy@example.org', sign },
        ...{ jurisdiction: ['DE'], storage: ['DE'], retention: 30 },
      },
      policy: ['01'.repeat(32)],
      expires: Math.floor(Date.now() / 1000) + 3600,
    },
  })
  const receipt = Buffer.from(await countersign({ identity: office, receipt: signed }))
  t.true(parseReceipt(receipt).countersigned)
  const tried: Record<string, number> = {}
  const refuse = (how: string, bytes: Uint8Array) => {
    if (receipt.equals(bytes)) return
    tried[how] = (tried[how] ?? 0) + 1
    try {
      const { countersigned } = parseReceipt(bytes)
      // Without the countersignature it is what the contributor signed, under which nothing is recorded.
      if (!countersigned && Buffer.from(signed).equals(bytes)) return
    } catch (error) {
      if (isUnderstudyError(error)) return
      throw error
    }
    t.fail(`${how}: ${Buffer.from(bytes).toString()}`)
  }
  const refuseValue = (how: string, value: unknown) => {
    refuse(how, Buffer.from(`${canonicalize(value) ?? ''}\n`))
  }

  for (let at = 0; at < receipt.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(receipt)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
      refuse('flipped', flipped)
    }
    refuse('cut', receipt.subarray(0, at))
    if ('{}[],:'.includes(String.fromCharCode(receipt[at] ?? 0))) {
      for (const space of [' ', '\n', '\t']) {
        const text = receipt.toString()
        refuse('re-spaced', Buffer.from(`${text.slice(0, at)}${space}${text.slice(at)}`))
      }
    }
  }
  const whole = JSON.parse(receipt.toString()) as Record<string, Json>
  const names = Object.keys(whole)
  for (const name of names) {
    for (const other of ['', 0, true, [], {}, '0'.repeat(64), '0'.repeat(128), ['pointer']]) {
      refuseValue('altered', { ...whole, [name]: other })
    }
    const { [name]: value, ...without } = whole
    refuseValue('removed', without)
    const text = `"${name}":${JSON.stringify(value)},`
    refuse('twice', Buffer.from(receipt.toString().replace('{', `{${text}`)))
    refuse('reordered', Buffer.from(`${JSON.stringify({ ...without, [name]: value })}\n`))
  }
  for (const name of ['score', 'hours', 'replaces', 'a', 'zz']) {
    refuseValue('added', { ...whole, [name]: '00'.repeat(32) })
  }
  for (const member of ['signature', 'countersignature'] as const) {
    const good = sodium.from_hex(whole[member] as string)
    refuseValue('signature', { ...whole, [member]: sodium.to_hex(plusOrder(good)) })
    refuseValue('signature', { ...whole, [member]: '00'.repeat(64) })
    refuseValue('signature', { ...whole, [member]: `01${'00'.repeat(63)}` })
    for (let count = 0; count < 50; count++) {
      const { privateKey } = sodium.crypto_sign_keypair()
      const named = member === 'signature' ? 'receipt' : 'countersignature'
      const bytes = signedBytes(named, new Members(whole))
      const forged = sodium.crypto_sign_detached(bytes, privateKey, 'hex')
      refuseValue('forged', { ...whole, [member]: forged })
    }
  }
  const sum = Object.values(tried).reduce((all, count) => all + count, 0)
  t.log(tried)
  t.true(sum > 10_000, String(sum))
})

/** The same signature to whoever does not compare S with the order of the group. */
function plusOrder(signature: Uint8Array): Uint8Array {
  const order = sodium.from_hex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
  const sum = Uint8Array.from(signature)
  let carry = 0
  for (let at = 0; at < 32; at++) {
    const byte = (sum[32 + at] ?? 0) + (order[at] ?? 0) + carry
    sum[32 + at] = byte
    carry = byte >> 8
  }
  return sum
}
