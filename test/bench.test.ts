// The bench's own reckoning: nothing here measures a time.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import { chart } from '../bench/chart.js'
import { ClipError, countFrames, parseSize } from '../bench/codec.js'
import {
  cost,
  failuresOf,
  figuresOf,
  geometricMean,
  percentile,
  summary,
  unrecordedEcho,
} from '../bench/figures.js'
import { type Block, order } from '../bench/measure.js'
import { program } from '../bench/program.js'
import { runChart, runTables } from '../bench/report.js'
import { asJson, withFigures } from '../bench/results.js'
import type { Run } from '../bench/run.js'
import { duration, events, rounds } from '../bench/stage/script.js'
import { scenes } from '../bench/stage/scenes.js'
import { digits, table, times } from '../bench/table.js'
import { temporaryFolder } from './folder.js'

test('percentiles are samples, by nearest rank', (t) => {
  const samples = Array.from({ length: 200 }, (_, at) => 200 - at)
  t.is(percentile(samples, 50), 100)
  t.is(percentile(samples, 99), 198)
  t.is(percentile(samples, 100), 200)
  t.is(percentile([7], 50), 7)
  t.throws(() => percentile([], 50), { instanceOf: RangeError })
  t.deepEqual(summary([3, 1, 2]), { count: 3, p50: 2, p99: 3, max: 3 })
  t.is(summary([]), undefined)
})

test('a geometric mean of ratios does not depend on their direction', (t) => {
  t.is(geometricMean([2, 8]), 4)
  t.is(geometricMean([1 / 2, 1 / 8]), 1 / 4)
  t.throws(() => geometricMean([1, 0]), { instanceOf: RangeError })
  t.throws(() => geometricMean([]), { instanceOf: RangeError })
})

test('a block that is not recorded stands beside each that is', (t) => {
  t.deepEqual(order(['us', 'a', 'b']), [null, 'us', 'a', null, 'b', 'us', null])
  for (const count of [1, 2, 3, 8, 11]) {
    const blocks = order(Array.from({ length: count }, (_, at) => `subject ${at}`))
    t.is(blocks.filter((block) => block === 'subject 0').length, 2)
    for (const [at, block] of blocks.entries()) {
      if (block !== null) t.true(blocks[at - 1] === null || blocks[at + 1] === null)
    }
  }
})

const nothing = { cpu: 0, switches: 0 }
const base: Block = {
  subject: null,
  seconds: 30,
  own: { cpu: 0.2, switches: 60 },
  all: { cpu: 0.2, switches: 60 },
  apart: false,
  hosted: true,
  server: { cpu: 1, switches: 0 },
  performed: { injected: 10, echo: [1, 2, 3] },
}
const recorded: Block = {
  ...base,
  subject: 'understudy',
  own: { cpu: 0.5, switches: 90 },
  all: { cpu: 0.8, switches: 150 },
  apart: true,
  server: { cpu: 1.25, switches: 0 },
  memory: { bare: 100, peak: 130 },
  bytes: 500_000,
  performed: { injected: 10, echo: [2, 3, 4] },
  outcome: {
    stored: 9,
    dropped: 1,
    withheld: 0,
    fps: 10,
    droppedFrames: 0,
    missedDamage: 0,
    latency: { count: 5, p50: 1, p99: 2, max: 3 },
  },
}
const peer: Block = {
  ...base,
  subject: 'zmbv',
  own: { cpu: 20, switches: 600 },
  all: { cpu: 20, switches: 600 },
  hosted: false,
  server: { cpu: 3, switches: 0 },
  memory: { bare: 0, peak: 90 },
  bytes: 2_000_000,
  performed: { injected: 10 },
}
const broken: Block = { ...peer, subject: 'qtrle', error: 'no | tag\nmore', own: nothing }
const scene = { scene: 'typing', about: 'keys', blocks: [base, recorded, peer, base, broken, base] }

test('a cost is what comes on top of the unrecorded blocks beside it', (t) => {
  const [ours, theirs, ...none] = figuresOf(scene)
  t.is(none.length, 0)
  if (!ours || !theirs) throw new Error('two subjects were measured')
  // Half a minute: everything counts double. Threads told apart stand for themselves.
  t.is(ours.cpu, 1)
  t.is(ours.process.toFixed(6), '1.200000')
  t.is(ours.server, 0.5)
  t.is(ours.wakeups, 3)
  t.is(ours.above, 30)
  t.is(ours.rate, 1_000_000)
  t.is(ours.stored, 9)
  t.is(ours.echo?.p50, 3)
  t.is(cost(ours), 1.5)
  // A peer that is no Node process is not excused an idle Node's doings.
  t.is(theirs.cpu, 40)
  t.is(theirs.server, 4)
  t.is(theirs.stored, undefined)
  t.is(unrecordedEcho(scene)?.p50, 2)
  t.deepEqual(failuresOf(scene), [{ subject: 'qtrle', scene: 'typing', error: 'no | tag\nmore' }])
})

test('an idle Node is taken off a peer that runs in one', (t) => {
  const hooked = {
    ...peer,
    hosted: true,
    own: { cpu: 1, switches: 0 },
    all: { cpu: 1, switches: 0 },
  }
  const [figures] = figuresOf({ ...scene, blocks: [base, hooked, base] })
  t.is(figures?.cpu.toFixed(6), '1.600000')
})

const run: Run = {
  setting: { date: '2026-11-24', machine: 'a <machine>', version: '0.1.0', load: 0 },
  seconds: 30,
  subjects: [
    { name: 'understudy', about: 'ours', keeps: 'all, sealed' },
    { name: 'zmbv', about: 'ffmpeg', keeps: 'pictures, lossless' },
    { name: 'qtrle', about: 'ffmpeg', keeps: 'pictures, lossless' },
  ],
  missing: [{ name: 'mss-pynput', reason: 'no network' }],
  scenes: [scene],
}

