// From key to pixel: how long an application takes to show what is typed, and how much longer beside a recorder.
import { join } from 'node:path'
import { buildExample } from '../../test/display.js'
import { count, type Performed, type Scene } from './scenes.js'
import { lines } from './script.js'
import { applications, sideBySide, type Stage } from './stage.js'

/** From key to key, milliseconds. */
const every = 80

const { terminal } = applications

/** Keys into an xterm, the fastest application that there is; its pixels are watched. */
export const echo: Scene = {
  name: 'echo',
  about: 'one key after the other into xterm, each waited for until it shows',
  prepare: async (stage) => {
    await stage.play(sideBySide)
    await stage.tidy('Article')
    await stage.play(
      lines(`show ${terminal}`, 'type clear; cat > /dev/null\\n every 15', 'sleep 500'),
    )
  },
  reset: '',
  script: () => '',
  perform,
  stored: count,
}

async function perform(stage: Stage, seconds: number): Promise<Performed> {
  const program = await buildExample('understudy-capture', 'echo', 'release')
  const { bounds } = await stage.display.window(terminal)
  const keys = Math.floor((seconds * 1000) / every)
  // The first lines: the command, and under it what `cat` is given.
  const rect = [bounds.x, bounds.y, 120, 70].join(',')
  const output = await stage.display.run(program, [
    ...['--display', stage.display.name, '--rect', rect],
    ...['--framebuffer', join(stage.display.folder, 'Xvfb_screen0')],
    ...['--keys', String(keys), '--every', String(every)],
  ])
  const { milliseconds } = JSON.parse(output) as { milliseconds: number[] }
  return { injected: 2 * keys, keys, echo: milliseconds }
}
