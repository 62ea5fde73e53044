// docs/format.md §14: every vector, read whole, in pieces and byte by byte, gives the same answers.
import test from 'ava'
import { fromHex } from '../ts/bytes.js'
import { Identity } from '../ts/identity.js'
import { hash } from './recording.js'
import { readVectors } from './vector.js'
import { verdict, walk, ways } from './walk.js'

const vectors = readVectors()

test('there are vectors', (t) => {
  t.true(vectors.size > 0)
})

for (const [name, vector] of vectors) {
  for (const [way, source] of Object.entries(ways(vector.files))) {
    test(`${name}, ${way}`, async (t) => {
      const { expect, at, open, identity, ndjson } = vector.header
      const found = await verdict(source)
      t.is(found.word, expect ?? '')
      t.is(found.at, at)
      if (open === undefined || identity === undefined) return
      const { lines, failure } = await walk(
        source,
        await Identity.fromPrivateKey(fromHex(identity.slice(0, 64)), fromHex(identity.slice(64))),
      )
      t.is(failure?.code ?? 'success', open)
      t.is(hash(new TextEncoder().encode(lines.join(''))), ndjson ?? '')
    })
  }
}
