// Recordings in other places: what is uploaded, that nobody opens it there, and that forgetting reaches it, whatever happens.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  contributorActions,
  forget,
  MemorySource,
  openRecording,
  openStore,
  Recorder,
  release,
  settle,
  type Store,
  type StoreOutcome,
  upload,
  uploadAgain,
  uploads,
  withdraw,
} from '../ts/index.js'
import { hashOf } from '../ts/seal.js'
import { bodyOf } from '../ts/store/content.js'
import { isDraft, isPart } from '../ts/store/names.js'
import { keydown } from './encode.js'
import { writeFiles } from './folder.js'
import { Writer } from './recording.js'
import { type Mischief, refuse, region, S3, secrets } from './s3.js'
import {
  canaries,
  files,
  lines,
  nothingLeaked,
  ownFiles,
  reunited,
  stored,
  to,
  untold,
} from './stored.js'
import { begin, collect, outcome, sleep, studio, understudy } from './studio.js'

test('a recording in S3 has no key, is not sent twice, and is a recording with its keys', async (t) => {
  const { path, identity, s3, id, args } = await stored(t)
  const before = await files(path)
  const told = await understudy(['upload', path, ...args])
  t.is(told.code, 0, told.err)
  const objects = s3.under(`mine/${id}/`)
  t.is(objects.size, s3.objects.size)
  const meant = [...before.keys()].filter((name) => !name.endsWith('.key'))
  t.deepEqual([...objects.keys()].sort(), meant.sort())
  for (const [name, bytes] of objects) t.deepEqual(bytes, before.get(name), name)
  await nothingLeaked(t, s3, path)

  await t.throwsAsync(lines(new MemorySource(objects), identity), { code: 'tampered' })
  const source = await reunited(objects, path)
  t.deepEqual(await openRecording(source).verify(), { status: 'intact' })
  t.deepEqual(await lines(source, identity), await lines(path, identity))
  t.like(await understudy(['verify', path]), { code: 0 })
  t.deepEqual(await uploads(path), [{ to, current: true }])
  t.regex((await understudy(['info', path])).out, /uploaded {3}to s3:\/\/bucket\/mine\n/)

  const puts = s3.count('PUT')
  const again = await understudy(['upload', path, ...args, '--json'])
  t.is(s3.count('PUT'), puts)
  const { stores } = JSON.parse(again.out) as { stores: StoreOutcome[] }
  t.like(stores, [{ to, change: { sent: 0, bytes: 0, present: meant.length, removed: 0 } }])
})

test('a recording in a folder: the same', async (t) => {
  const { folder, path, identity, id } = await stored(t)
  const disk = join(folder, 'disk')
  t.like(await understudy(['upload', path, '--to', disk]), { code: 0 })
  const objects = await files(join(disk, id))
  t.false([...objects.keys()].some((name) => !isPart(name)))
  const source = await reunited(objects, path)
  t.deepEqual(await lines(source, identity), await lines(path, identity))
  const change = await upload({ recording: path, store: openStore({ to: disk }) })
  t.like(change, { sent: 0, present: objects.size, removed: 0, versions: 0 })

  await forget({ recording: path, identity, from: 3e9, to: 5e9 })
  const left = await files(join(disk, id))
  const bytes = Buffer.concat([...left.values()])
  const now = await ownFiles(path)
  for (const [name, canary] of canaries(objects)) {
    const stays = now.get(name)?.includes(canary) ?? false
    t.is(bytes.includes(canary), stays, name)
  }
  t.deepEqual(await lines(await reunited(left, path), identity), await lines(path, identity))
  t.like(await withdraw({ folder: path, identity }), { stores: [{ to: disk }] })
  t.deepEqual(await readdir(disk), [])
})

