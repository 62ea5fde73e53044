// From blocks to figures: what a subject costs beyond what the same scene costs unrecorded.
import type { Block, SceneRun } from './measure.js'
import type { Usage } from './process.js'
import type { Latency } from './subject.js'

/** What a subject cost in a scene. Times are CPU seconds for each minute; what was not measured is missing. */
export interface Figures {
  readonly subject: string
  readonly scene: string
  /** Of the threads that record; of all threads, less an idle Node, where they are not told apart. */
  readonly cpu: number
  /** Of the whole process, less an idle Node. */
  readonly process: number
  /** Of the X server, above the unrecorded blocks beside. */
  readonly server: number
  /** A second. */
  readonly wakeups: number
  /** Bytes. */
  readonly peak: number
  /** Bytes above what the process had before it recorded. */
  readonly above: number
  /** Bytes written a minute. */
  readonly rate?: number
  /** From damage to sealed bytes. */
  readonly latency?: Latency
  /** From key to pixel. */
  readonly echo?: Latency
  readonly injected: number
  readonly stored?: number
  readonly dropped?: number
  readonly withheld?: number
  /** Pictures a second. */
  readonly fps?: number
  readonly droppedFrames?: number
  readonly missedDamage?: number
}

/** Subject and scene of a block that could not be measured, and why. */
export interface Failure {
  readonly subject: string
  readonly scene: string
  readonly error: string
}

/** The figures of each subject in a scene. */
export function figuresOf({ scene, blocks }: SceneRun): Figures[] {
  const names = new Set(blocks.map(({ subject }) => subject))
  return [...names].flatMap((subject) => {
    const at = blocks.flatMap((block, index) =>
      block.subject === subject && block.error === undefined ? [index] : [],
    )
    return subject === null || at.length === 0 ? [] : [figures(subject, scene, blocks, at)]
  })
}

/** All that a recorder makes the machine do: CPU seconds a minute. */
export function cost({ cpu, server }: Figures): number {
  return Math.max(0, cpu) + Math.max(0, server)
}

/** What could not be measured in a scene. */
export function failuresOf({ scene, blocks }: SceneRun): Failure[] {
  return blocks.flatMap(({ subject, error }) =>
    subject === null || error === undefined ? [] : [{ subject, scene, error }],
  )
}

/** From key to pixel with nothing that records. */
export function unrecordedEcho({ blocks }: SceneRun): Latency | undefined {
  const samples = blocks.flatMap(({ subject, performed }) =>
    subject === null ? (performed.echo ?? []) : [],
  )
  return summary(samples)
}

function figures(
  subject: string,
  scene: string,
  blocks: readonly Block[],
  indices: readonly number[],
): Figures {
  const mine = indices.flatMap((index) => blocks[index] ?? [])
  const minutes = sum(mine, ({ seconds }) => seconds) / 60
  const beyond = (of: (block: Block) => number, off: (block: Block) => number) => {
    const costs = indices.flatMap((index) => {
      const block = blocks[index]
      return block ? [(of(block) - baseline(blocks, index, off) * block.seconds) / minutes] : []
    })
    return costs.reduce((all, cost) => all + cost, 0)
  }
  const zero = () => 0
  const hosted = mine.some((block) => block.hosted)
  // Where threads that record are told apart, nothing of an idle Node is in their figures.
  const apart = mine.some((block) => block.apart)
  const idle = (of: (used: Usage) => number, own: boolean) =>
    hosted && !(own && apart) ? ({ all }: Block) => of(all) : zero
  const cpu = (used: Usage) => used.cpu
  const switches = (used: Usage) => used.switches
  return {
    subject,
    scene,
    cpu: beyond(({ own }) => own.cpu, idle(cpu, true)),
    process: beyond(({ all }) => all.cpu, idle(cpu, false)),
    server: beyond(serverCpu, serverCpu),
    wakeups: beyond(({ own }) => own.switches, idle(switches, true)) / 60,
    peak: Math.max(...mine.map(({ memory }) => memory?.peak ?? 0)),
    above: Math.max(...mine.map(({ memory }) => (memory ? memory.peak - memory.bare : 0))),
    injected: sum(mine, ({ performed }) => performed.injected),
    ...counted(mine, minutes),
  }
}

function serverCpu({ server }: Block): number {
  return server.cpu
}

/** What only some subjects count. */
function counted(mine: readonly Block[], minutes: number): Partial<Figures> {
  const total = (of: (block: Block) => number | undefined) =>
    mine.some((block) => of(block) !== undefined) ? sum(mine, (block) => of(block) ?? 0) : undefined
  const bytes = total((block) => block.bytes)
  const rates = mine.flatMap(({ outcome }) => outcome?.fps ?? [])
  const found = {
    rate: bytes === undefined ? undefined : bytes / minutes,
    latency: worst(mine.flatMap(({ outcome }) => outcome?.latency ?? [])),
    echo: summary(mine.flatMap(({ performed }) => performed.echo ?? [])),
    stored: total(({ outcome }) => outcome?.stored),
    dropped: total(({ outcome }) => outcome?.dropped),
    withheld: total(({ outcome }) => outcome?.withheld),
    fps: rates.length === 0 ? undefined : sum(rates, (rate) => rate) / rates.length,
    droppedFrames: total(({ outcome }) => outcome?.droppedFrames),
    missedDamage: total(({ outcome }) => outcome?.missedDamage),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** A second's worth of something in the unrecorded blocks next to this one. */
function baseline(blocks: readonly Block[], index: number, of: (block: Block) => number): number {
  const isOff = ({ subject }: Block) => subject === null
  const beside = [
    blocks.slice(0, index).findLast(isOff),
    blocks.slice(index + 1).find(isOff),
  ].filter((block) => block !== undefined)
  const seconds = sum(beside, (block) => block.seconds)
  return seconds === 0 ? 0 : sum(beside, of) / seconds
}

/** The least good of several. */
function worst(all: readonly Latency[]): Latency | undefined {
  const [first, ...rest] = all
  if (first === undefined) return undefined
  return rest.reduce(
    (one, other) => ({
      count: one.count + other.count,
      p50: Math.max(one.p50, other.p50),
      p99: Math.max(one.p99, other.p99),
      max: Math.max(one.max, other.max),
    }),
    first,
  )
}

/** Percentiles of samples; undefined when there is none. */
export function summary(samples: readonly number[]): Latency | undefined {
  if (samples.length === 0) return undefined
  const max = percentile(samples, 100)
  return { count: samples.length, p50: percentile(samples, 50), p99: percentile(samples, 99), max }
}

/**
 * The smallest sample that so many of a hundred do not exceed (nearest rank).
 *
 * @throws RangeError when there is no sample
 */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('no samples')
  return found
}

/**
 * The geometric mean: that of ratios does not depend on which way round they are taken.
 *
 * @throws RangeError when there is no number, or one is not positive
 */
export function geometricMean(numbers: readonly number[]): number {
  if (numbers.length === 0 || numbers.some((number) => !(number > 0))) {
    throw new RangeError('only positive numbers have a geometric mean')
  }
  return Math.exp(numbers.reduce((all, number) => all + Math.log(number), 0) / numbers.length)
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}
