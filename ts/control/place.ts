import { lstat, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { ioError, UnderstudyError } from '../errors.js'

/**
 * The sockets of this user's recorders, living and dead (docs/control.md). The same folder as in
 * `crates/capture/src/control/place.rs`.
 *
 * @returns paths; none on a system without such sockets
 * @throws {@link UnderstudyError} `permission-denied` when the folder is another user's, or others may
 *   enter it: what lies there may be anybody's
 * @internal
 */
export async function socketPaths(): Promise<string[]> {
  if (process.platform !== 'linux') return []
  const folder = socketFolder()
  let names: string[]
  try {
    await check(folder)
    names = await readdir(folder)
  } catch (error) {
    if (error instanceof UnderstudyError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw ioError('Cannot look for running recorders', error)
  }
  return names
    .filter((name) => name.endsWith('.sock'))
    .sort()
    .map((name) => join(folder, name))
}

function socketFolder(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env
  return runtime !== undefined && isAbsolute(runtime)
    ? join(runtime, 'understudy')
    : join(homedir(), '.local/state/understudy/run')
}

async function check(folder: string): Promise<void> {
  const found = await lstat(folder)
  if (found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0) return
  const why = 'is not a folder of this user alone: what lies there may be anybody’s'
  throw new UnderstudyError('permission-denied', `${folder} ${why}`)
}
