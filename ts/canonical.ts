import canonicalize from 'canonicalize'
import { fromHex, utf8 } from './bytes.js'
import { formatInvalid } from './errors.js'
import { isTrack, type Track, tracks } from './track.js'

/** JSON as a recording may hold it: no fractions, no null (docs/format.md §1). @internal */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json }

/** Reads one member's value, or throws `format-invalid`. */
type Check<T> = (value: unknown) => T

/**
 * The object in the bytes of a JSON file: canonical, and one line feed behind it.
 *
 * @param bytes - the whole file
 * @internal
 */
export function parseFile(bytes: Uint8Array): Members {
  if (bytes.at(-1) !== lineFeed) throw formatInvalid('the file does not end with a line feed')
  return parseLine(bytes.subarray(0, -1))
}

/**
 * The object in bytes that must be the canonical form of their value.
 *
 * @param bytes - the JSON, without a line feed
 * @internal
 */
export function parseLine(bytes: Uint8Array): Members {
  const text = utf8(bytes)
  const value = parse(text)
  if (spell(value) !== text) throw formatInvalid('the JSON is not in its canonical form')
  return new Members(value)
}

/**
 * What a signature is over: the name of what is signed, and the canonical form of the rest. Who
 * countersigns a receipt comes later than who signs it, and signs that too.
 *
 * @param name - what is signed
 * @param members - the object, its signature included
 * @internal
 */
export function signedBytes(name: SignedName, members: Members): Uint8Array {
  const later = ['receipt', 'countersignature'].includes(name) ? ['countersignature'] : []
  const left = name === 'countersignature' ? later : ['signature', ...later]
  const rest = Object.entries(members.object).filter(([member]) => !left.includes(member))
  return encoder.encode(`understudy/1 ${name}\n${spell(Object.fromEntries(rest))}`)
}

/**
 * What a document is once it is signed: canonical, its signature included, with one line feed.
 *
 * @param name - what is signed
 * @param object - the document without its signature
 * @param sign - signs bytes, and answers in hexadecimal
 * @internal
 */
export function signedFile(
  name: SignedName,
  object: Readonly<Record<string, Json>>,
  sign: (bytes: Uint8Array) => string,
): Uint8Array {
  const signature = sign(signedBytes(name, new Members(object)))
  return encoder.encode(`${spell({ ...object, signature })}\n`)
}

/** What can be signed. @internal */
export type SignedName =
  | 'header'
  | 'receipt'
  | 'countersignature'
  | 'journal'
  | 'unfinished'
  | 'release'
  | 'opening'
  | 'withdrawal'

/**
 * The members of an object. Take each, then call {@link Members.end}: what was not taken is unknown.
 *
 * @internal
 */
export class Members {
  /** The object itself. */
  readonly object: Readonly<Record<string, Json>>
  readonly #left: Set<string>

  /** @param value - must be an object */
  constructor(value: unknown) {
    if (!isObject(value)) throw formatInvalid('the JSON is not an object')
    this.object = value
    this.#left = new Set(Object.keys(value))
  }

  /**
   * Whether the member is there.
   *
   * @param name - which
   */
  has(name: string): boolean {
    return Object.hasOwn(this.object, name)
  }

