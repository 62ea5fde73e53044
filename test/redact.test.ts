import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const cli = fileURLToPath(new URL('../ts/cli.ts', import.meta.url))

function start(...args: string[]) {
  return spawn(process.execPath, ['--import=tsx', cli, 'redact', ...args])
}

async function redact(input: string, ...args: string[]) {
  const child = start(...args)
  child.stdin.end(input)
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { lines: out.split('\n').filter(Boolean), err, code: child.exitCode }
}

test('each line is answered, with offsets in code points', async (t) => {
  const { lines, code } = await redact(
    `{"id":1,"text":"🦀 my ssn is 078-05-1121"}\n\n{"id":"b","text":"ship to 123 Main Street, Boston, MA 02110"}\n{"id":3,"text":"nothing"}`,
  )
  t.is(code, 0)
  t.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      {
        id: 1,
        spans: [{ start: 12, end: 23, class: 'us_ssn' }],
        text: '🦀 my ssn is ⟨us_ssn⟩',
      },
      {
        id: 'b',
        spans: [{ start: 8, end: 41, class: 'postal_address' }],
        text: 'ship to ⟨postal_address⟩',
      },
      { id: 3, spans: [], text: 'nothing' },
    ],
  )
})

test('strict counts what is possible as well', async (t) => {
  const line = '{"id":1,"text":"order 1245319599 of today"}'
  const spans = async (...args: string[]) => {
    const { lines } = await redact(line, ...args)
    return (JSON.parse(lines[0] ?? '') as { spans: object[] }).spans.length
  }
  t.is(await spans(), 0)
  t.is(await spans('--mode', 'strict'), 1)
})

test('many answers are all printed to a slow reader, and nothing else', async (t) => {
  const count = 80_000
  const child = start()
  const err = text(child.stderr)
  child.stdin.end('{"id":1,"text":"call (415) 555-0132"}\n'.repeat(count))
  let printed = 0
  for await (const piece of child.stdout) {
    printed += String(piece).split('\n').length - 1
    // Whoever writes has to wait time and again.
    await setTimeout(40)
  }
  t.deepEqual([printed, await err], [count, ''])
})

test('a line that cannot be read is named by its number and never quoted', async (t) => {
  for (const bad of ['{"id":1,"text":"078-05-1121"', '["078-05-1121"]', '{"text":"078-05-1121"}']) {
    const { lines, err, code } = await redact(`{"id":0,"text":"fine"}\n${bad}\n`)
    t.is(code, 1)
    t.is(lines.length, 1, 'what came before is answered')
    t.regex(err, /line 2/)
    t.notRegex(err, /1121/)
  }
})
