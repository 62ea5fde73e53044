// What a run measures: this recorder, and each peer, through the same few calls.
import type { Scene } from './stage/scenes.js'
import type { Stage } from './stage/stage.js'

/** What a subject does with what it takes: only the first two compare in bytes. */
export type Keeps = 'all, sealed' | 'pictures, lossless' | 'pictures, lossy' | 'nothing'

/** Something that records, or could. */
export interface Subject {
  /** As on the command line and in every table. */
  readonly name: string
  /** In a line: how it was set up. */
  readonly about: string
  /** What becomes of what it takes. */
  readonly keeps: Keeps
  /** Whether it takes input alone: it has no part in scenes without. */
  readonly inputOnly?: boolean
  /** Gets ready for the blocks of one scene. */
  open(context: Context): Promise<Session>
}

/** Where subjects do their work. */
export interface Context {
  readonly stage: Stage
  readonly scene: Scene
  /** A folder of its own for what is written; removed after. */
  readonly folder: string
}

/** A subject, ready for the blocks of one scene. */
export interface Session extends AsyncDisposable {
  /** A process that embeds the recorder and now does nothing: what it uses is the host's own. */
  readonly host?: number
  /** Starts recording. */
  start(): Promise<Take>
}

/** A recording that runs. */
export interface Take {
  /** The process that records. */
  readonly pid: number
  /** Memory of that process before it recorded, bytes. */
  readonly bare: number
  /** Whether Node is the process, whose own doings are not the recorder's. */
  readonly hosted?: boolean
  /** How the names of threads that do nothing but record begin; without: all threads record. */
  readonly threads?: string
  /** How long what was taken may be on its way to the disk, milliseconds. */
  readonly delay: number
  /** How much is on the disk by now; undefined for what writes nothing. */
  bytes(): Promise<number | undefined>
  /** How much of what it records was written by now, where more of that may wait in memory until it ends. */
  recorded?(): Promise<number>
  /** Ends it. */
  stop(): Promise<Outcome>
}

/** What a recording came to. What a subject does not count is missing. */
export interface Outcome {
  /** As {@link Take.recorded}, when it has ended. */
  readonly recorded?: number
  /** Input events that it holds. */
  readonly stored?: number
  /** Input events that it says it lost. */
  readonly dropped?: number
  /** Input events that it did not keep by policy, or because no focused window was known. */
  readonly withheld?: number
  /** Pictures a second. */
  readonly fps?: number
  /** Pictures that it should have taken and did not. */
  readonly droppedFrames?: number
  /** Pixels whose change the system did not tell. */
  readonly missedDamage?: number
  /** From damage to sealed bytes, milliseconds. */
  readonly latency?: Latency
}

/** How long something took, milliseconds. */
export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}
