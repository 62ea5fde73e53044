// This recorder as a subject: in a process of its own, which does nothing else.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeIdentity } from '../native/binding.js'
import { anybody, consent } from '../test/studio.js'
import { openIdentity, openRecording, type RecorderStats } from '../ts/index.js'
import { Answering } from './child.js'
import { folderSize, forgetPeak, memory } from './process.js'
import { applications } from './stage/stage.js'
import type { Context, Latency, Outcome, Session, Subject, Take } from './subject.js'

/** Names of the recorder's own threads begin with this. */
const threads = 'understudy'
/** What is recorded is in files whose names end so. */
const segments = '.seg'

/** The recorder as an application uses it. */
export const understudy: Subject = {
  name: 'understudy',
  about: 'all four tracks, filtered and sealed, at most 30 pictures a second',
  keeps: 'all, sealed',
  open: (context) => openHost(context, {}),
}

/** Pointer and keyboard alone: what a hook is to be compared with. */
export const inputAlone: Subject = {
  name: 'understudy, input',
  about: 'pointer and keyboard alone, filtered and sealed',
  keeps: 'all, sealed',
  inputOnly: true,
  open: (context) => openHost(context, { tracks: ['pointer', 'keyboard'] }),
}

/** The recorder, sealing each picture at once: how long that takes is its latency. */
export const atOnce: Subject = {
  name: 'understudy, at once',
  about: 'the same with `flush: 0`: each picture is sealed as soon as it is coded',
  keeps: 'all, sealed',
  open: (context) => openHost(context, { flush: 0 }),
}

async function openHost({ stage, scene, folder }: Context, options: object): Promise<Session> {
  const out = join(folder, 'out')
  const identity = join(folder, 'identity')
  await mkdir(folder, { recursive: true })
  await makeIdentity(identity)
  const receipt = await consent(identity, await anybody())
  const program = fileURLToPath(new URL('host.mjs', import.meta.url))
  const host = await Answering.start(process.execPath, [program])
  // Trusted, so that what is typed is judged and pictures are not painted over: the dearest way.
  const trusted = Object.values(applications)
  const start = { receipt, out, display: stage.display.name, trusted, ...options }
  // Until it has done what every Node process does at first.
  await sleep(1000)
  const bare = await memory(host.pid)
  await forgetPeak(host.pid)
  await warmUp(host, start)
  return {
    host: host.pid,
    start: async () => {
      const { path } = (await host.ask({ start })) as { path: string }
      return takeOf(host, bare, path, async () =>
        scene.stored(openRecording(path, { identity: await openIdentity(identity) })),
      )
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  }
}

/** A recording that is thrown away: what loading and compiling cost once is nobody's cost a minute. */
async function warmUp(host: Answering, start: object): Promise<void> {
  const { path } = (await host.ask({ start })) as { path: string }
  await sleep(1500)
  await host.ask({ stop: true })
  await rm(path, { recursive: true })
  // Node tidies up for some seconds.
  await sleep(5000)
}

function takeOf(
  host: Answering,
  bare: number,
  path: string,
  countStored: () => Promise<number>,
): Take {
  const begun = performance.now()
  return {
    pid: host.pid,
    bare,
    hosted: true,
    threads,
    // What was typed is judged when its field was left for a while; what is on its way is written once a second.
    delay: 3500,
    bytes: () => folderSize(path),
    recorded: () => folderSize(path, segments),
    stop: async () => {
      const { stats } = (await host.ask({ stop: true })) as unknown as { stats: Stats }
      const seconds = (performance.now() - begun) / 1000
      const recorded = await folderSize(path, segments)
      const stored = await countStored()
      const outcome = { ...outcomeOf(stats, stored), recorded, fps: stats.frames / seconds }
      await rm(path, { recursive: true })
      return outcome
    },
  }
}

/** What the recorder counts; the latency since it can measure it. */
type Stats = RecorderStats & { readonly latency?: Latency }

function outcomeOf({ tracks, missedDamage, latency }: Stats, stored: number): Outcome {
  const { screen, ...input } = tracks
  const sum = (of: (track: typeof screen) => number) =>
    Object.values(input).reduce((all, track) => all + of(track), 0)
  return {
    stored,
    dropped: sum((track) => track.dropped),
    withheld: sum((track) => track.withheld),
    droppedFrames: screen.dropped,
    missedDamage,
    ...(latency && latency.count > 0 ? { latency } : {}),
  }
}
