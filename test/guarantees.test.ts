// The guarantees of docs/design.md by their numbers, each on a real X server with real applications. The second has a file of its own,
// presence.test.ts. Where this file shows less than a guarantee says, another test shows the rest: pixels.test.ts (4, 5), canary.rs (6), forget.test.ts and store.test.ts (7), page/released.test.ts (8), direct.test.ts (8: what goes by itself, where I agreed that nobody looks through it), adversary.rs (10),
// steps.test.ts (11), faults.rs (12).
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExecutionContext } from 'ava'
import {
  forget,
  openRecording,
  openStore,
  Recorder,
  release,
  upload,
  withdraw,
} from '../ts/index.js'
import {
  absent,
  canary,
  cardNumber,
  click,
  onX,
  type Recorded,
  record,
  shows,
  typed,
} from './canary.js'
import { Display } from './display.js'
import { bytesOf } from './folder.js'
import { consent, readAll, root, sleep, studio, understudy } from './studio.js'

const letters = 'abcdefghkmnopqrstuvwxyz'

async function desk(t: ExecutionContext) {
  const display = await Display.start()
  t.teardown(() => display.close())
  // Where the recorder's socket is: others run at the same time.
  process.env['XDG_RUNTIME_DIR'] = join(display.folder, 'run')
  const editor = await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const write = (text: string) => display.play(`${click(editor)}\ntype ${text} every 30\nsleep 300`)
  return { display, editor, write }
}

const trusted = ['Mousepad']

onX('1. Off until I opt in', async (t) => {
  const { display } = await desk(t)
  const { folder, identity, publicKey } = await studio(t)
  const forged = (await consent(identity, publicKey)).replace('agent-training', 'agent-trainjng')
  const expired = await consent(identity, publicKey, { seconds: 1 })
  await sleep(1100)
  for (const receipt of [join(folder, 'none.json'), '{}', forged, expired]) {
    const path = join(folder, 'recording')
    const start = Recorder.start({ receipt, folder: path, display: display.name })
    const error = await t.throwsAsync(start, undefined, receipt)
    t.regex((error as { code?: string } | undefined)?.code ?? '', /^receipt-/)
    await t.throwsAsync(access(path), { code: 'ENOENT' })
  }
})

onX('3. Pause is instant and mine', async (t) => {
  const { display, write } = await desk(t)
  const secret = canary(letters, 14)
  const recorded = await record(t, display, { trusted }, async () => {
    await write('before')
    t.like(await understudy(['pause']), { code: 0 })
    await write(secret)
    t.like(await understudy(['resume']), { code: 0 })
    await sleep(500)
    await write('behind')
  })
  absent(t, secret, recorded)
  const text = typed(recorded.items)
  t.true(text.includes('before') && text.includes('behind'), text)
})

onX('4. Passwords are never captured, as keys or as pixels', async (t) => {
  const display = await Display.start({ accessibility: true })
  t.teardown(() => display.close())
  process.env['XDG_RUNTIME_DIR'] = join(display.folder, 'run')
  const [password, unknown] = [canary(letters, 12), canary(letters, 12)]
  // The field is red as long as a password stands in it; what the terminal shows is of another red.
  await display.page(pathToFileURL(join(root, 'test/pixels.html')))
  await display.focused('Chromium')
  await sleep(3000)
  const recorded = await record(t, display, {}, async () => {
    await sleep(500)
    await display.play(`move 200 50\nclick\nsleep 700\ntype heron every 40\nsleep 300`)
    await display.play(`move 200 120\nclick\nsleep 700\ntype ${password} every 40\nsleep 300`)
    t.regex(await display.title(), /^Pixels 5 12/)
    const terminal = await display.terminal(['cat'], ['-fg', '#fe0208', '-cr', '#808080'])
    await display.play(`${click(terminal)}\ntype ${unknown} every 40\nsleep 300`)
  })
  for (const secret of [password, unknown]) absent(t, secret, recorded)
  t.is(await shows(recorded, 0xfe0107), 0, 'a picture shows the password field')
  t.is(await shows(recorded, 0xfe0208), 0, 'a picture shows what an unknown field was given')
  t.true((await shows(recorded, 0x00c853)) > 0, 'what was typed before is seen')
  t.true(typed(recorded.items).includes('heron'), typed(recorded.items))
})

onX('5. Filtered before it is sealed', async (t) => {
  const { display, write } = await desk(t)
  const [card, token] = [cardNumber(), `ghp_${canary(`${letters}0123456789`, 36)}`]
  const recorded = await record(t, display, { trusted }, async () => {
    await write(`hello ${card}`)
    await display.play('key Enter')
    await write(`key ${token}`)
  })
  absent(t, card, recorded)
  absent(t, token, recorded)
  t.regex(typed(recorded.items), /⟨(credit_card|api_key)⟩/)
})

/** Something harmless, then a secret, then something harmless, seconds apart. */
async function withSecret(t: ExecutionContext, secret: string): Promise<Recorded> {
  const { display, write } = await desk(t)
  return await record(t, display, { trusted }, async () => {
    await write('first')
    await sleep(3000)
    await write(secret)
    await sleep(3000)
    await write('last')
  })
}

