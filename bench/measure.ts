// Plays one scene again and again, unrecorded and beside each subject, and reads counters meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  findProcess,
  none,
  peakMemory,
  type ProcessUsage,
  type Usage,
  usage,
  used,
} from './process.js'
import { events } from './stage/script.js'
import type { Performed, Scene } from './stage/scenes.js'
import type { Stage } from './stage/stage.js'
import type { Outcome, Session, Subject, Take } from './subject.js'

/** A scene, played once. */
export interface Block {
  /** What recorded it; null for nothing. */
  readonly subject: string | null
  /** Why there are no figures. */
  readonly error?: string
  /** How long counters ran. */
  readonly seconds: number
  /** Of the threads that record; where nothing records, of the idle host. */
  readonly own: Usage
  /** Of all threads of that process. */
  readonly all: Usage
  /** Whether `own` are some of the threads. */
  readonly apart: boolean
  /** Whether Node is that process. */
  readonly hosted: boolean
  readonly server: Usage
  /** Memory of the process before and at most, bytes. */
  readonly memory?: { readonly bare: number; readonly peak: number }
  /** How much was written. */
  readonly bytes?: number
  readonly performed: Performed
  readonly outcome?: Outcome
}

/** What was measured of a scene. */
export interface SceneRun {
  readonly scene: string
  readonly about: string
  readonly blocks: readonly Block[]
}

/** How long a recording is given before counters run: until its first picture is written. */
const settling = 1500

/** All blocks of a scene. */
export async function measure(
  scene: Scene,
  stage: Stage,
  subjects: readonly Subject[],
  options: { readonly seconds: number; readonly folder: string },
): Promise<SceneRun> {
  await scene.prepare(stage)
  const taking = subjects.filter(({ inputOnly }) => !(inputOnly && isSilent(scene)))
  const sessions = await openAll(scene, stage, taking, options.folder)
  try {
    const host = [...sessions.values()].find((session) => !('error' in session) && session.host)
    const play = new Play(
      scene,
      stage,
      options.seconds,
      host && 'host' in host ? host.host : undefined,
    )
    const blocks: Block[] = []
    for (const subject of order(taking.map(({ name }) => name))) {
      console.error(`   ${subject ?? 'unrecorded'}`)
      const session = subject === null ? undefined : sessions.get(subject)
      blocks.push(await play.block(subject, session))
    }
    return { scene: scene.name, about: scene.about, blocks }
  } finally {
    for (const session of sessions.values()) {
      if (!('error' in session)) await session[Symbol.asyncDispose]()
    }
  }
}

/**
 * The order of the blocks: after every two that are recorded one is not, and the first subject comes
 * again at the end, so that what changes slowly weighs on all alike.
 *
 * @param subjects - their names, ours first
 */
export function order(subjects: readonly string[]): (string | null)[] {
  const all = [...subjects, ...subjects.slice(0, 1)]
  const blocks: (string | null)[] = [null]
  for (let at = 0; at < all.length; at += 2) blocks.push(...all.slice(at, at + 2), null)
  return blocks
}

/** Whether nothing is typed and nothing moved. */
function isSilent(scene: Scene): boolean {
  return scene.perform === undefined && events(scene.script(1)) === 0
}

type Opened = Session | { readonly error: string }

async function openAll(
  scene: Scene,
  stage: Stage,
  subjects: readonly Subject[],
  folder: string,
): Promise<Map<string, Opened>> {
  const opened = subjects.map(async (subject, at): Promise<[string, Opened]> => {
    const context = { stage, scene, folder: `${folder}/${scene.name}-${at}` }
    try {
      return [subject.name, await subject.open(context)]
    } catch (error) {
      return [subject.name, { error: String(error) }]
    }
  })
  return new Map(await Promise.all(opened))
}

/** One way of playing a scene. */
class Play {
  readonly #scene: Scene
  readonly #stage: Stage
  readonly #seconds: number
  readonly #host: number | undefined

  constructor(scene: Scene, stage: Stage, seconds: number, host: number | undefined) {
    this.#scene = scene
    this.#stage = stage
    this.#seconds = seconds
    this.#host = host
  }

  /** Plays it beside a subject, or beside nothing. */
  async block(subject: string | null, session: Opened | undefined): Promise<Block> {
    if (session && 'error' in session) return failed(subject, session.error)
    let take: Take | undefined
    try {
      if (this.#scene.reset !== '') await this.#stage.play(this.#scene.reset)
      take = await session?.start()
      await sleep(take ? settling : settling / 3)
      const block = await this.#played(subject, take)
      const memory = take && { bare: take.bare, peak: await peakMemory(take.pid) }
      const recorded = await take?.recorded?.()
      const ended = take
      take = undefined
      const outcome = await ended?.stop()
      const held = isSilent(this.#scene) ? 0 : (outcome?.recorded ?? 0) - (recorded ?? 0)
      const bytes = block.bytes === undefined ? {} : { bytes: block.bytes + held }
      return { ...block, ...bytes, ...(memory && { memory }), ...(outcome && { outcome }) }
    } catch (error) {
      // Without a recorder there is nobody else to fail.
      if (subject === null) throw error
      await take?.stop().catch(() => undefined)
      return failed(subject, String(error))
    }
  }

  async #played(subject: string | null, take: Take | undefined): Promise<Block> {
    const server = await findProcess('Xvfb', this.#stage.display.folder)
    const pid = take?.pid ?? this.#host
    const idle: ProcessUsage = { all: none, own: none }
    const read = async () => ({
      at: performance.now(),
      process: pid === undefined ? idle : await usage(pid, take?.threads),
      server: (await usage(server)).all,
    })
    const bytesBefore = await take?.bytes()
    const before = await read()
    const performed = await this.#perform()
    await sleep(Math.max(before.at + this.#seconds * 1000 - performance.now(), 0))
    const after = await read()
    // What was played is over, so waiting for the disk adds nothing; what moves by itself goes on.
    if (take && !isSilent(this.#scene)) await sleep(take.delay)
    const bytesAfter = await take?.bytes()
    return {
      subject,
      seconds: (after.at - before.at) / 1000,
      own: used(before.process.own, after.process.own),
      all: used(before.process.all, after.process.all),
      apart: take?.threads !== undefined,
      hosted: take ? (take.hosted ?? false) : true,
      server: used(before.server, after.server),
      ...(bytesBefore === undefined || bytesAfter === undefined
        ? {}
        : { bytes: bytesAfter - bytesBefore }),
      performed,
    }
  }

  async #perform(): Promise<Performed> {
    if (this.#scene.perform) return await this.#scene.perform(this.#stage, this.#seconds)
    const script = this.#scene.script(this.#seconds)
    if (script !== '') await this.#stage.play(script)
    return { injected: events(script) }
  }
}

function failed(subject: string | null, error: string): Block {
  const nothing = { own: none, all: none, server: none, apart: false, hosted: false }
  return { subject, error, seconds: 0, ...nothing, performed: { injected: 0 } }
}
