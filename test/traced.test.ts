// Secrets typed, pasted and shown in real applications, while every byte that the recorder's process writes or sends is traced: none of
// them is in any. What others can read without a call, memory that is shared with the X server, holds pictures; see threat-model.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { makeIdentity } from '../native/binding.js'
import { type Item, runningRecorders, toLine } from '../ts/index.js'
import { absent, canary, cardNumber, typed } from './canary.js'
import { Display } from './display.js'
import { bytesOf, temporaryFolder } from './folder.js'
import { formsIn } from './secret.js'
import { anybody, consent, readAll, root, sleep } from './studio.js'
import { Trace, whyNoTrace } from './trace.js'

const title = 'no byte that a recorder writes or sends holds what was secret'
const skipped = process.platform === 'linux' ? whyNoTrace() : `strace runs on Linux`
if (skipped === undefined) test.serial(title, traced)
else test.skip(`${title} (${skipped})`, traced)

const letters = 'abcdefghkmnopqrstuvwxyz'
const digits = '0123456789'

/** What is typed, and may be nowhere. */
class Secrets {
  readonly login = canary(letters, 16)
  readonly card = cardNumber()
  readonly code = canary(digits, 12)
  readonly pasted = canary(letters, 24)
  readonly prompt = canary(letters, 16)
  readonly form = canary(letters, 16)
  readonly formCard = cardNumber()
  readonly cell = cardNumber()

  get all(): [string, string][] {
    return Object.entries(this) as [string, string][]
  }
}

async function traced(t: ExecutionContext) {
  t.timeout(400_000)
  await using display = await Display.start({ accessibility: true })
  // Where the recorder's socket is: others run at the same time.
  process.env['XDG_RUNTIME_DIR'] = join(display.folder, 'run')
  const secrets = new Secrets()
  const desk = await Desk.open(display, secrets)
  const folder = await temporaryFolder(t)
  const [identity, receipt] = [join(folder, 'identity'), join(folder, 'receipt.json')]
  await makeIdentity(identity)
  await writeFile(receipt, await consent(identity, await anybody()))

  const command = [process.execPath, join(root, 'dist/cli.js'), 'record', '--json']
  const options = ['--display', display.name, '--out', join(folder, 'out'), '--receipt', receipt]
  // In case that nobody stops it.
  const bounds = ['--for', '5m', '--trust', 'XTerm', 'libreoffice-calc']
  await using trace = await Trace.start([...command, ...options, ...bounds])
  const recorder = await running()
  await desk.work()
  await recorder.stop()
  const { code, out, err, traced } = await trace.end()
  t.is(code, 0, err)
  await desk.arrived(t)

  const { path } = JSON.parse(out) as { path: string }
  const told = [...traced.told.values(), Buffer.from(out), Buffer.from(err)]
  const items = await readAll(path, identity)
  const decoded = decode(items)
  t.log(`${traced.calls} calls, ${size(told)} bytes; ${size(decoded)} decoded`)

  for (const [name, secret] of secrets.all) {
    t.deepEqual(formsIn(told, secret), [], `${name} is in what the process told`)
    t.deepEqual(formsIn(decoded, secret), [], `${name} is in the recording`)
    absent(t, secret, { items, bytes: await bytesOf(path) })
  }
  // Nothing goes past the calls that are traced, but pictures on their way from the X server.
  t.deepEqual([...new Set(traced.shared)], ['/memfd:understudy-screen'])

  // The same search finds what is harmless, and what the process really told: its files, the X server, the bus.
  const text = typed(items)
  const kept = desk.harmless.filter((words) => text.includes(words))
  // A machine that is busy answers late what fields are, and then they are unknown: forms.test.ts shows what is kept.
  t.true(kept.length >= 3, text)
  for (const words of kept) {
    t.true(formsIn(decoded, words.replaceAll(' ', '')).includes('characters'), words)
  }
  const { id } = JSON.parse(await readFile(join(path, 'header.json'), 'utf8')) as { id: string }
  for (const word of [id, '_NET_ACTIVE_WINDOW', 'org.a11y.atspi.Accessible']) {
    t.true(
      told.some((piece) => piece.includes(word)),
      `${word} is not in the trace`,
    )
  }
}

async function running() {
  for (let waited = 0; waited < 600; waited++) {
    const [recorder] = await runningRecorders()
    if (recorder) return recorder
    await sleep(100)
  }
  throw new Error('the recorder does not answer')
}

