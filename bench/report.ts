// The tables of a run: ours in full, and the peers beside it as ratios.
import { chart, type Panel } from './chart.js'
import {
  cost,
  failuresOf,
  type Figures,
  figuresOf,
  geometricMean,
  unrecordedEcho,
} from './figures.js'
import type { Run } from './run.js'
import { settingLine } from './setting.js'
import type { Latency } from './subject.js'
import { dash, digits, grouped, megabytes, mebibytes, table, times, wordTable } from './table.js'

/** Costs below cannot be told from the machine's own noise: CPU seconds a minute. */
const leastCost = 0.01

/** Every table of a run, each under a heading. */
export function runTables(run: Run): string {
  const figures = run.scenes.flatMap(figuresOf)
  const parts = [
    `${settingLine(run.setting)} ${run.seconds} s a block.`,
    '### The recorder',
    recorderTable(figures, run),
    ...ratioPart('CPU', ratioTable(figures, run, cost, leastCost)),
    '### CPU seconds a minute: recorder + X server above its baseline',
    sceneTable(figures, run, ({ cpu, server }) => `${digits(cpu)} + ${digits(server)}`),
    '### MB a minute',
    sceneTable(figures, run, ({ rate }) => megabytes(rate)),
    ...ratioPart(
      'Bytes',
      ratioTable(figures, run, ({ rate }) => rate, 1000),
    ),
    '### Memory, wake-ups, losses',
    lossTable(figures, run),
    ...echoPart(figures, run),
    '### Who took part',
    subjectTable(run),
    ...failuresPart(run),
  ]
  return parts.join('\n\n')
}

function recorderTable(figures: readonly Figures[], run: Run): string {
  const [ours, atOnce] = run.subjects
  const head = ['scene', 'CPU s/min', 'whole host', 'X server', 'wake-ups/s', 'peak RSS MiB']
  const more = ['above host', 'MB/min', 'pictures/s', 'sealed p50 / p99 / max ms']
  const input = ['injected', 'stored', 'dropped', 'withheld', 'missed px', 'dropped pictures']
  const rows = run.scenes.flatMap(({ scene }) => {
    const find = (name: string | undefined) =>
      figures.find((one) => one.scene === scene && one.subject === name)
    const one = find(ours?.name)
    if (!one) return []
    return [
      [
        ...[scene, digits(one.cpu), digits(one.process), digits(one.server), digits(one.wakeups)],
        ...[mebibytes(one.peak), mebibytes(one.above), megabytes(one.rate), digits(one.fps)],
        ...[latency(find(atOnce?.name)?.latency), grouped(one.injected), grouped(one.stored)],
        ...[grouped(one.dropped), grouped(one.withheld)],
        ...[grouped(one.missedDamage), grouped(one.droppedFrames)],
      ],
    ]
  })
  return table([...head, ...more, ...input], rows)
}

/** A column a scene, a row a subject. */
function sceneTable(
  figures: readonly Figures[],
  run: Run,
  cell: (figures: Figures) => string,
): string {
  const scenes = run.scenes.map(({ scene }) => scene)
  const rows = run.subjects.map((subject) => [
    label(subject),
    ...scenes.map((scene) => {
      const one = figures.find((each) => each.scene === scene && each.subject === subject.name)
      return one ? cell(one) : dash
    }),
  ])
  return table(['', ...scenes], rows)
}

/** Ratios to our figures, and their geometric mean; what is less than `least` counts as that. */
function ratioTable(
  figures: readonly Figures[],
  run: Run,
  value: (figures: Figures) => number | undefined,
  least: number,
): string {
  const scenes = run.scenes.map(({ scene }) => scene)
  const of = (scene: string, subject: string) => {
    const one = figures.find((each) => each.scene === scene && each.subject === subject)
    const found = one && value(one)
    return found === undefined ? undefined : Math.max(found, least)
  }
  const [ours, ...others] = run.subjects
  // What takes input alone is compared with our taking input alone.
  const alone = others.find(({ inputOnly }) => inputOnly)
  const compared = others.filter((subject) => subject !== alone)
  const rows = compared.flatMap((subject) => {
    const { name, inputOnly } = subject
    const beside = inputOnly ? alone : ours
    const ratios = scenes.map((scene) => {
      const [theirs, own] = [of(scene, name), of(scene, beside?.name ?? '')]
      return theirs === undefined || own === undefined ? undefined : theirs / own
    })
    const known = ratios.filter((ratio) => ratio !== undefined)
    return known.length === 0
      ? []
      : [[label(subject), ...ratios.map(times), times(geometricMean(known))]]
  })
  return table(['', ...scenes, 'geometric mean'], rows)
}