test('what is forgotten is nowhere in the store, and the rest is', async (t) => {
  const { path, identity, s3, id, store } = await stored(t)
  await upload({ recording: path, store })
  const before = s3.under(`mine/${id}/`)
  const told = await understudy([
    ...['forget', path, '--identity', identity, '--from', '3s', '--to', '5s', '--json'],
  ])
  t.is(told.code, 0, told.err)
  const { stores } = JSON.parse(told.out) as { stores: StoreOutcome[] }
  t.like(stores, [{ recording: path, to }])
  t.true((stores[0]?.change?.sent ?? 0) >= 2, told.out)
  const [now, after] = [await ownFiles(path), s3.under(`mine/${id}/`)]
  let gone = 0
  for (const [name, canary] of canaries(before)) {
    const stays = now.get(name)?.includes(canary) ?? false
    t.is(s3.bytes.includes(canary), stays, name)
    if (!stays) gone++
  }
  t.true(gone >= 2, `${gone} segments`)
  const source = await reunited(after, path)
  t.deepEqual(await openRecording(source).verify(), { status: 'intact' })
  t.deepEqual(await lines(source, identity), await lines(path, identity))
  // And all of it: segments that are gone, not cut.
  const all = await forget({ recording: path, identity })
  t.true(all.destroyed > 0)
  t.true((all.stores[0]?.change?.removed ?? 0) >= all.destroyed)
  t.false([...s3.objects.keys()].some((name) => name.endsWith('.seg')))
  t.deepEqual(await uploads(path), [{ to, current: true }])
  await nothingLeaked(t, s3, path)
})

test('a store that cannot be reached: forgotten here, told, and removed later', async (t) => {
  const { path, identity, s3, store } = await stored(t)
  await upload({ recording: path, store })
  const before = await files(path)
  s3.mischief = (_, response) => {
    refuse(response, 503, 'SlowDown')
    return true
  }
  const told = await understudy(['forget', path, '--identity', identity, '--to', '3s'])
  t.is(told.code, 4)
  t.regex(told.out, /forgotten: 0/)
  t.regex(told.err, /not done in s3:\/\/bucket\/mine: .*503.*\n.*keys are gone/)
  t.true(told.err.includes(`understudy upload ${path} --again`), told.err)
  t.like(await openRecording(path).verify(), { status: 'intact' })
  t.deepEqual(await uploads(path), [{ to, current: false }])
  t.regex((await understudy(['info', path])).out, /not as it is here/)
  const failed = await understudy(['upload', path, '--again', '--json'])
  t.is(failed.code, 4)
  t.like(JSON.parse(failed.out), { stores: [{ to, failure: { code: 'io' } }] })
  s3.mischief = undefined
  const again = await understudy(['upload', path, '--again'])
  t.is(again.code, 0, again.err)
  const now = await ownFiles(path)
  for (const [name, canary] of canaries(before)) {
    t.is(s3.bytes.includes(canary), now.get(name)?.includes(canary) ?? false, name)
  }
  t.deepEqual(await uploads(path), [{ to, current: true }])
})

test('withdrawing removes everything, also later', async (t) => {
  const { folder, path, identity, s3, id, store } = await stored(t)
  await upload({ recording: path, store })
  s3.objects.set('mine/other/journal.ndjson', { bytes: Buffer.from('theirs'), hash: undefined })
  s3.objects.set(`mine/${id}/notes.txt`, { bytes: Buffer.from('theirs'), hash: undefined })
  s3.mischief = ({ method }, response) => {
    if (method !== 'DELETE') return false
    refuse(response, 403, 'AccessDenied')
    return true
  }
  const args = ['withdraw', join(folder, 'out'), '--identity', identity]
  const told = await understudy(args)
  t.is(told.code, 4)
  t.regex(told.err, /not done in .*403 AccessDenied.*permission-denied/)
  t.regex(
    told.err,
    /may still lie there, in [0-9a-f]{32}\/[a-z/0-9.]+ and \d+ more\. .*keys are gone/,
  )
  // What one object refuses keeps nothing from the others.
  s3.mischief = ({ method, name }, response) => {
    if (method !== 'DELETE' || !name.endsWith('/screen/000000.seg')) return false
    refuse(response, 403, 'AccessDenied')
    return true
  }
  const [one] = await uploadAgain({ recording: path })
  t.deepEqual(one?.failure?.left, [`${id}/screen/000000.seg`])
  t.deepEqual([...s3.under(`mine/${id}/`).keys()].sort(), ['notes.txt', 'screen/000000.seg'])
  t.like(await understudy(['verify', path]), { code: 1 })
  s3.mischief = undefined
  await t.throwsAsync(upload({ recording: path, store }), { code: 'withdrawn' })
  t.is((await understudy(args)).code, 0)
  t.deepEqual([...s3.objects.keys()], ['mine/other/journal.ndjson', `mine/${id}/notes.txt`])
  t.deepEqual(await uploads(path), [])
  t.deepEqual(await uploadAgain({ recording: path }), [])
})

