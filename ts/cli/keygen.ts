import { resolve } from 'node:path'
import password from '@inquirer/password'
import type { Command } from 'commander'
import { UnderstudyError } from '../errors.js'
import { calling, loadNative } from '../native.js'
import { passphraseVariable } from './passphrase.js'

interface KeygenOptions {
  readonly passphrase: boolean
  readonly json?: boolean
}

/**
 * `understudy keygen`
 *
 * @param program - what to add the command to
 */
export function keygenCommand(program: Command): void {
  program
    .command('keygen')
    .summary('make an identity: the keys that sign consent and open recordings')
    .description(
      `Makes an identity in a folder of its own: identity.json, which is secret, and identity.pub, the
public key, which is printed as well. Never overwrites one. Whoever loses the secret file or its
passphrase cannot open the recordings sealed to it, and nobody can help: keep a copy.`,
    )
    .argument('<dir>', 'folder to make it in; made if missing')
    .option('--no-passphrase', 'leave the secret keys in the file as they are')
    .option('--json', 'answer in JSON: publicKey, path')
    .addHelpText('after', help)
    .action(keygen)
}

async function keygen(dir: string, { passphrase, json = false }: KeygenOptions): Promise<void> {
  const native = await loadNative()
  native.harden()
  const path = resolve(dir)
  // Its bytes are zeroed by the addon; the text they came from is JavaScript's to forget.
  const secret = passphrase ? Buffer.from(await newPassphrase()) : undefined
  const publicKey = await calling(() => native.makeIdentity(path, secret))
  console.log(json ? JSON.stringify({ publicKey, path }) : publicKey)
  if (!json) {
    console.error(
      `Your identity is in ${path}. Keep identity.json to yourself, and a copy of it safe.`,
    )
  }
}

async function newPassphrase(): Promise<string> {
  const given = process.env[passphraseVariable] ?? (await typedTwice())
  if (given === '') throw new UnderstudyError('invalid-argument', 'The passphrase is empty')
  return given
}

async function typedTwice(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UnderstudyError(
      'invalid-argument',
      `A passphrase is needed: set ${passphraseVariable}, run this in a terminal, or use --no-passphrase`,
    )
  }
  const context = { output: process.stderr }
  const first = await password({ message: 'New passphrase:' }, context)
  const second = await password({ message: 'The same again:' }, context)
  if (first === second) return first
  throw new UnderstudyError('invalid-argument', 'The two passphrases are not the same')
}

const help = `
A passphrase is asked for twice, or read from UNDERSTUDY_PASSPHRASE.

Examples:
  understudy keygen ~/.understudy
  understudy keygen --no-passphrase test-identity`
