// Peers that are libraries: each in a process that does with it what a recorder has to do at least.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Answering } from '../child.js'
import { forgetPeak, memory } from '../process.js'
import type { Context, Outcome, Session, Subject, Take } from '../subject.js'
import { peersFolder } from './install.js'

/** Pictures a second that the scripts try to take. */
const fps = 30

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const npmRoot = join(peersFolder, 'npm', 'package.json')

/** The libraries as subjects. */
export const scripted: readonly Subject[] = [
  {
    name: 'node-screenshots',
    about: 'a picture 30 times a second into a buffer; nothing is coded or written',
    keeps: 'nothing',
    open: (context) => openScript(context, process.execPath, [here('screenshots.mjs'), npmRoot]),
  },
  {
    name: 'uiohook-napi',
    about: 'a call into JavaScript for each event, which counts it; nothing is written',
    keeps: 'nothing',
    inputOnly: true,
    open: (context) => openScript(context, process.execPath, [here('hook.mjs'), npmRoot]),
  },
  {
    name: 'mss-pynput',
    about: 'a picture 30 times a second, and a call for each event; nothing is coded or written',
    keeps: 'nothing',
    open: (context) =>
      openScript(context, join(peersFolder, 'venv', 'bin', 'python'), [here('research.py')]),
  },
]

function openScript(
  { stage }: Context,
  program: string,
  args: readonly string[],
): Promise<Session> {
  return Promise.resolve({
    start: () => startScript(stage.display.name, program, args),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
}

async function startScript(
  display: string,
  program: string,
  args: readonly string[],
): Promise<Take> {
  const script = await Answering.start(program, args, { DISPLAY: display })
  try {
    // Until it has done what every such process does at first.
    await sleep(1000)
    const bare = await memory(script.pid)
    await forgetPeak(script.pid)
    await script.ask({ start: true })
    return takeOf(script, bare, program === process.execPath)
  } catch (error) {
    await script[Symbol.asyncDispose]()
    throw error
  }
}

function takeOf(script: Answering, bare: number, hosted: boolean): Take {
  const begun = performance.now()
  return {
    pid: script.pid,
    bare,
    hosted,
    delay: 0,
    bytes: () => Promise.resolve(undefined),
    stop: async (): Promise<Outcome> => {
      const answer = await script.ask({ stop: true })
      const { frames, stored } = answer as { frames?: number; stored?: number }
      const seconds = (performance.now() - begun) / 1000
      await script[Symbol.asyncDispose]()
      return {
        ...(stored === undefined ? {} : { stored }),
        ...(frames === undefined
          ? {}
          : {
              fps: frames / seconds,
              droppedFrames: Math.max(0, Math.round(seconds * fps - frames)),
            }),
      }
    },
  }
}
