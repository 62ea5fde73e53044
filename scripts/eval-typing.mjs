// `npm run eval:typing`: how much of a normal half hour's typing is told. Somebody writes mail, code and forms, with slips and
// second thoughts; nothing of it is anybody's, and a seed gives the words. What is sensitive in it is counted apart. With `--pixels`: how
// much of the screen is seen meanwhile.
import { join } from 'node:path'
import { Random, code, sentence, title } from '../bench/stage/prose.ts'
import { seenOf } from './eval-pixels.mjs'
import { root } from './run.mjs'

const { redactEvents } = await import(join(root, 'native', 'binding.js'))

const half = 30 * 60 * 1000
const seeds = [1, 2, 3, 4, 5]

/** What is known of the fields: all of them, the application alone, nothing. */
const knowledge = {
  'known fields': { trusted: true, leave: 'Blur' },
  'trusted application': { trusted: true, leave: 'Click' },
  'unknown fields': { trusted: false, leave: 'Blur' },
}

/** Somebody at a keyboard. */
class Typist {
  events = []
  /** What each event is part of, and whether it helps to type something sensitive. */
  kinds = []
  now = 0

  constructor(seed, leave) {
    this.random = new Random(seed)
    this.leave = leave
  }

  /** A key; pauses between keys are lognormal, a quarter of a second in the middle (Dhakal et al. 2018). */
  press(key, kind) {
    const normal = Math.sqrt(-2 * Math.log(this.random.next() + 1e-9))
    const spread = normal * Math.cos(2 * Math.PI * this.random.next())
    this.now += Math.round(210 * Math.exp(0.45 * spread))
    this.events.push({ t_ms: this.now, key })
    this.kinds.push(kind)
  }

  times(key, count, kind) {
    for (let at = 0; at < count; at++) this.press(key, kind)
  }

  rest(most) {
    this.now += Math.round(this.random.next() * most)
  }

  /** Text, with a slip every forty keys or so. */
  write(text, kind) {
    for (const char of text) {
      if (this.random.next() < 0.025) this.slip(kind)
      this.press(char === '\n' ? 'Enter' : char, kind)
    }
  }

  slip(kind) {
    const slips = [
      () => (this.press(this.random.pick('asdfjkl'), kind), this.press('Backspace', kind)),
      () => (this.spell('oops', kind), this.times('Backspace', 4, kind)),
      () => (
        this.spell(' agin', kind),
        this.press('Ctrl+Backspace', kind),
        this.press('Backspace', kind)
      ),
      () => (this.press('ArrowLeft', kind), this.press('ArrowRight', kind)),
      () => (this.press('x', kind), this.press('Shift+ArrowLeft', kind)),
    ]
    this.random.pick(slips)()
  }

  spell(text, kind) {
    for (const char of text) this.press(char, kind)
  }

  /** To another window, or another field, by the pointer. */
  elsewhere() {
    this.rest(6000)
    this.events.push({ t_ms: ++this.now, key: this.leave })
    this.kinds.push(null)
  }
}

const activities = { mail, chat: note, code: program, forms, sheet, shell }

/** A few sentences with what letters hold: times, dates, sums, room numbers, versions. */
function mail(typist) {
  typist.write(`${title(typist.random)}\n`, 'mail')
  typist.write('Dear all,\n\n', 'mail')
  for (let at = 0; at < 4; at++) {
    typist.write(`${sentence(typist.random)} `, 'mail')
    if (typist.random.next() < 0.6) typist.write(`${fact(typist.random)} `, 'mail')
    typist.rest(5000)
  }
  // Who writes mail goes back over it.
  typist.times('Ctrl+ArrowLeft', 3, 'mail')
  typist.write('really ', 'mail')
  typist.press('End', 'mail')
  if (typist.random.next() < 0.3)
    (typist.write('\nCall me: ', 'mail'), typist.write(phone(typist.random), 'sensitive'))
  typist.write('\nBest,\n', 'mail')
}