onX('6. Excluded applications leave nothing', async (t) => {
  const { display, write } = await desk(t)
  const [title, secret] = [canary(letters, 14), canary(letters, 14)]
  const looks = ['-class', 'KeePassXC', '-T', title, '-bg', '#f1001f', '-fg', '#f1001f']
  const recorded = await record(t, display, { trusted }, async () => {
    await write('before')
    const vault = await display.terminal(
      ['cat'],
      [...looks, '-geometry', '50x12+200+150'],
      'KeePassXC',
    )
    await display.play(`${click(vault)}\ntype ${secret} every 40`)
    for (const x of [240, 280, 320]) {
      await display.play(`place KeePassXC ${x} 190 400 220\nsleep 150`)
    }
    await display.play('show Mousepad\nsleep 300')
    await write('behind')
  })
  absent(t, secret, recorded)
  absent(t, title, recorded)
  t.true(recorded.reasons.includes('screen excluded-application'), recorded.reasons.join())
  t.true(typed(recorded.items).includes('before') && typed(recorded.items).includes('behind'))
  t.is(await shows(recorded, 0xf1001f), 0, 'a picture shows it')
  const frames = recorded.items.filter((item) => item.type === 'frame').length
  t.true(frames > 5, `${frames} pictures`)
})

onX('7. Forget works, back in time', async (t) => {
  const secret = canary(letters, 14)
  const { path, identity, items } = await withSecret(t, secret)
  const presses = items.filter((item) => item.type === 'keydown' && item.text.length === 1)
  const first = typed(presses).indexOf(secret)
  t.true(first > 0, 'it is there at first')
  const [from = 0, to = 0] = [first, first + secret.length - 1].map((at) => presses[at]?.time)
  const elsewhere = `${path}-elsewhere`
  await upload({ recording: path, store: openStore({ to: elsewhere }) })
  const sealed = (await readFile(join(path, 'keyboard/000000.seg'))).subarray(-40)
  t.true((await bytesOf(elsewhere)).includes(sealed), 'it is uploaded')
  await forget({ recording: path, identity, from: from - 5e8, to: to + 5e8 })
  const left = await readAll(path, identity)
  absent(t, secret, { items: left, bytes: await bytesOf(path) })
  t.true(typed(left).includes('first') && typed(left).includes('last'), typed(left))
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  t.false((await bytesOf(elsewhere)).includes(sealed), 'it is gone where it was uploaded')
})

onX(
  '8. and 9. Nobody opens it before I release it, and then only the recipient, what I saw',
  async (t) => {
    const { display, write } = await desk(t)
    const recorded = await record(t, display, { trusted }, () => write('what I saw'))
    const { path, identity, recipient, to } = recorded
    const other = (await studio(t)).identity
    for (const nobody of [recipient, other]) {
      await t.throwsAsync(readAll(path, nobody), { code: 'identity-mismatch' })
    }
    const copy = await release({ recording: path, identity, to })
    t.is(typed(await readAll(copy.path, recipient)), typed(recorded.items))
    for (const nobody of [other, identity]) {
      await t.throwsAsync(readAll(copy.path, nobody), { code: 'identity-mismatch' })
    }
  },
)

onX('10. No productivity metrics', async (t) => {
  const { display, write } = await desk(t)
  const recorded = await record(t, display, { trusted }, () => write('some words of mine'))
  const { recipient, to } = recorded
  const copy = await release({ recording: recorded.path, identity: recorded.identity, to })
  const info = await openRecording(copy.path).info()
  t.is((info?.started ?? 1) % 864e5, 0, 'the day, and no more')
  const presses = (await readAll(copy.path, recipient)).filter(({ type }) => type === 'keydown')
  const steps = presses.slice(1).map(({ time }, at) => time - (presses[at]?.time ?? 0))
  t.true(steps.length > 10 && steps.every((step) => step % 20e6 === 0))
  const mine = (await openRecording(recorded.path).info())?.receipt.contributor.sign
  t.not(info?.receipt.contributor.sign, mine, 'a pseudonym')
})

onX('11. Withdrawing is as easy as joining', async (t) => {
  const { display, write } = await desk(t)
  const recorded = await record(t, display, { trusted }, () => write('taken back'))
  const { path, identity, recipient, to } = recorded
  const copy = await release({ recording: path, identity, to })
  await withdraw({ folder: path, identity })
  await t.throwsAsync(access(join(path, 'keyboard/000000.key')), { code: 'ENOENT' })
  await t.throwsAsync(readAll(copy.path, recipient))
})

onX('12. It fails closed, and the record shows what happened', async (t) => {
  const { display, write } = await desk(t)
  const { folder, receipt, identity } = await studio(t)
  const path = join(folder, 'recording')
  const secret = canary(letters, 14)
  const recorder = await Recorder.start({ receipt, folder: path, display: display.name })
  await write(secret)
  await display.kill()
  for (let waited = 0; waited < 100 && recorder.state.type !== 'failed'; waited++) await sleep(50)
  t.is(recorder.state.type, 'failed')
  await t.throwsAsync(recorder.stop(), { code: 'display-lost' })
  t.deepEqual(await openRecording(path).verify(), { status: 'intact' })
  const items = await readAll(path, identity)
  absent(t, secret, { items, bytes: await bytesOf(path) })
  t.like((await openRecording(path).info())?.facts.at(-1), { type: 'stop', reason: 'display-lost' })
  // What was taken out is missed.
  const journal = join(path, 'journal.ndjson')
  const lines = (await readFile(journal, 'utf8')).split('\n')
  await writeFile(journal, lines.filter((_, at) => at !== 2).join('\n'))
  t.like(await openRecording(path).verify(), { status: 'invalid', error: { code: 'tampered' } })
})