test('nothing but what is on the list may leave', async (t) => {
  const never = [
    ...['screen/000000.key', 'keyboard/000001.key', 'identity.json', 'withdrawal.json', ''],
    ...['release.json', 'release/x/000000/header.json', 'release/uploads/a.json', '../header.json'],
    ...['amend/journal.ndjson', 'screen/000000.seg.bak', 'screen/0.seg', 'other/000000.seg'],
    ...['screen/../header.json', 'header.json\n', 'openings/000000.json', './header.json'],
  ]
  for (const path of never) {
    t.false(isPart(path), path)
    t.false(isDraft(`${path}.0123456789abcdef.part`), path)
  }
  t.true(isPart('screen/000000.seg') && isDraft('screen/000000.seg.0123456789abcdef.part'))

  const { path, identity, recipient, s3, id, store } = await stored(t)
  const copy = await release({ recording: path, identity, to: recipient })
  await mkdir(join(path, 'release/aside'))
  await writeFile(join(path, 'release/aside/header.json'), 'stray')
  await upload({ recording: path, store })
  t.true([...s3.under(`mine/${id}/`).keys()].every(isPart))
  await nothingLeaked(t, s3, path)
  await t.throwsAsync(upload({ recording: copy.path, store }), { code: 'invalid-argument' })
  t.is(s3.objects.size, s3.under(`mine/${id}/`).size)
})

test('what does not verify, or is not settled, is not sent', async (t) => {
  const { path, s3, store } = await stored(t)
  const segment = join(path, 'screen/000000.seg')
  const bytes = await readFile(segment)
  await writeFile(join(path, 'stray.txt'), 'mine')
  await t.throwsAsync(upload({ recording: path, store }), { code: 'tampered' })
  await rm(join(path, 'stray.txt'))
  await writeFile(segment, bytes.subarray(0, -1))
  await t.throwsAsync(upload({ recording: path, store }), { code: 'tampered' })
  await rename(segment, join(path, '../aside.seg'))
  await symlink(join(path, 'screen/000000.key'), segment)
  await t.throwsAsync(upload({ recording: path, store }), { code: 'tampered' })
  await rm(segment)
  await writeFile(segment, bytes)
  await mkdir(join(path, 'amend'))
  await writeFile(join(path, 'amend/journal.draft'), '')
  await t.throwsAsync(upload({ recording: path, store }), { code: 'state' })
  t.deepEqual(s3.asked, [])
  t.deepEqual(await uploads(path), [])
  await settle(path)
  await upload({ recording: path, store })
  t.true(s3.objects.size > 0)
})

