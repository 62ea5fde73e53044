// The write half of docs/format.md §1 and §9, for tests: records as bytes.
import canonicalize from 'canonicalize'

const encoder = new TextEncoder()

/** Bytes, one behind the other. */
export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

export function uvarint(value: number | bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt(value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}

export function svarint(value: number | bigint): Uint8Array {
  const big = BigInt(value)
  return uvarint(big >= 0n ? 2n * big : -2n * big - 1n)
}

export function string(text: string): Uint8Array {
  const bytes = encoder.encode(text)
  return concat(uvarint(bytes.length), bytes)
}

/** A JSON file. */
export function json(value: unknown): Uint8Array {
  return encoder.encode(`${canonicalize(value) ?? ''}\n`)
}

/** A record: its opcode, the nanoseconds since the one before it, and the rest of its body. */
export function record(
  opcode: number,
  difference: number,
  ...body: readonly (Uint8Array | readonly number[])[]
): Uint8Array {
  const bytes = concat(uvarint(difference), ...body)
  return concat([opcode], uvarint(bytes.length), bytes)
}

export function pointermove(difference: number, x: number, y: number): Uint8Array {
  return record(0x01, difference, [0], svarint(x), svarint(y))
}

/** A move in a `pointermoves` record. */
export interface Move {
  /** Since the one before, in the record's unit; of the first it is the body's time, in nanoseconds. */
  readonly gap: number
  readonly x: number
  readonly y: number
  readonly rawX: number
  readonly rawY: number
}

/** What a `pointermoves` record says of all its moves. */
export interface MovesForm {
  readonly unit: 0 | 1 | 2
  readonly raw: boolean
  readonly whole: boolean
  readonly differences: boolean
}

/** Moves as columns, the first behind (0, 0); raw movements are in the form's unit. */
export function pointermoves(moves: readonly Move[], form: MovesForm): Uint8Array {
  const { unit, raw, whole, differences } = form
  const steps = (values: readonly number[]) =>
    values.map((value, i) => svarint(value - (values[i - 1] ?? 0)))
  const column = (values: readonly number[]) =>
    differences ? steps(values) : values.map((value) => svarint(value))
  const bits = raw ? (whole ? 4 : 0) | (differences ? 8 : 0) : 0
  return record(
    0x05,
    moves[0]?.gap ?? 0,
    uvarint(moves.length),
    [raw ? 2 : 0, unit | bits],
    ...moves.slice(1).map(({ gap }) => uvarint(gap)),
    ...steps(moves.map(({ x }) => x)),
    ...steps(moves.map(({ y }) => y)),
    ...(raw ? column(moves.map(({ rawX }) => rawX)) : []),
    ...(raw ? column(moves.map(({ rawY }) => rawY)) : []),
  )
}

export function keydown(difference: number, code: string, key: string, text = key): Uint8Array {
  return record(0x10, difference, [0], uvarint(0), string(code), string(key), string(text))
}

export function workspace(difference: number, index: number, name: string): Uint8Array {
  return record(0x23, difference, uvarint(index), string(name))
}
