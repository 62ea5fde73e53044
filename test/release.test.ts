// Releasing a copy, as the contributor and the recipient see it.
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import * as native from '../native/binding.js'
import {
  openIdentity,
  openRecording,
  release,
  type Span,
  toLine,
  UnderstudyError,
} from '../ts/index.js'
import { recorded, understudy } from './studio.js'
import { Terminal } from './terminal.js'

const desktop = { seconds: 8, width: 320, height: 200 }

type Line = Record<string, unknown> & { readonly type: string; readonly time: number }

async function read(path: string, identity: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const item of openRecording(path, { identity: await openIdentity(identity) })) {
    lines.push(JSON.parse(toLine(item, { hashes: true })) as Line)
  }
  return lines
}

const of = (lines: readonly Line[], type: string) => lines.filter((line) => line.type === type)

test('the recipient opens the copy, picture by picture and key by key; nobody else does', async (t) => {
  const { path, identity, recipient, to } = await recorded(t, desktop)
  const told = await understudy(['release', path, '--identity', identity, '--to', to])
  t.is(told.code, 0, told.err)
  const copy = told.out.trim()
  t.is(copy, join(path, 'release', to, '000000'))
  t.like(await understudy(['verify', copy]), { code: 0 })
  t.like(await understudy(['verify', path]), { code: 0 })
  const [mine, theirs] = [await read(path, identity), await read(copy, recipient)]
  const typed = (lines: Line[]) => of(lines, 'keydown').map(({ code, text }) => [code, text])
  t.deepEqual(typed(theirs), typed(mine))
  const shown = of(mine, 'frame').map(({ hash }) => hash)
  const copied = of(theirs, 'frame').map(({ hash }) => hash)
  t.true(copied.length > 3)
  t.true(copied.every((hash) => shown.includes(hash)))
  t.is(copied.at(-1), shown.at(-1))
  t.true(theirs.every(({ time }) => time % 20e6 === 0))
  const refused = await understudy(['dump', copy, '--identity', identity, '--json'])
  t.like(JSON.parse(refused.err), { error: { code: 'identity-mismatch' } })
  const pictures = join(path, '../png')
  const frames = await understudy(['frames', copy, '--identity', recipient, '--out', pictures])
  t.is(frames.code, 0, frames.err)
  t.true((await readdir(pictures)).length > 0)
})

test('the copy says the day, a pseudonym, and no more', async (t) => {
  const { path, identity, to } = await recorded(t, desktop)
  const released = await release({ recording: path, identity, to })
  const [original, copy] = await Promise.all([
    openRecording(path).info(),
    openRecording(released.path).info(),
  ])
  t.is(copy?.started, Math.floor((original?.started ?? 0) / 864e5) * 864e5)
  t.true(copy?.receipt.released)
  t.not(copy?.receipt.contributor.sign, original?.receipt.contributor.sign)
  t.is(copy?.duration, released.duration)
  t.like(original?.facts.at(-1), { type: 'release', number: 0, manifest: released.manifest })
  const info = await understudy(['info', released.path])
  t.regex(info.out, /a copy, released under a pseudonym/)
  const whole = await readFile(join(released.path, 'receipt.json'), 'utf8')
  t.false(whole.includes(original?.receipt.id ?? ''))
})