/** A table of ratios, unless there is nothing to compare with. */
function ratioPart(what: string, ratios: string): string[] {
  const isEmpty = ratios.split('\n').length === 2
  return isEmpty ? [] : [`### ${what}: how many times as much as understudy`, ratios]
}

function lossTable(figures: readonly Figures[], run: Run): string {
  const head = ['', 'peak RSS MiB', 'above host', 'wake-ups/s', 'pictures/s', 'dropped pictures']
  const rows = run.subjects.flatMap(({ name }) => {
    const mine = figures.filter(({ subject }) => subject === name)
    if (mine.length === 0) return []
    const most = (of: (one: Figures) => number) => Math.max(...mine.map(of))
    const total = (of: (one: Figures) => number | undefined) =>
      mine.some((one) => of(one) !== undefined)
        ? mine.reduce((sum, one) => sum + (of(one) ?? 0), 0)
        : undefined
    const fps = total((one) => one.fps)
    const counting = mine.filter(({ stored }) => stored !== undefined)
    const injected = counting.reduce((sum, one) => sum + one.injected, 0)
    const lost = counting.reduce((sum, one) => sum + one.injected - (one.stored ?? 0), 0)
    return [
      [
        ...[name, mebibytes(most((one) => one.peak)), mebibytes(most((one) => one.above))],
        ...[digits(most((one) => one.wakeups)), digits(fps && fps / mine.length)],
        grouped(total((one) => one.droppedFrames)),
        counting.length === 0 ? dash : `${grouped(lost)} of ${grouped(injected)}`,
      ],
    ]
  })
  return table([...head, 'events not stored'], rows)
}

function echoPart(figures: readonly Figures[], run: Run): string[] {
  const bare = run.scenes.map(unrecordedEcho).find((found) => found !== undefined)
  if (!bare) return []
  const head = ['ms from key to pixel', 'keys', 'p50', 'p99', 'max', 'added p50', 'added p99']
  const cells = (name: string, { count, p50, p99, max }: Latency) => [
    ...[name, grouped(count), ...[p50, p99, max].map((value) => digits(value))],
    ...(name === 'unrecorded' ? [dash, dash] : [digits(p50 - bare.p50), digits(p99 - bare.p99)]),
  ]
  const rows = run.subjects.flatMap(({ name }) => {
    const one = figures.find(({ subject, echo }) => subject === name && echo !== undefined)
    return one?.echo ? [cells(name, one.echo)] : []
  })
  return ['### From key to pixel', table(head, [cells('unrecorded', bare), ...rows])]
}

function subjectTable(run: Run): string {
  const rows = [
    ...run.subjects.map(({ name, keeps, about }) => [name, keeps, about]),
    ...run.missing.map(({ name, reason }) => [name, 'could not be installed', reason]),
  ]
  return wordTable(['', 'keeps', 'how'], rows)
}

function failuresPart(run: Run): string[] {
  const rows = run.scenes
    .flatMap(failuresOf)
    .map(({ scene, subject, error }) => [
      ...[scene, subject],
      error.split('\n')[0]?.replaceAll('|', '/').slice(0, 160) ?? '',
    ])
  return rows.length === 0 ? [] : ['### What failed', wordTable(['scene', 'who', 'how'], rows)]
}

/** A name that says what its figures are worth. */
function label({ name, keeps }: Run['subjects'][number]): string {
  if (keeps === 'pictures, lossy') return `${name} (lossy)`
  return keeps === 'nothing' ? `${name} (keeps nothing)` : name
}

function latency(found: Latency | undefined): string {
  return found ? [found.p50, found.p99, found.max].map((value) => digits(value)).join(' / ') : dash
}

/** The chart of a run: this recorder as an application uses it, and the peers. */
export function runChart(run: Run): string {
  const [first] = run.subjects
  const shown = run.subjects.filter(
    (subject) => subject === first || subject.keeps !== 'all, sealed',
  )
  const all = run.scenes.flatMap(figuresOf)
  const dots = (of: (figures: Figures) => number | undefined) =>
    shown.flatMap(({ name }) =>
      all.flatMap((figures) => {
        const value = figures.subject === name ? of(figures) : undefined
        return value === undefined ? [] : [{ row: figures.scene, series: name, value }]
      }),
    )
  const panels: Panel[] = [
    {
      title: 'CPU seconds a minute: recorder, and X server above its baseline',
      floor: leastCost,
      dots: dots(cost),
    },
    {
      title: 'MB a minute, of those that keep what they take',
      floor: 0.001,
      dots: dots(({ rate }) => rate && rate / 1e6),
    },
  ]
  return chart('What recording costs', settingLine(run.setting), panels, first?.name ?? '')
}
