import { UnderstudyError } from '../errors.js'

/**
 * Whether a file of a recording may ever leave this machine: a list of what may, so that whatever else lies
 * in the folder (keys, released copies, what somebody put there) does not.
 *
 * @param path - its place below the recording's folder
 * @internal
 */
export function isPart(path: string): boolean {
  return part.test(path)
}

/**
 * The name of an object.
 *
 * @param recording - the recording's id, in hexadecimal
 * @param path - of which file, by its place below the recording's folder
 * @throws {@link UnderstudyError} `internal` for a file that may not leave
 * @internal
 */
export function objectName(recording: string, path: string): string {
  if (!isPart(path)) throw new UnderstudyError('internal', 'a file that may not be uploaded')
  return `${recording}/${path}`
}

/**
 * The name of an object while it is being put, in a folder.
 *
 * @param name - the object's
 * @param mark - 16 hexadecimal digits, new each time
 * @internal
 */
export function draftName(name: string, mark: string): string {
  return `${name}.${mark}.part`
}

/**
 * Whether a file in a store is what was left when putting an object was cut short.
 *
 * @param path - its place below the recording's
 * @internal
 */
export function isDraft(path: string): boolean {
  const [, name] = draft.exec(path) ?? []
  return name !== undefined && isPart(name)
}

/**
 * Refuses a name that would be something else in a folder, or in an address.
 *
 * @param name - of an object
 * @internal
 */
export function checkName(name: string): void {
  if (name.length > 1024 || !plain.test(name)) {
    throw new UnderstudyError('invalid-argument', 'An object of a store cannot have this name')
  }
}

const part =
  /^(?:header\.json|receipt\.json|unfinished\.json|journal\.ndjson|(?:pointer|keyboard|screen|context)\/\d{6}\.seg)$/
const draft = /^(.{1,64})\.[0-9a-f]{16}\.part$/
/** No part is empty, or begins with a dot. */
const plain = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/