test('wrong hashes: a journal is not replaced, a segment is sent anew', async (t) => {
  const { path, identity, s3, id, store } = await stored(t)
  await upload({ recording: path, store })
  const lie = (name: string): Mischief => {
    return (asked, response) => {
      if (asked.method !== 'HEAD' || !asked.name.endsWith(name)) return false
      response.writeHead(200, { 'x-amz-meta-understudy-hash': '0'.repeat(64) }).end()
      return true
    }
  }
  const before = await ownFiles(path)
  s3.mischief = lie('journal.ndjson')
  const puts = s3.count('PUT')
  await t.throwsAsync(upload({ recording: path, store }), { code: 'state' })
  t.is(s3.count('PUT'), puts)
  t.deepEqual(await ownFiles(path), before)
  // What is gone goes all the same.
  const { stores } = await forget({ recording: path, identity, tracks: ['context'] })
  t.like(stores, [{ failure: { code: 'state' } }])
  t.false(s3.objects.has(`mine/${id}/context/000000.seg`))
  s3.mischief = undefined
  await uploadAgain({ recording: path })
  s3.mischief = lie('screen/000000.seg')
  t.like(await upload({ recording: path, store }), { sent: 1 })
  // A store that says nothing of hashes is asked for the bytes.
  s3.mischief = undefined
  for (const [name, { bytes }] of s3.objects) s3.objects.set(name, { bytes, hash: undefined })
  const name = `mine/${id}/screen/000000.seg`
  const segment = s3.objects.get(name)?.bytes ?? Buffer.alloc(0)
  s3.objects.set(name, { bytes: Buffer.from(segment).fill(1, 60, 61), hash: undefined })
  t.like(await upload({ recording: path, store }), { sent: 1 })
  t.deepEqual(s3.objects.get(name)?.bytes, segment)
  t.deepEqual(
    await lines(await reunited(s3.under(`mine/${id}/`), path), identity),
    await lines(path, identity),
  )
})

test('of what a crash cut short, what the journal vouches for is uploaded', async (t) => {
  const { folder, s3, store } = await stored(t)
  const writer = new Writer()
  writer.begin('keyboard')
  writer.chunk('keyboard', keydown(20, 'KeyA', 'a'))
  writer.checkpoint('keyboard')
  const vouched = writer.files.get('keyboard/000000.seg') ?? new Uint8Array(0)
  writer.chunk('keyboard', keydown(5, 'KeyB', 'b'))
  writer.begin('pointer')
  const journal = writer.files.get('journal.ndjson') ?? new Uint8Array(0)
  writer.append('journal.ndjson', Buffer.from('{"half":'))
  const path = join(folder, 'cut')
  await writeFiles(path, writer.files)
  await upload({ recording: path, store })
  const objects = s3.under(`mine/${writer.id}/`)
  t.deepEqual(objects.get('keyboard/000000.seg'), Buffer.from(vouched))
  t.is(objects.get('pointer/000000.seg')?.length, 52)
  t.deepEqual(objects.get('journal.ndjson'), Buffer.from(journal))
  t.true(objects.has('unfinished.json'))
  t.deepEqual(await openRecording(await reunited(objects, path)).verify(), { status: 'cut' })
  // Cut before it began: there is nothing.
  const empty = join(folder, 'empty')
  await writeFiles(
    empty,
    new Map([['unfinished.json', writer.files.get('unfinished.json') ?? vouched]]),
  )
  await t.throwsAsync(upload({ recording: empty, store }), { code: 'state' })
})