test('the tables name what was measured, what failed and what is missing', (t) => {
  const tables = runTables(run)
  t.regex(tables, /\| zmbv +\| +29\.3× \| +29\.3× \|/)
  t.regex(tables, /\| qtrle +\| +– \|/)
  t.regex(tables, /\| typing \| qtrle \| no \/ tag \|/)
  t.regex(tables, /\| mss-pynput \| could not be installed \| no network/)
  t.regex(tables, /\| understudy +\| .*1 of 10 \|/)
  t.notRegex(tables, /NaN|undefined|Infinity/)
})

test('the chart has a dot a figure, and is well-formed', (t) => {
  const svg = runChart(run)
  // A dot each for CPU and bytes of two subjects, and two in the legend.
  t.is(svg.match(/<circle /g)?.length, 6)
  t.true(svg.includes('a &lt;machine&gt;'))
  t.is(svg.match(/<(svg|text|title|circle|line|rect)\b/g)?.length, closings(svg))
  t.notRegex(svg, /NaN|undefined|Infinity/)
  t.throws(() => chart('', '', [], 'x'), { instanceOf: RangeError })
})

function closings(svg: string): number | undefined {
  return svg.match(/\/>|<\/(svg|text|title|circle)>/g)?.length
}

test('a table is as wide as its cells, and refuses a short row', (t) => {
  t.is(
    table(['a', 'number'], [['long name', '1']]),
    '| a         | number |\n|-----------|-------:|\n| long name |      1 |',
  )
  t.throws(() => table(['a'], [['1', '2']]), { instanceOf: RangeError })
  t.deepEqual(
    [digits(0.00012), digits(0.0123), digits(1.234), digits(99.96), digits(1234.5)],
    ['0', '0.012', '1.23', '100.0', '1,235'],
  )
  t.is(digits(undefined), '–')
  t.is(times(0.0001), '< 0.001×')
})

test('figures go between their marks, and nowhere else', (t) => {
  const text = 'before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n'
  t.is(withFigures(text, 'new'), 'before\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nafter\n')
  t.throws(() => withFigures('no marks', 'new'))
  t.deepEqual(JSON.parse(asJson({ a: [1, -2.5e-7], b: ['x, [1]'] })), {
    a: [1, -2.5e-7],
    b: ['x, [1]'],
  })
})

test('a script tells how long it takes and what it injects', (t) => {
  const script =
    'show XTerm\nmove 1 2\nclick 3\nkey ControlLeft+KeyC\nwheel -3\ntype ab\\n every 100\nsleep 50'
  t.is(events(script), 1 + 2 + 4 + 3 + 6)
  t.is(duration(script), 12 + 12 + 36 + 300 + 50)
  t.is(events('flood 80 8000 10 10'), 80)
  t.throws(() => events('move 1 2 over 300'))
  t.is(
    rounds(1, () => 'sleep 300'),
    'sleep 300\nsleep 300\nsleep 300',
  )
  for (const scene of scenes) {
    t.true(duration(scene.script(6)) <= 6100, scene.name)
  }
})

test('a size that is none, and a file that it does not fit, are refused', async (t) => {
  t.deepEqual(parseSize('1920x1080'), { width: 1920, height: 1080 })
  for (const wrong of ['1920', '0x10', 'x', '10x-1', '1e3x10', '123456x1']) {
    t.throws(() => parseSize(wrong), { instanceOf: ClipError }, wrong)
  }
  const folder = await temporaryFolder(t)
  const file = join(folder, 'clip.bgrx')
  await writeFile(file, Buffer.alloc(4 * 4 * 2 * 3))
  t.is(await countFrames({ file, width: 4, height: 2, fps: 30 }), 3)
  await t.throwsAsync(countFrames({ file, width: 5, height: 2, fps: 30 }), {
    instanceOf: ClipError,
    message: /96 bytes, no whole number of 5x2 pictures of 40 bytes/,
  })
  await t.throwsAsync(countFrames({ file: join(folder, 'none'), width: 4, height: 2, fps: 30 }), {
    instanceOf: ClipError,
    message: /there is no file/,
  })
})

test('a wrong command line is refused with what would be right', async (t) => {
  const refused = async (...args: string[]) => {
    const said: string[] = []
    const command = program()
    for (const one of [command, ...command.commands]) {
      one.exitOverride().configureOutput({ writeErr: (text) => said.push(text) })
    }
    await t.throwsAsync(command.parseAsync(args, { from: 'user' }))
    return said.join('')
  }
  t.regex(await refused('--scene', 'nonsense'), /there is no nonsense; there are idle, typing/)
  t.regex(await refused('--peers', 'zmbv,'), /there is no empty name/)
  t.regex(await refused('--seconds', '1'), /from 2 to 600/)
  t.regex(await refused('clip', '--scene', 'mouse-8k', '--out', 'x'), /there is no mouse-8k/)
  t.regex(await refused('codec', '--clip', 'x', '--size', '1920'), /no size such as 1920x1080/)
  t.regex(await refused('codec', '--size', '1920x1080'), /--clip/)
  t.regex(await refused('clips', '--frames', '0'), /from 1 to 100000/)
})

test('help and the codec alone need no addon', async (t) => {
  const bench = fileURLToPath(new URL('../bench/bench.ts', import.meta.url))
  const env = { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: '/no/addon/here' }
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import=tsx', bench, ...args], { env })
  t.regex((await run('--help')).stdout, /npm run bench -- codec/)
  const failed = await t.throwsAsync(run('codec', '--clip', '/no/clip', '--size', '4x2'))
  t.regex(failed.message, /there is no file \/no\/clip/)
})
