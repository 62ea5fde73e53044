// What must not be in a recording, typed on a real X server into real applications: canaries made for each run are in
// no byte that was written, and in no item that the contributor's identity opens.
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Item, openRecording, Recorder, type RecordingOptions } from '../ts/index.js'
import { Display, type Managed } from './display.js'
import { readAll, sleep, studio } from './studio.js'

function onX(title: string, run: (t: ExecutionContext) => Promise<void>) {
  if (process.platform === 'linux') test.serial(title, run)
  else test.skip(`${title} (needs X11: cannot run on ${process.platform})`, run)
}

/** Something secret, new in each run. */
function canary(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A number that a card may have: 4 and 14 digits drawn by lot, and the digit that Luhn's check asks for. */
function cardNumber(): string {
  const digits = `4${canary('0123456789', 14)}`
  const sum = Array.from(digits).reduce((all, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return all + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** What is recorded of some work on a display: its items, and every byte of its files. */
interface Record {
  readonly items: readonly Item[]
  readonly bytes: Buffer
  readonly reasons: readonly string[]
  /** How much of the keyboard the host was told to be withheld. */
  readonly withheld: number
}

async function record(
  t: ExecutionContext,
  display: Display,
  options: Partial<RecordingOptions>,
  work: () => Promise<void>,
): Promise<Record> {
  const { receipt, folder, identity } = await studio(t)
  const path = join(folder, 'recording')
  const recorder = await Recorder.start({
    receipt,
    display: display.name,
    ...options,
    folder: path,
  })
  try {
    await work()
    await sleep(300)
  } finally {
    await recorder.stop()
  }
  const names = await readdir(path, { recursive: true, withFileTypes: true })
  const files = names.filter((name) => name.isFile())
  const bytes = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))))
  const facts = (await openRecording(path).info())?.facts ?? []
  const reasons = facts.flatMap((fact) =>
    fact.type === 'withheld'
      ? [[fact.track, fact.reason, fact.class].filter(Boolean).join(' ')]
      : [],
  )
  const items = await readAll(path, identity)
  const { withheld } = recorder.stats().tracks.keyboard
  return { items, bytes: Buffer.concat(bytes), reasons, withheld }
}

/** All that keys typed, in their order; placeholders by their class. */
function typed(items: readonly Item[]): string {
  return items
    .map((item) => {
      if (item.type === 'redacted') return `⟨${item.class}⟩`
      if (item.type !== 'keydown') return ''
      return item.key === 'Enter' ? '\n' : item.text
    })
    .join('')
}

/** None of it, and no long run of it, in anything that was told or written. */
function absent(t: ExecutionContext, secret: string, { items, bytes }: Record) {
  const keys = items.map((item) => (item.type === 'keydown' ? item.text : '')).join('')
  const told = items.map((item) => JSON.stringify(item.track === 'screen' ? {} : item)).join('\n')
  const run = Math.ceil(secret.length * 0.6)
  for (let at = 0; at + run <= secret.length; at++) {
    const part = secret.slice(at, at + run)
    t.false(keys.includes(part) || told.includes(part), 'a run of the secret is told')
    t.is(bytes.indexOf(part), -1, 'a run of the secret is in a file')
  }
}

/** Into a window, well inside. */
function click({ bounds }: Managed): string {
  return `move ${bounds.x + 120} ${bounds.y + 160}\nclick\nsleep 250`
}

onX(
  'a terminal that is trusted: what it echoes is kept, a prompt for a password is not',
  async (t) => {
    await using display = await Display.start()
    // As sudo and ssh ask: without echo, line by line.
    const script =
      'while :; do printf "Password: "; stty -echo; read secret; stty echo; echo; read line; done'
    const terminal = await display.terminal(['sh', '-c', script], ['-geometry', '60x20+20+40'])
    await display.focused('XTerm')
    const [first, second] = [
      canary('abcdefghkmnopqrstuvwxyz', 12),
      canary('abcdefghk0123456789', 10),
    ]
    const recorded = await record(t, display, { trusted: ['XTerm'] }, () =>
      display.play(
        [
          click(terminal),
          `type ${first} every 90\nkey Enter\nsleep 600`,
          'type list the files every 90\nkey Enter\nsleep 600',
          `type ${second} every 30\nkey Enter\nsleep 600`,
          'type done every 90\nkey Enter\nsleep 1200',
        ].join('\n'),
      ),
    )
    absent(t, first, recorded)
    absent(t, second, recorded)
    t.true(typed(recorded.items).includes('list the files\n'), typed(recorded.items))
    t.true(recorded.reasons.includes('keyboard secret-field'), recorded.reasons.join())
  },
)

onX('an application that nobody trusts: only what kinds of keys there were', async (t) => {
  await using display = await Display.start()
  const editor = await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const secret = canary('abcdefghkmnopqrstuvwxyz', 12)
  const recorded = await record(t, display, {}, () =>
    display.play(`${click(editor)}\ntype ${secret} every 60\nsleep 100`),
  )
  absent(t, secret, recorded)
  t.is(typed(recorded.items), '⟨unknown_field⟩')
  const stand = recorded.items.flatMap((item) => (item.type === 'redacted' ? [item.keys] : []))
  t.deepEqual(stand, [['letter']])
})

onX('an editor that is trusted: text is kept, a card number and a title are not', async (t) => {
  await using display = await Display.start()
  const card = cardNumber()
  const editor = await display.editor(join(display.folder, `card ${card}.txt`))
  await display.focused('Mousepad')
  const groups = (card.match(/.{4}/g) ?? []).join(' ')
  const recorded = await record(t, display, { trusted: ['Mousepad'] }, () =>
    display.play(
      [
        click(editor),
        'type please charge the usual every 25\nkey Enter',
        `type card ${groups} every 40\nkey Enter`,
        // Inserted backwards: the caret goes left behind each digit.
        ...Array.from(card)
          .flatMap((digit) => [`type ${digit} every 20`, 'key ArrowLeft'])
          .reverse(),
        'key End\nkey Enter\ntype thank you every 25\nkey Enter\nsleep 100',
      ].join('\n'),
    ),
  )
  absent(t, card, recorded)
  absent(t, groups, recorded)
  const text = typed(recorded.items)
  t.true(text.includes('please charge the usual\n') && text.includes('thank you\n'), text)
  t.true(text.includes('⟨credit_card⟩'), text)
  const titles = recorded.items.flatMap((item) => ('window' in item ? [item.window.title] : []))
  t.true(
    titles.some((title) => title.includes('⟨credit_card⟩')),
    titles.join(),
  )
  t.true(recorded.reasons.includes('context sensitive-content'), recorded.reasons.join())
  t.true(
    recorded.reasons.includes('keyboard sensitive-content credit_card'),
    recorded.reasons.join(),
  )
})