test('what is large goes in pieces, and what is changed meanwhile does not arrive', async (t) => {
  const { folder, s3, store } = await stored(t)
  const bytes = randomBytes(2_500_000)
  await mkdir(join(folder, 'large/screen'), { recursive: true })
  await writeFile(join(folder, 'large/screen/000000.seg'), bytes)
  const part = { path: 'screen/000000.seg', size: bytes.length, hash: hashOf(bytes) }
  const disk = openStore({ to: join(folder, 'disk') })
  await disk.begin?.('aa', join(folder, 'large'))
  for (const one of [store, disk]) {
    await one.put('aa/screen/000000.seg', bodyOf(join(folder, 'large'), part))
    const got: Uint8Array[] = []
    for await (const piece of one.get('aa/screen/000000.seg', bytes.length)) got.push(piece)
    t.true(bytes.equals(Buffer.concat(got)))
    await t.throwsAsync(collect(one.get('aa/screen/000000.seg', bytes.length - 1)), { code: 'io' })
    await one.remove('aa/screen/000000.seg')
    await one.remove('aa/screen/000000.seg')
    t.deepEqual(await one.list('aa/', 10), [])
  }
  const puts = s3.count('PUT')
  for (const changed of [Buffer.from(bytes).fill(1, bytes.length - 4), bytes.subarray(1)]) {
    await writeFile(join(folder, 'large/screen/000000.seg'), changed)
    for (const one of [store, disk]) {
      const put = one.put('aa/screen/000000.seg', bodyOf(join(folder, 'large'), part))
      await t.throwsAsync(put, { code: 'tampered' })
      t.deepEqual(await one.list('aa/', 10), [])
    }
  }
  t.is(s3.count('PUT'), puts)
  for (const wrong of ['../x', 'aa/../x', '/x', 'aa//x', 'aa/.x', 'aa/x y', 'aa\\x']) {
    for (const one of [store, disk])
      await t.throwsAsync(one.remove(wrong), { code: 'invalid-argument' })
  }
})

test('an older copy of the folder undoes no forgetting', async (t) => {
  const { folder, path, identity, s3, store } = await stored(t)
  await upload({ recording: path, store })
  const older = join(folder, 'older')
  await cp(path, older, { recursive: true })
  await forget({ recording: path, identity, from: 2e9 })
  const before = new Map(s3.objects)
  await t.throwsAsync(upload({ recording: older, store }), { code: 'state' })
  t.like(await uploadAgain({ recording: older }), [{ failure: { code: 'state' } }])
  t.deepEqual(s3.objects, before)
})

test('what is forgotten while it is uploaded does not stay there', async (t) => {
  const { path, identity, s3, id, store } = await stored(t)
  const before = await ownFiles(path)
  let meanwhile: StoreOutcome | undefined
  s3.mischief = async ({ method, name }) => {
    if (method !== 'PUT' || !name.endsWith('journal.ndjson')) return false
    s3.mischief = undefined
    const told = await forget({ recording: path, identity, from: 3e9, to: 5e9 })
    meanwhile = told.stores[0]
    return false
  }
  await upload({ recording: path, store })
  t.like(meanwhile, { to, failure: { code: 'state' } })
  t.regex(meanwhile?.failure?.message ?? '', new RegExp(`by process ${process.pid}:`))
  const now = await ownFiles(path)
  for (const [name, canary] of canaries(before)) {
    t.is(s3.bytes.includes(canary), now.get(name)?.includes(canary) ?? false, name)
  }
  t.deepEqual(await uploads(path), [{ to, current: true }])
  // And withdrawn meanwhile.
  s3.mischief = async ({ method, name }) => {
    if (method !== 'HEAD' || !name.endsWith('/screen/000000.seg')) return false
    s3.mischief = undefined
    const { stores } = await withdraw({ folder: path, identity })
    t.like(stores, [{ failure: { code: 'state' } }])
    return false
  }
  await upload({ recording: path, store })
  t.deepEqual([...s3.under(`mine/${id}/`).keys()], [])
  t.deepEqual(await uploads(path), [])
})

test('a lock of a program that has ended counts for nothing', async (t) => {
  const { path, store } = await stored(t)
  const lock = join(path, 'release/uploads/lock')
  await upload({ recording: path, store })
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  for (const stale of [`${child.pid}\n`, `${process.pid}\n`]) {
    await writeFile(lock, stale)
    t.like(await upload({ recording: path, store }), { sent: 0 })
  }
  await writeFile(lock, `${process.ppid}\n`)
  await t.throwsAsync(upload({ recording: path, store }), { code: 'state' })
  t.like(await openRecording(path).verify(), { status: 'intact' })
})