function size(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** What a recording says, in each way that somebody may read it: its lines, the text of its keys, and which keys they were. */
function decode(items: readonly Item[]): Buffer[] {
  const words = items.filter((item) => item.track !== 'screen')
  const keys = items.filter((item) => item.type === 'keydown')
  const ups = items.filter((item) => item.type === 'keyup')
  return [
    words.map((item) => toLine(item)).join(''),
    keys.map(({ text }) => text).join(''),
    keys.map(({ text }) => text.trim()).join(''),
    keys.map(({ code }) => letter(code)).join(''),
    ups.map(({ code }) => letter(code)).join(''),
  ].map((text) => Buffer.from(text))
}

/** What a key types under the US layout: `KeyA`, `Digit1`. */
function letter(code: string): string {
  return /^(?:Key|Digit)(.)$/.exec(code)?.[1]?.toLowerCase() ?? ''
}

/** Applications, and somebody who works in them. */
class Desk {
  /** What is typed beside, and kept. */
  readonly harmless = ['blue heron', 'somebody else', 'list the files', 'grey herons', 'northern']
  readonly #display: Display
  readonly #secrets: Secrets
  #form = ''

  private constructor(display: Display, secrets: Secrets) {
    this.#display = display
    this.#secrets = secrets
  }

  static async open(display: Display, secrets: Secrets): Promise<Desk> {
    const desk = new Desk(display, secrets)
    await display.sheet()
    // As sudo asks: without echo.
    const prompt = `printf "Password: "; stty -echo; read secret; stty echo; echo; echo "$secret" > arrived; read line`
    await display.terminal(
      ['sh', '-c', `while :; do ${prompt}; done`],
      ['-geometry', '60x20+20+40'],
    )
    const form = await display.spawn('zenity', [
      ...['--forms', '--title=Form', '--text=Registration', '--separator=|', '--width=500'],
      ...['--add-entry=Nickname', '--add-password=Password', '--add-entry=Card number'],
    ])
    form.stdout?.on('data', (bytes: Buffer) => (desk.#form += bytes.toString()))
    await display.window('Zenity')
    const url = pathToFileURL(join(root, 'test/forms.html'))
    url.hash = secrets.pasted
    await display.page(url)
    await display.focused('Chromium')
    await sleep(4000)
    return desk
  }

  async work(): Promise<void> {
    await sleep(500)
    await this.#display.play(this.#page())
    await this.#display.play(this.#terminal())
    await this.#display.play(this.#gtk())
    await this.#display.play(await this.#sheet())
    await sleep(500)
  }

  /** All of it arrived, else the test means nothing. */
  async arrived(t: ExecutionContext): Promise<void> {
    const { prompt, form, formCard } = this.#secrets
    t.is((await readFile(join(this.#display.folder, 'arrived'), 'utf8')).trim(), prompt)
    t.is(this.#form.trim(), ['grey herons', form, formCard].join('|'))
    const pages = (await this.#display.windows()).filter((window) => window.class === 'Chromium')
    const [page] = await Promise.all(
      pages.map(({ id }) => this.#display.run('xprop', ['-id', String(id), '_NET_WM_NAME'])),
    )
    // An edited line of a letter ends with what shows no length.
    t.regex(page ?? '', /Forms 10 16 16 13 12 \d+ 24/)
  }

  /** A login, a card, a code, a letter that can be edited, something that is copied and pasted. */
  #page(): string {
    const { login, card, code } = this.#secrets
    const into = (y: number) => `move 200 ${y}\nclick\nsleep 600`
    return [
      `show Chromium\nsleep 800\n${into(50)}\ntype blue heron every 40\nsleep 400`,
      `${into(120)}\ntype ${login} every 40`,
      `${into(190)}\ntype ${card} every 40`,
      `${into(260)}\ntype somebody else every 40\nsleep 400`,
      `${into(330)}\ntype ${code} every 40`,
      `${into(385)}\ntype dear all every 40\nkey Enter\ntype pay with ${card} every 40`,
      `${into(455)}\nkey ControlLeft+KeyA\nsleep 50\nkey ControlLeft+KeyC\nsleep 100`,
      `${into(530)}\nkey ControlLeft+KeyV\nsleep 300`,
    ].join('\n')
  }

  #terminal(): string {
    const line = 'type list the files every 90\nkey Enter\nsleep 800'
    return `show XTerm\nsleep 1000\ntype ${this.#secrets.prompt} every 90\nkey Enter\nsleep 800\n${line}`
  }

  #gtk(): string {
    const { form, formCard } = this.#secrets
    const next = 'key Tab\nsleep 500'
    return [
      `show Zenity\nsleep 1000\nkey ShiftLeft+Tab\nsleep 500\n${next}`,
      `type grey herons every 40\nsleep 400\n${next}\ntype ${form} every 40\n${next}`,
      // By way of the other button.
      `type ${formCard} every 40\n${next}\n${next}\nkey Enter\nsleep 800`,
    ].join('\n')
  }

  /** Cells: a word, a card, what was copied in the page; and the cells are looked at again. */
  async #sheet(): Promise<string> {
    const { bounds } = await this.#display.window('libreoffice-calc')
    const cell = `move ${bounds.x + 300} ${bounds.y + 400}\nclick\nsleep 500`
    return [
      `show libreoffice-calc\nsleep 1500\n${cell}`,
      'type northern every 40\nkey Tab\nsleep 200',
      `type ${this.#secrets.cell} every 40\nkey Enter\nsleep 500`,
      `key ControlLeft+KeyV\nsleep 1000\nkey ArrowUp\nsleep 300\nkey ArrowDown\nsleep 300`,
      `${cell}\nkey Tab\nsleep 500\nkey ArrowDown\nsleep 500`,
    ].join('\n')
  }
}
