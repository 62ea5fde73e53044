import { type Command, InvalidArgumentError, Option } from 'commander'
import { loadNative } from '../native.js'
import { Recorder, type StopOptions } from '../recorder.js'
import type { RecorderStats } from '../stats.js'
import { type Track, tracks } from '../track.js'
import type { DirectOutcome } from '../direct.js'
import { collectRecipients, parseTracks } from './consent.js'
import { exitCodes } from './failure.js'
import { parseKeys } from './policy.js'
import { parseDuration } from './duration.js'
import { askPassphrase } from './passphrase.js'
import { ProgressLine } from './progress.js'

interface RecordOptions {
  readonly receipt: string
  readonly out: string
  readonly for?: number
  readonly fps?: number
  readonly holdBytes?: number
  readonly display?: string
  readonly hotkey?: string | boolean
  readonly exclude?: readonly string[]
  readonly trust?: readonly string[]
  readonly policy?: readonly string[]
  readonly policyKey?: readonly string[]
  readonly recipient?: readonly string[]
  readonly direct?: boolean
  readonly identity?: string
  readonly tracks?: readonly Track[]
  readonly synthetic?: number
  readonly json?: boolean
}

/**
 * `understudy record`
 *
 * @param program - what to add the command to
 */
export function recordCommand(program: Command): void {
  program
    .command('record')
    .summary('record, as a receipt allows, until Ctrl-C')
    .description(
      `Records what a receipt allows into a new folder, until Ctrl-C or for a given time. Prints the
recording's path. What is written can be opened with the contributor's identity alone; with --direct, by
the recorder too while it runs.`,
    )
    .requiredOption('--receipt <file>', "the contributor's consent")
    .requiredOption('--out <dir>', 'folder to make the recording in')
    .option('--for <duration>', 'stop after this long, such as 15s', parsePositive)
    .option('--fps <number>', 'pictures a second at most, 1 to 240 (default: 30)', parseFps)
    .option(
      '--hold-bytes <number>',
      'memory for pictures that wait until what was typed, and what stands in their windows, is judged (default: 50331648)',
      parseHoldBytes,
    )
    .option('--display <display>', 'X display, such as :1; default: that of the environment')
    .option('--hotkey <keys>', 'keys that pause and resume (default: Ctrl+Alt+Shift+P)')
    .option('--no-hotkey', 'no keys pause; the indicator does')
    .option('--exclude <app...>', 'applications that leave nothing: on X11 a part of WM_CLASS')
    .option(
      '--trust <app...>',
      'applications whose typed text is kept where no field tells its kind',
    )
    .option('--policy <file...>', 'layers of policy: each can only tighten what is recorded')
    .option(
      '--policy-key <key...>',
      "organisations' keys, of which layers must be signed",
      parseKeys,
    )
    .option(
      '--recipient <publickey...>',
      'to whom it is meant to be released: the receipt must name each',
      collectRecipients,
    )
    .option(
      '--direct',
      'release it by itself when it stops, unseen, to those recipients; needs --identity',
    )
    .option('--identity <dir>', 'folder of your identity, for --direct')
    .option('--tracks <list>', 'only these tracks; default: all that were agreed to', parseTracks)
    .addOption(
      // For tests: a scripted desktop in place of this machine's.
      new Option('--synthetic <seconds>').argParser(parseSeconds).hideHelp(),
    )
    .option(
      '--json',
      'answer in JSON: path, seconds, frames, bytes, tracks; with --direct, also direct',
    )
    .addHelpText('after', help)
    .action(record)
}

