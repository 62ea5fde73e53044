// What the review page works out by itself: times, plans, commands, what is kept of a recording.
import { execFileSync } from 'node:child_process'
import test from 'ava'
import fc from 'fast-check'
import { CachedSource } from '../../page/cache.js'
import { CatalogBuilder } from '../../page/catalog.js'
import { joined, outcomeOf } from '../../page/outcome.js'
import { spellForget, spellRelease, toSteps } from '../../page/steps.js'
import { parseTime, spellFact, spellTime } from '../../page/words.js'
import type { Item, KeyClass } from '../../ts/event.js'
import type { Fact } from '../../ts/journal/entry.js'
import { MemorySource } from '../../ts/source.js'
import { tracks } from '../../ts/track.js'

test('a time that was written is the time that is read', (t) => {
  t.is(spellTime(187e9), '3:07')
  t.is(spellTime(3_723_045_600_000, 3), '1:02:03.045')
  t.is(parseTime('75'), 75e9)
  t.is(parseTime('1:02:03.5'), 3723.5e9)
  for (const wrong of ['', 'x', '1:', '-1', '1.', '1:2:3:4', '1e3', '<b>']) {
    t.is(parseTime(wrong), undefined, wrong)
  }
  const milliseconds = fc.nat({ max: 4 * 86_400_000 })
  fc.assert(fc.property(milliseconds, (ms) => parseTime(spellTime(ms * 1e6, 3)) === ms * 1e6))
})

test('stretches are joined where they touch', (t) => {
  const spans = [
    { from: 5, to: 9 },
    { from: 0, to: 2 },
    { from: 2, to: 3 },
    { from: 6, to: 7 },
  ]
  t.deepEqual(joined(spans), [
    { from: 0, to: 3 },
    { from: 5, to: 9 },
  ])
})

test('what would go is counted by segment and by event', (t) => {
  const segments = tracks.flatMap((track) =>
    [0, 1, 2].map((segment) => {
      const from = segment * 60e9
      return { track, segment, from, to: from + 60e9, size: 100 }
    }),
  )
  const builder = new CatalogBuilder(180e9)
  builder.add(focus('Editor', 10e9))
  builder.add(focus('Vault', 50e9))
  builder.add(focus('Editor', 70e9))
  const catalog = builder.end()
  const plan = { spans: [{ from: 100e9, to: 180e9 }], applications: ['Vault'], tracks: [] }
  const { spans, tracks: outcomes, entries } = outcomeOf(plan, catalog, segments, 180e9)
  t.deepEqual(spans, [
    { from: 50e9, to: 70e9 },
    { from: 100e9, to: 180e9 },
  ])
  t.is(outcomes.length, 4)
  for (const outcome of outcomes) {
    t.like(outcome, { time: 100e9, whole: 1, part: 2, bytes: 100 })
  }
  t.is(entries, 1)
  const whole = { spans: [], applications: [], tracks: ['context'] as const }
  const gone = outcomeOf(whole, catalog, segments, 180e9)
  t.deepEqual(
    gone.tracks.map(({ track, whole, part }) => ({ track, whole, part })),
    [{ track: 'context', whole: 3, part: 0 }],
  )
  t.is(gone.entries, 3)
})

test('fields are listed as such, and what is not told by what it was', (t) => {
  const builder = new CatalogBuilder(60e9)
  const type = (time: number, letter: string) => {
    const key = { code: `Key${letter.toUpperCase()}`, key: letter, text: letter, repeat: false }
    builder.add({
      track: 'keyboard',
      type: 'keydown',
      time,
      modifiers: [],
      injected: false,
      ...key,
    })
  }
  const touch = (time: number, contact: 'focused' | 'clicked', role: string, name: string) => {
    const element = { id: 1, window: 1, role, name }
    builder.add({ track: 'context', type: 'element', time, contact, element })
  }
  const redact = (time: number, what: string, keys: readonly KeyClass[]) => {
    builder.add({ track: 'keyboard', type: 'redacted', time, class: what, keys })
  }
  type(1e9, 'a')
  touch(1.1e9, 'focused', 'textbox', 'Card number')
  type(1.2e9, 'b')
  redact(1.3e9, 'credit_card', [])
  touch(1.4e9, 'focused', 'password', '')
  redact(1.5e9, 'unknown_field', ['letter', 'digit'])
  touch(9e9, 'clicked', 'button', 'Pay')
  const { entries, presses } = builder.end()
  t.deepEqual(
    entries.map(({ kind, text }) => [kind, text]),
    [
      ['typed', 'a'],
      ['element', 'Keyboard in textbox “Card number”'],
      ['typed', 'b⟨credit card⟩'],
      ['element', 'Keyboard in password'],
      ['typed', '⟨unknown field: letter, digit⟩'],
      ['element', 'Clicked button “Pay”'],
    ],
  )
  t.deepEqual(
    presses.map(({ label }) => label),
    ['a', 'b', '⟨credit card⟩', '⟨unknown field: letter, digit⟩'],
  )
})

