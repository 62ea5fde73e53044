import type { Command } from 'commander'
import type { ForgottenLast } from '../status.js'
import { spellDuration } from './duration.js'
import { chosenOne, type RunningOptions } from './running.js'
import { tellBehind } from './stores.js'

/** What `understudy forget --last` takes. */
export interface ForgetLastCommandOptions extends RunningOptions {
  readonly last: number
  readonly app?: string
  readonly window?: true | string
}

/**
 * `understudy forget --last`, which speaks to a running recorder and needs no identity.
 *
 * @param options - how much, and of what
 * @param command - to say what is wrong with them
 */
export async function forgetLast(
  { last, app, window, json = false, ...options }: ForgetLastCommandOptions,
  command: Command,
): Promise<void> {
  if (last <= 0) command.error('error: --last must be more than 0')
  const recorder = await chosenOne(options)
  const which = window === undefined ? undefined : whichWindow(window, command)
  const forgotten = await recorder.forgetLast({
    last,
    ...(app !== undefined && { app }),
    ...(which && { window: which }),
  })
  const { recording } = recorder.last
  if (!json) console.log(describe(forgotten))
  const behind = forgotten.destroyed > 0 ? await tellBehind(recording, json) : []
  if (!json) return
  const uploads = behind.map(({ to }) => to)
  console.log(JSON.stringify({ recording, ...forgotten, ...(uploads.length > 0 && { uploads }) }))
}

/** Whoever types this in a terminal means the window that they were in before. */
function whichWindow(window: true | string, command: Command): 'focused' | 'previous' {
  if (window === 'focused' || window === 'previous') return window
  if (window !== true) command.error('error: --window takes focused or previous')
  return process.stdin.isTTY ? 'previous' : 'focused'
}

function describe({ spans, lost, destroyed }: ForgottenLast): string {
  if (spans.length === 0) return 'there is nothing of that in the recording'
  const spell = ({ from, to }: { from: number; to: number }) =>
    `${spellDuration(from)} to ${spellDuration(to)}`
  return [
    ...spans.map((span) => `forgotten: ${spell(span)}`),
    `segments destroyed: ${destroyed}, whole: what they held is gone from ${lost.map(spell).join(', ')}`,
  ].join('\n')
}