function fact(random) {
  const n = (below) => Math.floor(random.next() * below)
  return random.pick([
    `We meet at ${8 + n(10)}:${10 + n(50)} in room ${100 + n(400)}.`,
    `It costs ${10 + n(90)}.${10 + n(90)} euros, ${n(30)} % more than in ${2015 + n(11)}.`,
    `Please look at ticket ${1000 + n(9000)} and page ${n(300)}.`,
    `Version ${n(9)}.${n(20)}.${n(9)} is out since the ${1 + n(28)}th.`,
    `The order of ${1 + n(28)}/${1 + n(12)}/${2024 + n(3)} had ${2 + n(90)} pieces.`,
    `There were ${1 + n(9)},${100 + n(900)} of them, ${n(100)} each.`,
  ])
}

function note(typist) {
  typist.write(
    `${title(typist.random)}, ${typist.random.pick(['ok?', 'thanks!', 'see you at 3', '+1'])}\n`,
    'chat',
  )
  typist.rest(8000)
}

function program(typist) {
  for (let at = 0; at < 6; at++) {
    typist.write(`${code(typist.random)}\n`, 'code')
    if (typist.random.next() < 0.2)
      (typist.times('Ctrl+Z', 2, 'code'), typist.times('Ctrl+Y', 2, 'code'))
    if (typist.random.next() < 0.2)
      (typist.press('ArrowUp', 'code'),
        typist.press('End', 'code'),
        typist.press('ArrowDown', 'code'))
    typist.rest(4000)
  }
  typist.press('Ctrl+S', 'code')
}

function forms(typist) {
  const n = (below) => Math.floor(typist.random.next() * below)
  const harmless = [
    title(typist.random),
    `${n(90)}`,
    typist.random.pick(['Oslo', 'Lyon', 'Turin', 'Ghent']),
    `${1 + n(28)}.${1 + n(12)}.2026`,
    `${n(2000)}.${10 + n(90)}`,
    'none',
  ]
  for (const field of harmless)
    (typist.write(field, 'forms'), typist.press('Tab', 'forms'), typist.rest(1500))
  if (typist.random.next() < 0.5)
    (typist.write(
      `p.${typist.random.pick(['lee', 'roy', 'kim'])}${n(90)}@example.org`,
      'sensitive',
    ),
      typist.press('Tab', 'forms'))
  if (typist.random.next() < 0.3)
    (typist.write(card(typist.random), 'sensitive'), typist.press('Tab', 'forms'))
  typist.press('Enter', 'forms')
}

function sheet(typist) {
  const n = (below) => Math.floor(typist.random.next() * below)
  for (let row = 0; row < 5; row++) {
    for (const cell of [
      title(typist.random).split(' ')[0],
      `${n(500)}`,
      `${n(90)}.${10 + n(90)}`,
      `=B${row + 2}*C${row + 2}`,
    ])
      (typist.write(cell, 'sheet'), typist.press('Tab', 'sheet'))
    typist.press('Enter', 'sheet')
    typist.rest(2000)
  }
}

function shell(typist) {
  const n = (below) => Math.floor(typist.random.next() * below)
  const lines = [
    'git status',
    `git log -n ${n(20)}`,
    'ls -la src',
    `grep -n "${title(typist.random).split(' ')[0]}" -r docs`,
    `curl -s localhost:${3000 + n(6000)}/health`,
    'npm test',
    `head -n ${n(90)} notes.txt`,
    `chmod 644 report-${2020 + n(7)}.csv`,
  ]
  for (let at = 0; at < 3; at++) {
    if (typist.random.next() < 0.3)
      (typist.press('ArrowUp', 'shell'), typist.press('Ctrl+U', 'shell'))
    typist.write(`${typist.random.pick(lines)}\n`, 'shell')
    typist.rest(6000)
  }
}

function phone(random) {
  const n = (from, below) => from + Math.floor(random.next() * below)
  return `+1 ${random.pick(['212', '415', '617'])} ${n(220, 700)} ${n(1000, 9000)}`
}

