import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { countersign } from '../agreement.js'
import { receiptText } from '../consent.js'
import { ioError, UnderstudyError } from '../errors.js'
import { loadNative } from '../native.js'
import { parseReceipt } from '../receipt.js'
import { sodiumReady } from '../seal.js'
import { writeReceipt } from './consent.js'
import { askPassphrase } from './passphrase.js'

interface CountersignCommandOptions {
  readonly identity: string
  readonly out: string
  readonly force?: boolean
  readonly json?: boolean
}

/**
 * `understudy countersign`
 *
 * @param program - what to add the command to
 */
export function countersignCommand(program: Command): void {
  program
    .command('countersign')
    .summary('sign a receipt as the controller that it names')
    .description(
      `Says what a contributor agreed to, and signs that too, as the controller that their receipt names:
whoever answers for what becomes of recordings. Nothing is recorded under such a receipt before.`,
    )
    .argument('<receipt>', 'what the contributor signed')
    .requiredOption('--identity <dir>', 'folder of the controller’s identity')
    .requiredOption('--out <file>', 'where to write the receipt')
    .option('--force', 'overwrite what is there')
    .option('--json', 'answer in JSON: path')
    .addHelpText('after', help)
    .action(run)
}

async function run(file: string, options: CountersignCommandOptions): Promise<void> {
  const native = await loadNative()
  native.harden()
  const receipt = await read(file)
  process.stderr.write(await toldBy(receipt))
  const { identity, out, force = false, json = false } = options
  const signed = await countersign({ receipt, identity, passphrase: askPassphrase })
  const path = resolve(out)
  await writeReceipt(path, signed, force)
  console.log(json ? JSON.stringify({ path }) : path)
}

/** What the contributor was told. */
async function toldBy(text: string): Promise<string> {
  await sodiumReady
  try {
    const shown = receiptText(parseReceipt(new TextEncoder().encode(text)))
    return shown ?? 'The text that the contributor was shown is not that of this version.\n'
  } catch (error) {
    throw new UnderstudyError('receipt-invalid', 'The receipt does not hold', {}, { cause: error })
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw ioError(`Cannot read ${path}`, error)
  }
}

const help = `
The signature is over all of the receipt, the contributor's signature included. Give the file back to the
contributor: they record under it.

Exit codes:
  0  signed
  1  failed: the receipt does not hold, or names another controller
  2  the command line is wrong

Example:
  understudy countersign receipt.json --identity ./controller --out countersigned.json`
