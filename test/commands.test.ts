// The reading commands, as a shell sees them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { decode } from 'fast-png'
import { Picture } from '../ts/frame.js'
import { concat, keydown, workspace } from './encode.js'
import { identityFile, temporaryFolder, writeFiles } from './folder.js'
import { frame } from './picture.js'
import { Writer } from './recording.js'

const cli = fileURLToPath(new URL('../ts/cli.ts', import.meta.url))

async function understudy(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import=tsx', cli, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code: child.exitCode, out, err }
}

/** A folder with a recording in `r` and the contributor's identity in `i`. */
async function prepare(t: ExecutionContext, writer: Writer, passphrase?: string) {
  const folder = await temporaryFolder(t)
  await writeFiles(join(folder, 'r'), writer.files)
  await writeFiles(join(folder, 'i'), new Map([['identity.json', identityFile(passphrase)]]))
  return { folder, recording: join(folder, 'r'), identity: join(folder, 'i') }
}

function typed(): Writer {
  const writer = new Writer()
  writer.begin('keyboard')
  writer.chunk('keyboard', concat(keydown(20, 'KeyA', 'a'), keydown(5, 'KeyB', 'b')))
  return writer
}

test('verify: intact is 0', async (t) => {
  const { recording } = await prepare(t, typed().stop())
  t.like(await understudy(['verify', recording]), { code: 0, err: '' })
  const { out, code } = await understudy(['verify', '--json', recording])
  t.deepEqual([code, out], [0, '{"status":"intact"}\n'])
})

test('verify: cut is 3', async (t) => {
  const { recording } = await prepare(t, typed())
  t.is((await understudy(['verify', recording])).code, 3)
})

test('verify: tampered is 1, and the file is named', async (t) => {
  const { recording } = await prepare(t, typed().stop())
  const name = join(recording, 'journal.ndjson')
  const bytes = await readFile(name)
  const digit = bytes.indexOf('"prev":"', bytes.indexOf('\n')) + 8
  bytes[digit] = bytes[digit] === 0x30 ? 0x31 : 0x30
  await writeFile(name, bytes)
  const plain = await understudy(['verify', recording])
  t.is(plain.code, 1)
  t.is(plain.out, '')
  t.regex(plain.err, /^understudy: journal\.ndjson, line 2: .* \(tampered\)\n$/)
  const { out, err } = await understudy(['verify', '--json', recording])
  t.like(JSON.parse(out), { status: 'invalid', code: 'tampered', at: 'journal.ndjson', line: 2 })
  t.like(JSON.parse(err), { error: { code: 'tampered' } })
})

test('a folder that is not there is a failure, a wrong command line is usage', async (t) => {
  t.like(await understudy(['verify', '/nowhere']), { code: 1, out: '' })
  t.like(await understudy(['verify']), { code: 2, out: '' })
  t.like(await understudy(['dump', '/nowhere']), { code: 2, out: '' })
  t.is((await understudy(['frames', 'r', '--identity', 'i', '--out', 'o', '--every', 'x'])).code, 2)
  t.like(await understudy(['--help']), { code: 0, err: '' })
})

test('info says what is known without a key', async (t) => {
  const { recording } = await prepare(t, typed().stop())
  const { code, out } = await understudy(['info', recording])
  t.is(code, 0)
  t.regex(out, /status {5}intact/)
  t.regex(out, /keyboard +1 segment/)
  t.regex(out, /to be recorded: pointer, keyboard, screen, context/)
  const json = await understudy(['info', recording, '--json'])
  t.like(JSON.parse(json.out), { status: 'intact', platform: 'synthetic' })
})

