import { formatInvalid } from './errors.js'

/**
 * Reads integers and strings out of bytes from front to back (docs/format.md §1). Every length is
 * checked before it is used; what does not fit is `format-invalid`.
 *
 * @internal
 */
export class Bytes {
  readonly #bytes: Uint8Array
  #at = 0

  /** @param bytes - what to read; not copied */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /**
   * The next `length` bytes, as a view.
   *
   * @param length - how many
   */
  take(length: number): Uint8Array {
    if (length > this.left) throw formatInvalid('the bytes end too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** A byte. */
  u8(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw formatInvalid('the bytes end too early')
    this.#at++
    return byte
  }

  /** The next byte, which stays; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** Two bytes, little-endian. */
  u16(): number {
    return this.u8() | (this.u8() << 8)
  }

  /** Four bytes, little-endian, unsigned. */
  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0
  }

  /**
   * A `uvarint`.
   *
   * No field of the format goes over 2⁵³ − 1, so a number holds each; a greater one is refused
   * before its digits could be lost.
   *
   * @param max - the greatest value that is allowed, at most 2⁵³ − 1
   */
  uvarint(max: number): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (value > max) throw formatInvalid(`a number is over ${max}`)
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) throw formatInvalid('a number is not in its shortest form')
        return value
      }
      // 2⁵⁶: only zero groups can follow here, and those are not the shortest form.
      if (scale >= 2 ** 49) throw formatInvalid('a number is too long')
      scale *= 128
    }
  }

  /**
   * A `svarint`.
   *
   * @param min - the least value that is allowed
   * @param max - the greatest value that is allowed; both of magnitude at most 2⁵²
   */
  svarint(min: number, max: number): number {
    const zigzag = this.uvarint(Number.MAX_SAFE_INTEGER)
    const value = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    if (value < min || value > max) throw formatInvalid(`a number is not in ${min} to ${max}`)
    return value
  }

  /** A `svarint` of 32 bits. */
  int32(): number {
    return this.svarint(-(2 ** 31), 2 ** 31 - 1)
  }

  /**
   * A `string(max)`: its length, and so many bytes of UTF-8.
   *
   * @param max - the greatest length in bytes
   */
  string(max: number): string {
    return utf8(this.take(this.uvarint(max)))
  }

  /** A `u8` that is 0 or 1. */
  boolean(): boolean {
    const byte = this.u8()
    if (byte > 1) throw formatInvalid('a truth value is neither 0 nor 1')
    return byte === 1
  }

  /** Must be called behind the last field: nothing may be left. */
  end(): void {
    if (this.left > 0) throw formatInvalid('bytes are left over')
  }
}

/**
 * Bytes one behind the other.
 *
 * @param parts - what to join
 * @internal
 */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/**
 * Text from bytes that must be valid UTF-8; a byte order mark stays in it.
 *
 * @param bytes - what to decode
 * @internal
 */
export function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw formatInvalid('text is not valid UTF-8')
  }
}

/**
 * Bytes from lower-case hexadecimal text.
 *
 * @param text - two digits a byte; whoever calls has checked that
 * @internal
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/**
 * Lower-case hexadecimal text of bytes.
 *
 * @param bytes - what to spell
 * @internal
 */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/**
 * Whether two byte strings are the same. Not for secrets: it stops at the first difference.
 *
 * @param a - one
 * @param b - the other
 * @internal
 */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
