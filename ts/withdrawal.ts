import { count, hex, hexBytes, oneOf, parseFile } from './canonical.js'
import { tampered } from './errors.js'
import { checkSignature } from './seal.js'

/**
 * Checks that `withdrawal.json` holds (docs/format.md §20).
 *
 * @param bytes - the whole file
 * @param recording - the id of the recording it lies in, in hexadecimal
 * @param signer - whose signature it must be, 32 bytes
 * @returns the day on which the contributor withdrew: days since 1970-01-01
 * @internal
 */
export function parseWithdrawal(bytes: Uint8Array, recording: string, signer: Uint8Array): number {
  const members = parseFile(bytes)
  members.take('schema', oneOf(['understudy.withdrawal/1']))
  const owner = members.take('recording', hex(16))
  const day = members.take('day', count)
  const signature = members.take('signature', hexBytes(64))
  members.end()
  checkSignature('withdrawal', members, signature, signer)
  if (owner !== recording) throw tampered('the withdrawal is of another recording')
  return day
}