test('what a journal tells is told in words, numbers and classes included', (t) => {
  const span = { type: 'withheld', time: 0, from: 0, to: 1, track: 'keyboard' } as const
  const facts: [Fact, string][] = [
    [{ ...span, reason: 'secret-field' }, 'Keys left out: a secret field'],
    [
      { ...span, reason: 'sensitive-content', class: 'credit_card' },
      'Keys left out: sensitive content (credit card)',
    ],
    [
      { type: 'notice', time: 0, notice: 'resized', width: 800, height: 600 },
      'Notice: the screens have another size: 800 × 600',
    ],
    [
      { type: 'notice', time: 0, notice: 'missed-damage', count: 1200 },
      'Notice: the system did not tell all that changed: 1,200 pixels',
    ],
  ]
  for (const [fact, words] of facts) t.is(spellFact(fact), words)
})

test('commands say exactly what is marked, and an application’s name is a name in a shell', (t) => {
  const plan = {
    spans: [{ from: 190_250_000_001, to: 3_600e9 }],
    applications: ['it\'s $(id) `id` \\ "x"'],
    tracks: ['pointer', 'screen'] as const,
  }
  const [span, app, whole] = toSteps(plan).map(spellForget)
  t.regex(span ?? '', / --from 3:10\.250000001 --to 60:00$/)
  t.regex(whole ?? '', / --tracks pointer,screen$/)
  const name = / --app (.*)$/.exec(app ?? '')?.[1] ?? ''
  if (process.platform !== 'win32') {
    t.is(
      execFileSync('sh', ['-c', `printf %s ${name}`], { encoding: 'utf8' }),
      plan.applications.join(''),
    )
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (text) => {
        const command = spellForget({ app: text })
        const printed = command.replace(/^understudy forget .* --app/, 'printf %s')
        const said = execFileSync('sh', ['-c', printed], { encoding: 'utf8' })
        return said === text || (said === '?' && /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
      }),
      { numRuns: 100 },
    )
  }
  const release = {
    to: 'understudy1x',
    tracks: ['screen'] as const,
    except: [{ from: 0, to: 5e9 }],
  }
  t.regex(spellRelease(release), / --to understudy1x --tracks screen --except 0:00-0:05$/)
})

test('of a source, what was used last is kept, and no more than the limit', async (t) => {
  const files = new Map(
    ['a', 'b', 'c'].map((path) => [path, new Uint8Array(1 << 20).fill(path.charCodeAt(0))]),
  )
  const source = new CountingSource(files)
  const cached = new CachedSource(source, 2 << 20)
  for (const path of ['a', 'a', 'b', 'a', 'c', 'a']) {
    const bytes = await cached.read(path, 5, 100)
    t.deepEqual(bytes, new Uint8Array(100).fill(path.charCodeAt(0)))
    t.true(cached.size <= 2 << 20)
  }
  t.deepEqual(source.asked, ['a', 'b', 'c'])
  await cached.read('b', 0, 1)
  t.deepEqual(source.asked, ['a', 'b', 'c', 'b'])
  t.is((await cached.read('a', 1 << 20, 10)).length, 0)
})

test('what is kept of a recording is bounded, whatever is in it', (t) => {
  const builder = new CatalogBuilder(1e12)
  for (let i = 0; i < 250_000; i++) {
    const time = i * 1e6
    builder.add({
      track: 'pointer',
      type: 'pointerdown',
      time,
      x: i,
      y: 0,
      injected: false,
      button: 0,
    })
  }
  const { entries, clicks, truncated, trail, activity } = builder.end()
  t.is(entries.length, 200_000)
  t.is(clicks.length, 200_000)
  t.true(truncated)
  t.true(trail.time.length <= 250_000 / 20 + 1)
  t.is(activity.length, 1024)
})

test('so are applications, and the stretches that they had', (t) => {
  const builder = new CatalogBuilder(1e12)
  for (let i = 0; i < 1500; i++) builder.add(focus(`${i}`, i))
  for (let i = 1500; i < 250_000; i++) builder.add(focus(`${i % 2}`, i))
  const { applications } = builder.end()
  t.is(applications.length, 1000)
  t.is(
    applications.reduce((sum, { spans }) => sum + spans.length, 0),
    200_000,
  )
})

function focus(id: string, time: number): Item {
  const bounds = { x: 0, y: 0, width: 1, height: 1 }
  const app = { id, instance: id }
  return { track: 'context', type: 'focus', time, window: { id: 1, app, title: id, bounds } }
}

class CountingSource extends MemorySource {
  readonly asked: string[] = []

  override async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = await super.read(path, offset, length)
    if (bytes.length > 0) this.asked.push(path)
    return bytes
  }
}
