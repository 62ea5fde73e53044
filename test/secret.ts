// A secret that was typed, and in which forms it may lie in bytes: as text, as characters or keys in records, forwards and backwards.
import { rowIn } from './memory.js'

/** In what form something lies somewhere. */
export type Form = 'characters' | 'keycodes' | 'key numbers' | 'hexadecimal' | 'base64'

/** So many in a row stand nowhere by chance: what is written has numbers and hashes of its own. */
const least = 8

/** Keys that type characters under the US layout, each with its keycode; evdev's number is 8 less. */
const keyboard = new Map(
  Object.entries({ 1234567890: 10, qwertyuiop: 24, asdfghjkl: 38, zxcvbnm: 52 }).flatMap(
    ([row, first]) => Array.from(row, (typed, at) => [typed, first + at] as const),
  ),
)

/**
 * In which forms a secret, or too much of it, lies in bytes. Characters are found in any encoding that has a byte of each at equal
 * distances, UTF-8, UTF-16 and UTF-32 among them, and in records of equal length; so are keys.
 *
 * @param secret - small letters and digits of ASCII
 */
export function formsIn(pieces: readonly Buffer[], secret: string): Form[] {
  const found = new Set<Form>()
  for (const part of partsOf(secret)) {
    for (const [form, row] of rowsOf(part)) {
      if (!found.has(form) && rowIn(pieces, row, 1) !== undefined) found.add(form)
    }
    for (const [form, text] of textsOf(part)) {
      if (!found.has(form) && pieces.some((piece) => piece.includes(text))) found.add(form)
    }
  }
  return [...found]
}

/** Whatever tells too much: any 60 % of it in a row, each half; and all that backwards. */
export function partsOf(secret: string): string[] {
  const run = Math.max(Math.ceil(secret.length * 0.6), least)
  if (run > secret.length) throw new Error(`${secret.length} characters stand somewhere by chance`)
  const half = Math.ceil(secret.length / 2)
  const runs = Array.from({ length: secret.length - run + 1 }, (_, at) =>
    secret.slice(at, at + run),
  )
  const halves = half < least ? [] : [secret.slice(0, half), secret.slice(-half)]
  return [...runs, ...halves].flatMap((part) => [part, Array.from(part).reverse().join('')])
}

function rowsOf(part: string): (readonly [Form, readonly number[]])[] {
  const codes = Array.from(part, (typed) => {
    const code = keyboard.get(typed)
    if (code === undefined) throw new Error('no key types that')
    return code
  })
  return [
    ['characters', [...Buffer.from(part)]],
    ['keycodes', codes],
    ['key numbers', codes.map((code) => code - 8)],
  ]
}

function textsOf(part: string): (readonly [Form, string])[] {
  // Base64 of something that begins at any byte of three, without the digits that tell of what is around it.
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.from(' '.repeat(shift) + part)
    const whole = text.length - (text.length % 3)
    return text
      .subarray(0, whole)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4)
  })
  return [
    ['hexadecimal', Buffer.from(part).toString('hex')],
    ...shifted.map((text) => ['base64', text] as const),
  ]
}
