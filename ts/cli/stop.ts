import type { Command } from 'commander'
import { chosenToEnd, type RunningOptions, tell, withRunningOptions } from './running.js'

/**
 * `understudy stop`
 *
 * @param program - what to add the command to
 */
export function stopCommand(program: Command): void {
  const command = program
    .command('stop')
    .summary('end a recording')
    .description(
      `Ends a recording and closes it, as Ctrl-C does where it runs in a terminal. When this returns, the
recording is complete. One that is to be released by itself is released then, unless it is kept.`,
    )
    .option('--keep', 'release nothing by itself')
  withRunningOptions(command).action(run)
}

interface StopCommandOptions extends RunningOptions {
  readonly keep?: boolean
}

async function run(options: StopCommandOptions): Promise<void> {
  const recorder = await chosenToEnd(options)
  tell([await recorder.stop({ release: options.keep !== true })], options.json)
}
