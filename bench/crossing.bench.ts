// `npx tsx bench/crossing.bench.ts`: what a live tap costs JavaScript's thread, at a mouse of 1 kHz on a private
// display. In the same run, against a call an event: uiohook-napi, where `--uiohook FOLDER` says where it is
// installed. Needs `npm run build`. Prints a line of JSON; says `--help` what it takes.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeIdentity } from '../native/binding.js'
import { Display } from '../test/display.js'
import { anybody, consent } from '../test/studio.js'
import { machine } from './process.js'

const help = `\
Usage: npx tsx bench/crossing.bench.ts [--seconds N] [--rate HZ] [--uiohook FOLDER]

Moves a mouse on a private X display, and measures JavaScript's thread of a process that hears of it:
recording alone, with a live tap read as items, with one drained as bytes, and with a call an event.

  --seconds N        how long each of them lasts (default 10)
  --rate HZ          positions a second (default 1000)
  --uiohook FOLDER   where uiohook-napi is installed: FOLDER/node_modules/uiohook-napi`

/** How a process hears of input. */
export type Ear = 'none' | 'items' | 'bytes' | 'uiohook'

/** What was measured of one. */
interface Heard {
  readonly ear: Ear
  /** CPU time of JavaScript's thread, % of a core, above the same process at rest. */
  readonly percent: number
  /** How often that thread was put on a CPU, a second, above rest. */
  readonly wakeups: number
  /** Events that JavaScript heard of, a second. */
  readonly events: number
  /** Calls from the addon, a second. */
  readonly calls: number
}

/** What the measured process answers. */
interface Counters {
  readonly cpu: number
  readonly switches: number
  readonly events: number
  readonly calls: number
}

/** What is recorded, and read live. */
const tracks = ['pointer', 'keyboard', 'context'] as const

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    uiohook: { type: 'string' },
  },
})
const [seconds, rate] = [Number(values.seconds), Number(values.rate)]
if (values.help) console.log(help)
else if (seconds > 0 && Number.isInteger(rate) && rate > 0) await bench()
else {
  console.error(help)
  process.exitCode = 2
}

async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-crossing-'))
  try {
    const identity = join(folder, 'identity')
    await makeIdentity(identity)
    const receipt = await consent(identity, await anybody(), { live: tracks })
    await using display = await Display.start({ screen: '1920x1080x24', profile: 'release' })
    const ears: Ear[] = ['none', 'items', 'bytes']
    if (values.uiohook !== undefined) ears.push('uiohook')
    const heard: Heard[] = []
    for (const ear of ears) {
      console.error(`── ${ear}`)
      heard.push(await measure(ear, display, receipt, join(folder, ear)))
    }
    console.log(JSON.stringify({ machine: await machine(), rate, seconds, heard }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(
  ear: Ear,
  display: Display,
  receipt: string,
  folder: string,
): Promise<Heard> {
  const host = fork(fileURLToPath(new URL('crossing.mjs', import.meta.url)), {
    env: { ...process.env, DISPLAY: display.name },
  })
  try {
    await once(host, 'message')
    const options = { receipt, folder, display: display.name, tracks }
    await ask(host, { ear, options, uiohook: values.uiohook })
    // Until JavaScript is compiled, an event costs ten times as much.
    await display.play('flood 80000 8000 1900 1000')
    await sleep(1000)
    const rest = await between(host, () => sleep(5000))
    // Longer than is measured, so that all of that is motion.
    const playing = display.play(`flood ${rate * (seconds + 1)} ${rate} 1900 1000`)
    await sleep(500)
    const moving = await between(host, () => sleep(seconds * 1000))
    await playing
    const percent = (moving.cpu / moving.seconds - rest.cpu / rest.seconds) * 100
    return {
      ear,
      percent: round(percent),
      wakeups: round(moving.switches / moving.seconds - rest.switches / rest.seconds),
      events: round(moving.events / moving.seconds),
      calls: round(moving.calls / moving.seconds),
    }
  } finally {
    if (host.connected) await ask(host, { ear: 'end' })
    host.kill()
  }
}

/** What the host's counters grew by while something was done. */
async function between(host: ChildProcess, work: () => Promise<void>) {
  const before = (await ask(host, {})) as Counters
  const began = performance.now()
  await work()
  const after = (await ask(host, {})) as Counters
  return {
    seconds: (performance.now() - began) / 1000,
    cpu: after.cpu - before.cpu,
    switches: after.switches - before.switches,
    events: after.events - before.events,
    calls: after.calls - before.calls,
  }
}

async function ask(host: ChildProcess, question: object): Promise<unknown> {
  const answer = once(host, 'message')
  host.send(question)
  return ((await answer) as [unknown])[0]
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
