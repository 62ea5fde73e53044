// Some of the thousand pauses that `npm run pauses` makes.
import { onX } from './canary.js'
import { pauses } from './pauses.js'

onX('of what happens in a pause nothing is in memory, on disk or in the recording', async (t) => {
  t.timeout(110_000)
  const outcome = await pauses(5)
  const { took, found, seen, recorded, pausedKeys, searched } = outcome
  t.log(`${pausedKeys} keys in pauses, ${Math.round(searched / 1e6)} MB of memory searched`)
  t.log(`seen while it was recorded: ${[...seen].join(', ')}`)
  t.is(took.length, 5)
  t.deepEqual(found, [])
  // The same search finds what is recorded.
  for (const form of ['text', 'title', 'colour'] as const) t.true(seen.has(form), form)
  t.true(pausedKeys >= 5 * 8, `${pausedKeys} keys`)
  t.true(recorded.keys > 0 && recorded.positions > 0 && recorded.frames > 0)
})
