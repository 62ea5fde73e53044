import { type Command, InvalidArgumentError } from 'commander'
import type { Span } from '../forget.js'
import { parsePublicKey } from '../identity.js'
import { loadNative } from '../native.js'
import { localNames, release } from '../release.js'
import type { Track } from '../track.js'
import { parseTracks } from './consent.js'
import { parseTime, spellDuration } from './duration.js'
import { askPassphrase } from './passphrase.js'
import { ProgressLine } from './progress.js'

interface ReleaseCommandOptions {
  readonly identity: string
  readonly to: string
  readonly tracks?: readonly Track[]
  readonly except: readonly Span[]
  readonly name: readonly string[]
  readonly json?: boolean
}

/**
 * `understudy release`
 *
 * @param program - what to add the command to
 */
export function releaseCommand(program: Command): void {
  program
    .command('release')
    .summary('make a copy of your recording that one recipient can open')
    .description(
      `Makes a copy of a recording that has ended, sealed to one recipient whom you agreed to, and signs it
under a pseudonym. Times in it are coarse, and titles name neither you nor your machine. The copy is a
folder; nothing is sent. Nobody but the recipient opens it, and nothing else becomes open.`,
    )
    .argument('<recording>', "the recording's folder")
    .requiredOption('--identity <dir>', 'folder of your identity')
    .requiredOption('--to <publickey>', 'to whom: a public key that your receipt names', parseTo)
    .option('--tracks <list>', 'which tracks, such as pointer,screen; default: all', parseTracks)
    .option('--except <from-to>', 'leave this out, such as 3:10-4:00; may be repeated', collect, [])
    .option('--name <name>', 'leave this name out of titles too; may be repeated', names, [])
    .option('--json', 'answer in JSON: path, manifest, tracks, duration (nanoseconds)')
    .addHelpText('after', help)
    .action(run)
}

async function run(recording: string, options: ReleaseCommandOptions): Promise<void> {
  const { identity, to, tracks, except, name, json = false } = options
  const native = await loadNative()
  native.harden()
  const more = name.length > 0 ? { names: [...localNames(), ...name] } : {}
  const line = new ProgressLine('releasing')
  const what = { recording, identity, to, except, ...more, ...(tracks && { tracks }) }
  const call = { ...what, passphrase: askPassphrase, progress: line.tell }
  const released = await release(call).finally(() => {
    line.clear()
  })
  if (json) {
    console.log(JSON.stringify(released))
    return
  }
  console.log(released.path)
  const length = spellDuration(released.duration)
  console.error(
    `Released: ${released.tracks.join(', ')}; ${length} by its own time. Hand over that folder.`,
  )
}

function parseTo(text: string): string {
  try {
    parsePublicKey(text)
  } catch {
    throw new InvalidArgumentError('A public key begins with understudy1, as keygen prints it.')
  }
  return text
}

function collect(text: string, before: readonly Span[]): Span[] {
  const [from, to, more] = text.split('-')
  if (from === undefined || to === undefined || more !== undefined) {
    throw new InvalidArgumentError('Write two times and a hyphen, such as 3:10-4:00.')
  }
  const span = { from: parseTime(from), to: parseTime(to) }
  if (span.from >= span.to) throw new InvalidArgumentError('A span must end after it begins.')
  return [...before, span]
}

function names(name: string, before: readonly string[]): string[] {
  return [...before, name]
}

const help = `
What the copy holds:
  - the tracks you name, without what you except and what you forgot before
  - the day of the recording, and no finer date
  - keys in their order, a fixed 0.08 s apart where they followed within 5 s, and not how long each was
    down; other times to 0.02 s; no more than 5 s where you did nothing
  - titles without home folders, your user name, your machine's name, and what --name adds
  - a pseudonym that this recipient sees for 30 days, and no other recipient ever
Pictures are as they were recorded: look through them first, and forget what nobody should see.
To see what the recipient will get, release to your own public key and open that copy.

Examples:
  understudy release recordings/2026-11-23 --identity ~/.understudy --to understudy1…
  understudy release recordings/2026-11-23 --identity ~/.understudy --to understudy1… \\
    --tracks pointer,keyboard,screen --except 3:10-4:00 --except 10:00-12:30`