test('dump prints every event, with a passphrase from the environment', async (t) => {
  const { recording, identity } = await prepare(t, typed().stop(), 'open sesame')
  const dump = ['dump', recording, '--identity', identity]
  const { code, out } = await understudy(dump, { UNDERSTUDY_PASSPHRASE: 'open sesame' })
  t.is(code, 0)
  t.deepEqual(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { code: string }).code),
    ['KeyA', 'KeyB'],
  )
  const wrong = await understudy([...dump, '--json'], { UNDERSTUDY_PASSPHRASE: 'x' })
  t.is(wrong.code, 1)
  t.like(JSON.parse(wrong.err), { error: { code: 'passphrase-wrong' } })
})

test('dump prints what is good before a failure', async (t) => {
  const writer = typed()
  writer.chunk('keyboard', workspace(0, 1, 'x'))
  const { recording, identity } = await prepare(t, writer.stop())
  const { code, out, err } = await understudy(['dump', recording, '--identity', identity])
  t.is(code, 1)
  t.is(out.trim().split('\n').length, 2)
  t.regex(err, /keyboard\/000000\.seg: .*\(format-invalid\)/)
})

test('dump ends quietly when nobody reads on', async (t) => {
  const writer = new Writer()
  writer.begin('context')
  for (let i = 0; i < 40; i++) {
    writer.chunk(
      'context',
      concat(...Array.from({ length: 200 }, () => workspace(1, 1, 'x'.repeat(250)))),
    )
  }
  const { recording, identity } = await prepare(t, writer.stop())
  const args = ['--import=tsx', cli, 'dump', recording, '--identity', identity]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [err] = await Promise.all([text(child.stderr), once(child, 'close')])
  t.is(err, '')
  t.is(child.exitCode, 0)
})

test('no command fails because nobody reads what it says', async (t) => {
  const { recording } = await prepare(t, typed().stop())
  for (const args of [['--help'], ['info', recording], ['verify', '/nowhere']]) {
    const child = spawn(process.execPath, ['--import=tsx', cli, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    if (args[0] === 'verify') child.stderr.destroy()
    const [err] = await Promise.all([text(child.stderr).catch(() => ''), once(child, 'close')])
    t.is(err, '')
    t.is(child.exitCode, args[0] === 'verify' ? 1 : 0, args.join(' '))
  }
})

const onLinux = existsSync('/dev/full') ? test : test.skip

onLinux('an answer that finds no place on the disk is a failure that is told', async (t) => {
  const { recording, identity } = await prepare(t, typed().stop())
  const full = await open('/dev/full', 'w')
  for (const args of [
    ['--help'],
    ['info', recording],
    ['dump', recording, '--identity', identity],
  ]) {
    const child = spawn(process.execPath, ['--import=tsx', cli, ...args], {
      stdio: ['ignore', full.fd, 'pipe'],
    })
    const [err] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')])
    t.regex(err, /^understudy: The answer cannot be written: ENOSPC[^\n]*\(disk-full\)\n$/)
    t.is(child.exitCode, 1)
  }
  await full.close()
})

test('frames writes what the screen showed at each look', async (t) => {
  const writer = new Writer()
  writer.begin('screen')
  const picture = new Picture(40, 40, 'bgrx8')
  const at = [0, 400_000_000, 900_000_000, 3_500_000_000]
  let last = 0
  for (const [index, time] of at.entries()) {
    picture.pixels.fill(index + 1)
    writer.chunk('screen', frame(time - last, picture, { key: index === 0 }))
    last = time
  }
  const { folder, recording, identity } = await prepare(t, writer.stop())
  const out = join(folder, 'out')
  const run = ['frames', recording, '--identity', identity, '--out', out]
  t.is((await understudy(run)).code, 0)
  const names = ['000000.000000000.png', '000000.900000000.png', '000003.500000000.png']
  t.deepEqual((await readdir(out)).sort(), names)
  t.is(decode(await readFile(join(out, names[1] ?? ''))).data[2], 3)
  const all = await understudy([...run, '--every', '0s', '--json'])
  t.deepEqual(
    all.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { time: number }).time),
    at,
  )
})
