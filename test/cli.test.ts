// The commands that need the addon, and what a recording withstands, as a shell sees them.
import { execFileSync } from 'node:child_process'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { consentText } from '../ts/consent.js'
import { openIdentity, openRecording, Recorder, type RecorderOptions } from '../ts/index.js'
import { hashOf } from '../ts/seal.js'
import { temporaryFolder } from './folder.js'
import {
  anybody,
  begin,
  consent,
  outcome,
  played,
  readAll,
  sleep,
  studio,
  understudy,
} from './studio.js'

const terms = ['--tracks', 'pointer,keyboard,screen,context', '--purpose', 'agent-training']

test('keygen, consent, record, verify, info, dump, frames', async (t) => {
  const folder = await temporaryFolder(t)
  const [identity, receipt, out, pictures] = ['id', 'receipt.json', 'out', 'png'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]

  const made = await understudy(['keygen', identity, '--no-passphrase'])
  t.is(made.code, 0, made.err)
  const publicKey = made.out.trim()
  t.regex(publicKey, /^understudy1[a-z0-9]{58,60}$/)
  t.is(await readFile(join(identity, 'identity.pub'), 'utf8'), `${publicKey}\n`)
  t.is((await openIdentity(identity)).toString(), publicKey)

  const agreed = await understudy([
    'consent',
    '--identity',
    identity,
    '--recipient',
    await anybody(),
    ...terms,
    '--expires',
    '30d',
    '--out',
    receipt,
    '--agree',
  ])
  t.is(agreed.code, 0, agreed.err)
  t.is(agreed.out, `${receipt}\n`)

  const recorded = await understudy([
    'record',
    '--receipt',
    receipt,
    '--out',
    out,
    '--trust',
    'Editor',
    'Terminal',
    '--synthetic',
    '2',
  ])
  t.is(recorded.code, 0, recorded.err)
  const path = recorded.out.trim()
  t.regex(recorded.err, /understudy verify /)

  t.like(await understudy(['verify', path]), { code: 0 })
  const info = await understudy(['info', '--json', path])
  t.like(JSON.parse(info.out), { status: 'intact', platform: 'synthetic' })
  const dumped = await understudy(['dump', path, '--identity', identity])
  t.is(dumped.code, 0, dumped.err)
  const lines = dumped.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string })
  t.true(lines.some(({ type }) => type === 'keydown'))
  const frames = await understudy(['frames', path, '--identity', identity, '--out', pictures])
  t.is(frames.code, 0, frames.err)
  t.true((await readdir(pictures)).length > 0)
})

test('keygen never overwrites, and nobody else may read it', async (t) => {
  const folder = await temporaryFolder(t)
  const identity = join(folder, 'id')
  const first = await understudy(['keygen', identity, '--no-passphrase', '--json'])
  const { publicKey } = JSON.parse(first.out) as { publicKey: string }
  t.deepEqual(JSON.parse(first.out), { publicKey, path: identity })
  t.is((await stat(identity)).mode & 0o777, 0o700)
  t.is((await stat(join(identity, 'identity.json'))).mode & 0o777, 0o600)
  const before = await readFile(join(identity, 'identity.json'))
  const again = await understudy(['keygen', identity, '--no-passphrase', '--json'])
  t.like(JSON.parse(again.err), { error: { code: 'invalid-argument' } })
  t.is(again.code, 1)
  t.deepEqual(await readFile(join(identity, 'identity.json')), before)
  t.is((await understudy(['keygen', join(folder, 'none')])).code, 1)
  await t.throwsAsync(stat(join(folder, 'none')), { code: 'ENOENT' })
})

