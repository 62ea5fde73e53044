import { eachOnce, hex, list, Members, range, told } from './canonical.js'
import { formatInvalid, UnderstudyError } from './errors.js'

/** Who answers for what becomes of recordings, and what they promise: a receipt names them, and they countersign it. */
export interface Controller {
  /** What it is called: 1 to 128 bytes. */
  readonly name: string
  /** How it is reached: 1 to 256 bytes. */
  readonly contact: string
  /** The Ed25519 key that it countersigns with: 32 bytes in hexadecimal, `sign` in its `identity.json`. */
  readonly sign: string
  /** Whose law holds: 1 to 8 codes of ISO 3166, such as `DE`, `US-NY`. */
  readonly jurisdiction: readonly string[]
  /** Where released copies are stored: as many such codes. */
  readonly storage: readonly string[]
  /** After how many days released copies are deleted: 1 to 36,500. */
  readonly retention: number
}

/**
 * A controller, as a receipt describes it.
 *
 * @param value - anything
 * @throws {@link UnderstudyError} `format-invalid` when something is missing, unknown or over its limits
 * @internal
 */
export function controller(value: unknown): Controller {
  const members = new Members(value)
  const taken: Controller = {
    name: members.take('name', told(128)),
    contact: members.take('contact', told(256)),
    sign: members.take('sign', hex(32)),
    jurisdiction: members.take('jurisdiction', places),
    storage: members.take('storage', places),
    retention: members.take('retention', range(1, 36_500)),
  }
  members.end()
  return taken
}

/**
 * A controller from the text of the file that it hands out: JSON in any spacing and order.
 *
 * @param text - the file's content
 * @throws {@link UnderstudyError} `invalid-argument` when something is missing, unknown or over its limits
 * @internal
 */
export function parseController(text: string): Controller {
  try {
    return controller(JSON.parse(text))
  } catch (error) {
    const why = error instanceof UnderstudyError ? error.message : 'it is not JSON'
    const message = `The controller cannot be read: ${why}`
    throw new UnderstudyError('invalid-argument', message, {}, { cause: error })
  }
}

function places(value: unknown): string[] {
  return eachOnce(list(1, 8, place)(value))
}

function place(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(value)) return value
  throw formatInvalid('this is no code of a place')
}
