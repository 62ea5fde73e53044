import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseController } from '../controller.js'
import { ioError, UnderstudyError } from '../errors.js'
import { calling, loadNative } from '../native.js'
import { readLayers } from '../policy.js'
import { explainPolicy, type PolicyReport } from './explain.js'
import { exitCodes } from './failure.js'
import { askPassphrase } from './passphrase.js'

interface CheckOptions {
  readonly key: readonly string[]
  readonly receipt?: string
  readonly trust: readonly string[]
  readonly floor?: boolean
  readonly json?: boolean
}

interface SignOptions {
  readonly identity: string
  readonly receipt?: string
  readonly controller?: string
  readonly out: string
  readonly force?: boolean
  readonly json?: boolean
}

/**
 * `understudy policy`
 *
 * @param program - what to add the command to
 */
export function policyCommand(program: Command): void {
  const policy = program
    .command('policy')
    .summary('explain layers of policy, or sign one')
    .description(
      `A policy says what may be captured. It has layers, and each can only tighten: the floor, which is built
in and always there; an organisation's; the contributor's; this recording's. docs/policy.md has all of it.`,
    )
  policy
    .command('check')
    .summary('say in plain words what would be captured')
    .description(
      `Merges layers with the floor and says in plain words what would be captured, what is excluded and by
which layer, the limits, and what is wrong with a layer.`,
    )
    .argument('[file...]', 'layers; without any, the floor alone is explained')
    .option('--key <key...>', "organisations' keys, of which layers must be signed", parseKeys, [])
    .option('--receipt <file>', "the contributor's consent: their layer must be signed by them")
    .option('--trust <app...>', 'as if the recording asked for trust in these applications', [])
    .option('--floor', 'list every name of the floor as well')
    .option('--json', 'answer in JSON')
    .addHelpText('after', checkHelp)
    .action(check)
  policy
    .command('sign')
    .summary('sign a layer in its author’s name')
    .description(
      `Signs a layer with an identity: an organisation's with its own, a contributor's with the one that signs
their receipts, under the same pseudonym. Prints the author's key: an organisation's is what whoever
records names with --policy-key.`,
    )
    .argument('<file>', 'the layer, as JSON in any spacing')
    .requiredOption('--identity <dir>', 'folder of the author’s identity')
    .option(
      '--receipt <file>',
      "of a contributor's layer: the receipt of theirs that it is to hold under",
    )
    .addOption(
      new Option(
        '--controller <file>',
        'or the controller for whom they are about to sign one; neither: one that names nobody',
      ).conflicts('receipt'),
    )
    .requiredOption('--out <file>', 'where to write the signed layer')
    .option('--force', 'overwrite what is there')
    .option('--json', 'answer in JSON: path, author')
    .addHelpText('after', signHelp)
    .action(sign)
}

async function check(files: string[], options: CheckOptions): Promise<void> {
  const native = await loadNative()
  const layers = await readLayers(files.map((file) => resolve(file)))
  const named = layers.map(({ text }, at) => ({ name: files[at] ?? '', text }))
  const receipt = options.receipt === undefined ? undefined : await read(options.receipt)
  const authors = { organisations: options.key, ...(receipt !== undefined && { receipt }) }
  const answer = await calling(() => native.checkPolicy(named, authors, [...options.trust]))
  const report = JSON.parse(answer) as PolicyReport
  if (!report.valid) process.exitCode = exitCodes.failed
  console.log(options.json ? answer : explainPolicy(report, options.floor === true))
}

async function sign(file: string, options: SignOptions): Promise<void> {
  const native = await loadNative()
  native.harden()
  const [draft] = await readLayers([resolve(file)])
  if (draft === undefined) return
  const under = await signerOf(options)
  const locked = await calling(() => native.isLocked(options.identity))
  const passphrase = locked ? Buffer.from(await askPassphrase()) : undefined
  const signed = await calling(() =>
    native.signPolicy(options.identity, draft.text, under, passphrase),
  )
  const path = resolve(options.out)
  await write(path, signed, options.force === true)
  const { author } = JSON.parse(signed) as { author: string }
  console.log(options.json ? JSON.stringify({ path, author }) : author)
}

async function signerOf({ receipt, controller }: SignOptions) {
  return {
    ...(receipt !== undefined && { receipt: await read(receipt) }),
    ...(controller !== undefined && { controller: parseController(await read(controller)).sign }),
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw ioError(`Cannot read ${path}`, error)
  }
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new UnderstudyError('invalid-argument', `${path} exists already: --force overwrites it`)
    }
    throw ioError('Cannot write the layer', error)
  }
}

/**
 * Parses a key of an author.
 *
 * @param text - 64 hexadecimal digits
 * @param keys - those given before
 * @returns all of them
 * @throws InvalidArgumentError, which commander turns into a usage message
 */
export function parseKeys(text: string, keys: readonly string[] = []): readonly string[] {
  if (/^[0-9a-f]{64}$/.test(text)) return [...keys, text]
  throw new InvalidArgumentError('A key is 64 hexadecimal digits: `policy sign` prints it.')
}

const checkHelp = `
A layer is JSON; every member but "schema" and "layer" may be left out, and then it limits nothing:
  {
    "schema": "understudy.policy/1",
    "layer": "organisation",           or "contributor", "recording"
    "tracks": ["pointer", "screen"],   only these
    "only": ["XTerm", "code*"],        only these applications
    "exclude": {
      "applications": ["sap*"],        the parts of WM_CLASS on X11, whatever their case; * is anything
      "titles": ["Payroll*"],          the whole title, or a part of it between " - ", " | ", " — " …
      "addresses": ["hr.example.org"]  this host and those under it, where titles name them
    },
    "trusted": ["XTerm"],              of those that a recording asks to trust with typed text, only these
    "detectors": "strict",             count what is possible, not only what is likely
    "sensitive": ["ip_address"],       also mac_address, imei: count as sensitive
    "maxFps": 10,
    "directRelease": false
  }
Lists that exclude are united, lists that allow must all agree, limits take the tighter. A member that is
not known means that the layer lets nothing be captured. Pause, resume, forget, review, release and
withdraw are the contributor's own: no layer can name them.

Without --key and --receipt nobody is asked for a signature; one that does not hold is a problem anyway.

Exit codes:
  0  every layer holds
  1  a layer does not hold, or could not be read
  2  the command line is wrong

Examples:
  understudy policy check
  understudy policy check org.json mine.json --key 5f0c… --receipt receipt.json --trust XTerm`

const signHelp = `
A contributor signs receipts, and so their layers, under a pseudonym: one for each controller, and a new
one every 30 days. A layer is signed again for a receipt of another period. A layer of a recording need
not be signed; signed, it bears the identity's own key.

Examples:
  understudy policy sign mine.json --identity ~/.understudy --receipt receipt.json --out signed.json
  understudy policy sign draft.json --identity ./organisation --out org.json
  understudy record --policy org.json --policy-key 5f0c… --receipt receipt.json --out recordings`
