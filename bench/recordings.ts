// Recordings to be read: every scene that one sees, one after the other, on one stage; and a scripted desktop.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeIdentity } from '../native/binding.js'
import { anybody, consent, played } from '../test/studio.js'
import { Recorder } from '../ts/index.js'
import type { Scene } from './stage/scenes.js'
import { height, Stage, width } from './stage/stage.js'

/** A recording, and what opens it. */
export interface Recorded {
  readonly name: string
  /** The recording's folder. */
  readonly recording: string
  /** Folder of the identity, without a passphrase. */
  readonly identity: string
}

/**
 * Records scenes in turn; bringing the stage from one to the next is recorded, too.
 *
 * @param scenes - what is played
 * @param folder - where recording and identity go
 * @param seconds - how long each scene is played
 */
export async function recordScenes(
  scenes: readonly Scene[],
  folder: string,
  seconds: number,
): Promise<Recorded> {
  const { receipt, ...recorded } = await prepare('desktop', folder)
  await using stage = await Stage.set()
  const display = stage.display.name
  await using recorder = await Recorder.start({ receipt, folder: recorded.recording, display })
  for (const scene of scenes) {
    console.error(`   ${scene.name}`)
    await scene.prepare(stage)
    await play(scene, stage, seconds)
    if (recorder.state.type === 'failed') throw recorder.state.error
  }
  return recorded
}

/**
 * Records the synthetic desktop, which needs no display and is the same everywhere.
 *
 * @param folder - where recording and identity go
 * @param seconds - how long its script is; it is played as fast as it is recorded
 */
export async function recordSynthetic(folder: string, seconds: number): Promise<Recorded> {
  const { receipt, ...recorded } = await prepare('synthetic', folder)
  const synthetic = { width, height, seconds, asap: true, animate: true }
  await using recorder = await Recorder.start({ receipt, folder: recorded.recording, synthetic })
  await played(recorder)
  if (recorder.state.type === 'failed') throw recorder.state.error
  return recorded
}

async function prepare(name: string, folder: string): Promise<Recorded & { receipt: string }> {
  await mkdir(folder, { recursive: true })
  const [identity, recording] = [join(folder, 'identity'), join(folder, 'recording')]
  await makeIdentity(identity)
  return { name, recording, identity, receipt: await consent(identity, await anybody()) }
}

async function play(scene: Scene, stage: Stage, seconds: number): Promise<void> {
  const script = scene.script(seconds)
  await stage.play(script === '' ? `sleep ${seconds * 1000}` : script)
  if (scene.reset !== '') await stage.play(scene.reset)
}
