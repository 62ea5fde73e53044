import { type Command, InvalidArgumentError } from 'commander'
import { isUnderstudyError, UnderstudyError } from '../errors.js'
import { openStore } from '../store/open.js'
import type { Place, Store } from '../store/store.js'
import { type StoreOutcome, upload, type UploadCall, uploadAgain } from '../upload.js'
import { ProgressLine } from './progress.js'
import { tellLeft, tellStores } from './stores.js'

interface UploadCommandOptions {
  readonly to?: string
  readonly again?: boolean
  readonly endpoint?: string
  readonly region?: string
  readonly json?: boolean
}

/**
 * `understudy upload`
 *
 * @param program - what to add the command to
 */
export function uploadCommand(program: Command): void {
  program
    .command('upload')
    .summary('put the sealed part of your recording into another folder or an object store')
    .description(
      `Uploads a recording's sealed segments, header, receipt and journal; never a key. Nobody can open what is
there: what opens it stays in the recording's folder. What you forget or withdraw later is removed there too.`,
    )
    .argument('<recording>', "the recording's folder")
    .option('--to <place>', 'where: a folder, or s3://bucket/prefix')
    .option('--again', 'bring every place that it was uploaded to, to where it is')
    .option('--endpoint <url>', 'of S3: whom to ask, such as https://s3.example.org', parseText)
    .option('--region <name>', 'of S3: default AWS_REGION, else us-east-1', parseText)
    .option('--json', 'answer in JSON: stores, each with to, and change or failure')
    .addHelpText('after', help)
    .action(run)
}

async function run(
  recording: string,
  { to, again = false, json = false, ...s3 }: UploadCommandOptions,
  command: Command,
): Promise<void> {
  if (again === (to !== undefined)) command.error('error: say either --to or --again')
  const store = to === undefined ? undefined : placed({ to, ...s3 }, command)
  if (!store && (s3.endpoint !== undefined || s3.region !== undefined)) {
    command.error('error: --endpoint and --region go with --to')
  }
  const outcomes = await shown((call) => outcomesOf(recording, store, call))
  if (json) console.log(JSON.stringify({ stores: outcomes }))
  else tellStores(outcomes)
  tellLeft(outcomes, json)
}

async function outcomesOf(
  recording: string,
  store: Store | undefined,
  call: UploadCall,
): Promise<readonly StoreOutcome[]> {
  if (store) {
    return [{ recording, to: store.place.to, change: await upload({ recording, store, ...call }) }]
  }
  const outcomes = await uploadAgain({ recording, ...call })
  if (outcomes.length > 0) return outcomes
  throw new UnderstudyError('state', 'This recording is nowhere else: name a place by --to')
}

/** With lines that say how far it is; Ctrl-C calls it off. */
async function shown<T>(work: (call: UploadCall) => Promise<T>): Promise<T> {
  const [verifying, uploading] = [
    new ProgressLine('verifying'),
    new ProgressLine('uploading', 'files'),
  ]
  const off = new AbortController()
  const stop = () => {
    off.abort()
  }
  // Once: whoever presses Ctrl-C again means it.
  for (const signal of signals) process.once(signal, stop)
  try {
    const progress = (done: number, of: number) => {
      if (done === 0) uploading.clear()
      uploading.tell(done, of)
    }
    return await work({ verifying: verifying.tell, progress, signal: off.signal })
  } finally {
    uploading.clear()
    for (const signal of signals) process.off(signal, stop)
  }
}

function placed(place: Place, command: Command): Store {
  try {
    return openStore(place)
  } catch (error) {
    if (!isUnderstudyError(error)) throw error
    return command.error(`error: ${error.message}`)
  }
}

function parseText(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return text
}

const signals = ['SIGINT', 'SIGTERM'] as const

const help = `
The recording is verified first. What is there already is not sent again, so a call that was cut short is
simply made again. Of a recording that is being written, what is vouched for by then is uploaded. What was
forgotten with "understudy forget --last", while it was recorded, is removed there by the next upload.

Whoever has the store sees what lies in the open in a recording: when it was made, its receipt with your
pseudonym for its controller, and how much there was when. Not a key: with your machine, the recording is
lost.

Credentials of S3 come from the environment alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and
AWS_SESSION_TOKEN where there is one. They are needed for forgetting, too.

Exit codes:
  0  done
  1  failed; what was sent stays, and the next try goes on
  2  the command line is wrong
  4  with --again: a place failed; the others are done

Examples:
  understudy upload recordings/2026-11-23 --to /media/backup/recordings
  understudy upload recordings/2026-11-23 --to s3://bucket/mine --endpoint https://s3.example.org
  understudy upload recordings/2026-11-23 --again`
