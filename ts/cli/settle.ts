import type { Command } from 'commander'
import { settle } from '../forget.js'
import { tellBehind } from './stores.js'

/**
 * `understudy settle`
 *
 * @param program - what to add the command to
 */
export function settleCommand(program: Command): void {
  program
    .command('settle')
    .summary('finish a change to a recording that was cut short')
    .description(
      `Finishes what a crash or a power failure cut short of "understudy forget" and the like, or clears it
away where it had not become valid. Needs no key. Until then the recording is not read.`,
    )
    .argument('<recording>', "the recording's folder")
    .option('--json', 'answer in JSON: settled')
    .addHelpText('after', help)
    .action(run)
}

async function run(recording: string, { json = false }: { json?: boolean }): Promise<void> {
  const settled = await settle(recording)
  if (json) console.log(JSON.stringify({ settled }))
  else console.log(settled ? 'settled' : 'there was nothing to settle')
  if (settled) await tellBehind(recording, json)
}

const help = `
Example:
  understudy settle recordings/2026-11-23`
