import { access, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import confirm from '@inquirer/confirm'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { consent } from '../agreement.js'
import { type ConsentTerms, consentText } from '../consent.js'
import { type Controller, parseController } from '../controller.js'
import { ioError, UnderstudyError } from '../errors.js'
import { parsePublicKey } from '../identity.js'
import { calling, loadNative } from '../native.js'
import { type PolicyLayer, readLayers } from '../policy.js'
import { parseReceipt, type Purpose } from '../receipt.js'
import { hashOf, sodiumReady } from '../seal.js'
import { isTrack, type LiveTrack, type Track, tracks } from '../track.js'
import { parseDuration } from './duration.js'
import type { PolicyReport } from './explain.js'
import { exitCodes } from './failure.js'
import { askPassphrase } from './passphrase.js'

interface AgreeOptions {
  readonly identity: string
  readonly recipient: readonly string[]
  readonly tracks: readonly Track[]
  readonly live: readonly LiveTrack[]
  readonly direct?: boolean
  readonly purpose: Purpose
  readonly expires: number
  readonly controller?: string
  readonly policy: readonly string[]
  readonly replaces?: string
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
    .option(
      '--direct',
      'recordings may be released by themselves when they stop, before you have looked through them',
    )
    .addOption(
      new Option('--purpose <purpose>', 'what for')
        .choices(['agent-training', 'agent-evaluation'])
        .makeOptionMandatory(),
    )
    .requiredOption('--expires <duration>', 'for how long, such as 30d', parseExpiry)
    .option('--controller <file>', 'who answers for it, and has to countersign: see below')
    .option('--policy <file...>', 'layers of policy without which nothing may be recorded', [])
    .option('--replaces <file>', 'the receipt that this one takes the place of')
    .requiredOption('--out <file>', 'where to write the receipt')
    .option('--agree', 'agree without being asked: for scripts, where a person has agreed before')
    .option('--force', 'overwrite the receipt that is there')
    .option('--json', 'answer in JSON: agreed, path, expires (seconds since 1970)')
    .addHelpText('after', help)
    .action(agree)
}

async function agree(options: AgreeOptions, command: Command): Promise<void> {
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
  await calling(() => native.isLocked(options.identity))
  const replaces = options.replaces === undefined ? undefined : await read(options.replaces)
  const layers = await readLayers(options.policy.map((file) => resolve(file)))
  const policy = await calling(() => layers.map((layer) => native.policyDigest(layer)))
  const terms = await termsOf(options, policy, replaces)
  process.stderr.write(named(options.policy, terms.policy ?? []) + consentText(terms))
  if (asks && !(await agrees())) {
    process.exitCode = exitCodes.failed
    console.error('You did not agree. Nothing was signed.')
    if (options.json) console.log(JSON.stringify({ agreed: false }))
    return
  }
  const { identity } = options
  const more = replaces !== undefined && { replaces }
  const receipt = await consent({ terms, identity, passphrase: askPassphrase, ...more })
  await mustHoldUnder(receipt, layers)
  await writeReceipt(path, receipt, options.force === true)
  if (options.json) {
    console.log(JSON.stringify({ agreed: true, path, expires: terms.expires }))
  } else {
    console.log(path)
    console.error(next(options))
  }
}

/** Under which pseudonym a receipt is signed is known when it is: so is whether layers of the contributor's hold there. */
async function mustHoldUnder(receipt: string, layers: readonly PolicyLayer[]): Promise<void> {
  const native = await loadNative()
  const authors = { organisations: [], receipt }
  const answer = await calling(() => native.checkPolicy([...layers], authors, []))
  const report = JSON.parse(answer) as PolicyReport
  const broken = report.layers.find(
    ({ layer, problems }) => layer === 'contributor' && problems.length > 0,
  )
  if (broken === undefined) return
  const message = `${broken.name}: ${broken.problems.join('; ')}. Nothing would be recorded under this receipt, and it was not written: sign the layer for this controller now, then agree again`
  throw new UnderstudyError('policy-invalid', message)
}

async function termsOf(
  options: AgreeOptions,
  policy: readonly string[],
  replaces?: string,
): Promise<ConsentTerms> {
  const { tracks, live, direct, purpose, recipient: recipients } = options
  const expires = Math.floor(Date.now() / 1000) + Math.round(options.expires / 1000)
  const controller = await readController(options.controller)
  return {
    ...{ tracks, live, purpose, recipients, expires },
    ...(direct !== undefined && { direct }),
    ...(controller && { controller }),
    ...(policy.length > 0 && { policy }),
    ...(replaces !== undefined && { replaces: await replacedHash(replaces) }),
  }
}

/** Which file has which hash: the text itself names no files, so that it follows from the receipt alone. */
function named(files: readonly string[], digests: readonly string[]): string {
  if (files.length === 0) return ''
  const lines = files.map((file, at) => `  ${file} has the hash ${digests[at] ?? ''}`)
  return ['Layers of policy:', ...lines, '', ''].join('\n')
}

async function readController(file: string | undefined): Promise<Controller | undefined> {
  return file === undefined ? undefined : parseController(await read(file))
}

/** The hash of a receipt, if it is one. */
async function replacedHash(text: string): Promise<string> {
  await sodiumReady
  const bytes = new TextEncoder().encode(text)
  try {
    parseReceipt(bytes)
  } catch (error) {
    const message = 'What is to be replaced is not a receipt that holds'
    throw new UnderstudyError('receipt-invalid', message, {}, { cause: error })
  }
  return hashOf(bytes)
}

function next({ controller, out }: AgreeOptions): string {
  return controller === undefined
    ? `Signed. Next: understudy record --receipt ${out} --out recordings`
    : `Signed. Next: send it to the controller, whose "understudy countersign" has to sign it too.`
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

async function mustBeMissing(path: string): Promise<void> {
  try {
    await access(path)
  } catch {
    return
  }
  throw exists(path)
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw ioError(`Cannot read ${path}`, error)
  }
}

/**
 * Writes a receipt.
 *
 * @param path - where to
 * @param receipt - its content
 * @param force - whether to overwrite what is there
 */
export async function writeReceipt(path: string, receipt: string, force: boolean): Promise<void> {
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

/**
 * Gathers public keys.
 *
 * @param text - one more
 * @param before - those given before
 * @returns all of them
 * @throws InvalidArgumentError, which commander turns into a usage message
 */
export function collectRecipients(text: string, before: readonly string[] = []): string[] {
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

With --controller, the receipt names who answers for what becomes of recordings, and nothing is recorded
before they have countersigned it (understudy countersign). The file is JSON, as they hand it out:
  {
    "name": "Example Robotics", "contact": "privacy@example.org",
    "sign": "5f0c…",                   "sign" in their identity.json
    "jurisdiction": ["US-NY"],         whose law holds: codes of ISO 3166
    "storage": ["US"],                 where released copies are kept
    "retention": 365                   after how many days they are deleted
  }

The receipt names you by a pseudonym: one for each controller, and a new one every 30 days. A recipient
cannot be your own identity, whose key would stand there; nor should it be a key that "info" or "status"
prints as yours: a copy for it opens for nobody, and the key would tell that both receipts are yours.

With --replaces, the new receipt belongs to the same record of consent as the old one, and names its
hash: whoever sees both knows that both are yours. Both must be for the same controller. A receipt that has expired, or does not name a track, a recipient, a layer of policy or the filter
of this version, is replaced like this.

With --live, the program that records may read those tracks while it records them: unsealed, at once,
filtered as they are recorded. The text says what that means. Without it, nothing is read.

Exit codes:
  0  agreed and signed
  1  not agreed, or failed
  2  the command line is wrong, or nobody is there to be asked

Examples:
  understudy consent --identity ~/.understudy --recipient understudy1… \\
    --tracks pointer,keyboard,screen,context --purpose agent-training --expires 30d \\
    --out receipt.json
  understudy consent --identity ~/.understudy --recipient understudy1… --controller controller.json \\
    --tracks pointer,screen --purpose agent-training --expires 90d --replaces old.json --out receipt.json`
