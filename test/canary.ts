// Canaries: secrets made for each run, typed on a real X server; and what is recorded of that, in which none may be.
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import {
  type Item,
  openIdentity,
  openRecording,
  Recorder,
  type RecordingOptions,
} from '../ts/index.js'
import type { Display, Managed } from './display.js'
import { bytesOf } from './folder.js'
import { consent, readAll, sleep, studio } from './studio.js'

/** A test on X11; reported as skipped on other systems. */
export function onX(title: string, run: (t: ExecutionContext) => Promise<void>) {
  if (process.platform === 'linux') test.serial(title, run)
  else test.skip(`${title} (needs X11: cannot run on ${process.platform})`, run)
}

/** Something secret, new in each run. */
export function canary(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A number that a card may have: 4 and 14 digits drawn by lot, and the digit that Luhn's check asks for. */
export function cardNumber(): string {
  const digits = `4${canary('0123456789', 14)}`
  const sum = Array.from(digits).reduce((all, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return all + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** What is recorded of some work on a display: its items, and every byte of its files. */
export interface Recorded {
  readonly path: string
  readonly identity: string
  /** Who may be given a copy: their identity, and its public key. */
  readonly recipient: string
  readonly to: string
  readonly items: readonly Item[]
  readonly bytes: Buffer
  readonly reasons: readonly string[]
  /** How much of the keyboard the host was told to be withheld. */
  readonly withheld: number
}

/** Records what is done on a display. */
export async function record(
  t: ExecutionContext,
  display: Display,
  options: Partial<RecordingOptions>,
  work: () => Promise<void>,
): Promise<Recorded> {
  const { folder, identity } = await studio(t)
  const [path, recipient] = [join(folder, 'recording'), join(folder, 'recipient')]
  const to = await native.makeIdentity(recipient)
  const recorder = await Recorder.start({
    receipt: await consent(identity, to),
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
  const bytes = await bytesOf(path)
  const facts = (await openRecording(path).info())?.facts ?? []
  const reasons = facts.flatMap((fact) =>
    fact.type === 'withheld'
      ? [[fact.track, fact.reason, fact.class].filter(Boolean).join(' ')]
      : [],
  )
  const items = await readAll(path, identity)
  const { withheld } = recorder.stats().tracks.keyboard
  return { path, identity, recipient, to, items, bytes, reasons, withheld }
}

/** All that keys typed, in their order; placeholders by their class. */
export function typed(items: readonly Item[]): string {
  return items
    .map((item) => {
      if (item.type === 'redacted') return `⟨${item.class}⟩`
      if (item.type !== 'keydown') return ''
      return item.key === 'Enter' ? '\n' : item.text
    })
    .join('')
}

/** None of it, and no long run of it, in anything that was told or written. */
export function absent(
  t: ExecutionContext,
  secret: string,
  { items, bytes }: Pick<Recorded, 'items' | 'bytes'>,
) {
  const keys = items.map((item) => (item.type === 'keydown' ? item.text : '')).join('')
  const told = items.map((item) => JSON.stringify(item.track === 'screen' ? {} : item)).join('\n')
  // Fewer characters stand in a file by chance: it has numbers and hashes of its own.
  const run = Math.max(Math.ceil(secret.length * 0.6), Math.min(secret.length, 7))
  for (let at = 0; at + run <= secret.length; at++) {
    const part = secret.slice(at, at + run)
    t.false(keys.includes(part) || told.includes(part), 'a run of the secret is told')
    t.is(bytes.indexOf(part), -1, 'a run of the secret is in a file')
  }
}

/** How many pictures show a colour (0xRRGGBB) anywhere. */
export async function shows(
  { path, identity }: Pick<Recorded, 'path' | 'identity'>,
  color: number,
): Promise<number> {
  let count = 0
  const recording = openRecording(path, { identity: await openIdentity(identity) })
  for await (const item of recording) {
    if (item.type === 'frame' && item.picture.pixels.includes(color)) count++
  }
  return count
}

/** Into a window, well inside. */
export function click({ bounds }: Managed): string {
  return `move ${bounds.x + 120} ${bounds.y + 160}\nclick\nsleep 250`
}