/** A number that passes Luhn's check. */
function card(random) {
  const digits = `4${Array.from({ length: 14 }, () => Math.floor(random.next() * 10)).join('')}`
  const sum = Array.from(digits).reduce((all, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return all + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** Half an hour: the typist, and which events are part of which activity. */
function halfHour(seed, leave) {
  const typist = new Typist(seed, leave)
  const parts = []
  while (typist.now < half) {
    const [activity, work] = typist.random.pick(Object.entries(activities))
    const from = typist.events.length
    work(typist)
    typist.elsewhere()
    parts.push({ activity, from, to: typist.events.length })
  }
  return { typist, parts }
}

/** What of half an hour is told: keys and told ones by what they are part of, and what stood for the rest. */
function told(seed, { trusted, leave }) {
  const { typist } = halfHour(seed, leave)
  const records = JSON.parse(redactEvents(JSON.stringify(typist.events), trusted, false))
  const kept = new Map()
  for (const record of records)
    if (record.type === 'keydown') kept.set(`${record.t_ms} ${record.key}`, true)
  const rows = new Map()
  typist.events.forEach((event, at) => {
    const kind = typist.kinds[at]
    if (kind === null) return
    const row = rows.get(kind) ?? { keys: 0, told: 0 }
    rows.set(kind, row)
    row.keys++
    row.told += kept.has(`${event.t_ms} ${event.key}`) ? 1 : 0
  })
  const labels = records
    .filter((record) => record.type !== 'keydown')
    .map((record) => record.class ?? record.reason)
  return { rows, labels }
}

/** What of the screen is seen. */
function pixels() {
  const columns = [...Object.keys(activities), 'all']
  console.log(
    `${'share of the screen that is seen'.padEnd(34)}${columns.map((column) => column.padStart(10)).join('')}`,
  )
  const knowledge = {
    'known fields': { told: true, trusted: false },
    'trusted application': { told: false, trusted: true },
    'unknown fields': { told: false, trusted: false },
  }
  for (const [name, what] of Object.entries(knowledge)) {
    const all = new Map()
    for (const seed of seeds) {
      const { typist, parts } = halfHour(seed, 'Blur')
      for (const [column, { seen, time }] of seenOf({ events: typist.events, parts }, what)) {
        const sum = all.get(column) ?? { seen: 0, time: 0 }
        all.set(column, { seen: sum.seen + seen, time: sum.time + time })
      }
    }
    const share = ({ seen, time }) => (time === 0 ? '–' : `${((100 * seen) / time).toFixed(1)} %`)
    console.log(
      `${name.padEnd(34)}${columns.map((column) => share(all.get(column) ?? { seen: 0, time: 0 }).padStart(10)).join('')}`,
    )
  }
}

/** What of the typing is told. */
function typing() {
  const columns = [...Object.keys(activities), 'harmless', 'sensitive']
  console.log(
    `${'share of keys that is told'.padEnd(28)}${columns.map((column) => column.padStart(11)).join('')}`,
  )
  for (const [name, what] of Object.entries(knowledge)) {
    const all = new Map()
    const labels = new Map()
    for (const seed of seeds) {
      const half = told(seed, what)
      for (const label of half.labels) labels.set(label, (labels.get(label) ?? 0) + 1)
      for (const [kind, { keys, told }] of half.rows) {
        for (const row of kind === 'sensitive' ? [kind] : [kind, 'harmless']) {
          const sum = all.get(row) ?? { keys: 0, told: 0 }
          all.set(row, { keys: sum.keys + keys, told: sum.told + told })
        }
      }
    }
    const share = ({ keys, told }) => (keys === 0 ? '–' : `${((100 * told) / keys).toFixed(1)} %`)
    console.log(
      `${name.padEnd(28)}${columns.map((column) => share(all.get(column) ?? { keys: 0, told: 0 }).padStart(11)).join('')}`,
    )
    const { keys } = all.get('harmless')
    const stood = [...labels]
      .sort((left, right) => right[1] - left[1])
      .map(([label, count]) => `${label} ${count}`)
    console.log(
      `  ${keys} harmless keys in ${seeds.length} half hours; placeholders: ${stood.join(', ')}`,
    )
  }
}

if (process.argv.includes('--pixels')) pixels()
else typing()