  /**
   * A member's value, which must be there and pass the check.
   *
   * @param name - which
   * @param check - what it must be
   */
  take<T>(name: string, check: Check<T>): T {
    if (!this.#left.delete(name)) throw formatInvalid(`the member "${name}" is missing`)
    try {
      return check(this.object[name])
    } catch {
      throw formatInvalid(`the member "${name}" is not what it must be`)
    }
  }

  /** Must be called last: nothing unknown may be left. */
  end(): void {
    // The name is the file's, so it stays out of the message.
    if (this.#left.size > 0) throw formatInvalid('there is an unknown member')
  }
}

/** An object inside an object. @internal */
export function object(value: unknown): Members {
  return new Members(value)
}

/** An integer of 0 to 2⁵³ − 1. @internal */
export function count(value: unknown): number {
  return range(0, Number.MAX_SAFE_INTEGER)(value)
}

/** An integer of `min` to `max`. @internal */
export function range(min: number, max: number): Check<number> {
  return (value) => {
    if (typeof value === 'number' && value >= min && value <= max) return value
    throw formatInvalid('a number is out of range')
  }
}

/** A string of `min` to `max` bytes in UTF-8. @internal */
export function text(min: number, max: number): Check<string> {
  return (value) => {
    if (typeof value === 'string') {
      const length = encoder.encode(value).length
      if (length >= min && length <= max) return value
    }
    throw formatInvalid('a string is missing, or too long')
  }
}

/**
 * A string of 1 to `max` bytes that can be shown: nothing that steers a terminal, or turns the
 * direction of what stands around it.
 *
 * @internal
 */
export function told(max: number): Check<string> {
  const check = text(1, max)
  return (value) => {
    const found = check(value)
    if (steering.test(found)) throw formatInvalid('a string cannot be shown')
    return found
  }
}

/** True or false. @internal */
export function flag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw formatInvalid('this is neither true nor false')
}

/** An array of exactly these strings, in their order. @internal */
export function exactly<const T extends string>(words: readonly T[]): Check<readonly T[]> {
  return (value) => {
    const same = (words as readonly unknown[]).every(
      (word, at) => (value as unknown[])[at] === word,
    )
    if (Array.isArray(value) && value.length === words.length && same) return words
    throw formatInvalid('a list is not the one that it must be')
  }
}

/** One of some strings. @internal */
export function oneOf<const T extends string>(values: readonly T[]): Check<T> {
  return (value) => {
    const found = values.find((one) => one === value)
    if (found === undefined) throw formatInvalid('a value is not one of those allowed')
    return found
  }
}

/** Lower-case hexadecimal of `length` bytes, as it stands. @internal */
export function hex(length: number): Check<string> {
  return (value) => {
    if (typeof value === 'string' && value.length === 2 * length && digits.test(value)) return value
    throw formatInvalid(`this is not ${length} bytes in lower-case hexadecimal`)
  }
}

/** Lower-case hexadecimal of `length` bytes, as bytes. @internal */
export function hexBytes(length: number): Check<Uint8Array> {
  const check = hex(length)
  return (value) => fromHex(check(value))
}

/** Lower-case hexadecimal of at most `max` bytes, as bytes. @internal */
export function hexUpTo(max: number): Check<Uint8Array> {
  return (value) => {
    const fits = typeof value === 'string' && value.length <= 2 * max && value.length % 2 === 0
    if (fits && digits.test(value)) return fromHex(value)
    throw formatInvalid(`this is not at most ${max} bytes in lower-case hexadecimal`)
  }
}

/** An array of `min` to `max` values. @internal */
export function list<T>(min: number, max: number, check: Check<T>): Check<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw formatInvalid(`this is not an array of ${min} to ${max} values`)
    }
    return value.map(check)
  }
}

/** The same values, none of which may be there twice. @internal */
export function eachOnce<T>(values: T[]): T[] {
  if (new Set(values).size < values.length) throw formatInvalid('a value is there twice')
  return values
}

/** A track's name. @internal */
export function track(value: unknown): Track {
  if (!isTrack(value)) throw formatInvalid('this is not the name of a track')
  return value
}

/** 1 to 4 tracks, each once, in the order of their numbers. @internal */
export function trackList(value: unknown): Track[] {
  const found = list(1, tracks.length, track)(value)
  const inOrder = tracks.filter((one) => found.includes(one))
  if (found.some((one, i) => one !== inOrder[i])) throw formatInvalid('the tracks are out of order')
  return found
}

function parse(text: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw formatInvalid('this is not JSON')
  }
  return checkJson(value, 0)
}

function checkJson(value: unknown, depth: number): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value !== 'object' || value === null) {
    throw formatInvalid('the JSON holds null, a fraction or too great a number')
  }
  if (depth === maxDepth) throw formatInvalid(`the JSON is nested more than ${maxDepth} deep`)
  for (const inner of Object.values(value)) checkJson(inner, depth + 1)
  return value as Json
}

function spell(value: Json): string {
  try {
    return canonicalize(value) ?? ''
  } catch {
    // A lone surrogate: the one value that JSON can spell and RFC 8785 cannot.
    throw formatInvalid('the JSON holds text that is not Unicode')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const maxDepth = 8
const steering = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u
const lineFeed = 0x0a
const digits = /^[0-9a-f]*$/
const encoder = new TextEncoder()
