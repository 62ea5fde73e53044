// Texts to be looked at by the detectors: every example of every rule, and what chance makes of them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { root } from './studio.js'

const sources = join(root, 'crates/detect/src')

/** Whatever stands between quotes in the engine's sources: examples of rules, what they are not, words, shapes. */
export function quotedTexts(): string[] {
  return read('.').flatMap(quotes)
}

/** A token of each shape that the engine knows; made here, since none is ever written down. */
export function tokens(random: () => number): string[] {
  const shapes = read('rules/tokens').flatMap((source) =>
    [...source.matchAll(/^ {4}\("[^"]*", "[^"]*", "([^"]*)"\),\r?$/gm)].map(
      ([, shape = '']) => shape,
    ),
  )
  return shapes.map((shape) =>
    shape.replace(/\{(.):(\d+)[-\d]*\}/g, (_, alphabet: string, least: string) =>
      Array.from({ length: Number(least) }, () => letter(alphabet, random)).join(''),
    ),
  )
}

/** Pieces of what rules look at, in any order, between characters of any kind. */
export function madeTexts(quoted: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...quoted) },
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.stringMatching(/^[0-9]{1,19}$/),
    fc.stringMatching(/^[ .:/+(),-]{1,3}$/),
    fc.constantFrom(...odd),
  )
  return fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
}

/** Texts that are counted otherwise by those who count bytes, code units or characters. */
export const odd = [
  '',
  '🦀',
  '\u{10ffff}',
  '\ufeffssn 078-05-1121',
  'e\u0301\u0323',
  '👩‍👩‍👧‍👦 078-05-1121',
  'ＳＳＮ 078-05-1121',
  '\u0000',
  '\u202e078-05-1121',
]

/** The sources below a folder, in the order of their names: what chance makes of them is the same everywhere. */
function read(folder: string): string[] {
  const names = readdirSync(join(sources, folder), { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => name.endsWith('.rs')).sort()
  return files.map((name) => readFileSync(join(sources, folder, name), 'utf8'))
}

/** String literals of Rust, as they are meant. */
function quotes(source: string): string[] {
  const code = source.replace(/^\s*\/\/.*$/gm, '').replace(/b?'(?:\\.|[^'\\\n])'/g, '')
  const literals = code.matchAll(/r(#*)"(.*?)"\1|"((?:\\.|[^"\\])*)"/gs)
  return [...literals].map(([, , raw, text = '']) => raw ?? unescape(text))
}

function unescape(text: string): string {
  return text.replace(
    /\\(?:u\{([0-9a-fA-F_]+)\}|x([0-9a-fA-F]{2})|\r?\n\s*|(.))/gs,
    (all, u, x, one) => {
      const hex = (u ?? x) as string | undefined
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16))
      return one === undefined ? '' : (escapes[one as string] ?? all.slice(1))
    },
  )
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }

/** As `is_of` in crates/detect/src/token.rs. */
const alphabets: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z0-9]/,
  u: /[A-Z0-9]/,
  l: /[a-z0-9]/,
  z: /[a-z]/,
  x: /[0-9a-f]/,
  X: /[0-9A-Fa-f]/,
  d: /[0-9]/,
  b: /[A-Za-z0-9_-]/,
  B: /[A-Za-z0-9+/]/,
  g: /[0-9A-Fa-f-]/,
  p: /[A-Za-z0-9_.-]/,
}

const printable = Array.from({ length: 0x5f }, (_, i) => String.fromCodePoint(0x20 + i))

function letter(alphabet: string, random: () => number): string {
  const letters = printable.filter((one) => alphabets[alphabet]?.test(one))
  return letters[Math.floor(random() * letters.length)] ?? ''
}