test('a bucket that keeps versions is told of', async (t) => {
  const { path, identity, s3, store } = await stored(t)
  s3.versioned = true
  await upload({ recording: path, store })
  const told = await understudy(['forget', path, '--identity', identity, '--from', '1s'])
  t.is(told.code, 0)
  t.regex(told.err, /keeps \d+ removed objects as older versions.*keys are gone/)
  t.true(s3.versions.length > 0)
})

test('an object that a store does not give up keeps nothing from the others', async (t) => {
  const { path, identity, s3, id, store } = await stored(t)
  await upload({ recording: path, store })
  const before = s3.under(`mine/${id}/`)
  s3.mischief = ({ method, name }, response) => {
    if (method === 'GET' || method === 'HEAD' || !name.includes('/pointer/')) return false
    refuse(response, 403, 'AccessDenied')
    return true
  }
  const { stores } = await forget({ recording: path, identity, from: 3e9, to: 5e9 })
  t.like(stores, [{ failure: { code: 'permission-denied', left: [`${id}/pointer/000000.seg`] } }])
  const now = await ownFiles(path)
  for (const [name, canary] of canaries(before)) {
    const stays = name.startsWith('pointer/') || (now.get(name)?.includes(canary) ?? false)
    t.is(s3.bytes.includes(canary), stays, name)
  }
  t.deepEqual(await uploads(path), [{ to, current: false }])
})

test('what was emptied there is not filled again by forgetting', async (t) => {
  const { path, identity, s3, store } = await stored(t)
  await upload({ recording: path, store })
  s3.objects.clear()
  await forget({ recording: path, identity, from: 3e9 })
  await uploadAgain({ recording: path })
  t.is(s3.objects.size, 0)
  await upload({ recording: path, store })
  t.true(s3.objects.size > 0)
})

test('forgetting sends nothing that was not there', async (t) => {
  const { path, identity, s3, id, store } = await stored(t)
  s3.mischief = ({ method, name }, response) => {
    if (method !== 'PUT' || !name.includes('/screen/')) return false
    refuse(response, 403, 'AccessDenied')
    return true
  }
  await t.throwsAsync(upload({ recording: path, store }))
  s3.mischief = undefined
  await forget({ recording: path, identity, from: 2e9, to: 3e9 })
  t.false([...s3.under(`mine/${id}/`).keys()].some((name) => name.startsWith('screen/')))
  t.deepEqual(await uploads(path), [{ to, current: false }])
  await uploadAgain({ recording: path })
  t.deepEqual(await uploads(path), [{ to, current: true }])
})

/** Runs a command until the store was asked so often, and kills it there. */
async function killedAt(
  t: ExecutionContext,
  s3: S3,
  count: number,
  args: readonly string[],
): Promise<boolean> {
  const child = begin(t, args)
  const ended = outcome(child)
  let asked = 0
  let killed = false
  s3.mischief = ({ method }, _, store) => {
    if (asked++ !== count) return false
    killed = true
    // Before it is done, or just behind.
    const name = store.asked.at(-1)?.name ?? ''
    if (method === 'DELETE' && count % 2 === 1) store.objects.delete(name)
    child.kill('SIGKILL')
    return true
  }
  await ended
  s3.mischief = undefined
  return killed
}

test('kill -9 while it is uploaded: the next time goes on', async (t) => {
  const { path, identity, s3, id, args } = await stored(t)
  let kills = 0
  for (let count = 1; await killedAt(t, s3, count, ['upload', path, ...args]); count += 3) {
    kills++
    t.like(await openRecording(path).verify(), { status: 'intact' })
    if (count % 2 === 0) s3.objects.clear()
  }
  t.true(kills >= 4, `${kills} kills`)
  t.deepEqual(await uploads(path), [{ to, current: true }])
  const source = await reunited(s3.under(`mine/${id}/`), path)
  t.deepEqual(await lines(source, identity), await lines(path, identity))
})

