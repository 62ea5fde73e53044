// The reader as the review page has it, with zstd as WebAssembly: every vector gives the same answers.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { bundle } from '../scripts/page.mjs'
import { fromHex } from '../ts/bytes.js'
import { isUnderstudyError } from '../ts/errors.js'
import { MemorySource, openRecording, toLine } from '../ts/reader.js'
import { Hash } from '../ts/seal.js'
import { pointermove } from './encode.js'
import { temporaryFolder } from './folder.js'
import type * as portable from './portable.js'
import { contributorIdentity, contributorSecret, hash, Writer } from './recording.js'
import { readVectors, type Vector } from './vector.js'
import { randomNumbers } from './walk.js'

test('every vector gives the same answers', async (t) => {
  const reader = await load(t)
  for (const [name, vector] of readVectors()) {
    const { expect, open, identity, ndjson } = vector.header
    const verification = await new reader.Recording(sourceOf(reader, vector), {}).verify()
    const word: string =
      verification.status === 'invalid' ? verification.error.code : verification.status
    t.is(word, expect ?? '', name)
    if (open === undefined || identity === undefined) continue
    const { lines, failure } = await readAll(reader, vector, identity)
    t.is(failure, open, name)
    t.is(hash(new TextEncoder().encode(lines.join(''))), ndjson ?? '', name)
  }
})

test('chunks of any size, that compress well or not at all, come out as they went in', async (t) => {
  const reader = await load(t)
  const writer = new Writer()
  const random = randomNumbers(3)
  writer.begin('pointer')
  let moves = 0
  for (const count of [1, 40_000, 1, 90_000, 300, 150_000]) {
    const records: Uint8Array[] = []
    for (let i = 0; i < count; i++, moves++) {
      const noisy = count === 90_000 ? Math.floor((random() - 0.5) * 2 ** 15) : 0
      records.push(pointermove(1, noisy, moves % 2))
    }
    writer.chunk('pointer', Buffer.concat(records))
  }
  const { files } = writer.stop()
  const [identity, own] = [await contributorIdentity(), await identityOf(reader, contributorSecret)]
  const expected = new Hash()
  for await (const item of openRecording(new MemorySource(files), { identity })) {
    expected.update(Buffer.from(toLine(item)))
  }
  const found = new Hash()
  let items = 0
  const recording = new reader.Recording(new reader.MemorySource(files), { identity: own })
  for await (const item of recording) {
    found.update(Buffer.from(reader.toLine(item)))
    items++
  }
  t.is(items, moves)
  t.is(found.hex(), expected.hex())
})

/** The bundle, loaded. */
async function load(t: ExecutionContext): Promise<typeof portable> {
  const file = join(await temporaryFolder(t), 'portable.mjs')
  await writeFile(file, await bundle('test/portable.ts'))
  return (await import(pathToFileURL(file).href)) as typeof portable
}

function sourceOf(reader: typeof portable, { files }: Vector) {
  return new reader.MemorySource(files)
}

async function identityOf(reader: typeof portable, secret: string) {
  return await reader.Identity.fromPrivateKey(
    fromHex(secret.slice(0, 64)),
    fromHex(secret.slice(64)),
  )
}

async function readAll(reader: typeof portable, vector: Vector, secret: string) {
  const identity = await identityOf(reader, secret)
  const lines: string[] = []
  try {
    for await (const item of new reader.Recording(sourceOf(reader, vector), { identity })) {
      lines.push(reader.toLine(item, { hashes: true }))
    }
    return { lines, failure: 'success' }
  } catch (error) {
    if (!isUnderstudyError(error)) throw error
    return { lines, failure: error.code }
  }
}
