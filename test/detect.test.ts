// The detectors as WebAssembly, in Node: they answer as the addon does, and what is no answer is an error.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import * as native from '../native/binding.js'
import { type DetectOptions, Detectors, loadDetectors } from '../ts/detect.js'
import { root } from './studio.js'
import { madeTexts, odd, quotedTexts, tokens } from './texts.js'
import { randomNumbers } from './walk.js'

const wasm = await readFile(join(root, 'dist/detect.wasm'))
const modes = ['balanced', 'strict'] as const
const quoted = quotedTexts()

/** Both answers to a text are one; returns it. */
function same(t: ExecutionContext, detectors: Detectors, text: string, mode: DetectMode) {
  const answer = detectors.redact(text, { mode })
  t.deepEqual(answer, native.redactText(text, mode === 'strict'), JSON.stringify(text))
  return answer.spans
}

type DetectMode = NonNullable<DetectOptions['mode']>

test('every text of the engine’s own sources is answered as the addon answers it', async (t) => {
  const detectors = await loadDetectors(wasm)
  const classes = new Set<string>()
  for (const mode of modes) {
    for (const text of [...quoted, ...odd]) {
      for (const span of same(t, detectors, text, mode)) classes.add(span.class)
    }
  }
  // Most of the 118 classes: all that are found without a checksum that only chance would make.
  t.true(quoted.length > 2000 && classes.size > 100, `${quoted.length} ${classes.size}`)
})

test('every shape of a token is', async (t) => {
  const detectors = await loadDetectors(wasm)
  const all = tokens(randomNumbers(1))
  t.true(all.length > 300)
  for (const token of all) {
    for (const text of [token, `use ${token} for it, now`, `KEY="${token}"\n`]) {
      const spans = same(t, detectors, text, 'balanced')
      t.true(
        spans.some((span) => span.class === 'api_key' || span.class === 'secret'),
        token,
      )
    }
  }
})

test('what chance makes is', async (t) => {
  t.timeout(300_000)
  const detectors = await loadDetectors(wasm)
  let found = 0
  const texts = madeTexts([...quoted, ...tokens(randomNumbers(2))])
  const property = fc.property(texts, fc.constantFrom(...modes), (text, mode) => {
    found += same(t, detectors, text, mode).length
  })
  fc.assert(property, { numRuns: 10_000, seed: 3 })
  t.true(found > 2000, `${found}`)
})

test('a text may have as many bytes as it says, and not one more', async (t) => {
  const detectors = await loadDetectors(wasm)
  const { longest } = detectors
  const ssn = 'ssn 078-05-1121'
  t.is(longest, 1 << 20)
  for (const filler of ['a ', 'é', '名', '🦀']) {
    const bytes = Buffer.byteLength(filler)
    const rest = longest - ssn.length
    const text = ' '.repeat(rest % bytes) + filler.repeat(Math.floor(rest / bytes)) + ssn
    t.is(Buffer.byteLength(text), longest)
    t.true(same(t, detectors, text, 'balanced').length > 0)
    const wrong = { code: 'invalid-argument', message: /1,048,576 bytes/ }
    t.throws(() => detectors.find(`${text} `), wrong)
    t.throws(() => detectors.find(` ${text}`, { mode: 'strict' }), wrong)
  }
  t.deepEqual(detectors.redact(''), { spans: [], text: '' })
})

test('what is no text has no answer', async (t) => {
  const detectors = await loadDetectors(wasm)
  const wrong = { code: 'invalid-argument' }
  for (const text of ['\ud800', 'a\udc00', '\udc00\ud800', '078-05-1121\ud83e']) {
    t.throws(() => detectors.find(text), { ...wrong, message: /surrogate/ })
  }
  for (const text of [undefined, null, 5, ['078-05-1121'], new String('078-05-1121')]) {
    t.throws(() => detectors.find(text as string), { ...wrong, message: /string/ })
  }
  for (const mode of ['', 'Strict', 'off', null, true]) {
    t.throws(() => detectors.find('x', { mode } as unknown as DetectOptions), wrong)
  }
})