test('an identity under a passphrase signs and opens with it alone', async (t) => {
  const folder = await temporaryFolder(t)
  const [identity, receipt] = [join(folder, 'id'), join(folder, 'receipt.json')]
  const secret = { UNDERSTUDY_PASSPHRASE: 'grüne Bücher über Füße' }
  const made = await understudy(['keygen', identity], secret)
  t.is(made.code, 0, made.err)
  const file = await readFile(join(identity, 'identity.json'), 'utf8')
  t.true(file.includes('"passphrase"'))
  const args = [
    'consent',
    '--identity',
    identity,
    '--recipient',
    await anybody(),
    ...terms,
    '--expires',
    '1h',
    '--out',
    receipt,
    '--agree',
    '--json',
  ]
  const without = await understudy(args)
  t.like(JSON.parse(without.err.trim().split('\n').at(-1) ?? ''), {
    error: { code: 'invalid-argument' },
  })
  const wrong = await understudy(args, { UNDERSTUDY_PASSPHRASE: 'wrong' })
  t.like(JSON.parse(wrong.err.trim().split('\n').at(-1) ?? ''), {
    error: { code: 'passphrase-wrong' },
  })
  t.is((await understudy(args, secret)).code, 0)
  const opened = await openIdentity(identity, { passphrase: secret.UNDERSTUDY_PASSPHRASE })
  t.is(opened.toString(), made.out.trim())
})

test('consent: the receipt holds the hash of what was shown', async (t) => {
  const { folder, identity, publicKey } = await studio(t)
  const file = join(folder, 'agreed.json')
  const args = [
    'consent',
    '--identity',
    identity,
    '--recipient',
    publicKey,
    '--tracks',
    'screen,pointer',
    '--purpose',
    'agent-evaluation',
    '--expires',
    '2d',
    '--out',
    file,
    '--agree',
    '--json',
  ]
  const { code, out, err } = await understudy(args)
  t.is(code, 0, err)
  const answer = JSON.parse(out) as { expires: number }
  t.like(answer, { agreed: true, path: file })
  const receipt = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  t.is(receipt['notice'], hashOf(Buffer.from(err)))
  t.deepEqual(receipt['tracks'], ['pointer', 'screen'])
  t.is(receipt['expires'], answer.expires)
  const { expires } = answer
  t.is(
    err,
    consentText({
      tracks: ['pointer', 'screen'],
      purpose: 'agent-evaluation',
      recipients: [publicKey],
      expires,
    }),
  )
  const words = ['mouse', 'pictures', publicKey, 'measure', 'Ctrl-C', 'Also not: your keys']
  for (const word of [...words, '"understudy withdraw" with your receipt']) {
    t.true(err.includes(word), word)
  }

  const before = await readFile(file)
  t.is((await understudy(args)).code, 1)
  t.deepEqual(await readFile(file), before)
  t.is((await understudy([...args, '--force'])).code, 0)
  t.notDeepEqual(await readFile(file), before)
})

test('consent: a live tap is named in the receipt, and in plain words', async (t) => {
  const { folder, identity, publicKey } = await studio(t)
  const agree = async (name: string, live: readonly string[]) => {
    const file = join(folder, name)
    const terms = ['--tracks', 'pointer,keyboard,screen', '--purpose', 'agent-training']
    const who = ['--identity', identity, '--recipient', publicKey, '--expires', '1d']
    const args = ['consent', ...who, ...terms, ...live, '--out', file, '--agree']
    const { code, err } = await understudy(args)
    t.is(code, 0, err)
    const receipt = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    return { live: receipt['live'], shown: err }
  }
  const tapped = await agree('tapped.json', ['--live', 'keyboard,pointer'])
  t.deepEqual(tapped.live, ['pointer', 'keyboard'])
  const read = /\nRead while it is recorded:[^]*?\n\n/.exec(tapped.shown)?.[0] ?? ''
  for (const word of ['every key', 'mouse', 'unsealed', 'cannot take it back', 'never read']) {
    t.true(read.includes(word), word)
  }
  const plain = await agree('plain.json', [])
  t.deepEqual(plain.live, [])
  t.false(plain.shown.includes('unsealed'))
})

test('consent: nobody there to be asked, or a wrong command line, is usage', async (t) => {
  const { folder, identity, publicKey } = await studio(t)
  const file = join(folder, 'agreed.json')
  const all = {
    '--identity': identity,
    '--recipient': publicKey,
    '--tracks': 'screen',
    '--purpose': 'agent-training',
    '--expires': '1d',
    '--out': file,
  }
  const run = async (change: Readonly<Record<string, string>>) => {
    const options = Object.entries<string>({ ...all, ...change }).flat()
    return await understudy(['consent', ...options])
  }
  const asked = await run({})
  t.is(asked.code, 2)
  t.regex(asked.err, /--agree/)
  for (const change of [
    { '--tracks': 'sound' },
    { '--purpose': 'performance-review' },
    { '--expires': 'never' },
    { '--expires': '99999d' },
    { '--recipient': 'understudy1qqqq' },
    { '--live': 'screen' },
    { '--live': 'sound' },
    { '--live': 'keyboard' },
  ]) {
    t.is((await run(change)).code, 2, JSON.stringify(change))
  }
  await t.throwsAsync(stat(file), { code: 'ENOENT' })
})

