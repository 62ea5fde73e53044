import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { ioError, UnderstudyError } from '../errors.js'
import { callable, tooMany } from './call.js'
import { checkName, draftName } from './names.js'
import type { Place, Store, StoreBody, StoreCall, StoreEntry } from './store.js'

/**
 * A folder as a store: another disk, a share that is mounted. Nothing in it is followed that is a link.
 *
 * @internal
 */
export class FolderStore implements Store {
  /** {@inheritDoc Store.place} */
  readonly place: Place
  readonly #folder: string

  /** @param folder - its absolute path */
  constructor(folder: string) {
    this.place = { to: folder }
    this.#folder = folder
  }

  /** {@inheritDoc Store.begin} */
  async begin(recording: string, folder: string): Promise<void> {
    await doing('prepare the folder', async () => {
      const [own, there] = [await realpath(folder), join(await realOf(this.#folder), recording)]
      if (isWithin(there, own) || isWithin(own, there)) {
        throw new UnderstudyError('invalid-argument', 'The folder is a part of the recording')
      }
      await mkdir(join(this.#folder, recording), { recursive: true, mode: 0o700 })
      await sync(this.#folder)
    })
  }

  /** {@inheritDoc Store.end} */
  async end(recording: string): Promise<void> {
    checkName(recording)
    // Where something of somebody else's lies in it, it stays.
    await rmdir(join(this.#folder, recording)).catch(() => undefined)
  }

  /** {@inheritDoc Store.put} */
  async put(name: string, body: StoreBody, { signal }: StoreCall = {}): Promise<void> {
    await doing('write', async () => {
      const path = await this.#pathOf(name, true)
      const draft = draftName(path, randomBytes(8).toString('hex'))
      try {
        await write(draft, body, signal)
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined)
        throw error
      }
      await sync(dirname(path))
    })
  }

  /** {@inheritDoc Store.get} */
  async *get(
    name: string,
    limit: number,
    { signal }: StoreCall = {},
  ): AsyncGenerator<Uint8Array, void> {
    try {
      const path = await this.#pathOf(name)
      await using file = await open(path, constants.O_RDONLY | noLinks)
      if (!(await file.stat()).isFile()) throw new UnderstudyError('io', 'This is not a file')
      const piece = new Uint8Array(pieceLength)
      for (let total = 0; ;) {
        callable(signal)
        const { bytesRead } = await file.read(piece, 0, piece.length, total)
        if (bytesRead === 0) return
        total += bytesRead
        if (total > limit) throw new UnderstudyError('io', 'The file is longer than it may be')
        yield piece.slice(0, bytesRead)
      }
    } catch (error) {
      throw failed('read', error)
    }
  }

  /** {@inheritDoc Store.remove} */
  async remove(name: string, { signal }: StoreCall = {}): Promise<boolean> {
    return await doing('remove', async () => {
      callable(signal)
      const path = await this.#pathOf(name).catch((error: unknown) => {
        if (!isMissing(error)) throw error
        return undefined
      })
      if (path === undefined) return true
      await rm(path, { force: true })
      await sync(dirname(path))
      // The folder of a track; while others lie in it, it stays. That of the recording says that the place is there.
      if (name.split('/').length > 2) await rmdir(dirname(path)).catch(() => undefined)
      return true
    })
  }

  /** {@inheritDoc Store.list} */
  async list(
    prefix: string,
    limit: number,
    { signal }: StoreCall = {},
  ): Promise<readonly StoreEntry[]> {
    const entries: StoreEntry[] = []
    const look = async (under: string, depth: number): Promise<void> => {
      for (const found of await readdir(join(this.#folder, under), { withFileTypes: true })) {
        callable(signal)
        const name = under + found.name
        if (found.isDirectory() && depth > 0) {
          await look(`${name}/`, depth - 1)
          continue
        }
        const size = found.isFile() ? (await lstat(join(this.#folder, name))).size : -1
        if (entries.push({ name, size }) > limit) throw tooMany(limit)
      }
    }
    await doing('look into', async () => {
      const folder = prefix.replace(/\/$/, '')
      checkName(folder)
      await this.#checkFolder(folder)
      await look(`${folder}/`, 1)
    })
    return entries
  }

  /** Where an object lies, by no other way than folders of this store. */
  async #pathOf(name: string, isNew = false): Promise<string> {
    checkName(name)
    const parts = name.split('/').slice(0, -1)
    for (let count = 1; count <= parts.length; count++) {
      const folder = parts.slice(0, count).join('/')
      // That of the recording is made when it is uploaded first: later it is missing where a disk is not mounted.
      if (isNew && count > 1) await makeFolder(join(this.#folder, folder))
      await this.#checkFolder(folder)
    }
    return join(this.#folder, name)
  }

  async #checkFolder(name: string): Promise<void> {
    const found = await lstat(join(this.#folder, name)).catch((error: unknown) => {
      if (name.includes('/') || !isMissing(error)) throw error
      throw new UnderstudyError(
        'io',
        'The recording’s folder in the store is not there: is its disk mounted?',
      )
    })
    if (!found.isDirectory()) {
      throw new UnderstudyError('io', `${basename(name)} is a link or a file, not a folder`)
    }
  }
}

async function write(path: string, body: StoreBody, signal: AbortSignal | undefined) {
  await using file = await open(path, 'wx', 0o600)
  for await (const piece of body.read()) {
    callable(signal)
    await file.writeFile(piece)
  }
  await file.sync()
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
}

/** The real path of what may not be there yet. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const above = dirname(path)
    if (!isMissing(error) || above === path) throw error
    return join(await realOf(above), basename(path))
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

/** A name is durable when its folder is; Windows has no such call, and needs none. */
async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path)
  await folder.sync()
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw failed(what, error)
  }
}

function failed(what: string, error: unknown): UnderstudyError {
  return error instanceof UnderstudyError ? error : ioError(`Cannot ${what} in the store`, error)
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Windows has no such flag, and no links that a user may make. */
const noLinks = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW
const pieceLength = 1 << 20
