import { fromHex } from '../ts/bytes.js'
import { spellPublicKey } from '../ts/identity.js'
import type { DroppedReason, Fact, NoticeName, WithheldReason } from '../ts/journal/entry.js'
import type { Track } from '../ts/track.js'

/**
 * A time of the recording: `3:07`, `1:02:03`, with as many digits behind the seconds as wanted.
 *
 * @param nanoseconds - since the recording started
 * @param digits - 0 to 3
 */
export function spellTime(nanoseconds: number, digits = 0): string {
  const unit = 10 ** digits
  const parts = Math.floor((nanoseconds / 1e9) * unit + 1e-6)
  const seconds = Math.floor(parts / unit)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const head = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes)
  const tail = digits > 0 ? `.${String(parts % unit).padStart(digits, '0')}` : ''
  return `${head}:${two(seconds % 60)}${tail}`
}

/**
 * What {@link spellTime} wrote, as nanoseconds.
 *
 * @param text - `75`, `1:15`, `1:15.250`, `0:01:15`
 * @returns undefined for anything else
 */
export function parseTime(text: string): number | undefined {
  const parts = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7})(?:\.(\d{1,9}))?$/.exec(text.trim())
  if (!parts) return undefined
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return whole * 1e9 + Number(fraction.padEnd(9, '0'))
}

/**
 * A length of time, to be read aloud.
 *
 * @param nanoseconds - 0 or more
 */
export function spellLength(nanoseconds: number): string {
  const seconds = Math.round(nanoseconds / 1e9)
  if (seconds < 60) return plural(seconds, 'second')
  const minutes = plural(Math.floor(seconds / 60) % 60, 'minute')
  if (seconds < 3600)
    return seconds % 60 === 0 ? minutes : `${minutes} ${plural(seconds % 60, 'second')}`
  return `${plural(Math.floor(seconds / 3600), 'hour')} ${minutes}`
}

/**
 * A number of bytes.
 *
 * @param bytes - 0 or more
 */
export function spellBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/**
 * A count with its noun.
 *
 * @param count - how many
 * @param noun - of which
 */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/**
 * A day and an hour, in the time of whoever looks.
 *
 * @param milliseconds - since 1970
 */
export function spellDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime())) return `${milliseconds} ms after 1970`
  return date.toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })
}

/**
 * A key as people pass it on, cut short.
 *
 * @param key - 32 bytes in hexadecimal
 */
export function spellKey(key: string): string {
  return spellPublicKey(fromHex(key))
}

/**
 * What a journal tells, in words.
 *
 * @param fact - of the journal
 */
export function spellFact(fact: Fact): string {
  switch (fact.type) {
    case 'start':
      return 'Recording started'
    case 'pause':
      return 'Paused: nothing was kept'
    case 'resume':
      return 'Resumed'
    case 'withheld':
      return `${withheld[fact.track]}: ${reasons[fact.reason]}${inBrackets(fact.class)}`
    case 'dropped':
      return `${plural(fact.count, 'sample')} of ${fact.track} lost: ${reasons[fact.reason]}`
    case 'notice':
      return `Notice: ${reasons[fact.notice]}${spellNumbers(fact)}`
    case 'forget':
      return `${forgotten[fact.track]}: forgotten by the contributor`
    case 'release':
      return `Released to ${spellKey(fact.recipient)}`
    case 'stop':
      return fact.reason === 'requested' ? 'Recording stopped' : `Recording ended: ${fact.reason}`
  }
}

/**
 * What a detector calls what it found: `credit_card`.
 *
 * @param name - of the class
 */
export function spellClass(name: string): string {
  return name.replaceAll('_', ' ')
}

function spellNumbers({ count, width, height }: Fact & { type: 'notice' }): string {
  if (count !== undefined) return `: ${plural(count, 'pixel')}`
  return width === undefined ? '' : `: ${width} × ${height}`
}

function inBrackets(name: string | undefined): string {
  return name === undefined ? '' : ` (${spellClass(name)})`
}

const withheld: Readonly<Record<Track, string>> = {
  screen: 'Screen hidden',
  keyboard: 'Keys left out',
  pointer: 'Pointer left out',
  context: 'Windows left out',
}

const forgotten: Readonly<Record<Track, string>> = {
  screen: 'Screen',
  keyboard: 'Keys',
  pointer: 'Pointer',
  context: 'Windows',
}

const reasons: Readonly<Record<WithheldReason | DroppedReason | NoticeName, string>> = {
  'excluded-application': 'excluded application',
  'unknown-application': 'unknown application',
  'unknown-focus': 'not known which window had the keyboard',
  'unknown-geometry': 'not known where the windows were',
  'sensitive-content': 'sensitive content',
  'unknown-field': 'a field that nobody knows',
  'secret-field': 'a secret field',
  'detector-failed': 'the detectors failed',
  'no-indicator': 'the indicator could not be seen',
  'hold-full': 'more than could be held until it was judged',
  'queue-full': 'more than could be taken at once',
  'input-lost': 'the system lost input',
  'no-damage': 'the system does not tell what changed: whole pictures are compared',
  'no-shared-memory': 'pictures come from the system the slow way',
  'no-layout': 'the keyboard’s layout is not known: keys have no text',
  'no-compose': 'dead keys give no text',
  'no-hotkey': 'another program has the keys that would pause',
  'no-accessibility':
    'applications do not tell what is in their windows: any field may be a secret one',
  resized: 'the screens have another size',
  'grab-failed': 'a picture could not be taken',
  'missed-damage': 'the system did not tell all that changed',
  'rate-capped': 'so much changed that fewer pictures were kept',
  'rate-restored': 'pictures at the full rate again',
}
