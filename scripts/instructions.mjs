// `npm run instructions`: how many instructions the stages take for a fixed workload, against the budget in
// `bench/instructions.json`. Counts, not times: a busy machine gives the same.
//
//   npm run instructions
//   npm run instructions -- --write      puts today's counts as the budget
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output, root, run, say, stop } from './run.mjs'
import { setup } from './setup.mjs'

const cases = [
  ...['delta-key', 'delta-typing', 'delta-scroll', 'delta-switch', 'delta-decode'],
  ...['chunk', 'seal'],
]
const budgetFile = join(root, 'bench', 'instructions.json')
const folder = join(root, 'target', 'instructions')
/** How far a count may go from its budget, either way, before something is said. */
const tolerance = 0.05

const args = process.argv.slice(2)
const unknown = args.find((argument) => argument !== '--write')
if (unknown !== undefined) stop(`instructions knows --write, not ${unknown}.`, 2)

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log('Instructions are counted on Linux on x86-64 alone; the budget is for that.')
  process.exit(0)
}

setup(['instructions'])
say('building the workload')
if (
  run('cargo', [
    ...['build', '--release', '--locked', '--package', 'understudy-core'],
    ...['--example', 'instructions', '--target-dir', join(root, 'target')],
  ]) !== 0
)
  stop('The workload does not build.')

say('counting instructions')
mkdirSync(folder, { recursive: true })
const counted = Object.fromEntries(cases.map((name) => [name, count(name)]))
const madeWith = describeToolchain()
if (args.includes('--write')) write()
else compare(JSON.parse(readFileSync(budgetFile, 'utf8')))

/** Instructions of a case's work alone: those of getting ready for it are counted apart and taken off. */
function count(name) {
  return total(name) - total(name, 'empty')
}

function total(...words) {
  const program = join(root, 'target', 'release', 'examples', 'instructions')
  const file = join(folder, `${words.join('-')}.out`)
  rmSync(file, { force: true })
  // A program goes through its environment as it starts, and npm's differs from call to call.
  const valgrind = ['-i', `PATH=${process.env.PATH}`, 'valgrind', '--tool=callgrind']
  valgrind.push(`--callgrind-out-file=${file}`, '--quiet')
  if (run('env', [...valgrind, program, ...words]) !== 0) {
    stop(`${words.join(' ')} does not run under valgrind.`)
  }
  const found = /^totals: (\d+)$/m.exec(readFileSync(file, 'utf8'))
  if (!found) stop(`valgrind left no total in ${file}.`)
  return Number(found[1])
}

/** What the counts depend on beside the source: on another of these they are told, and judge nothing. */
function describeToolchain() {
  // The first line, without what a distribution says of its package.
  const version = (program, flag) =>
    output(program, [flag])
      ?.split('\n')[0]
      .replace(/ \((Debian|Ubuntu)[^)]*\)/, '') ?? 'unknown'
  return {
    rustc: version('rustc', '--version'),
    // zstd is C, and what copies memory is the C library's.
    cc: version('cc', '--version'),
    libc: version('ldd', '--version'),
    avx2: /^flags\s*:.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')),
  }
}

function write() {
  const budget = { madeWith, instructions: counted }
  writeFileSync(budgetFile, `${JSON.stringify(budget, null, 2)}\n`)
  for (const name of cases) console.log(line(name, counted[name]))
  console.log('\nWritten to bench/instructions.json; commit it with what caused it.')
}

function compare(budget) {
  const differing = Object.keys(madeWith).filter((part) => madeWith[part] !== budget.madeWith[part])
  const over = []
  const under = []
  for (const name of cases) {
    const allowed = budget.instructions[name]
    if (!Number.isSafeInteger(allowed) || allowed <= 0) {
      stop(`bench/instructions.json has no budget for ${name}: npm run instructions -- --write`)
    }
    const change = counted[name] / allowed - 1
    console.log(`${line(name, counted[name])}   ${percent(change)}`)
    if (change > tolerance) over.push(`${name} takes ${percent(change)} instructions`)
    if (change < -tolerance) under.push(`${name} takes ${percent(change)} instructions`)
  }
  judge(over, under, differing, budget)
}

function judge(over, under, differing, budget) {
  if (differing.length > 0) {
    const parts = differing.map(
      (part) => `${part}: ${madeWith[part]}, not ${budget.madeWith[part]}`,
    )
    console.log(`\nThe budget is of another toolchain, so nothing is judged:\n${parts.join('\n')}`)
    return
  }
  if (under.length > 0) {
    console.log(
      `\nBetter than the budget: ${under.join('; ')}. Keep that: npm run instructions -- --write`,
    )
  }
  if (over.length > 0) {
    stop(
      `Over the budget by more than ${tolerance * 100} %: ${over.join('; ')}.\n` +
        'If that is worth it, say why and put a new budget: npm run instructions -- --write',
    )
  }
  console.log('\nNo case is over its budget.')
}

function line(name, instructions) {
  return `${name.padEnd(14)}${instructions.toLocaleString('en-US').padStart(16)}`
}

function percent(change) {
  return `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(2)} %`
}