test('record: without a receipt that holds, an exit code and no folder', async (t) => {
  const { folder, identity, publicKey, receipt, out } = await studio(t)
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const text = await readFile(receipt, 'utf8')
  const expired = await consent(identity, publicKey, { seconds: 1 })
  const narrow = await consent(identity, publicKey, { only: ['pointer'] })
  await sleep(1100)
  const cases: [string, string][] = [
    [join(folder, 'missing.json'), 'receipt-invalid'],
    [await write('forged.json', text.replace('"expires":1', '"expires":2')), 'receipt-invalid'],
    [await write('expired.json', expired), 'receipt-expired'],
    [await write('narrow.json', narrow), 'receipt-scope'],
  ]
  for (const [file, code] of cases) {
    const ended = await understudy([
      'record',
      '--json',
      '--receipt',
      file,
      '--out',
      out,
      '--tracks',
      'pointer,screen',
      '--synthetic',
      '1',
    ])
    t.is(ended.code, 1)
    t.like(JSON.parse(ended.err), { error: { code } })
  }
  t.is((await understudy(['record', '--receipt', receipt])).code, 2)
  for (const option of [
    '--fps=0',
    '--hold-bytes=1073741825',
    '--hold-bytes=-1',
    '--hold-bytes=1k',
  ]) {
    t.is((await understudy(['record', '--receipt', receipt, '--out', out, option])).code, 2, option)
  }
  const nowhere = await understudy([
    'record',
    '--json',
    '--receipt',
    receipt,
    '--out',
    out,
    '--display',
    ':987',
  ])
  t.is(nowhere.code, 1)
  t.like(JSON.parse(nowhere.err), {
    error: { code: process.platform === 'linux' ? 'display-unavailable' : 'unsupported' },
  })
  await t.throwsAsync(stat(out), { code: 'ENOENT' })
})

/** Starts recording in real time, and waits until there is something. */
async function startRecording(
  t: ExecutionContext,
  receipt: string,
  out: string,
  args: readonly string[] = [],
) {
  const all = ['record', '--receipt', receipt, '--out', out, '--synthetic', '600', ...args]
  const child = begin(t, all)
  const ended = outcome(child)
  for (;;) {
    const [name] = await readdir(out).catch(() => [])
    const path = name === undefined ? undefined : join(out, name)
    if (path !== undefined && (await exists(join(path, 'screen/000000.seg'))))
      return { child, ended, path }
    if (child.exitCode !== null) throw new Error((await ended).err)
    await sleep(20)
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`record: ${signal} stops cleanly`, async (t) => {
    const { receipt, out } = await studio(t)
    const { child, ended, path } = await startRecording(t, receipt, out, ['--json'])
    await sleep(500)
    child.kill(signal)
    const { code, out: answer, err } = await ended
    t.is(code, 0, err)
    t.like(JSON.parse(answer), { path })
    t.is((await understudy(['verify', path])).code, 0)
  })
}

test('kill -9 at 20 random moments: verify says 3, the rest opens, a second and the hold are lost', async (t) => {
  t.timeout(180_000)
  const { receipt, folder, identity } = await studio(t)
  const lost: number[] = []
  const round = async (index: number) => {
    // Without the keyboard: nothing waits in the hold for longer than its quarter of a second.
    const out = join(folder, `out${index}`)
    const tracks = ['--tracks', 'pointer,screen,context']
    const { child, ended, path } = await startRecording(t, receipt, out, tracks)
    await sleep(Math.random() * 2500)
    const killed = Date.now()
    child.kill('SIGKILL')
    t.is((await ended).signal, 'SIGKILL')
    t.is((await understudy(['verify', path])).code, 3)
    const info = await openRecording(path).info()
    const dumped = await understudy(['dump', path, '--identity', identity])
    t.is(dumped.code, 0, dumped.err)
    const last = dumped.out.trim().split('\n').at(-1) ?? ''
    const { time = 0 } = (last === '' ? {} : JSON.parse(last)) as { time?: number }
    lost.push(killed - (info?.started ?? killed) - time / 1e6)
  }
  for (let index = 0; index < 20; index += 2) await Promise.all([round(index), round(index + 1)])
  t.log(`lost: ${lost.map((milliseconds) => Math.round(milliseconds)).join(', ')} ms`)
  t.is(lost.length, 20)
  t.true(Math.max(...lost) < 1250, `${Math.max(...lost)} ms`)
})