async function record(options: RecordOptions, command: Command): Promise<void> {
  if ((options.direct === true) !== (options.identity !== undefined)) {
    command.error('error: --direct needs --identity, and nothing else does')
  }
  const native = await loadNative()
  native.harden()
  const stopAfter = options.for ?? options.synthetic
  const releasing = new ProgressLine('releasing')
  const recorder = await Recorder.start(toRecorderOptions(options, releasing.tell))
  if (!options.json) {
    tellHotkey(recorder)
    if (options.direct) console.error(warning)
  }
  const progress = new Progress(recorder, options.json !== true)
  const stop = (how: StopOptions = {}) => {
    // A failure to stop is told at the end, by the stop that is waited for.
    recorder.stop(how).catch(() => undefined)
  }
  // Once: whoever presses Ctrl-C again means it.
  process.once('SIGINT', () => {
    stop()
  })
  // A terminal that is closed, a session that ends: nobody has asked for anything to be released.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      stop({ release: false })
    })
  const timer = stopAfter === undefined ? undefined : setTimeout(stop, stopAfter)
  try {
    for await (const { type } of recorder.states()) progress.show(type)
  } finally {
    clearTimeout(timer)
    progress.end()
  }
  const { path, direct } = await stopped(recorder, options).finally(() => {
    releasing.clear()
  })
  if (direct?.error) process.exitCode = exitCodes.failed
  const seconds = progress.seconds
  const stats = recorder.stats()
  if (options.json) {
    const { frames } = stats
    const all = { path, seconds, frames, ...sums(stats), tracks: stats.tracks }
    console.log(JSON.stringify({ ...all, ...(direct && { direct: plain(direct) }) }))
    return
  }
  console.log(path)
  if (direct) console.error(spellOutcome(direct))
  console.error(farewell(path, stats))
}

async function stopped(recorder: Recorder, { direct, json }: RecordOptions) {
  try {
    return await recorder.stop()
  } catch (error) {
    if (direct && !json) console.error('Nothing was released.')
    throw error
  }
}

function tellHotkey({ hotkey }: Recorder): void {
  if (!hotkey) return
  const { keys, works } = hotkey
  const instead = 'pause by a click on the indicator, or choose others: --hotkey'
  console.error(
    works
      ? `${keys} pauses and resumes; so does a click on the indicator`
      : `${keys} does not pause, another program has it: ${instead}`,
  )
}

function plain({ copies, error }: DirectOutcome) {
  return { copies, ...(error && { error: { code: error.code, message: error.message } }) }
}

function spellOutcome({ copies, error }: DirectOutcome): string {
  const lines = copies.map(
    ({ path, to, manifest }) => `  ${path}\n    to ${to}, manifest ${manifest}`,
  )
  return [
    ...(copies.length > 0 ? ['Released by itself:', ...lines] : []),
    ...(error
      ? [`Not released by itself${copies.length > 0 ? ' to the others' : ''}: ${error.message}`]
      : []),
    ...(copies.length === 0 && !error ? ['Nothing was released.'] : []),
  ].join('\n')
}

function toRecorderOptions(options: RecordOptions, progress: (done: number, of: number) => void) {
  const { receipt, out, fps, display, hotkey, exclude, trust, policy, policyKey, recipient } =
    options
  const { holdBytes, tracks, synthetic, identity } = options
  return {
    receipt,
    out,
    ...(fps !== undefined && { screen: { maxFps: fps } }),
    ...(holdBytes !== undefined && { holdBytes }),
    ...(display !== undefined && { display }),
    // Commander's default where neither option is given.
    ...(hotkey !== undefined && hotkey !== true && { hotkey }),
    ...(exclude && { exclude }),
    ...(trust && { trusted: trust }),
    ...(policy && { policy }),
    ...(policyKey && { policyKeys: policyKey }),
    ...(recipient && { recipients: recipient }),
    ...(identity !== undefined && { direct: { identity, passphrase: askPassphrase, progress } }),
    ...(tracks && { tracks }),
    // Every picture differs, so that there is something to see at every moment.
    ...(synthetic !== undefined && { synthetic: { seconds: synthetic / 1000, animate: true } }),
  }
}

