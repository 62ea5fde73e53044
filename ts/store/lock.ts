import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ioError, isUnderstudyError, UnderstudyError } from '../errors.js'
import { notesPath } from './notes.js'

/**
 * Does something to stores of a recording while nobody else does: whoever began earlier could put back what another
 * has removed since. A lock of a program that has ended counts for nothing.
 *
 * @param folder - the recording's folder
 * @param work - what is done
 * @returns what it resolves with
 * @throws {@link UnderstudyError} `state` while another upload of this recording runs
 * @internal
 */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, notesPath, 'lock')
  await take(path)
  held.add(path)
  try {
    return await work()
  } finally {
    held.delete(path)
    // Where this fails, it is found to be of a program that has ended.
    await rm(path, { force: true }).catch(() => undefined)
  }
}

async function take(path: string): Promise<void> {
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    for (let tries = 1; ; tries++) {
      if (await create(path)) return
      const owner = await ownerOf(path)
      if (owner !== undefined || tries === maxTries) throw busy(owner, path)
      await rm(path, { force: true })
    }
  } catch (error) {
    throw isUnderstudyError(error) ? error : ioError('Cannot lock the uploads', error)
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(`${process.pid}\n`)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The number of the process that holds it; undefined where none does. */
async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const text = await readFile(path, 'utf8')
    const owner = /^\d{1,10}\n$/.test(text) ? Number(text) : 0
    // Made, and not written yet: that takes no time, unless it was killed there.
    if (owner === 0) return Date.now() - (await stat(path)).mtimeMs < 5000 ? owner : undefined
    // After a restart, in a container above all, an old lock may have this process's own number.
    if (owner === process.pid) return held.has(path) ? owner : undefined
    return isRunning(owner) ? owner : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function busy(owner: number | undefined, path: string): UnderstudyError {
  const who = owner === undefined || owner === 0 ? '' : `, by process ${owner}`
  const message = `This recording is being uploaded${who}: try again when that has ended (if it has, delete ${path})`
  return new UnderstudyError('state', message)
}

/** By this process. */
const held = new Set<string>()
const maxTries = 3
