// `npm run eval:typing -- --pixels`: how much of the screen is seen in the same half hours, by the whole pipeline: what share of its
// area, over time, is not painted over. A window for each thing that somebody does, some of them over the whole screen; the one that
// they turn to comes to the front.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './run.mjs'

/** On a screen of 80 × 60, bottom first: number, x, y, width, height. */
const windows = {
  code: [3, 0, 0, 80, 60],
  sheet: [4, 0, 0, 80, 60],
  mail: [5, 0, 0, 80, 60],
  forms: [6, 12, 6, 56, 48],
  shell: [7, 10, 30, 60, 30],
  chat: [8, 52, 8, 28, 52],
}

/** What goes with its fields when it is done: a letter that was sent, a form. */
const passing = ['mail', 'forms']

/**
 * What of a half hour is seen, in thousandths of a screen and a second, and how long it was: for each activity, and for all.
 *
 * @param {{ events: { t_ms: number, key: string }[], parts: { activity: string, from: number, to: number }[] }} half
 * @param {{ told: boolean, trusted: boolean }} knowledge - whether fields are told, and whether applications are trusted
 * @returns {Map<string, { seen: number, time: number }>}
 */
export function seenOf(half, { told, trusted }) {
  const script = { trusted, windows: Object.values(windows), events: scriptOf(half, told) }
  const pictures = play(script)
  const end = half.events.at(-1).t_ms
  const rows = new Map([['all', { seen: 0, time: 0 }]])
  const starts = half.parts.map(({ activity, from }) => ({ activity, t: half.events[from].t_ms }))
  pictures.forEach(([t, seen, all], at) => {
    const until = Math.min(pictures[at + 1]?.[0] ?? end, end)
    // A picture may stay while somebody turns to something else.
    for (let from = t; from < until;) {
      const next = starts.find((start) => start.t > from)?.t ?? end
      const to = Math.min(next, until)
      const activity = starts.findLast((start) => start.t <= from)?.activity
      for (const name of activity ? ['all', activity] : ['all']) {
        const row = rows.get(name) ?? { seen: 0, time: 0 }
        rows.set(name, { seen: row.seen + ((to - from) * seen) / all, time: row.time + to - from })
      }
      from = to
    }
  })
  return rows
}

function scriptOf({ events, parts }, told) {
  const script = []
  let field = 100
  for (const { activity, from, to } of parts) {
    const [window] = windows[activity]
    const own = []
    const tell = (t, id) => script.push({ t, field: [id, told ? 'known' : 'unknown'] })
    const arrive = (t) => {
      // A window that stays has the same field each time.
      own.push(passing.includes(activity) ? field++ : window)
      tell(t, own.at(-1))
    }
    const begun = events[from].t_ms
    script.push({ t: begun, window })
    arrive(begun)
    for (const event of events.slice(from, to)) {
      if (['Blur', 'Click'].includes(event.key)) continue
      script.push({ t: event.t_ms, key: keyOf(event.key) })
      if (event.key === 'Tab') arrive(event.t_ms + 1)
      // Accessibility is asked whether it stayed.
      if (event.key === 'Enter') tell(event.t_ms + 1, own.at(-1))
    }
    const done = events[to - 1].t_ms
    if (told && passing.includes(activity)) own.forEach((gone) => script.push({ t: done, gone }))
  }
  return script
}

/** Key, text, and whether Control and Shift are held. */
function keyOf(name) {
  const [, control, shift, key] = /^(Ctrl\+)?(Shift\+)?(.+)$/s.exec(name)
  const types = [...key].length === 1 && !control
  return [key, types ? key : '', control !== undefined, shift !== undefined]
}

function play(script) {
  const command = ['run', '--quiet', '--locked', '-p', 'understudy-core', '--example', 'pixels']
  const input = JSON.stringify(script)
  const options = { cwd: join(root), input, encoding: 'utf8', maxBuffer: 256 << 20 }
  const { status, stdout, stderr, error } = spawnSync('cargo', command, options)
  if (status !== 0) throw new Error(`cargo ${command.join(' ')} failed: ${error ?? stderr}`)
  return JSON.parse(stdout)
}
