import type { Command } from 'commander'
import { runningRecorders } from '../running.js'
import { chosen, type RunningOptions, tell, withRunningOptions } from './running.js'

/**
 * `understudy status`
 *
 * @param program - what to add the command to
 */
export function statusCommand(program: Command): void {
  const command = program
    .command('status')
    .summary('tell what is being recorded')
    .description(
      `Tells of every recorder of yours that runs, in whatever program: whether it records, is paused or
withholds keys, since when; which tracks; who may open it; where it is written.`,
    )
  withRunningOptions(command).addHelpText('after', help).action(run)
}

async function run(options: RunningOptions): Promise<void> {
  const running = options.recording === undefined ? await runningRecorders() : await chosen(options)
  tell(
    running.map(({ last }) => last),
    options.json,
  )
}

const help = `
Examples:
  understudy status
  understudy status --json`
