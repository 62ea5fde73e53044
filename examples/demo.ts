// `npm run demo`: the main job on real input, with nothing to configure. Starts a private X display with
// real applications, works in them for some seconds as a person would, records that, verifies it,
// opens it, and leaves all of it in demo/.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
// A host writes '@understudy/capture' here.
import { openIdentity, openRecording, Recorder, tracks } from '../dist/index.js'
import { Display, type Managed, player } from '../test/display.js'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
if (process.platform !== 'linux') {
  console.error(`The demo needs Linux with X11; this is ${process.platform}.`)
  process.exit(2)
}

const begun = performance.now()
await rm('demo', { recursive: true, force: true })
await mkdir('demo')

say('a contributor and a recipient get their keys, and the contributor agrees to be recorded')
await understudy('keygen demo/identity --no-passphrase')
const recipient = await understudy('keygen demo/recipient --no-passphrase')
await understudy(
  `consent --identity demo/identity --recipient ${recipient} --tracks ${tracks.join(',')} --purpose agent-training --expires 1d --out demo/receipt.json --agree`,
)

say('a private display with a window manager, a terminal and an editor')
await player('release')
await using display = await Display.start({ profile: 'release' })
const scenes = await setTheStage(display)

say(`recording ${display.name} while someone works there`)
const cpu = process.cpuUsage()
const recorder = await Recorder.start({
  receipt: 'demo/receipt.json',
  folder: 'demo/recording',
  display: display.name,
  // No accessibility bus tells the kinds of their fields.
  trusted: ['XTerm', 'Mousepad'],
})
const started = performance.now()
await play(display, scenes, recorder)
const recording = await recorder.stop()
const { user, system } = process.cpuUsage(cpu)
const seconds = (performance.now() - started) / 1000

say('verifying it without a key')
const identity = 'demo/recording --identity demo/identity'
console.log(`   ${await understudy('verify demo/recording')}`)

say("opening it with the contributor's identity")
await understudy(`dump ${identity}`, 'demo/events.ndjson')
await understudy(`frames ${identity} --every 2s --cursor --out demo/frames`)
console.log(`   typed: ${JSON.stringify(await typed())}`)
console.log(`   painted over: ${await paintedOver()}`)

await report()

/** Opens the applications, and returns what is done in them: scenes of about a second or two. */
async function setTheStage(stage: Display): Promise<[title: string, script: string][]> {
  await stage.run('xsetroot', ['-solid', '#3b4252'])
  await writeFile(join(stage.folder, 'todo.txt'), 'Today\n- read the report\n')
  const prompt = "PS1='$ '; export PS1; exec sh -i"
  const shell = ['sh', '-c', prompt]
  const terminal = await stage.terminal(shell, ['-geometry', '72x20+24+40', '-T', 'Terminal'])
  await stage.focused('XTerm')
  const editor = await stage.editor(join(stage.folder, 'todo.txt'))
  await stage.focused('Mousepad')
  await stage.still(300)
  const drag = `move ${at(editor, 0.4, -12)} over 350\ndown\nsleep 80`
  return [
    ['clicks the terminal', `move ${at(terminal, 0.25, 120)} over 600\nclick\nsleep 250`],
    ['looks around', 'type ls -l /usr/share/X11 every 55\nkey Enter\nsleep 500'],
    ['lists numbers', 'type seq 1 200 every 60\nkey Enter\nsleep 500'],
    ['scrolls back and down', `wheel -6\nsleep 350\nwheel -6\nsleep 350\nwheel 12\nsleep 300`],
    [
      'moves the editor by its title bar',
      `${drag}\nmove ${at({ ...editor, bounds: { ...editor.bounds, x: editor.bounds.x - 160 } }, 0.4, -70)} over 900\nup\nsleep 250`,
    ],
    ['goes to the end', `key ControlLeft+End\nsleep 250`],
    [
      'writes a note',
      'type - call Zoe at 5 pm every 50\nkey Enter\ntype - 3 < 4, 100 % done! every 50',
    ],
    ['adds an address', 'key Enter\ntype - mail zoe.quill@example.com today, every 50'],
    ['corrects it', 'key Backspace\nsleep 120\ntype . every 50\nsleep 200'],
    ['saves', 'key ControlLeft+KeyS\nsleep 500'],
    [
      'opens a menu',
      `key AltLeft+KeyE\nsleep 500\nkey ArrowDown\nsleep 150\nkey ArrowDown\nsleep 400\nkey Escape\nsleep 250`,
    ],
    ['goes back to the terminal', `move ${at(terminal, 0.2, 200)} over 500\nclick\nsleep 250`],
    ['reads its first lines', 'type head -n 4 todo.txt every 60\nkey Enter\nsleep 700'],
  ]
}

