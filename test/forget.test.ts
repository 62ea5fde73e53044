// Forgetting, on a recording that is written: as a shell and a host see it.
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import { openIdentity } from '../ts/folder.js'
import { forget, type Item, openRecording, Recorder, settle, toLine } from '../ts/index.js'
import { begin, outcome, recorded, sleep, studio, understudy } from './studio.js'

/** A recording of eight seconds, and everything in it. */
async function remembered(t: ExecutionContext) {
  const all = await recorded(t, { seconds: 8, width: 320, height: 200 })
  return { ...all, lines: await read(all.path, all.identity) }
}

interface Line {
  readonly track: string
  readonly type: string
  readonly time: number
}

/** Every item as `dump` prints it; of a picture without how it was coded. */
async function read(path: string, identity: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const item of openRecording(path, { identity: await openIdentity(identity) })) {
    lines.push(told(item))
  }
  return lines
}

function told(item: Item): Line {
  const line = JSON.parse(toLine(item, { hashes: true })) as Line & Record<string, unknown>
  if (item.type !== 'frame') return line
  return Object.fromEntries(
    Object.entries(line).filter(([name]) => name !== 'key' && name !== 'painted'),
  ) as unknown as Line
}

const outside = ({ time }: Line) => time < 3e9 || time > 5e9

test('what is forgotten is gone, the rest stays, and it verifies', async (t) => {
  const { path, identity, lines } = await remembered(t)
  const told = await understudy([
    ...['forget', path, '--identity', identity],
    ...['--from', '3s', '--to', '0:05', '--json'],
  ])
  t.is(told.code, 0, told.err)
  const forgotten = JSON.parse(told.out) as Awaited<ReturnType<typeof forget>>
  t.deepEqual(forgotten.spans, [{ from: 3e9, to: 5e9 }])
  t.true(forgotten.recut + forgotten.destroyed >= 3, told.out)
  t.like(await understudy(['verify', path]), { code: 0 })
  const after = await read(path, identity)
  t.true(lines.some(({ time }) => time > 3.5e9 && time < 4.5e9))
  t.deepEqual(
    after.filter(({ time }) => time >= 3e9 && time < 5e9),
    [],
  )
  const strays = new Set(['keyup', 'pointerup'])
  const whole = (all: Line[]) => all.filter((line) => outside(line) && !strays.has(line.type))
  t.deepEqual(whole(after), whole(lines))
  const info = await understudy(['info', path])
  t.regex(info.out, /screen was forgotten by the contributor from 3\.000 s to 5\.000 s/)
})

test('only the contributor forgets, and only what is there', async (t) => {
  const { folder, path, identity } = await remembered(t)
  const stranger = join(folder, 'stranger')
  t.like(await understudy(['keygen', stranger, '--no-passphrase']), { code: 0 })
  const refused = await understudy([
    'forget',
    path,
    '--identity',
    stranger,
    '--from',
    '1s',
    '--json',
  ])
  t.is(refused.code, 1)
  t.like(JSON.parse(refused.err), { error: { code: 'identity-mismatch' } })
  const nothing = forget({ recording: path, identity, from: 3600e9 })
  t.like(await t.throwsAsync(nothing), { code: 'invalid-argument' })
  t.is((await understudy(['forget', path, '--identity', identity])).code, 2)
  t.is((await understudy(['forget', path, '--identity', identity, '--from', 'noon'])).code, 2)
  t.is(
    (await understudy(['forget', path, '--identity', identity, '--from', '5s', '--to', '4s'])).code,
    2,
  )
})

test('a running recording is not changed', async (t) => {
  const { folder, receipt, identity } = await studio(t)
  const recorder = await Recorder.start({
    receipt,
    folder: join(folder, 'r'),
    synthetic: { width: 64, height: 64 },
  })
  await sleep(300)
  const recording = recorder.path
  t.like(await t.throwsAsync(forget({ recording, identity })), { code: 'state' })
  await recorder.stop()
  await forget({ recording, identity })
  t.deepEqual(await read(recording, identity), [])
})

test('a change that was cut short is settled before anything is read', async (t) => {
  const { folder, path, identity, lines } = await remembered(t)
  const done = join(folder, 'done')
  await cp(path, done, { recursive: true })
  await forget({ recording: done, identity, from: 3e9, to: 5e9 })
  // As after a crash behind the step that makes it valid: the new files still wait.
  await mkdir(join(path, 'amend'))
  for (const track of await readdir(done)) {
    for (const name of track.includes('.') ? [] : await readdir(join(done, track))) {
      const now = await readFile(join(done, track, name))
      const before = await readFile(join(path, track, name))
      if (now.equals(before)) continue
      await mkdir(join(path, 'amend', track), { recursive: true })
      await writeFile(join(path, 'amend', track, name), now)
    }
  }
  await rename(join(done, 'journal.ndjson'), join(path, 'amend/journal.ndjson'))
  const refused = await understudy(['verify', path, '--json'])
  t.is(refused.code, 1)
  t.like(JSON.parse(refused.err), { error: { code: 'state' } })
  t.like(await understudy(['settle', path]), { code: 0, out: 'settled\n' })
  t.like(await understudy(['verify', path]), { code: 0 })
  t.true((await read(path, identity)).length < lines.length)
  t.false(await settle(path))
})

test('a journal in amend that is not the contributor’s settles nothing', async (t) => {
  const { path, lines, identity } = await remembered(t)
  await mkdir(join(path, 'amend'))
  const journal = await readFile(join(path, 'journal.ndjson'), 'utf8')
  const forged = journal.trimEnd().split('\n').at(-1)?.replace('"type":"stop"', '"type":"destroy"')
  await writeFile(join(path, 'amend/journal.ndjson'), `${journal}${forged}\n`)
  t.regex((await t.throwsAsync(settle(path))).message, /journal\.ndjson/)
  await rename(join(path, 'amend'), join(path, '../aside'))
  t.deepEqual(await read(path, identity), lines)
})

test('kill -9 at any moment leaves it not begun or complete', async (t) => {
  const { folder, path, identity, lines } = await remembered(t)
  const seen = new Set<string>()
  for (let round = 0; round < 8; round++) {
    const copy = join(folder, `copy-${round}`)
    await cp(path, copy, { recursive: true })
    const child = begin(t, ['forget', copy, '--identity', identity, '--from', '3s', '--to', '5s'])
    const ended = outcome(child)
    // From before it has started to after it has ended.
    await sleep(400 + round * 120)
    child.kill('SIGKILL')
    await ended
    await settle(copy)
    t.like(await openRecording(copy).verify(), { status: 'intact' })
    const after = await read(copy, identity)
    const begun = after.length < lines.length
    seen.add(begun ? 'complete' : 'not begun')
    if (begun)
      t.deepEqual(
        after.filter(({ time }) => time >= 3e9 && time < 5e9),
        [],
      )
    else t.deepEqual(after, lines)
  }
  t.log([...seen].join(', '))
})

test('a passphrase is zeroed, whatever else is refused', (t) => {
  const refused: ((passphrase: Buffer) => unknown)[] = [
    (passphrase) => native.forget('r', 'me', { tracks: ['sound'] }, passphrase),
    (passphrase) => native.release('r', 'me', { to: 'nobody' }, passphrase),
    (passphrase) => native.pseudonyms('me', [{ issued: -1 }], passphrase),
  ]
  for (const call of refused) {
    const passphrase = Buffer.from('correct horse')
    t.throws(() => {
      void call(passphrase)
    })
    t.deepEqual(passphrase, Buffer.alloc(13))
  }
})