/** A recording of all tracks, quickly. */
async function recordQuickly(receipt: string, out: string, seed = 1): Promise<string> {
  const synthetic = { seconds: 3, asap: true, width: 640, height: 480, seed }
  // Trusted: otherwise windows are painted over where something is typed, and that begins another segment.
  const trusted = ['Editor', 'Terminal', 'Vault']
  const options = { receipt, out, trusted, synthetic } satisfies RecorderOptions
  const recorder = await Recorder.start(options)
  await played(recorder)
  return (await recorder.stop()).path
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort()
}

/** Does something to a copy of a recording, and expects that verifying it fails and names a file. */
async function spoil(
  t: ExecutionContext,
  recording: string,
  what: string,
  how: (copy: string) => Promise<void>,
) {
  const copy = `${recording}-copy`
  await rm(copy, { recursive: true, force: true })
  await cp(recording, copy, { recursive: true })
  await how(copy)
  const found = await openRecording(copy).verify()
  t.is(found.status, 'invalid', what)
  if (found.status === 'invalid')
    t.is(typeof found.error.at, 'string', `${what}: ${found.error.message}`)
  return copy
}

async function flip(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, position)
  byte[0] = (byte[0] ?? 0) ^ (1 << (position % 8))
  await file.write(byte, 0, 1, position)
  await file.close()
}

test('a single byte changed, anywhere: verify says 1 and names the file', async (t) => {
  t.timeout(180_000)
  const { receipt, out } = await studio(t)
  const recording = await recordQuickly(receipt, out)
  for (const file of await filesOf(recording)) {
    const { size } = await stat(join(recording, file))
    const positions = new Set([
      0,
      size - 1,
      ...Array.from({ length: 6 }, () => Math.floor(Math.random() * size)),
    ])
    for (const position of positions) {
      const what = `${file} at ${position} of ${size}`
      await spoil(t, recording, what, (copy) => flip(join(copy, file), position))
    }
  }
  const copy = await spoil(t, recording, 'by the command line', (copy) =>
    flip(join(copy, 'screen/000000.seg'), 400),
  )
  const { code, err } = await understudy(['verify', copy])
  t.is(code, 1)
  t.regex(err, /screen\/000000\.seg/)
})

test('a file removed, cut, swapped or added: verify says 1 and names it', async (t) => {
  t.timeout(180_000)
  const { receipt, out } = await studio(t)
  const [recording, other] = [
    await recordQuickly(receipt, out),
    await recordQuickly(receipt, out, 2),
  ]
  const files = await filesOf(recording)
  t.deepEqual(files, [
    ...['context/000000.key', 'context/000000.seg', 'header.json', 'journal.ndjson'],
    ...['keyboard/000000.key', 'keyboard/000000.seg', 'pointer/000000.key', 'pointer/000000.seg'],
    ...['receipt.json', 'screen/000000.key', 'screen/000000.seg'],
  ])
  for (const file of files) {
    await spoil(t, recording, `${file} removed`, (copy) => rm(join(copy, file)))
    const { size } = await stat(join(recording, file))
    for (const length of [0, 1, Math.floor(size / 2), size - 1]) {
      await spoil(t, recording, `${file} cut to ${length}`, (copy) =>
        truncate(join(copy, file), length),
      )
    }
    // Both recordings were made under the same receipt.
    if (file !== 'receipt.json') {
      await spoil(t, recording, `${file} of another recording`, (copy) =>
        copyFile(join(other, file), join(copy, file)),
      )
    }
  }
  for (const kind of ['seg', 'key']) {
    const [a, b] = [`pointer/000000.${kind}`, `keyboard/000000.${kind}`]
    await spoil(t, recording, `${a} and ${b} swapped`, async (copy) => {
      await rename(join(copy, a), join(copy, 'kept'))
      await rename(join(copy, b), join(copy, a))
      await rename(join(copy, 'kept'), join(copy, b))
    })
  }
  await spoil(t, recording, 'a segment added', (copy) =>
    copyFile(join(copy, 'screen/000000.seg'), join(copy, 'screen/000001.seg')),
  )
})

