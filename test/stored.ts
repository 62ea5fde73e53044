// A recording, a store that it is uploaded to, and what may never be found there.
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import {
  isUnderstudyError,
  MemorySource,
  openIdentity,
  openRecording,
  openStore,
  toLine,
} from '../ts/index.js'
import { temporaryFolder } from './folder.js'
import { bucket, region, S3, secrets } from './s3.js'
import { recorded } from './studio.js'

Object.assign(process.env, secrets)
export const to = `s3://${bucket}/mine`

/** A recording of some seconds, made once by the first test that wants it: each has a copy. */
const pattern = await mkdtemp(join(tmpdir(), 'understudy-'))
test.after.always(() => rm(pattern, { recursive: true, force: true }))
let making: Promise<{ readonly recipient: string }> | undefined

async function make(t: ExecutionContext) {
  const made = await recorded(t, { seconds: 8, width: 320, height: 200 })
  await cp(made.folder, pattern, { recursive: true })
  return { recipient: made.to }
}

/** A recording, a store that speaks S3, and how it is reached. */
export async function stored(t: ExecutionContext) {
  const { recipient } = await (making ??= make(t))
  const folder = await temporaryFolder(t)
  await cp(pattern, folder, { recursive: true })
  const made = { folder, path: join(folder, 'out/r'), identity: join(folder, 'me') }
  const s3 = await S3.start(t)
  const place = { to, endpoint: s3.endpoint, region }
  const { id = '' } = (await openRecording(made.path).info()) ?? {}
  const args = ['--to', to, '--endpoint', s3.endpoint, '--region', region]
  return { ...made, recipient, s3, id, place, store: openStore(place), args }
}

/** Every file below a folder, by its path there. */
export async function files(folder: string): Promise<Map<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const),
    ),
  )
}

/** What a recording has of its own: not where it was uploaded. */
export async function ownFiles(folder: string): Promise<Map<string, Buffer>> {
  const all = await files(folder)
  return new Map([...all].filter(([path]) => !path.startsWith('release/uploads/')))
}

/** Of each segment the bytes at its end, which no other file has. */
export function canaries(all: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const sealed = [...all].filter(([path]) => path.endsWith('.seg'))
  return new Map(sealed.map(([path, bytes]) => [path, bytes.subarray(-40)]))
}

/** What is in the store, and the keys of the folder: a recording. */
export async function reunited(objects: ReadonlyMap<string, Uint8Array>, folder: string) {
  const keys = [...(await files(folder))].filter(([path]) => /^[a-z]+\/\d+\.key$/.test(path))
  return new MemorySource(new Map<string, Uint8Array>([...objects, ...keys]))
}

export async function lines(where: string | MemorySource, identity: string): Promise<string[]> {
  const all: string[] = []
  for await (const item of openRecording(where, { identity: await openIdentity(identity) })) {
    all.push(toLine(item, { hashes: true }))
  }
  return all
}

/** Nothing that opens anything was ever sent, nor what the environment keeps. */
export async function nothingLeaked(t: ExecutionContext, s3: S3, folder: string): Promise<void> {
  const sent = Buffer.concat(s3.received)
  t.true(sent.length > 0)
  for (const [path, bytes] of await files(folder)) {
    if (!path.endsWith('.key')) continue
    const { stanzas } = JSON.parse(bytes.toString()) as { stanzas: { sealed: string }[] }
    for (const { sealed } of stanzas) {
      t.false(sent.includes(sealed), path)
      t.false(sent.includes(Buffer.from(sealed, 'hex')), path)
    }
  }
  t.false(sent.includes('.key'))
  t.false(sent.includes(secrets.AWS_SECRET_ACCESS_KEY))
  t.deepEqual(s3.unsigned, [])
}

/** An error, with all that is attached to it, has nothing of what the environment keeps. */
export function untold(t: ExecutionContext, error: unknown): void {
  t.true(isUnderstudyError(error), inspect(error))
  for (const secret of Object.values(secrets)) {
    t.false(inspect(error, { depth: 9, showHidden: true }).includes(secret))
  }
}
