import type { Command } from 'commander'
import { openRecording } from '../reader.js'
import { exitCodes, failureMembers } from './failure.js'
import { ProgressLine } from './progress.js'

/**
 * `understudy verify`
 *
 * @param program - what to add the command to
 */
export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .summary('find out whether a recording is as it was written; needs no key')
    .description(
      `Reads a recording's signatures and hashes, and says whether it is as it was written.
Needs no key: anyone can check a recording without seeing what is in it.`,
    )
    .argument('<recording>', "the recording's folder")
    .option('--json', 'answer in JSON')
    .addHelpText('after', help)
    .action(verify)
}

async function verify(recording: string, { json = false }: { json?: boolean }): Promise<void> {
  const line = new ProgressLine('verifying')
  const answer = await openRecording(recording)
    .verify({ progress: line.tell })
    .finally(() => {
      line.clear()
    })
  if (answer.status === 'invalid') {
    if (json) console.log(JSON.stringify({ status: 'invalid', ...failureMembers(answer.error) }))
    throw answer.error
  }
  if (answer.status === 'cut') process.exitCode = exitCodes.cut
  console.log(json ? JSON.stringify(answer) : sentences[answer.status])
}

const sentences = {
  intact: 'intact: complete, and as it was written',
  cut: 'cut: the recorder was cut short; what was written before that is intact',
}

const help = `
Exit codes:
  0  intact
  1  not as it was written: the first thing that is wrong is named
  2  the command line is wrong
  3  cut short by a crash or a power failure; what there is is intact

Examples:
  understudy verify recordings/2026-11-23
  understudy verify --json recordings/2026-11-23 && echo complete`
