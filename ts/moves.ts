import type { Bytes } from './bytes.js'
import { formatInvalid } from './errors.js'
import type { PointerMove } from './event.js'

/** Where a pointer is, and when. */
export interface Place {
  readonly time: number
  readonly x: number
  readonly y: number
}

/** What all moves of a record have in common. */
export interface MovesKind {
  readonly injected: boolean
  readonly raw: boolean
}

/**
 * The moves of a `pointermoves` record, from its columns (docs/format.md §9.1). All are read before
 * any is given out, so that a malformed record gives none.
 *
 * @param body - behind the flags
 * @param count - how many: 2 to {@link maxMoves}
 * @param start - the first one's time, and where the pointer was before it
 * @param kind - what its flags say
 * @internal
 */
export function readMoves(
  body: Bytes,
  count: number,
  start: Place,
  { injected, raw }: MovesKind,
): PointerMove[] {
  const form = body.u8()
  const allowed = raw ? formBits.unit | formBits.whole | formBits.differences : formBits.unit
  const unit = units[form & formBits.unit]
  if (unit === undefined || (form & ~allowed) !== 0) {
    throw formatInvalid('moves are of an unknown form')
  }
  const times = readTimes(body, count, start.time, unit)
  const xs = readSteps(body, count, start.x, 1)
  const ys = readSteps(body, count, start.y, 1)
  const scale = (form & formBits.whole) === 0 ? 1 : 256
  const differences = (form & formBits.differences) !== 0
  const column = () =>
    differences ? readSteps(body, count, 0, scale) : readValues(body, count, scale)
  const [rawXs, rawYs] = raw ? [column(), column()] : []
  // Spelled out, not spread: there may be thousands a second of these.
  return times.map((time, i): PointerMove => {
    const [x, y] = [xs[i] ?? 0, ys[i] ?? 0]
    if (!rawXs || !rawYs) return { track: 'pointer', time, type: 'pointermove', x, y, injected }
    const [rawX, rawY] = [rawXs[i] ?? 0, rawYs[i] ?? 0]
    return { track: 'pointer', time, type: 'pointermove', x, y, injected, rawX, rawY }
  })
}

function readTimes(body: Bytes, count: number, first: number, unit: number): number[] {
  const times = [first]
  let time = first
  for (let i = 1; i < count; i++) {
    const most = Math.floor((Number.MAX_SAFE_INTEGER - time) / unit)
    time += body.uvarint(most) * unit
    times.push(time)
  }
  return times
}

/** Values by their differences from the one before, each counted in `scale`. */
function readSteps(body: Bytes, count: number, start: number, scale: number): Int32Array {
  const values = new Int32Array(count)
  let sum = start
  for (let i = 0; i < count; i++) {
    sum += body.svarint(-maxStep, maxStep)
    values[i] = scaled(sum, scale)
  }
  return values
}

function readValues(body: Bytes, count: number, scale: number): Int32Array {
  const values = new Int32Array(count)
  for (let i = 0; i < count; i++) values[i] = scaled(body.svarint(-maxStep, maxStep), scale)
  return values
}

function scaled(value: number, scale: number): number {
  const whole = value * scale
  if (whole < -(2 ** 31) || whole > 2 ** 31 - 1) throw formatInvalid('a movement is over 32 bits')
  return whole
}

/** Most moves in one record. */
export const maxMoves = 4096

/** What a record may count time in, by the number in its form: nanoseconds. */
const units: readonly number[] = [1, 1_000, 1_000_000]
const formBits = { unit: 3, whole: 4, differences: 8 } as const
/** From one end of 32 bits to the other. */
const maxStep = 2 ** 32 - 1
