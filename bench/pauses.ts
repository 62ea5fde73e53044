// `npm run pauses`: a thousand pauses, or as many as are named; what was found of them, and how long they took. About two seconds
// each. Ends with 1 when anything of a pause was found.
import { pauses } from '../test/pauses.js'

const count = Number(process.argv[2] ?? 1000)
if (!Number.isInteger(count) || count < 1) {
  console.error('npm run pauses -- [COUNT]: how many, a whole number from 1 on')
  process.exit(2)
}
const outcome = await pauses(count, (done) => {
  if (done % 50 === 0) console.error(`${done} of ${count}`)
})
const { took, found, seen, recorded, pausedKeys, pausedPositions, searched } = outcome
const quantile = (part: number) => took[Math.ceil(took.length * part) - 1]?.toFixed(1) ?? '-'
console.log(`pauses              ${outcome.pauses}
took                p50 ${quantile(0.5)}, p99 ${quantile(0.99)}, most ${quantile(1)} ms, from the question at the socket to the answer
in them             ${pausedKeys} keys, ${pausedPositions} positions at 8 kHz, ${count} titles, ${count} colours
memory searched     ${(searched / 1e9).toFixed(1)} GB, a dump in each pause
while it recorded   found by the same search: ${[...seen].join(', ')}
recorded            ${recorded.keys} keys, ${recorded.positions} positions, ${recorded.frames} pictures
found of pauses     ${found.length === 0 ? 'nothing' : `\n  ${found.join('\n  ')}`}`)
process.exitCode = found.length === 0 ? 0 : 1
