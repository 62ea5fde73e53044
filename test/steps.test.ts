// Withdrawing is as easy as joining: somebody at a terminal does both, and what they have to do is counted.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import { openRecording, UnderstudyError } from '../ts/index.js'
import { temporaryFolder } from './folder.js'
import { begin, outcome, sleep } from './studio.js'
import { type Steps, Terminal } from './terminal.js'

const onLinux = process.platform === 'linux' ? test : test.skip
const passphrase = 'grüne Bücher'

/** Joins: makes an identity, agrees, records. */
async function joins(t: ExecutionContext) {
  const folder = await temporaryFolder(t)
  const [identity, receipt, out] = ['me', 'receipt.json', 'recordings'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const recipient = await native.makeIdentity(join(folder, 'vault'))
  const terminal = new Terminal()
  const made = await terminal.run(
    ['keygen', identity],
    [
      ['New passphrase:', passphrase],
      ['The same again:', passphrase],
    ],
  )
  t.is(made.code, 0, made.shown)
  const first = { ...terminal.steps }
  const agreed = await terminal.run(
    [
      ...['consent', '--identity', identity, '--recipient', recipient],
      ...['--tracks', 'pointer,keyboard,screen,context', '--purpose', 'agent-training'],
      ...['--expires', '30d', '--out', receipt],
    ],
    [
      ['Do you agree?', 'y'],
      ['Passphrase of the identity:', passphrase],
    ],
  )
  t.is(agreed.code, 0, agreed.shown)
  const record = ['record', '--receipt', receipt, '--out', out]
  const recorded = await terminal.run([...record, '--synthetic', '1'])
  t.is(recorded.code, 0, recorded.shown)
  // The desktop that is recorded is the test's, not something that people type.
  terminal.steps.words -= 2
  const { commands, words, answers } = terminal.steps
  // Somebody who has an identity already joins with less.
  const again = {
    commands: commands - first.commands,
    words: words - first.words,
    answers: answers - first.answers,
  }
  return { identity, receipt, out, record, joining: terminal.steps, again }
}

/** Withdraws. */
async function leave({
  identity,
  receipt,
  out,
}: Readonly<Record<'identity' | 'receipt' | 'out', string>>) {
  const terminal = new Terminal()
  const command = ['withdraw', out, '--identity', identity, '--receipt', receipt]
  const told = await terminal.run(command, [['Passphrase of the identity:', passphrase]])
  return { ...told, leaving: terminal.steps }
}

function noMore(t: ExecutionContext, leaving: Steps, joining: Steps): void {
  t.log({ joining, leaving })
  t.true(leaving.commands <= joining.commands)
  t.true(leaving.answers <= joining.answers)
  t.true(leaving.words <= joining.words)
}

onLinux('withdrawing takes no more than joining, and it bites', async (t) => {
  const joined = await joins(t)
  t.deepEqual({ ...joined.joining, words: 0 }, { commands: 3, words: 0, answers: 4 })
  const { code, shown, leaving } = await leave(joined)
  t.is(code, 0, shown)
  t.deepEqual({ ...leaving, words: 0 }, { commands: 1, words: 0, answers: 1 })
  noMore(t, leaving, joined.joining)
  noMore(t, leaving, joined.again)
  await t.throwsAsync(stat(joined.receipt), { code: 'ENOENT' })
  const [recording = ''] = await readdir(joined.out)
  const path = join(joined.out, recording)
  const error = await t.throwsAsync(openRecording(path).info())
  t.true(error instanceof UnderstudyError)
  t.like(error, { code: 'withdrawn' })
  const files = (await readdir(path, { recursive: true })).map(String)
  t.deepEqual(
    files.filter((name) => /\.(key|seg)$/.test(name)),
    [],
  )
  t.regex(await readFile(join(path, 'withdrawal.json'), 'utf8'), /"understudy.withdrawal\/1"/)
})

onLinux('while it is recorded, withdrawing takes no more than joining', async (t) => {
  const joined = await joins(t)
  const child = begin(t, [...joined.record, '--synthetic', '600'])
  const ended = outcome(child)
  while ((await readdir(joined.out)).length < 2) await sleep(20)
  const leaving: Steps = { commands: 0, words: 0, answers: 0 }
  const once = async () => {
    const told = await leave(joined)
    leaving.commands += told.leaving.commands
    leaving.words += told.leaving.words
    leaving.answers += told.leaving.answers
    return told
  }
  const first = await once()
  if (first.code !== 0) {
    t.regex(first.shown, /still being recorded; stop it/)
    // What Ctrl-C sends where it is recorded: one step more.
    child.kill('SIGINT')
    leaving.answers++
    await ended
    t.is((await once()).code, 0)
  }
  await ended
  noMore(t, leaving, joined.joining)
  const left = (await readdir(joined.out, { recursive: true })).map(String)
  t.deepEqual(
    left.filter((name) => /\.(key|seg)$/.test(name)),
    [],
  )
})