test.serial('nothing of a text stays in its memory', async (t) => {
  const engines = watchEngines(t)
  const detectors = await loadDetectors(wasm)
  const [engine] = engines
  if (!engine) throw new Error('nothing was started')
  const text = 'ssn 536-90-4399, 536904398, jo.canary@example.org, GB82 WEST 1234 5698 7654 32'
  const phone = '+44 20 7946 0958'
  const canaries = ['536-90-4399', '536904399', '536904398', 'jo.canary', 'GB82WEST', '5698 7654']
  canaries.push('7946 0958', '79460958')
  const held = () => {
    const memory = Buffer.from(engine.memory.buffer)
    return canaries.filter((canary) => memory.includes(canary))
  }
  const at = engine.room(text.length)
  Buffer.from(engine.memory.buffer).write(text, at)
  t.not(engine.find(text.length, 1), 0)
  t.true(held().length >= 4, 'it is seen while it is there')
  engine.wipe()
  t.deepEqual(held(), [])
  for (let i = 0; i < 100; i++) t.true(detectors.find(text, { mode: 'strict' }).length >= 3)
  t.deepEqual(held(), [])
  // Its digits are put together on the stack, and nothing comes after them.
  t.is(detectors.find(phone).length, 1)
  t.deepEqual(held(), [])
  const wrong = { code: 'invalid-argument' }
  t.throws(() => detectors.find(text.repeat(20_000)), wrong)
  t.throws(() => detectors.find(text + 'é'.repeat(600_000)), wrong)
  t.deepEqual(held(), [])
})

test.serial(
  'a trap is an error, nothing is left of the text, and the next one is answered',
  async (t) => {
    const engines = watchEngines(t)
    const detectors = await loadDetectors(trap([unreachable]))
    const error = t.throws(() => detectors.find('ssn 078-05-1121'), { code: 'internal' })
    t.notRegex(error.message, /1121/)
    t.is(engines.length, 2, 'it has another memory now')
    const left = new Uint8Array(engines[0]?.memory.buffer ?? Uint8Array.of(1).buffer)
    t.true(left.every((byte) => byte === 0))
    t.throws(() => detectors.find('x'), { code: 'internal' }, 'and that one is asked too')
  },
)

test('an answer that is none is an error', async (t) => {
  for (const address of [0, 4, 0xfffc, 0x7ffffff0, -4]) {
    const detectors = await loadDetectors(trap([0x41, ...signed(address)]))
    t.throws(() => detectors.find('x'.repeat(60)), { code: 'internal' }, `${address}`)
  }
})

test('a file that is something else is refused', async (t) => {
  const refused = { code: 'invalid-argument', message: /not the detectors/ }
  await t.throwsAsync(loadDetectors(new Uint8Array(0)), refused)
  await t.throwsAsync(loadDetectors(Buffer.from('<!doctype html>')), refused)
  await t.throwsAsync(loadDetectors(wasm.subarray(0, wasm.length - 1)), refused)
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  await t.throwsAsync(loadDetectors(empty), refused)
  await t.throwsAsync(loadDetectors(new Response('', { status: 404 })), { code: 'io' })
  await t.throwsAsync(loadDetectors(Promise.reject(new TypeError('Failed to fetch'))), {
    code: 'io',
  })
  const detectors = await loadDetectors(Promise.resolve(new Response(wasm)))
  t.is(detectors.find('ssn 078-05-1121').length, 1)
})

/** What `crates/web` exports. */
interface Engine {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly room: (length: number) => number
  readonly find: (length: number, strict: number) => number
  readonly wipe: () => void
}

/** Every instance of a module that is made until the test ends. */
function watchEngines(t: ExecutionContext): readonly Engine[] {
  interface Api {
    Instance: new (module: object, imports: object) => { readonly exports: Engine }
  }
  const { WebAssembly: api } = globalThis as unknown as { WebAssembly: Api }
  const { Instance } = api
  const engines: Engine[] = []
  api.Instance = class extends Instance {
    constructor(module: object, imports: object) {
      super(module, imports)
      engines.push(this.exports)
    }
  }
  t.teardown(() => {
    api.Instance = Instance
  })
  return engines
}

/** A module of the detectors' shape, whose `find` is this: there is no text at which they panic, as far as anybody knows. */
function trap(find: readonly number[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, ...parts: readonly (readonly number[])[]) => {
    const bytes = [parts.length, ...parts.flat()]
    return [id, bytes.length, ...bytes]
  }
  const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b]
  const name = (text: string, kind: number, index: number) => [
    ...[text.length, ...Buffer.from(text)],
    ...[kind, index],
  ]
  const i32 = 0x7f
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      [0x60, 0, 1, i32],
      [0x60, 1, i32, 1, i32],
      [0x60, 2, i32, i32, 1, i32],
      [0x60, 0, 0],
    ),
    ...section(3, [0], [1], [2], [3]),
    ...section(5, [0, 1]),
    ...section(
      7,
      name('memory', 2, 0),
      ...['longest', 'room', 'find', 'wipe'].map((one, i) => name(one, 0, i)),
    ),
    ...section(10, body(0x41, ...signed(1000)), body(0x41, 8), body(...find), body()),
  ])
}

const unreachable = 0

/** A number as WebAssembly has it: seven bits a byte, the last one with the sign. */
function signed(value: number): number[] {
  const [low, rest] = [value & 0x7f, value >> 7]
  const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)
  return last ? [low] : [low | 0x80, ...signed(rest)]
}