/** Tells on stderr how it goes: on a terminal in one line that is written anew, elsewhere state by state. */
class Progress {
  readonly #recorder: Recorder
  readonly #begun = performance.now()
  readonly #shown: boolean
  readonly #timer: NodeJS.Timeout | undefined
  #state = ''
  #ended = 0

  constructor(recorder: Recorder, shown: boolean) {
    this.#recorder = recorder
    this.#shown = shown
    if (!shown) return
    console.error(`to ${recorder.path}${process.stderr.isTTY ? '; Ctrl-C stops' : ''}`)
    if (process.stderr.isTTY) {
      this.#timer = setInterval(() => {
        this.#rewrite()
      }, 200)
    }
  }

  get seconds(): number {
    return (this.#ended || performance.now() - this.#begun) / 1000
  }

  show(state: string): void {
    this.#state = state
    if (!this.#shown) return
    if (process.stderr.isTTY) this.#rewrite()
    else console.error(this.#line())
  }

  end(): void {
    this.#ended = performance.now() - this.#begun
    clearInterval(this.#timer)
    if (this.#shown && process.stderr.isTTY) console.error()
  }

  #rewrite(): void {
    process.stderr.write(`\r\u001b[K${this.#line()}`)
  }

  #line(): string {
    const stats = this.#recorder.stats()
    const { bytes, events } = sums(stats)
    const time = `${this.seconds.toFixed(1)} s`
    return `${this.#state.padEnd(9)} ${time}, ${events} events, ${stats.frames} pictures, ${spellBytes(bytes)}`
  }
}

function sums(stats: RecorderStats): { bytes: number; events: number; dropped: number } {
  const sum = (names: readonly Track[], member: 'bytes' | 'records' | 'dropped') =>
    names.reduce((total, track) => total + stats.tracks[track][member], 0)
  return {
    bytes: sum(tracks, 'bytes'),
    events: sum(['pointer', 'keyboard', 'context'], 'records'),
    dropped: sum(tracks, 'dropped'),
  }
}

function spellBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function farewell(path: string, stats: RecorderStats): string {
  const { dropped } = sums(stats)
  const lost = dropped > 0 ? `${dropped} samples were lost: "understudy info" says when.\n` : ''
  return `${lost}Next:
  understudy verify ${path}
  understudy info ${path}
  understudy dump ${path} --identity DIR`
}

function parsePositive(text: string): number {
  const duration = parseDuration(text)
  // A timer takes no more.
  if (duration > 0 && duration < 2 ** 31) return duration
  throw new InvalidArgumentError('From 1ms to 24d.')
}

function parseSeconds(text: string): number {
  return parsePositive(/[a-z]$/.test(text) ? text : `${text}s`)
}

function parseFps(text: string): number {
  const fps = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (fps >= 1 && fps <= 240) return fps
  throw new InvalidArgumentError('A whole number from 1 to 240.')
}

function parseHoldBytes(text: string): number {
  const bytes = /^\d{1,10}$/.test(text) ? Number(text) : Infinity
  if (bytes <= 2 ** 30) return bytes
  throw new InvalidArgumentError('A whole number of bytes from 0 to 1073741824.')
}

const warning = `What is recorded is released by itself when it stops, before anybody has looked through it.
To keep it: "understudy stop --keep", or the indicator's menu`

const help = `
Exit codes:
  0  stopped, and the recording is complete
  1  failed; what was written before is kept, and its path is on stderr. Nothing is released by itself; or
     the recording is complete, and was not released to everybody it was to be
  2  the command line is wrong

Examples:
  understudy record --receipt receipt.json --out recordings
  understudy record --receipt receipt.json --out recordings --for 15s --fps 10 \\
    --exclude sap --tracks pointer,screen
  understudy record --receipt receipt.json --out recordings --policy org.json --policy-key 5f0c…
  understudy record --receipt receipt.json --out recordings --direct --identity ~/.understudy

What is left out whatever is asked for: understudy policy check`
