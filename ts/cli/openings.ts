import type { Command } from 'commander'
import { fromHex } from '../bytes.js'
import { UnderstudyError } from '../errors.js'
import { spellPublicKey } from '../identity.js'
import { type Opening, openRecording } from '../reader.js'

/**
 * `understudy openings`
 *
 * @param program - what to add the command to
 */
export function openingsCommand(program: Command): void {
  program
    .command('openings')
    .summary('tell who opened a released copy, and when')
    .description(
      `Verifies a released copy and tells when it was opened, and by whom. Needs no key. Whoever opens a copy
signs that they do, before a key is used.`,
    )
    .argument('<copy>', "the copy's folder, as the recipient has it")
    .option(
      '--signer <key>',
      'fail unless each was signed by this Ed25519 key (64 hexadecimal digits)',
    )
    .option('--verify', 'say only whether they hold: each is signed, and follows the one before')
    .option('--json', 'answer in JSON: an array of recipient, signer, time (seconds since 1970)')
    .addHelpText('after', help)
    .action(run)
}

interface OpeningsOptions {
  readonly signer?: string
  readonly verify?: boolean
  readonly json?: boolean
}

async function run(copy: string, { signer, verify = false, json = false }: OpeningsOptions) {
  const info = await openRecording(copy).info()
  if (!info?.openings) {
    throw new UnderstudyError('invalid-argument', `${copy} is no released copy: it has no openings`)
  }
  const { openings } = info
  const foreign = openings.findIndex((opening) => signer !== undefined && opening.signer !== signer)
  if (foreign >= 0) {
    throw new UnderstudyError('tampered', `opening ${foreign + 1} was signed by another key`)
  }
  if (json) console.log(JSON.stringify(openings))
  else if (verify) console.log(`${openings.length} openings, which hold`)
  else if (openings.length === 0) console.log('It was not opened where it lies.')
  else console.log(openings.map(describe).join('\n'))
}

function describe({ recipient, signer, time }: Opening): string {
  const date = new Date(time * 1000)
  const when = Number.isNaN(date.getTime()) ? `${time} s after 1970` : date.toISOString()
  return `${when}  ${spellPublicKey(fromHex(recipient))}  signed by ${signer}`
}

const help = `
Ask the recipient for the copy's folder "openings", put it beside the release.json that you have, and
run this. It proves what was written down, in its order; it cannot prove that nothing else was opened:
whoever has the key may use a program of their own. Times are those of the recipient's clock.

Examples:
  understudy openings recordings/2026-11-23/release/understudy1…/000000
  understudy openings --verify copy --signer 5f1c…`
