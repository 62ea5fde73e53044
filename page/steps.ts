import type { ForgetStep, ReleaseStep } from '../ts/review/actions.js'
import type { Plan } from './outcome.js'

/**
 * What a plan asks for, one thing after the other.
 *
 * @param plan - what is marked
 */
export function toSteps({ spans, applications, tracks }: Plan): ForgetStep[] {
  return [
    ...spans.map(({ from, to }) => ({ from: Math.round(from), to: Math.round(to) })),
    ...applications.map((app) => ({ app })),
    ...(tracks.length > 0 ? [{ tracks }] : []),
  ]
}

/**
 * The same as a command, to be run in a shell.
 *
 * @param step - what to forget
 */
export function spellForget({ from, to, app, tracks }: ForgetStep): string {
  return [
    'understudy forget RECORDING --identity ~/.understudy',
    ...(from === undefined ? [] : [`--from ${spellExact(from)}`]),
    ...(to === undefined ? [] : [`--to ${spellExact(to)}`]),
    ...(app === undefined ? [] : [`--app ${quoted(app)}`]),
    ...(tracks === undefined ? [] : [`--tracks ${tracks.join(',')}`]),
  ].join(' ')
}

/**
 * A release as a command, to be run in a shell.
 *
 * @param step - what to release
 */
export function spellRelease({ to, tracks, except }: ReleaseStep): string {
  return [
    `understudy release RECORDING --identity ~/.understudy --to ${to}`,
    `--tracks ${tracks.join(',')}`,
    ...except.map(({ from, to: until }) => `--except ${spellExact(from)}-${spellExact(until)}`),
  ].join(' ')
}

/** `3:10.25`: with as many digits behind the point as there are. */
function spellExact(nanoseconds: number): string {
  const rounded = Math.round(nanoseconds)
  const seconds = Math.floor(rounded / 1e9)
  const fraction = String(rounded % 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const tail = fraction === '' ? '' : `.${fraction}`
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${tail}`
}

/** For a shell: an application names itself, and its name may be meant to be more than that. */
function quoted(text: string): string {
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return "'?' # its name cannot be typed"
  return `'${text.replaceAll("'", "'\\''")}'`
}
