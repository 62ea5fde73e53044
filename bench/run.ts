// The run: every scene, every subject, one after the other on one stage.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure, type SceneRun } from './measure.js'
import { install } from './peers/install.js'
import { type Setting, setting } from './setting.js'
import type { Scene } from './stage/scenes.js'
import { Stage } from './stage/stage.js'
import type { Subject } from './subject.js'
import { atOnce, inputAlone, understudy } from './understudy.js'

/** What to run. */
export interface RunOptions {
  /** How long each block is. */
  readonly seconds: number
  readonly scenes: readonly Scene[]
  readonly peers: readonly Subject[]
}

/** A run of the recorder and its peers. */
export interface Run {
  readonly setting: Setting
  /** How long each block was. */
  readonly seconds: number
  /** Ours first. */
  readonly subjects: readonly Pick<Subject, 'name' | 'about' | 'keeps' | 'inputOnly'>[]
  /** Peers that could not be had, and why. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[]
  readonly scenes: readonly SceneRun[]
}

/** Plays every scene beside every subject that can be had. */
export async function runAll({ seconds, scenes, peers }: RunOptions): Promise<Run> {
  const missing: { name: string; reason: string }[] = []
  const subjects: Subject[] = [understudy, atOnce, inputAlone]
  for (const peer of peers) {
    const reason = await install(peer.name)
    if (reason === undefined) subjects.push(peer)
    else missing.push({ name: peer.name, reason })
  }
  const where = await setting()
  const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'))
  try {
    await using stage = await Stage.set()
    const measured: SceneRun[] = []
    for (const [at, scene] of scenes.entries()) {
      console.error(`── ${scene.name} (${at + 1} of ${scenes.length})`)
      measured.push(await measure(scene, stage, subjects, { seconds, folder }))
    }
    const told = subjects.map(({ name, about, keeps, inputOnly = false }) => {
      return { name, about, keeps, inputOnly }
    })
    return { setting: where, seconds, subjects: told, missing, scenes: measured }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
