import { text } from './canonical.js'
import { formatInvalid } from './errors.js'

const longest = text(1, 64)

/**
 * Reads the name of a class of sensitive content, as records and the journal have it: 1 to 64 lower-case
 * letters, digits and underscores.
 *
 * @param value - what stands in its place
 * @throws {@link UnderstudyError} `format-invalid` for anything else
 * @internal
 */
export function className(value: unknown): string {
  const name = longest(value)
  if (!/^[a-z0-9_]+$/.test(name)) throw formatInvalid('a class has no such name')
  return name
}
