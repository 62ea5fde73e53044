// `npm test`: installs what is missing, builds, runs every test, Rust and TypeScript, those on a
// real X server included. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { npm, output, root, say } from './run.mjs'
import { setup } from './setup.mjs'

setup(['display', 'page', 'office'])

const [npmProgram, ...npmFirst] = npm()
const total = { passed: 0, failed: 0, skipped: 0 }
/** What failed, named once more at the end: a long log may be cut, or scrolled away. */
const failures = []

// The debug addon: it is built from the same crates `cargo test` needs, and it checks overflow.
const built =
  (await step('building the addon', npmProgram, [...npmFirst, 'run', 'build:debug'])) &&
  (await step('building TypeScript', npmProgram, [...npmFirst, 'run', 'build:ts'])) &&
  (await step('building the detectors for a browser', npmProgram, [
    ...npmFirst,
    ...['run', 'build:wasm'],
  ])) &&
  (await step('building the review page', npmProgram, [...npmFirst, 'run', 'build:page']))

// napi names the target, and cargo keeps what is built for a named one apart: naming the same saves
// building every dependency twice.
const target = output('rustc', ['--print', 'host-tuple']).trim()
const rustTests = ['test', '--workspace', '--locked', '--no-fail-fast', '--target', target]
await step('Rust tests', 'cargo', rustTests, countRust)
if (built) {
  await step(
    'TypeScript tests',
    npmProgram,
    [...npmFirst, 'run', 'test:ts', '--', '--tap'],
    countTap,
  )
} else {
  console.error('\nThe TypeScript tests need the build above, and were not run.')
}

if (failures.length > 0) console.log(`\nfailed:\n${failures.map((name) => `  ${name}`).join('\n')}`)
console.log(total.skipped > 0 ? `\n${total.skipped} skipped` : '')
console.log(`${total.passed} passed, ${total.failed} failed`)
// Exiting by hand would cut off what a pipe has not taken yet.
process.exitCode = total.failed > 0 ? 1 : 0

/**
 * Runs one step with its output shown, and adds what `count` finds in each line to the total. A step
 * that ends badly without naming a failed test (a crash, a build error) counts as one failure.
 */
async function step(title, program, args, count = () => ({})) {
  say(title)
  const child = spawn(program, args, { cwd: root, stdio: ['inherit', 'pipe', 'inherit'] })
  let failed = 0
  let rest = ''
  const take = (line) => {
    const found = count(stripVTControlCharacters(line).trimEnd())
    failed += found.failed ?? 0
    for (const name of Object.keys(total)) total[name] += found[name] ?? 0
    if (found.name !== undefined) failures.push(`${title}: ${found.name}`)
  }
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text) => {
    process.stdout.write(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    lines.forEach(take)
  })
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  take(rest)
  if (ended === 0) return true
  if (failed === 0) {
    total.failed += 1
    failures.push(title)
    console.error(`\n${title}: ended with ${ended}`)
  }
  return false
}

/** `test result: ok. 5 passed; 0 failed; 1 ignored; …`, one line a test binary; `test name ... FAILED`, one a test. */
function countRust(line) {
  const [, name] = /^test (.+) \.\.\. FAILED$/.exec(line) ?? []
  if (name !== undefined) return { name }
  const found = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/.exec(line)
  if (!found) return {}
  const [passed, failed, skipped] = found.slice(1).map(Number)
  return { passed, failed, skipped }
}

/** TAP, a line a test: `ok 1 - title`, `not ok 2 - title`, `ok 3 - title # SKIP`. */
function countTap(line) {
  const found = /^(not ok|ok) \d+(?: - )?(.*?)( # (SKIP|TODO))?$/.exec(line)
  if (!found) return {}
  const [, verdict, name, skipped] = found
  if (skipped) return { skipped: 1 }
  return verdict === 'ok' ? { passed: 1 } : { failed: 1, name }
}
