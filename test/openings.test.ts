// What the recipient's opening leaves behind, and what withdrawing does to copies.
import { copyFile, cp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  FolderSource,
  Identity,
  openIdentity,
  openRecording,
  Recorder,
  release,
  withdraw,
} from '../ts/index.js'
import { collect, publicKeys, readAll, recorded, sleep, understudy } from './studio.js'

/** A recording, and a copy of it where the recipient has it. */
async function released(t: ExecutionContext) {
  const all = await recorded(t, { seconds: 3, width: 128, height: 96 })
  const { folder, path, identity, to } = all
  const { path: own } = await release({ recording: path, identity, to })
  const copy = join(folder, 'copy')
  await cp(own, copy, { recursive: true })
  return { ...all, own, copy }
}

test('opening a copy is written down, signed and chained, before a key is used', async (t) => {
  const { copy, recipient, to } = await released(t)
  t.like(await understudy(['openings', copy]), {
    code: 0,
    out: 'It was not opened where it lies.\n',
  })
  await readAll(copy, recipient)
  const dumped = await understudy(['dump', copy, '--identity', recipient])
  t.is(dumped.code, 0, dumped.err)
  const told = await understudy(['openings', copy, '--json'])
  const openings = JSON.parse(told.out) as { recipient: string; signer: string; time: number }[]
  t.is(openings.length, 2)
  const { sign, open } = await publicKeys(recipient)
  t.true(openings.every((opening) => opening.signer === sign && opening.recipient === open))
  t.regex((await understudy(['openings', copy])).out, new RegExp(`${to} {2}signed by ${sign}`))
  t.is(
    (await understudy(['openings', copy, '--verify', '--signer', sign])).out,
    '2 openings, which hold\n',
  )
  const foreign = ['openings', copy, '--verify', '--signer', '0'.repeat(64)]
  t.is((await understudy(foreign)).code, 1)
  t.like(await openRecording(copy).verify(), { status: 'intact' })

  await rm(join(copy, 'openings/000000.json'))
  t.like(await openRecording(copy).verify(), { status: 'invalid', error: { code: 'tampered' } })
  t.is((await understudy(['openings', copy])).code, 1)
})

test('one recording that is read again and again is one opening', async (t) => {
  const { copy, recipient } = await released(t)
  const recording = openRecording(copy, { identity: await openIdentity(recipient) })
  t.deepEqual(
    await collect(recording.read({ tracks: ['keyboard'] })),
    await collect(recording.read({ tracks: ['keyboard'] })),
  )
  t.is((await readdir(join(copy, 'openings'))).length, 1)
})

test('two at once are two openings', async (t) => {
  const { copy, recipient } = await released(t)
  await Promise.all([1, 2, 3].map(() => readAll(copy, recipient)))
  t.is((await openRecording(copy).info())?.openings?.length, 3)
})

test('what cannot be written down is not opened', async (t) => {
  const { copy, identity, recipient } = await released(t)
  const source = new FolderSource(copy)
  const readOnly = {
    list: () => source.list(),
    read: (path: string, offset: number, length: number) => source.read(path, offset, length),
  }
  const key = await openIdentity(recipient)
  const items = collect(openRecording(readOnly, { identity: key }))
  t.like(await t.throwsAsync(items), { code: 'state' })
  const unsigned = await Identity.fromPrivateKey(key.privateKey)
  const silent = collect(openRecording(copy, { identity: unsigned }))
  t.like(await t.throwsAsync(silent), { code: 'identity-invalid' })
  t.like(await t.throwsAsync(readAll(copy, identity)), { code: 'identity-mismatch' })
  t.false((await readdir(copy)).includes('openings'))
})

test('no openings of what is no copy', async (t) => {
  const { path } = await released(t)
  const told = await understudy(['openings', path, '--json'])
  t.is(told.code, 1)
  t.like(JSON.parse(told.err), { error: { code: 'invalid-argument' } })
})

test('withdrawing destroys what is here, and has copies refused', async (t) => {
  const { folder, receipt, path, own, copy, identity, recipient } = await released(t)
  const out = join(folder, 'out')
  const told = await understudy([
    'withdraw',
    out,
    '--identity',
    identity,
    '--receipt',
    receipt,
    '--json',
  ])
  t.is(told.code, 0, told.err)
  const { recordings, copies } = JSON.parse(told.out) as Awaited<ReturnType<typeof withdraw>>
  t.deepEqual(recordings, [path])
  t.deepEqual(copies, [join(own, 'withdrawal.json')])
  await t.throwsAsync(readFile(receipt))
  const left = (await readdir(out, { recursive: true })).filter((name) => /\.(seg|key)$/.test(name))
  t.deepEqual(left, [])
  t.like(await openRecording(path).verify(), { status: 'invalid', error: { code: 'withdrawn' } })
  t.true((await readAll(copy, recipient)).length > 0)
  await copyFile(copies[0] ?? '', join(copy, 'withdrawal.json'))
  const refused = await understudy(['dump', copy, '--identity', recipient])
  t.is(refused.code, 1)
  t.is(refused.out, '')
  t.regex(refused.err, /withdrawal\.json: .*delete its folder.*\(withdrawn\)/)
  t.is(
    (await understudy(['frames', copy, '--identity', recipient, '--out', join(folder, 'p')])).code,
    1,
  )
  const again = await withdraw({ folder: out, identity })
  t.deepEqual(again.recordings, [path])
})

test('what is being recorded is stopped or told, and nobody else’s is touched', async (t) => {
  const { folder, receipt, path, identity, recipient } = await released(t)
  const recorder = await Recorder.start({
    receipt,
    folder: join(folder, 'out/s'),
    synthetic: { width: 64, height: 64 },
  })
  await sleep(300)
  const args = ['withdraw', join(folder, 'out/s'), '--identity', identity]
  // Where its socket is not found.
  const told = await understudy(args, { XDG_RUNTIME_DIR: folder })
  t.is(told.code, 1)
  t.regex(told.out, /still being recorded/)
  t.is(recorder.state.type === 'stopped', false)
  const stopped = await understudy(args)
  t.is(stopped.code, 0, stopped.err)
  t.regex(stopped.out, /^stopped: .*\ndestroyed: /)
  t.is(recorder.state.type, 'stopped')
  const other = await understudy(['withdraw', join(folder, 'out'), '--identity', recipient])
  t.like(other, { code: 0, out: 'There is no recording of yours here.\n' })
  t.like(await openRecording(path).verify(), { status: 'intact' })
  const { recordings } = await withdraw({ folder: join(folder, 'out'), identity })
  t.is(recordings.length, 2)
})
