import type { Command } from 'commander'
import { forget, type Forgotten } from '../forget.js'
import { loadNative } from '../native.js'
import type { Track } from '../track.js'
import { parseTracks } from './consent.js'
import { parseDuration, parseTime, spellDuration } from './duration.js'
import { forgetLast, type ForgetLastCommandOptions } from './last.js'
import { askPassphrase } from './passphrase.js'
import { tellLeft, tellStores } from './stores.js'

interface ForgetCommandOptions extends Omit<ForgetLastCommandOptions, 'last'> {
  readonly identity?: string
  readonly last?: number
  readonly from?: number
  readonly to?: number
  readonly tracks?: readonly Track[]
}

/**
 * `understudy forget`
 *
 * @param program - what to add the command to
 */
export function forgetCommand(program: Command): void {
  program
    .command('forget')
    .summary('destroy a part of your recording for good')
    .description(
      `Destroys a part of a recording: the keys and the sealed bytes that hold it go, what is before and
behind stays, and the journal says, signed, what was forgotten. Either of a recording that has ended, with
your identity; or, with --last, of one that is being written.`,
    )
    .argument('[recording]', 'the folder of a recording that has ended')
    .option('--identity <dir>', 'folder of your identity')
    .option('--last <duration>', 'of what is recorded now, the latest, such as 5m', parseDuration)
    .option('--from <time>', 'from when, such as 3:10 or 190s; default: the start', parseTime)
    .option('--to <time>', 'until when, such as 1:02:00; default: the end', parseTime)
    .option('--app <name>', 'only while this application had the focus, whatever its case')
    .option(
      '--tracks <list>',
      'of which tracks, such as keyboard,screen; default: all',
      parseTracks,
    )
    .option(
      '--window [which]',
      'with --last: only while one window had the focus: focused, or previous (default on a terminal)',
    )
    .option('--recording <which>', 'with --last: of which running recorder; default: the only one')
    .option(
      '--json',
      'answer in JSON: spans (nanoseconds), destroyed; recut and stores, or lost and uploads',
    )
    .addHelpText('after', help)
    .action(run)
}

async function run(
  recording: string | undefined,
  { last, ...options }: ForgetCommandOptions,
  command: Command,
): Promise<void> {
  const { identity, from, to, app, tracks, window, json = false } = options
  if (last !== undefined) {
    if (
      recording !== undefined ||
      [identity, from, to, tracks].some((given) => given !== undefined)
    ) {
      command.error('error: --last goes with --app, --window, --recording and --json alone')
    }
    await forgetLast({ last, ...options }, command)
    return
  }
  if (recording === undefined || identity === undefined) {
    command.error('error: name a recording and --identity; or --last, of what is recorded now')
  }
  if (window !== undefined || options.recording !== undefined) {
    command.error('error: --window and --recording go with --last')
  }
  if (from === undefined && to === undefined && app === undefined && tracks === undefined) {
    command.error('error: say what to forget: --from, --to, --app or --tracks')
  }
  if ((from ?? 0) >= (to ?? Infinity)) command.error('error: --to must be later than --from')
  const native = await loadNative()
  native.harden()
  const forgotten = await forget({
    recording,
    identity,
    passphrase: askPassphrase,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(app !== undefined && { app }),
    ...(tracks && { tracks }),
  })
  console.log(json ? JSON.stringify(forgotten) : describe(forgotten))
  if (!json) tellStores(forgotten.stores)
  tellLeft(forgotten.stores, json)
}

function describe({ spans, destroyed, recut }: Forgotten): string {
  const end = (to: number) => (to < Number.MAX_SAFE_INTEGER ? spellDuration(to) : 'the end')
  return [
    ...spans.map(({ from, to }) => `forgotten: ${spellDuration(from)} to ${end(to)}`),
    `segments destroyed: ${destroyed}, written anew without it: ${recut}`,
  ].join('\n')
}

const help = `
What lies in the span is gone when this ends: its keys are destroyed, and without them every copy of
the sealed bytes, on this disk or elsewhere, is noise. Segments at the edges of the span are opened and
written anew without it. Copies that you released before are not touched: see "understudy withdraw".
Where the recording was uploaded, what is forgotten is removed as well.

The screen goes on with the first picture behind the span, which shows what was still on the screen.
With --app, what the application showed while another had the focus stays: forget a span for that.

With --last, a running recorder forgets the latest of what it records: what waits in its memory, and every
segment that holds any of it. It has no key that opens what it sealed, so a segment goes whole, at its
edge up to a minute more than you asked for; the answer says from when. It is paused meanwhile. Places that
the recording was uploaded to follow with the next "understudy upload RECORDING --again".

A passphrase is asked for, or read from UNDERSTUDY_PASSPHRASE. Should this be cut short, the recording
is left as it was, or "understudy settle" finishes it.

Exit codes:
  0  forgotten
  1  failed; nothing is forgotten
  2  the command line is wrong
  4  forgotten here, and it opens nowhere; but a store failed, in which bytes of it may be left

Examples:
  understudy forget --last 5m
  understudy forget --last 1h --app gimp
  understudy forget --last 1h --window
  understudy forget recordings/2026-11-23 --identity ~/.understudy --from 3:10 --to 4:00
  understudy forget recordings/2026-11-23 --identity ~/.understudy --app keepassxc
  understudy forget recordings/2026-11-23 --identity ~/.understudy --tracks keyboard --from 10m`
