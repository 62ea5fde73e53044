// host.ts FOLDER RECIPIENT: each state of a recorder, each control that the contributor has, in a terminal.
// FOLDER holds the contributor's identity (`understudy keygen FOLDER/identity`).
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as understudy from '@understudy/capture'

const [home = '.', recipient = ''] = process.argv.slice(2)
const [receipt, out] = [join(home, 'receipt.json'), join(home, 'recordings')]
const purpose = 'agent-training'
// A host with windows asks for it without showing it.
const mine = { identity: join(home, 'identity'), passphrase: () => ask('Your passphrase:') }
const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
/** What is recorded now, or was last. */
let recorder: understudy.Recorder | undefined

const controls: Record<string, (word?: string) => unknown> = {
  consent: async () => {
    const expires = Math.floor(Date.now() / 1000) + 30 * 86_400
    const terms = { tracks: understudy.tracks, purpose, recipients: [recipient], expires } as const
    // The text of `understudy consent`: what is signed is what was shown.
    console.log(understudy.consentText(terms))
    if ((await ask('Do you agree? yes or no')) !== 'yes') return
    writeFileSync(receipt, await understudy.consent({ terms, ...mine }))
  },
  start: async () => {
    recorder = await understudy.Recorder.start({ receipt, out, trusted: ['XTerm', 'Mousepad'] })
    void follow(recorder)
  },
  pause: (word) => {
    current().pause(word === undefined ? {} : { for: Number(word) * 60_000 })
  },
  resume: () => current().resume(),
  forget: async (word = '5') => {
    const { lost } = await current().forgetLast({ last: Number(word) * 60_000 })
    for (const { from, to } of lost) console.log(`forgotten: ${from / 1e9} s to ${to / 1e9} s`)
  },
  stop: () => current().stop(),
  review: async () => {
    const recording = current().path
    // They look through it in their browser; what they mark there to be forgotten or released is done here.
    const actions = understudy.contributorActions(recording, mine.identity, mine.passphrase)
    console.log(`review: ${(await understudy.serveReview({ recording, actions })).url}`)
  },
  release: async (to = recipient) => {
    const { path } = await understudy.release({ recording: current().path, to, ...mine })
    console.log(`released: ${path}`)
  },
  withdraw: async () => {
    const done = await understudy.withdraw({ folder: out, receipt, ...mine })
    if (done.busy.length === 0) rmSync(receipt, { force: true }) // It finds what goes on.
    recorder = undefined
    console.log(`destroyed: ${done.recordings.length}; to who has a copy: ${done.copies.join(' ')}`)
  },
}

const meanings = {
  recording: 'recording',
  paused: 'paused: nothing is kept',
  withheld: 'withheld: no keys are kept, because of who has them',
  unseen: 'withheld: nothing is kept, because the indicator cannot be seen',
  stopped: 'stopped',
}

console.log(`controls: ${Object.keys(controls).join(', ')}, quit; pause and forget take MINUTES`)
for (let line = await ask(standing()); line !== 'quit'; line = await ask(standing())) {
  const [control = '', word] = line.split(' ')
  try {
    await controls[control]?.(word)
  } catch (error) {
    console.log(understudy.isUnderstudyError(error) ? `${error.code}: ${error.message}` : error)
  }
}
await recorder?.stop().catch(() => undefined)
process.exit()

async function follow(started: understudy.Recorder): Promise<void> {
  for await (const state of started.states()) console.log(`state: ${meaning(state)}`)
}

function meaning(state: understudy.RecorderState): string {
  if (state.type === 'failed') return `failed: ${state.error.message} (${state.error.code})`
  return meanings['unseen' in state ? 'unseen' : state.type]
}

function standing(): string {
  if (!existsSync(receipt)) return 'You have not opted in: nothing can be recorded.'
  return recorder ? meaning(recorder.state) : 'You have opted in; nothing is recorded.'
}

function current(): understudy.Recorder {
  if (recorder) return recorder
  throw new understudy.UnderstudyError('state', 'Nothing was recorded yet')
}

async function ask(question: string): Promise<string> {
  console.log(question)
  return String((await lines.next()).value ?? 'quit').trim()
}
