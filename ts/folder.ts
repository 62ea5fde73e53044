import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ioError } from './errors.js'
import { type Identity, type Passphrase, unlockIdentity } from './identity.js'
import type { Source, SourceEntry } from './source.js'

// The one file of the portable reader that touches files: what a browser reads comes from elsewhere.

/** A recording in a folder. */
export class FolderSource implements Source {
  readonly #folder: string

  /** @param folder - the recording's folder */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** {@inheritDoc Source.list} */
  async list(): Promise<readonly SourceEntry[]> {
    try {
      const entries: SourceEntry[] = []
      await this.#list('', entries)
      return entries
    } catch (error) {
      throw ioError('Cannot list the recording', error)
    }
  }

  /** {@inheritDoc Source.read} */
  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    try {
      await using file = await open(join(this.#folder, path))
      const bytes = new Uint8Array(length)
      const { bytesRead } = await file.read(bytes, 0, length, offset)
      return bytes.subarray(0, bytesRead)
    } catch (error) {
      throw ioError('Cannot read the recording', error)
    }
  }

  /** {@inheritDoc Source.create} */
  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    const place = join(this.#folder, path)
    try {
      await mkdir(dirname(place), { recursive: true })
      await writeFile(place, bytes, { flag: 'wx', mode: 0o600, flush: true })
      await syncFolders(this.#folder, dirname(path))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw ioError('Cannot write to the recording', error)
    }
  }

  async #list(under: string, entries: SourceEntry[], depth = 0): Promise<void> {
    for (const found of await readdir(join(this.#folder, under), { withFileTypes: true })) {
      const path = under + found.name
      if (found.isFile()) {
        const { size } = await stat(join(this.#folder, path))
        entries.push({ path, kind: 'file', size })
      } else {
        entries.push({ path, kind: found.isDirectory() ? 'folder' : 'other', size: 0 })
        if (found.isDirectory() && depth < maxDepth)
          await this.#list(`${path}/`, entries, depth + 1)
      }
    }
  }
}

/** A name is durable when its folder is; Windows has no such call, and needs none. */
async function syncFolders(top: string, under: string): Promise<void> {
  if (process.platform === 'win32') return
  for (const path of new Set([join(top, under), top])) {
    await using folder = await open(path)
    await folder.sync()
  }
}

/** Settings of {@link openIdentity}. */
export interface OpenIdentityOptions {
  /** The passphrase, or what asks for it; not needed for an identity without one. */
  readonly passphrase?: Passphrase
}

/**
 * Reads the identity that `understudy keygen` made.
 *
 * @param folder - where `identity.json` lies
 * @param options - the passphrase
 * @returns the identity; deriving the key of a passphrase takes about a second, and the memory that
 *   the identity's maker chose (at most 1 GiB)
 * @throws {@link UnderstudyError} `passphrase-wrong`; `identity-invalid` when the file is malformed;
 *   `invalid-argument` when it needs a passphrase and none was given; `io` or `permission-denied`
 *   when it cannot be read
 */
export async function openIdentity(
  folder: string,
  options: OpenIdentityOptions = {},
): Promise<Identity> {
  return await unlockIdentity(await readIdentity(folder), options.passphrase)
}

/**
 * The bytes of an identity's file.
 *
 * @param folder - where `identity.json` lies
 * @internal
 */
export async function readIdentity(folder: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, 'identity.json'))
  } catch (error) {
    throw ioError('Cannot read the identity', error)
  }
}

/** A recording has one level of folders: deep enough to name a file that is not part of it. */
const maxDepth = 8
