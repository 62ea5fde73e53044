import { InvalidArgumentError } from 'commander'

/**
 * Parses a duration such as `500ms`, `1s`, `2m`, `12h`, `30d`.
 *
 * @param text - digits, and a unit
 * @returns milliseconds
 * @throws InvalidArgumentError for anything else, which commander turns into a usage message
 */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? []
  const factor = units.get(unit ?? '')
  if (digits === undefined || factor === undefined) {
    throw new InvalidArgumentError('Write a number and a unit, such as 500ms, 1s, 2m, 12h or 30d.')
  }
  return Math.round(Number(digits) * factor)
}

/**
 * Parses a time of a recording: `90s`, `3:10`, `1:02:03.5`.
 *
 * @param text - a duration, or hours, minutes and seconds since the recording started
 * @returns nanoseconds
 * @throws InvalidArgumentError for anything else, which commander turns into a usage message
 */
export function parseTime(text: string): number {
  const [, hours = '0', minutes, seconds] =
    /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,9})?)$/.exec(text) ?? []
  if (minutes === undefined || seconds === undefined) return parseDuration(text) * 1e6
  const whole = (Number(hours) * 60 + Number(minutes)) * 60
  return Math.round((whole + Number(seconds)) * 1e9)
}

/**
 * A duration for people.
 *
 * @param nanoseconds - 0 or more
 * @returns such as `3.250 s` or `1:02:03`
 */
export function spellDuration(nanoseconds: number): string {
  const seconds = nanoseconds / 1e9
  if (seconds < 60) return `${seconds.toFixed(3)} s`
  const whole = Math.floor(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

const units = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
