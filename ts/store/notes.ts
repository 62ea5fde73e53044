import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import { hex, oneOf, parseFile, told } from '../canonical.js'
import { formatInvalid, ioError, isUnderstudyError, tampered } from '../errors.js'
import type { Place } from './store.js'

/**
 * That a recording was uploaded, and where: a file for each place in the folder `release/uploads`, where readers
 * look at nothing. One file each, so that two uploads at a time do not lose each other's.
 *
 * @internal
 */
export interface Note {
  /** The recording's id, in hexadecimal. */
  readonly recording: string
  /** Where. */
  readonly place: Place
  /** Hash of the journal that all that is there was brought to; undefined before that. */
  readonly journal?: string
}

/**
 * All notes of a recording.
 *
 * @param folder - the recording's folder
 * @throws {@link UnderstudyError} `format-invalid` for a file that is no note, `io`
 * @internal
 */
export async function readNotes(folder: string): Promise<Note[]> {
  const names = await readdir(join(folder, notesPath)).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw ioError('Cannot read where it was uploaded', error)
  })
  const notes = names.filter((name) => name.endsWith('.json')).sort()
  if (notes.length > maxNotes) throw formatInvalid(`there are more than ${maxNotes} uploads`)
  return await Promise.all(notes.map((name) => readNote(folder, `${notesPath}/${name}`)))
}

/**
 * Writes a note, in the place of that of the same place.
 *
 * @param folder - the recording's folder
 * @param note - what is to be known
 * @throws {@link UnderstudyError} `format-invalid` for a place that cannot be written down; `io`
 * @internal
 */
export async function writeNote(folder: string, note: Note): Promise<void> {
  const { place, ...rest } = note
  const bytes = new TextEncoder().encode(`${canonicalize({ schema, ...rest, ...place }) ?? ''}\n`)
  // What could not be read again would be forgotten.
  parse(bytes)
  const draft = join(folder, `${notesPath}/${randomBytes(8).toString('hex')}.draft`)
  try {
    await mkdir(join(folder, notesPath), { recursive: true, mode: 0o700 })
    {
      await using file = await open(draft, 'wx', 0o600)
      await file.writeFile(bytes)
      await file.sync()
    }
    await rename(draft, join(folder, notePath(place)))
    await sync(folder)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw ioError('Cannot write down where it is uploaded', error)
  }
}

/**
 * Removes the note of a place at which nothing is left.
 *
 * @param folder - the recording's folder
 * @param place - which
 * @internal
 */
export async function removeNote(folder: string, place: Place): Promise<void> {
  try {
    await rm(join(folder, notePath(place)), { force: true })
    await sync(folder)
  } catch (error) {
    throw ioError('Cannot remove what was written down of an upload', error)
  }
}

/**
 * Whether two places are the same one.
 *
 * @internal
 */
export function isSamePlace(a: Place, b: Place): boolean {
  return notePath(a) === notePath(b)
}

/** The region is only how requests are signed. */
function notePath({ to, endpoint = '' }: Place): string {
  const hash = createHash('sha256').update(`${to}\n${endpoint}`).digest('hex')
  return `${notesPath}/${hash.slice(0, 32)}.json`
}

async function readNote(folder: string, at: string): Promise<Note> {
  let bytes
  try {
    bytes = await readFile(join(folder, at))
  } catch (error) {
    throw ioError('Cannot read where it was uploaded', error)
  }
  try {
    const note = parse(bytes)
    if (notePath(note.place) !== at) throw tampered('the upload is noted under another name')
    return note
  } catch (error) {
    throw isUnderstudyError(error) ? error.in({ at }) : error
  }
}

function parse(bytes: Uint8Array): Note {
  if (bytes.length > maxNote) throw formatInvalid('the file is over 64 KiB')
  const members = parseFile(bytes)
  members.take('schema', oneOf([schema]))
  const note = {
    recording: members.take('recording', hex(16)),
    place: {
      to: members.take('to', told(8192)),
      ...(members.has('endpoint') && { endpoint: members.take('endpoint', told(512)) }),
      ...(members.has('region') && { region: members.take('region', told(64)) }),
    },
    ...(members.has('journal') && { journal: members.take('journal', hex(32)) }),
  }
  members.end()
  return note
}

/** A name is durable when its folder is; Windows has no such call, and needs none. */
async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  for (const path of [notesPath, 'release', '.']) {
    await using opened = await open(join(folder, path))
    await opened.sync()
  }
}

/** Where notes lie, below the recording's folder. @internal */
export const notesPath = 'release/uploads'
const schema = 'understudy.upload/1'
const maxNotes = 64
const maxNote = 64 * 1024