test('no member of the format scores, counts or times a person', async (t) => {
  const { path, identity, recipient, to } = await recorded(t, desktop)
  const released = await release({ recording: path, identity, to })
  const members = new Set<string>()
  const gather = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(gather)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        members.add(name)
        gather(inner)
      }
    }
  }
  gather(await read(released.path, recipient))
  for (const name of ['header.json', 'receipt.json', 'release.json']) {
    gather(JSON.parse(await readFile(join(released.path, name), 'utf8')))
  }
  const journal = await readFile(join(released.path, 'journal.ndjson'), 'utf8')
  for (const line of journal.trim().split('\n')) gather(JSON.parse(line))
  t.true(members.size > 40)
  const scores =
    /score|speed|rate|active|productiv|idleTime|duration|hours|words|keystrokes|efficien/i
  t.deepEqual(
    [...members].filter((name) => scores.test(name)),
    [],
  )
  const kinds = new Set(journal.match(/(?<="type":")\w+/g))
  t.deepEqual([...kinds].sort(), ['close', 'open', 'start', 'stop'])
})

test('tracks and spans are left out; nobody is released to whom the receipt does not name', async (t) => {
  const { folder, path, identity, recipient, to } = await recorded(t, desktop)
  const except: Span[] = [{ from: 2e9, to: 6e9 }]
  const whole = await release({ recording: path, identity, to })
  const part = await understudy([
    ...['release', path, '--identity', identity, '--to', to],
    ...['--tracks', 'keyboard', '--except', '0:02-6s', '--json'],
  ])
  t.is(part.code, 0, part.err)
  const { path: copy, tracks } = JSON.parse(part.out) as { path: string; tracks: string[] }
  t.deepEqual(tracks, ['keyboard'])
  const typed = of(await read(path, identity), 'keydown').filter(
    ({ time }) => !except.some(({ from, to: end }) => time >= from && time < end),
  )
  const told = await read(copy, recipient)
  t.true(told.every(({ track }) => track === 'keyboard'))
  t.deepEqual(
    of(told, 'keydown').map(({ code }) => code),
    typed.map(({ code }) => code),
  )
  t.true(of(await read(whole.path, recipient), 'keydown').length > typed.length)
  const stranger = await native.makeIdentity(join(folder, 'stranger'))
  const refused = await t.throwsAsync(release({ recording: path, identity, to: stranger }))
  t.true(refused instanceof UnderstudyError)
  t.like(refused, { code: 'receipt-scope' })
  const usage = ['release', path, '--identity', identity, '--to', to, '--except']
  t.is((await understudy([...usage, '5s-4s'])).code, 2)
  t.is((await understudy([...usage, '5s'])).code, 2)
})

test('a copy that was altered is refused', async (t) => {
  const { folder, path, identity, to } = await recorded(t, desktop)
  const { path: copy } = await release({ recording: path, identity, to })
  const manifest = await readFile(join(copy, 'release.json'))
  for (let at = 0; at < manifest.length; at += 7) {
    const altered = join(folder, 'altered')
    await cp(copy, altered, { recursive: true })
    const bytes = Buffer.from(manifest)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(join(altered, 'release.json'), bytes)
    t.is((await openRecording(altered).verify()).status, 'invalid', `byte ${at}`)
  }
})

test('how far a release and a verification are is told: to a host, and at a terminal', async (t) => {
  const { path, identity, to } = await recorded(t, { ...desktop, seconds: 200 })
  const segments = (await openRecording(path).info())?.tracks ?? []
  const count = (wanted: readonly string[]) =>
    segments
      .filter(({ track }) => wanted.includes(track))
      .reduce((sum, { segments: of }) => sum + of, 0)
  const all = count(['pointer', 'keyboard', 'screen', 'context'])
  t.true(all >= 12, `${all} segments`)
  const released: [number, number][] = []
  const progress = (done: number, to: number) => released.push([done, to])
  await release({ recording: path, identity, to, progress })
  // Times are told by pointer and keyboard, which are read before.
  const twice = all + count(['pointer', 'keyboard'])
  t.deepEqual(released[0], [0, twice])
  t.deepEqual(released.at(-1), [twice, twice])
  t.true(released.length >= all / 2, `${released.length} times`)
  t.true(released.every(([done], at) => at === 0 || done > (released[at - 1]?.[0] ?? done)))
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.is(released.at(-1)?.[0], twice, 'nothing comes behind the end')

  const verified: number[] = []
  await openRecording(path).verify({ progress: (done) => verified.push(done) })
  t.deepEqual(verified, [...Array(all + 1).keys()])

  const terminal = new Terminal()
  const shown = await terminal.run(['release', path, '--identity', identity, '--to', to])
  t.is(shown.code, 0, shown.shown)
  t.regex(shown.shown, new RegExp(`releasing: ${twice} of ${twice} segments\r\u001b\\[K`))
  t.regex((await terminal.run(['verify', path])).shown, /verifying: 0 of \d+[^]*K(intact)/)
  // Where nobody looks, nothing is written over.
  t.false(
    (await understudy(['release', path, '--identity', identity, '--to', to])).err.includes('\r'),
  )
})