test('the machine that recorded, with every file on it but the identity, opens nothing', async (t) => {
  const { receipt, out, identity, folder, publicKey } = await studio(t)
  const recorded = await understudy([
    'record',
    '--receipt',
    receipt,
    '--out',
    out,
    '--synthetic',
    '1',
  ])
  t.is(recorded.code, 0, recorded.err)
  const path = recorded.out.trim()
  await rename(join(identity, 'identity.json'), join(folder, 'taken away'))
  await mkdir(join(folder, 'thief'))
  const thief = join(folder, 'thief')
  await understudy(['keygen', join(thief, 'id'), '--no-passphrase'])
  // The keys that are there: the contributor's public one, and whatever the recording holds.
  t.is((await understudy(['dump', path, '--identity', identity])).code, 1)
  const dumped = await understudy(['dump', path, '--identity', join(thief, 'id'), '--json'])
  t.like(dumped, { code: 1, out: '' })
  t.like(JSON.parse(dumped.err), { error: { code: 'identity-mismatch' } })

  await rename(join(folder, 'taken away'), join(identity, 'identity.json'))
  const stolen = await Promise.all((await filesOf(path)).map((file) => readFile(join(path, file))))
  const key = Buffer.from((await openIdentity(identity)).privateKey)
  t.false(stolen.some((bytes) => bytes.includes(key) || bytes.includes(key.toString('hex'))))
  // Nothing that was typed or shown lies there in the clear either.
  const texts = (await readAll(path, identity)).flatMap((item) =>
    item.type === 'focus' ? [item.window?.title ?? ''] : [],
  )
  t.true(texts.some((text) => text.length > 3))
  for (const text of texts.filter((text) => text.length > 3))
    t.false(
      stolen.some((bytes) => bytes.includes(text)),
      text,
    )
  t.true(publicKey.length > 0)
})

test('a full disk fails the recorder with a code, and what was written verifies', async (t) => {
  const { receipt, folder, identity } = await studio(t)
  const disk = join(folder, 'disk')
  await mkdir(disk)
  let limit: string[] = []
  if (canMount(disk)) {
    t.teardown(() => execFileSync('umount', ['--lazy', disk]))
  } else {
    limit = ['--fsize=65536']
  }
  const args = ['record', '--json', '--receipt', receipt, '--out', disk, '--synthetic', '60']
  const child = begin(t, args, {}, limit)
  const { code, err } = await outcome(child)
  t.is(code, 1, err)
  t.like(JSON.parse(err), { error: { code: 'disk-full' } })
  const [name = ''] = await readdir(disk)
  const path = join(disk, name)
  t.log((await openRecording(path).verify()).status)
  t.not((await openRecording(path).verify()).status, 'invalid')
  t.true((await readAll(path, identity)).length > 0)
})

/** A disk of 128 KiB, where this user may make one. */
function canMount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('a read-only folder is refused with a code', async (t) => {
  const { receipt, folder } = await studio(t)
  const place = join(folder, 'place')
  await mkdir(place)
  await chmod(place, 0o500)
  if (canMount(place)) {
    execFileSync('mount', ['-o', 'remount,ro', place])
    t.teardown(() => execFileSync('umount', [place]))
  } else if (process.getuid?.() === 0) {
    t.log('skipped: root writes everywhere, and nothing can be mounted here')
    t.pass()
    return
  }
  const { code, err } = await understudy([
    'record',
    '--json',
    '--receipt',
    receipt,
    '--out',
    place,
    '--synthetic',
    '1',
  ])
  t.is(code, 1)
  t.like(JSON.parse(err), { error: { code: 'permission-denied' } })
})
