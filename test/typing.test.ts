// `understudy redact` on typing scripts: what would be sealed, as a shell sees it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const cli = fileURLToPath(new URL('../ts/cli.ts', import.meta.url))

interface KeyEvent {
  readonly t_ms: number
  readonly key: string
  readonly paste?: string
}

async function redact(input: string, ...options: string[]) {
  const child = spawn(process.execPath, ['--import=tsx', cli, 'redact', ...options], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  const answers = out.split('\n').filter((line) => line !== '')
  return { code: child.exitCode, err, answers: answers.map((line) => JSON.parse(line) as unknown) }
}

/** The events of some keys, a tenth of a second apart: names of keys, and texts of ASCII. */
function typing(...keys: readonly string[]): KeyEvent[] {
  const isName = (key: string) => /^[A-Z]\w/u.test(key)
  return keys
    .flatMap((key) => (isName(key) ? [key] : Array.from(key)))
    .map((key, at) => ({ t_ms: at * 100, key }))
}

function keydown({ t_ms, key }: KeyEvent) {
  return { type: 'keydown', t_ms, key }
}

test('of a trusted field, what is harmless is told as it was', async (t) => {
  const events = typing('ssn 3840', 'Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight')
  events.push(...typing('605-30-').map(({ key }, at) => ({ t_ms: 1300 + at * 100, key })))
  const { answers, code } = await redact(JSON.stringify({ id: 'a', events }), '--trusted-field')
  t.is(code, 0)
  const records = [
    ...events.slice(0, 4).map(keydown),
    { type: 'redacted', t_ms: 300, class: 'us_ssn' },
  ]
  t.deepEqual(answers, [{ id: 'a', records }])
})

test('of an unknown field, kinds of keys alone', async (t) => {
  const line = (events: KeyEvent[]) => JSON.stringify({ id: 1, events })
  const short = await redact(line(typing('hunter2', 'Tab')))
  const stretch = { type: 'redacted', t_ms: 0, class: 'unknown_field', keys: ['letter', 'digit'] }
  t.deepEqual(short.answers, [{ id: 1, records: [stretch, keydown({ t_ms: 700, key: 'Tab' })] }])
})

test('what is pasted is judged, and never told', async (t) => {
  const events = [
    { t_ms: 0, key: 'Ctrl+V', paste: 'harmless' },
    { t_ms: 1, key: 'Enter' },
    { t_ms: 2, key: 'Ctrl+V', paste: '605-30-3840' },
  ]
  const { answers } = await redact(JSON.stringify({ id: 1, events }), '--trusted-field')
  const records = [
    { type: 'keydown', t_ms: 0, key: 'Ctrl+V' },
    { type: 'keydown', t_ms: 1, key: 'Enter' },
    { type: 'redacted', t_ms: 1, class: 'us_ssn' },
  ]
  t.deepEqual(answers, [{ id: 1, records }])
})

test('texts and typing may come in turn, and what is neither names its line', async (t) => {
  const lines = [
    { id: 1, text: 'ssn 605-30-3840' },
    { id: 2, events: typing('Tab') },
  ]
  const input = lines.map((line) => JSON.stringify(line)).join('\n')
  const mixed = await redact(input)
  t.is(mixed.code, 0)
  t.like(mixed.answers, [
    { id: 1, text: 'ssn ⟨us_ssn⟩' },
    { id: 2, records: [{ key: 'Tab' }] },
  ])
  const wrong = await redact(`${input}\n{"id":3,"events":[{"key":"secret"}]}`, '--json')
  t.is(wrong.code, 1)
  t.is(wrong.answers.length, 2)
  t.regex(wrong.err, /invalid-argument/u)
  t.notRegex(wrong.err, /secret/u)
})
