import type { Command } from 'commander'
import { chosenOne, type RunningOptions, tell, withRunningOptions } from './running.js'

/**
 * `understudy resume`
 *
 * @param program - what to add the command to
 */
export function resumeCommand(program: Command): void {
  const command = program
    .command('resume')
    .summary('go on recording behind a pause')
    .description('Has a recorder that is paused go on. What happened in the pause is not in it.')
  withRunningOptions(command).action(run)
}

async function run(options: RunningOptions): Promise<void> {
  const recorder = await chosenOne(options)
  tell([await recorder.resume()], options.json)
}
