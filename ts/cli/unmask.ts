import type { Command } from 'commander'
import { chosenOne, type RunningOptions, tell, withRunningOptions } from './running.js'

/**
 * `understudy unmask`
 *
 * @param program - what to add the command to
 */
export function unmaskCommand(program: Command): void {
  const command = program
    .command('unmask')
    .summary('show windows again that are painted over for what was typed there')
    .description(
      'A window in which something sensitive was typed, or stands, is painted over until its field is no more. This shows such windows again, from now on: nothing of before. Windows with a password field stay painted over until that is gone, and so do excluded applications.',
    )
  withRunningOptions(command).action(run)
}

async function run(options: RunningOptions): Promise<void> {
  const recorder = await chosenOne(options)
  tell([await recorder.unmask()], options.json)
}
