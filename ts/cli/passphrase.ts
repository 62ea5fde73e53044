import password from '@inquirer/password'
import { UnderstudyError } from '../errors.js'

/** The variable that scripts put the passphrase in. */
export const passphraseVariable = 'UNDERSTUDY_PASSPHRASE'

/**
 * The passphrase of an identity: from the environment, or typed by whoever sits there. Questions go
 * to stderr, so that stdout holds nothing but the answer of the command.
 *
 * @param message - what to ask
 * @returns the passphrase; never logged, never on the command line
 * @throws {@link UnderstudyError} `invalid-argument` when nobody is there to be asked
 */
export async function askPassphrase(message = 'Passphrase of the identity:'): Promise<string> {
  const given = process.env[passphraseVariable]
  if (given !== undefined) return given
  if (!process.stdin.isTTY) {
    throw new UnderstudyError(
      'invalid-argument',
      `The identity is under a passphrase: set ${passphraseVariable}, or run this in a terminal`,
    )
  }
  return await password({ message }, { output: process.stderr })
}
