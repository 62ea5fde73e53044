import { access, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import confirm from '@inquirer/confirm'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { describeTerms } from '../consent.js'
import { ioError, UnderstudyError } from '../errors.js'
import { parsePublicKey } from '../identity.js'
import { calling, loadNative, type Native } from '../native.js'
import { type PolicyLayer, readLayers } from '../policy.js'
import type { Purpose } from '../receipt.js'
import { isTrack, type LiveTrack, type Track, tracks } from '../track.js'
import { parseDuration } from './duration.js'
import { exitCodes } from './failure.js'
import { askPassphrase } from './passphrase.js'

interface ConsentOptions {
  readonly identity: string
  readonly recipient: readonly string[]
  readonly tracks: readonly Track[]
  readonly live: readonly LiveTrack[]
  readonly purpose: Purpose
  readonly expires: number
  readonly policy: readonly string[]
  readonly out: string
  readonly agree?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

/**
 * `understudy consent`
 *
 * @param program - what to add the command to
 */
export function consentCommand(program: Command): void {
  program
    .command('consent')
    .summary('agree to be recorded, and sign a receipt for it')
    .description(
      `Says in plain words what would be recorded, for whom, for what and until when, and asks. Whoever
agrees signs a receipt with their identity; without one, nothing records.`,
    )
    .requiredOption('--identity <dir>', 'folder of your identity')
    .requiredOption(
      '--recipient <publickey...>',
      'to whom you may release recordings later: 1 to 64 public keys',
      collectRecipients,
    )
    .requiredOption('--tracks <list>', `what may be recorded: ${tracks.join(',')}`, parseTracks)
    .option(
      '--live <list>',
      'which of those the program that records may read meanwhile: pointer,keyboard,context',
      parseLive,
      [],
    )
    .addOption(
      new Option('--purpose <purpose>', 'what for')
        .choices(['agent-training', 'agent-evaluation'])
        .makeOptionMandatory(),
    )
    .requiredOption('--expires <duration>', 'for how long, such as 30d', parseExpiry)
    .option('--policy <file...>', 'layers of policy without which nothing may be recorded', [])
    .requiredOption('--out <file>', 'where to write the receipt')
    .option('--agree', 'agree without being asked: for scripts, where a person has agreed before')
    .option('--force', 'overwrite the receipt that is there')
    .option('--json', 'answer in JSON: agreed, path, expires (seconds since 1970)')
    .addHelpText('after', help)
    .action(consent)
}

async function consent(options: ConsentOptions, command: Command): Promise<void> {
  const asks = options.agree !== true
  if (asks && !process.stdin.isTTY) {
    command.error('error: nobody is there to be asked: run this in a terminal, or pass --agree')
  }
  const unrecorded = options.live.find((track) => !options.tracks.includes(track))
  if (unrecorded !== undefined) {
    command.error(`error: --live names ${unrecorded}, which --tracks does not`)
  }
  const path = resolve(options.out)
  if (options.force !== true) await mustBeMissing(path)
  const native = await loadNative()
  native.harden()
  // Before anyone reads a page of terms in vain.
  const locked = await calling(() => native.isLocked(options.identity))

  const { tracks, live, purpose, recipient: recipients } = options
  const expires = Math.floor(Date.now() / 1000) + Math.round(options.expires / 1000)
  const layers = await readLayers(options.policy.map((file) => resolve(file)))
  const policy = await digests(native, options.policy, layers)
  const terms = { tracks, live, purpose, recipients, expires, policy }
  const notice = describeTerms(terms)
  process.stderr.write(notice)
  if (asks && !(await agrees())) {
    process.exitCode = exitCodes.failed
    console.error('You did not agree. Nothing was signed.')
    if (options.json) console.log(JSON.stringify({ agreed: false }))
    return
  }

  const receipt = await sign(native, options.identity, { ...terms, policy: layers, notice }, locked)
  await write(path, receipt, options.force === true)
  if (options.json) {
    console.log(JSON.stringify({ agreed: true, path, expires }))
  } else {
    console.log(path)
    console.error(`Signed. Next: understudy record --receipt ${options.out} --out recordings`)
  }
}

/** What a contributor is told of layers; one that is not understood is refused before anyone agrees to it. */
async function digests(native: Native, files: readonly string[], layers: readonly PolicyLayer[]) {
  return await Promise.all(
    layers.map(async (layer, at) => {
      const digest = await calling(() => native.policyDigest(layer))
      return { name: files[at] ?? layer.name, digest }
    }),
  )
}

async function agrees(): Promise<boolean> {
  try {
    const question = { message: 'Do you agree?', default: false }
    return await confirm(question, { output: process.stderr })
  } catch (error) {
    // Ctrl-C is a no.
    if (error instanceof Error && error.name === 'ExitPromptError') return false
    throw error
  }
}

type SignedTerms = Parameters<Native['consent']>[1]

async function sign(native: Native, identity: string, terms: SignedTerms, locked: boolean) {
  const passphrase = locked ? Buffer.from(await askPassphrase()) : undefined
  return await calling(() => native.consent(identity, terms, passphrase))
}

async function mustBeMissing(path: string): Promise<void> {
  try {
    await access(path)
  } catch {
    return
  }
  throw exists(path)
}

async function write(path: string, receipt: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, receipt, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(path)
    throw ioError('Cannot write the receipt', error)
  }
}

function exists(path: string): UnderstudyError {
  return new UnderstudyError('invalid-argument', `${path} exists already: --force overwrites it`)
}

/**
 * Parses a list of tracks.
 *
 * @param text - names with commas between
 * @returns each once, in the order of their numbers
 * @throws InvalidArgumentError, which commander turns into a usage message
 */
export function parseTracks(text: string): Track[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !isTrack(name))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no track: use some of ${tracks.join(',')}.`)
  }
  return tracks.filter((track) => names.includes(track))
}

function parseLive(text: string): LiveTrack[] {
  return parseTracks(text).map((track) => {
    if (track !== 'screen') return track
    throw new InvalidArgumentError('The screen is never read live.')
  })
}

function collectRecipients(text: string, before: readonly string[] = []): string[] {
  try {
    parsePublicKey(text)
  } catch {
    throw new InvalidArgumentError('A public key begins with understudy1, as keygen prints it.')
  }
  return [...before, text]
}

function parseExpiry(text: string): number {
  const duration = parseDuration(text)
  // Consent without an end is none.
  if (duration >= 1000 && duration <= longest) return duration
  throw new InvalidArgumentError('Consent lasts from 1s to 3650d.')
}

const longest = 3650 * 86_400_000

const help = `
The receipt holds the hash of the text that is shown. A passphrase is asked for, or read from
UNDERSTUDY_PASSPHRASE.

With --live, the program that records may read those tracks while it records them: unsealed, at once,
filtered as they are recorded. The text says what that means. Without it, nothing is read.

Exit codes:
  0  agreed and signed
  1  not agreed, or failed
  2  the command line is wrong, or nobody is there to be asked

Examples:
  understudy consent --identity ~/.understudy --recipient understudy1… \\
    --tracks pointer,keyboard,screen,context --purpose agent-training --expires 30d \\
    --out receipt.json`
