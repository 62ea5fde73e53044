import { rm } from 'node:fs/promises'
import type { Command } from 'commander'
import { ioError } from '../errors.js'
import { loadNative } from '../native.js'
import { withdraw, type Withdrawn } from '../withdraw.js'
import { exitCodes } from './failure.js'
import { askPassphrase } from './passphrase.js'
import { tellLeft, tellStores } from './stores.js'

interface WithdrawCommandOptions {
  readonly identity: string
  readonly receipt?: string
  readonly json?: boolean
}

/**
 * `understudy withdraw`
 *
 * @param program - what to add the command to
 */
export function withdrawCommand(program: Command): void {
  program
    .command('withdraw')
    .summary('take everything back: destroy your recordings, and have copies refused')
    .description(
      `Stops what is being recorded, destroys every recording of yours in a folder, and signs for each that it may not be used any more.
You need give no reason. It cannot be undone.`,
    )
    .argument('<folder>', 'where your recordings are, or one of them')
    .requiredOption('--identity <dir>', 'folder of your identity')
    .option(
      '--receipt <file>',
      'stop what is recorded under this receipt, and delete it once all of that has stopped',
    )
    .option(
      '--json',
      'answer in JSON: stopped, recordings, copies, busy (paths), failed (path, code, message), stores',
    )
    .addHelpText('after', help)
    .action(run)
}

async function run(folder: string, options: WithdrawCommandOptions): Promise<void> {
  const { identity, receipt, json = false } = options
  const native = await loadNative()
  native.harden()
  const withdrawn = await withdraw({
    folder,
    identity,
    passphrase: askPassphrase,
    ...(receipt !== undefined && { receipt }),
  })
  try {
    // By the receipt what goes on is found again.
    if (receipt !== undefined && withdrawn.busy.length === 0) await remove(receipt)
  } finally {
    // Copies are told of, whatever becomes of the receipt.
    console.log(json ? JSON.stringify(withdrawn) : describe(withdrawn))
    if (!json) tellStores(withdrawn.stores)
    tellLeft(withdrawn.stores, json)
    // What is still recorded, or still opens, is worse than what is left in a store.
    if (withdrawn.busy.length + withdrawn.failed.length > 0) process.exitCode = exitCodes.failed
  }
}

async function remove(receipt: string): Promise<void> {
  try {
    await rm(receipt, { force: true })
  } catch (error) {
    throw ioError('Cannot delete the receipt', error)
  }
}

function describe({ stopped, recordings, copies, busy, failed }: Withdrawn): string {
  if (stopped.length + recordings.length + copies.length + busy.length + failed.length === 0) {
    return 'There is no recording of yours here.'
  }
  return [
    ...stopped.map((path) => `stopped: ${path}`),
    ...recordings.map((path) => `destroyed: ${path}`),
    ...copies.map((path) => `send to whoever has the copy, to be put into it: ${path}`),
    ...busy.map((path) => `still being recorded; stop it, and withdraw again: ${path}`),
    ...failed.map(
      ({ path, message }) => `failed; mend it, and withdraw again: ${path}: ${message}`,
    ),
  ].join('\n')
}

const help = `
Keys and sealed bytes are destroyed; what is left in each folder says, signed by you, that you withdrew.
For each copy that you released there is a file withdrawal.json under a pseudonym: send it to the
recipient. Readers refuse a copy that it lies in, and say that it has to be deleted. What somebody keeps
elsewhere, no program can take away. Where a recording was uploaded, all of it is removed. Recordings of
others in the folder are left as they are. Recordings are looked for up to six folders below the one that
is named.

What is recorded under --receipt is stopped before your passphrase is asked for. Whatever else is recorded
into the folder is paused meanwhile, and goes on if it turns out to be somebody else's; it stays paused
("understudy resume") where your identity does not open. Without your passphrase nothing is destroyed;
"understudy stop" ends what is recorded, and needs none.

Exit codes:
  0  withdrawn
  1  something failed, or is still being recorded; the rest is withdrawn
  2  the command line is wrong
  4  withdrawn, and nothing opens any more; but a store failed, in which bytes may be left

Example:
  understudy withdraw recordings --identity ~/.understudy --receipt receipt.json`