test('kill -9 while it is forgotten: the next upload removes the rest', async (t) => {
  const { folder, path, identity, s3, id, store } = await stored(t)
  await upload({ recording: path, store })
  const objects = new Map(s3.objects)
  const before = await ownFiles(path)
  let kills = 0
  for (let count = 0; ; count += 3) {
    const copy = join(folder, `copy-${count}`)
    await cp(path, copy, { recursive: true })
    s3.objects.clear()
    for (const [name, object] of objects) s3.objects.set(name, object)
    const args = ['forget', copy, '--identity', identity, '--from', '1s', '--to', '4s']
    const killed = await killedAt(t, s3, count, args)
    if (killed) {
      kills++
      t.deepEqual(await uploads(copy), [{ to, current: false }], 'it knows that it is not done')
      t.false(await settle(copy), 'here it was done first')
      t.like(await uploadAgain({ recording: copy }), [{ to, change: { versions: 0 } }])
    }
    const now = await ownFiles(copy)
    for (const [name, canary] of canaries(before)) {
      const stays = now.get(name)?.includes(canary) ?? false
      t.is(s3.bytes.includes(canary), stays, `${count}: ${name}`)
    }
    const source = await reunited(s3.under(`mine/${id}/`), copy)
    t.deepEqual(await openRecording(source).verify(), { status: 'intact' })
    if (!killed) break
  }
  t.true(kills >= 3, `${kills} kills`)
})

test('what is being recorded is uploaded as far as it is vouched for, and follows', async (t) => {
  const { folder, receipt, identity } = await studio(t)
  const runtime = join(folder, 'run')
  await mkdir(runtime, { mode: 0o700 })
  process.env['XDG_RUNTIME_DIR'] = runtime
  const s3 = await S3.start(t)
  const store = openStore({ to, endpoint: s3.endpoint, region })
  const synthetic = { seconds: 600, width: 160, height: 120, animate: true }
  const recorder = await Recorder.start({
    receipt,
    folder: join(folder, 'r'),
    trusted: ['Editor', 'Terminal'],
    synthetic,
  })
  const { path } = recorder
  const prefix = () => [...s3.objects.keys()][0]?.replace(/(^mine\/[0-9a-f]+\/).*/, '$1') ?? ''
  await sleep(2500)
  await upload({ recording: path, store })
  const early = s3.under(prefix())
  t.deepEqual(await openRecording(await reunited(early, path)).verify(), { status: 'cut' })
  const { destroyed } = await recorder.forgetLast({ last: 3_600_000 })
  t.true(destroyed > 0)
  t.like(await uploads(path), [{ to, current: false }])
  const told = await understudy(['upload', path, '--again'])
  t.is(told.code, 0, told.err)
  const kept = await ownFiles(path)
  for (const [name, canary] of canaries(early)) {
    // A track of which nothing was judged yet has a segment that holds nothing: it stays.
    t.is(s3.bytes.includes(canary), kept.get(name)?.includes(canary) ?? false, name)
  }
  t.true([...canaries(early).keys()].filter((name) => !kept.has(name)).length >= 2)
  await sleep(1500)
  await upload({ recording: path, store })
  if (process.platform === 'linux') {
    // As the command says it: it reaches the folder alone.
    const last = await understudy(['forget', '--last', '1h', '--json'])
    t.like(JSON.parse(last.out), { recording: path, uploads: [to] })
    await sleep(500)
  }
  await recorder.stop()
  await upload({ recording: path, store })
  const last = await reunited(s3.under(prefix()), path)
  t.deepEqual(await openRecording(last).verify(), { status: 'intact' })
  t.deepEqual(await lines(last, identity), await lines(path, identity))
  await nothingLeaked(t, s3, path)
})

test('command lines that cannot be meant, and a recording that is nowhere else', async (t) => {
  const { path } = await stored(t)
  for (const wrong of [
    [],
    ['--to', 'x', '--again'],
    ['--again', '--region', 'r'],
    ['--to', 's3://'],
  ]) {
    t.is((await understudy(['upload', path, ...wrong])).code, 2, wrong.join(' '))
  }
  const nowhere = await understudy(['upload', path, '--again', '--json'])
  t.is(nowhere.code, 1)
  t.like(JSON.parse(nowhere.err), { error: { code: 'state' } })
})

