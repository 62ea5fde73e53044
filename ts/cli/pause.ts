import type { Command } from 'commander'
import { parseDuration } from './duration.js'
import { chosen, type RunningOptions, tell, withRunningOptions } from './running.js'

interface PauseCommandOptions extends RunningOptions {
  readonly for?: number
}

/**
 * `understudy pause`
 *
 * @param program - what to add the command to
 */
export function pauseCommand(program: Command): void {
  const command = program
    .command('pause')
    .summary('have nothing recorded, for as long as you like')
    .description(
      `Has running recorders keep nothing from the moment at which you started this command. Where several
run, all of them, unless you name one.`,
    )
    .option('--for <duration>', 'resume by itself after this long, such as 30m', parseDuration)
  withRunningOptions(command).addHelpText('after', help).action(run)
}

async function run({ for: length, ...options }: PauseCommandOptions): Promise<void> {
  const running = await chosen(options)
  const pause = async (recorder: (typeof running)[number]) => {
    // Since when this process is: that is when the contributor pressed Enter.
    const ago = Math.min(Math.ceil(performance.now()), 5000)
    return await recorder.pause({ ago, ...(length !== undefined && { for: length }) })
  }
  tell(await Promise.all(running.map(pause)), options.json)
}

const help = `
A pause has no upper limit, and needs no reason. What waits in memory of the time since you pressed Enter
goes; what was sealed in that time stays (at most the pointer and the screen of a few tenths of a second):
"understudy forget --last" takes it. The journal says when you paused; it stays with you until you release.

Examples:
  understudy pause
  understudy pause --for 30m`