/** A place in a window: a part of its width, and pixels from its top. */
function at({ bounds }: Managed, part: number, y: number): string {
  return `${Math.round(bounds.x + bounds.width * part)} ${bounds.y + y}`
}

async function play(
  stage: Display,
  scenes: readonly [title: string, script: string][],
  running: Recorder,
): Promise<void> {
  const titles = scenes.flatMap(([title, script]) => script.split('\n').map(() => title))
  let shown: string | undefined
  const show = (line: number) => {
    const title = titles[line]
    if (title === undefined || title === shown) return
    shown = title
    const { tracks: counts, frames } = running.stats()
    const events = counts.pointer.records + counts.keyboard.records + counts.context.records
    const time = ((performance.now() - started) / 1000).toFixed(1).padStart(5)
    console.log(`   ${time} s  ${title.padEnd(34)} ${events} events, ${frames} pictures so far`)
  }
  show(0)
  await stage.play(scenes.map(([, script]) => script).join('\n'), (line) => {
    show(line + 1)
  })
  await sleep(300)
}

/** Runs the command line, as the hints at the end say; returns what it prints, or writes it to a file. */
async function understudy(command: string, file?: string): Promise<string> {
  const args = ['dist/cli.js', ...command.split(' ')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = file === undefined ? text(child.stdout) : ''
  if (file !== undefined) child.stdout.pipe(createWriteStream(file))
  const [out, complaint, [code]] = await Promise.all([
    output,
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`understudy ${command}: exit code ${code}\n${complaint}`)
  return out.trim()
}

/** The text of all keys, opened with the contributor's identity; what was taken out by its class. */
async function typed(): Promise<string> {
  const options = { identity: await openIdentity('demo/identity'), tracks: ['keyboard'] as const }
  let all = ''
  for await (const item of openRecording('demo/recording', options)) {
    if (item.type === 'keydown') all += item.text
    if (item.type === 'redacted') all += `⟨${item.class}⟩`
  }
  return all
}

/** From when to when windows were painted over for what was typed there, and why: pictures that were coded before it was known as well. */
async function paintedOver(): Promise<string> {
  const facts = (await recording.open().info())?.facts ?? []
  const spans = facts.flatMap((fact) => {
    if (fact.type !== 'withheld' || fact.track !== 'screen') return []
    return [`a window, second ${fact.from / 1e9} to ${fact.to / 1e9} (${fact.reason})`]
  })
  return spans.join(', ') || 'nothing'
}

async function report(): Promise<void> {
  const info = await recording.open().info()
  if (!info) throw new Error('The recording is empty')
  const stats = recorder.stats()
  const rows = info.tracks.map(({ track, bytes }) => {
    const { records, dropped, withheld } = stats.tracks[track]
    return [track, records, bytes, dropped, withheld]
  })
  const minute = info.bytes / (info.duration / 60e9)
  const cpuSeconds = (user + system) / 1e6
  const lines = [['track', 'records', 'bytes', 'drops', 'withheld'], ...rows].map(
    ([name, ...numbers]) =>
      `   ${String(name).padEnd(10)}${numbers.map((number) => String(number).padStart(10)).join('')}`,
  )
  const pictures = (await readdir('demo/frames')).length
  console.log(`
${lines.join('\n')}

   frames             ${stats.frames} pictures, ${pictures} of them in demo/frames
   bytes a minute     ${(minute / 1e6).toFixed(2)} MB
   CPU seconds        ${cpuSeconds.toFixed(2)} in ${seconds.toFixed(1)} s, the whole process that recorded
   missed damage      ${stats.missedDamage} pixels

In demo/ (made anew by each run): recording/ sealed, events.ndjson, frames/. Took ${((performance.now() - begun) / 1000).toFixed(0)} s.

Try next:
   node dist/cli.js verify demo/recording
   node dist/cli.js info demo/recording
   node dist/cli.js dump demo/recording --identity demo/identity | grep keydown
   node dist/cli.js frames demo/recording --identity demo/identity --cursor --every 0s --out demo/all
Refused, because it is not the contributor's key:
   node dist/cli.js dump demo/recording --identity demo/recipient
Your own display (Ctrl-C stops), with the same consent:
   node dist/cli.js record --receipt demo/receipt.json --out demo
`)
}

function say(what: string): void {
  console.log(`\n── ${what}`)
}