test('a store of the host’s own, and one that throws anything', async (t) => {
  const { path, identity } = await stored(t)
  const objects = new Map<string, Buffer>()
  let broken = false
  const store: Store = {
    place: { to: 'cellar' },
    async put(name, body) {
      if (broken) throw new TypeError(`no ${secrets.AWS_SESSION_TOKEN}`)
      const all: Uint8Array[] = []
      for await (const piece of body.read()) all.push(piece)
      objects.set(name, Buffer.concat(all))
    },
    async *get(name) {
      yield await Promise.resolve(objects.get(name) ?? Buffer.alloc(0))
    },
    remove: (name) => Promise.resolve(objects.delete(name) || true),
    list: () =>
      Promise.resolve([...objects].map(([name, bytes]) => ({ name, size: bytes.length }))),
  }
  await upload({ recording: path, store })
  const sizes = new Map([...objects].map(([name, { length }]) => [name, length]))
  const { stores } = await forget({ recording: path, identity, from: 4e9, stores: [store] })
  t.like(stores, [{ to: 'cellar' }])
  t.truthy(stores[0]?.change)
  t.notDeepEqual(new Map([...objects].map(([name, { length }]) => [name, length])), sizes)
  broken = true
  const told = await forget({ recording: path, identity, from: 2e9, stores: [store] })
  t.like(told.stores, [{ to: 'cellar', failure: { code: 'internal' } }])
  t.false(JSON.stringify(told).includes(secrets.AWS_SESSION_TOKEN))
  // Without it, nobody can know how the place is reached: the folder of that name is not there.
  const odd = { ...store, place: { to: 'cel\u001blar' } }
  await t.throwsAsync(upload({ recording: path, store: odd }), { code: 'format-invalid' })
  const without = await forget({ recording: path, identity, from: 1e9 })
  t.like(without.stores, [{ to: 'cellar', failure: { code: 'io' } }])
})

test('an upload can be called off, and what is noted may be damaged', async (t) => {
  const { path, identity, s3, store } = await stored(t)
  const off = new AbortController()
  s3.mischief = ({ method }) => {
    if (method === 'PUT') off.abort()
    return false
  }
  const call = upload({ recording: path, store, signal: off.signal })
  untold(t, await t.throwsAsync(call, { code: 'state' }))
  s3.mischief = undefined
  await upload({ recording: path, store })
  const [name = ''] = await readdir(join(path, 'release/uploads'))
  await writeFile(join(path, 'release/uploads', name), '{}\n')
  await t.throwsAsync(uploadAgain({ recording: path }), { code: 'format-invalid' })
  const { destroyed, recut, stores } = await forget({ recording: path, identity, from: 1e9 })
  t.true(destroyed + recut > 0)
  t.like(stores, [{ failure: { code: 'format-invalid' } }])
})

test('the review’s forgetting reaches stores once, and says what it did not reach', async (t) => {
  const { path, identity, s3, store } = await stored(t)
  await upload({ recording: path, store })
  const { forget: act } = contributorActions(path, identity)
  let done = 0
  const step = (from: number) => ({ from, to: from + 5e8 })
  const asked = s3.asked.length
  await act?.([step(1e9), step(2e9)], () => done++)
  t.is(
    s3.asked
      .slice(asked)
      .filter(({ name, query }) => name === '' && !query.has('continuation-token')).length,
    3,
  )
  t.deepEqual(await uploads(path), [{ to, current: true }])
  s3.mischief = (_, response) => {
    refuse(response, 403, 'AccessDenied')
    return true
  }
  const error = await t.throwsAsync(act?.([step(3e9)], () => done++) ?? Promise.resolve())
  t.like(error, { code: 'permission-denied' })
  t.regex(error.message, /forgotten here.*bucket\/mine.*--again/)
  t.is(done, 3)
})
