// What the review page gives the detectors to look at, and how much of it at once.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { FindingsBuilder } from '../../page/findings.js'
import { loadDetectors } from '../../ts/detect.js'
import type { Item, KeyDown, Modifier } from '../../ts/event.js'
import { root } from '../studio.js'

const detectors = await loadDetectors(await readFile(join(root, 'dist/detect.wasm')))
const find = (text: string) => detectors.find(text)

/** A key a millisecond. */
class Typist {
  time = 0
  readonly builder: FindingsBuilder

  constructor(look: typeof find = find) {
    this.builder = new FindingsBuilder(look)
  }

  type(text: string): this {
    for (const key of text) this.press(key, key)
    return this
  }

  press(key: string, text = '', modifiers: readonly Modifier[] = []): this {
    this.time += 1e6
    const { time } = this
    const press: KeyDown = {
      ...{ track: 'keyboard', type: 'keydown', time, key, text, modifiers },
      ...{ code: 'KeyA', repeat: false, injected: false },
    }
    this.builder.add(press)
    return this
  }

  add(item: Item): this {
    this.builder.add(item)
    return this
  }

  found(): readonly (readonly [time: number, text: string])[] {
    return this.builder.end().entries.map(({ time, text }) => [time / 1e6, text] as const)
  }
}

const ssn = '536-90-4399'

test('what was typed is looked at as it becomes, and as it was before it was deleted', (t) => {
  t.deepEqual(new Typist().type(`a ${ssn} b`).found(), [[3, ssn]])
  const slip = new Typist().type('a 536-90-43').type('1').press('Backspace').type('99 b')
  t.deepEqual(slip.found(), [[3, ssn]])
  const deleted = new Typist().type(ssn)
  Array.from(ssn).forEach(() => deleted.press('Backspace'))
  t.deepEqual(deleted.found(), [[1, ssn]])
  const again = new Typist().type(`${ssn} and`).press('Backspace').press('Backspace').type('x')
  t.deepEqual(again.found(), [[1, ssn]], 'it is told once')
})

test('keys that type nothing do not stand in its way; another place does', (t) => {
  const held = new Typist()
    .type('536-90')
    .press('Shift')
    .press('ArrowLeft')
    .press('c', 'c', ['Control'])
  t.deepEqual(held.type('-4399').found(), [[1, ssn]])
  const moved = (item: Item) => new Typist().type('536-90').add(item).type('-4399').found()
  const pointer = { track: 'pointer', time: 6e6, x: 1, y: 1, injected: false } as const
  t.deepEqual(moved({ ...pointer, type: 'pointermove' }), [[1, ssn]])
  t.deepEqual(moved({ ...pointer, type: 'pointerdown', button: 0 }), [])
  t.deepEqual(
    moved({ track: 'keyboard', type: 'redacted', time: 6e6, class: 'email', keys: [] }),
    [],
  )
  t.deepEqual(moved({ track: 'context', type: 'focus', time: 6e6 }), [])
  const element = { id: 1, window: 1, role: 'textbox', name: '' }
  const touched = { track: 'context', type: 'element', time: 6e6, element } as const
  t.deepEqual(moved({ ...touched, contact: 'focused' }), [])
  t.deepEqual(moved({ ...touched, contact: 'clicked' }), [[1, ssn]])
  t.deepEqual(new Typist().type('536-90').press('Tab', '\t').type('-4399').found(), [])
})

test('a title is told when it comes up, and once for as long as it stays', (t) => {
  const typist = new Typist()
  const show = (time: number, title: string) => {
    const bounds = { x: time, y: 0, width: 1, height: 1 }
    const app = { id: 'Mail', instance: 'mail' }
    typist.add({
      track: 'context',
      type: 'window',
      time: time * 1e6,
      window: { id: 1, app, title, bounds },
    })
  }
  for (const [time, title] of [
    'jo@example.org',
    'jo@example.org',
    'Notes',
    'jo@example.org',
  ].entries()) {
    show(time, title)
  }
  t.deepEqual(typist.found(), [
    [0, 'jo@example.org'],
    [3, 'jo@example.org'],
  ])
})

test('astral characters do not shift what is told', (t) => {
  t.deepEqual(new Typist().type(`🦀🦀 ${ssn} 🦀`).found(), [[4, ssn]])
})

test('however much is typed into one place, a part of it is looked at; what lies on an edge is found', (t) => {
  let longest = 0
  let looks = 0
  const watch = (text: string) => {
    longest = Math.max(longest, text.length)
    looks++
    return find(text)
  }
  const length = 16_384
  for (const from of [0, length - 1024 - 5, length - 1024, length - 5, length, 3 * length - 4]) {
    const typist = new Typist(watch)
    typist.type('x '.repeat(from).slice(0, Math.max(0, from - 1)) + ' '.repeat(Math.min(1, from)))
    t.deepEqual(
      typist.type(`${ssn} `).type('x '.repeat(length)).found(),
      [[from + 1, ssn]],
      `${from}`,
    )
  }
  t.is(longest, length)
  t.true(looks < 60, `${looks}`)
})

test('no more is listed than can be looked through, and that is said', (t) => {
  const typist = new Typist(() => [{ start: 0, end: 1, class: 'x' }])
  for (let i = 0; i < 10_001; i++) typist.type('a').press('Tab')
  const { entries, truncated } = typist.builder.end()
  t.deepEqual([entries.length, truncated], [10_000, true])
})

test('what could not be looked at is not passed over', (t) => {
  const fails = new Typist(() => {
    throw new Error('broken')
  })
  t.throws(() => fails.type('a').press('Tab'), { message: 'broken' })
})
