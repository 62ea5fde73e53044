// What lies in the memory of a process of this user: read from /proc as a debugger would, and searched.
import { type FileHandle, open, readFile } from 'node:fs/promises'

/** Places at which members of a row may lie apart: what is larger than a page is no row any more. */
const strides = [
  ...Array.from({ length: 64 }, (_, at) => at + 1),
  ...Array.from({ length: 240 }, (_, at) => 68 + 4 * at),
]

/** As much is read at once; a row that lies across two pieces would be missed. */
const pieceLength = 1 << 26

/**
 * Every byte that a process could write, of what it has mapped: heaps, stacks and arenas, what was freed and not
 * given back included, and memory that it shares, as with an X server.
 */
export async function memoryOf(pid: number): Promise<Buffer[]> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8')
  const pieces: Buffer[] = []
  await using file = await open(`/proc/${pid}/mem`)
  for (const line of maps.split('\n')) {
    const [, from, to] = /^([\da-f]+)-([\da-f]+) rw/.exec(line) ?? []
    if (from === undefined || to === undefined) continue
    const end = parseInt(to, 16)
    for (let at = parseInt(from, 16); at < end; at += pieceLength) {
      pieces.push(await readPiece(file, at, Math.min(pieceLength, end - at)))
    }
  }
  return pieces
}

/** What cannot be read (a device, a mapping that went meanwhile) is empty. */
async function readPiece(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file
      .read(piece, filled, length - filled, at + filled)
      .catch(() => ({ bytesRead: 0 }))
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return piece.subarray(0, filled)
}

/** Whether some bytes lie in it anywhere. */
export function hasBytes(memory: readonly Buffer[], bytes: Buffer): boolean {
  return memory.some((piece) => piece.includes(bytes))
}

/** Two characters so near each other, in bytes, are no coincidence: what is random has one of thousands every some megabytes. */
const near = 256

/**
 * Which of these characters lie in it in UTF-8, each near itself or near another of the same group: a key that types something
 * has it twice, as its meaning and as its text.
 *
 * @param wanted - code points from U+10000 to U+3FFFF, and the group of each: four bytes of UTF-8, the first always the same
 */
export function utf8In(memory: readonly Buffer[], wanted: ReadonlyMap<number, number>): number[] {
  const found = new Neighbours(wanted)
  for (const piece of memory) {
    found.begin()
    for (let at = piece.indexOf(0xf0); at >= 0; at = piece.indexOf(0xf0, at + 1)) {
      const [high, middle, low] = [piece[at + 1] ?? 0, piece[at + 2] ?? 0, piece[at + 3] ?? 0]
      if ((high & middle & low & 0x80) === 0 || ((high | middle | low) & 0x40) !== 0) continue
      found.see(((high & 0x3f) << 12) | ((middle & 0x3f) << 6) | (low & 0x3f), at)
    }
  }
  return [...found.all]
}

/** The same in UTF-16, as JavaScript has its strings. */
export function utf16In(memory: readonly Buffer[], wanted: ReadonlyMap<number, number>): number[] {
  const found = new Neighbours(wanted)
  for (const piece of memory) {
    found.begin()
    const units = new Uint16Array(piece.buffer, piece.byteOffset, piece.length >>> 1)
    for (let at = 0; at + 1 < units.length; at++) {
      const [high, low] = [units[at] ?? 0, units[at + 1] ?? 0]
      if ((high & 0xfc00) !== 0xd800 || (low & 0xfc00) !== 0xdc00) continue
      found.see(0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff), 2 * at)
    }
  }
  return [...found.all]
}

/** Characters that were seen near others of their group. */
class Neighbours {
  readonly all = new Set<number>()
  readonly #groups: ReadonlyMap<number, number>
  /** Where a character of a group was seen last. */
  readonly #last = new Map<number, number>()

  constructor(groups: ReadonlyMap<number, number>) {
    this.#groups = groups
  }

  /** From here on places are counted anew. */
  begin(): void {
    this.#last.clear()
  }

  see(point: number, at: number): void {
    const group = this.#groups.get(point)
    if (group === undefined) return
    const before = this.#last.get(group)
    if (before !== undefined && at - before <= near) this.all.add(point)
    this.#last.set(group, at)
  }
}

/**
 * How far apart members of a row lie in it, where they lie there in their order, equally far apart: members of an
 * array, events in a buffer, blocks that were allocated one after the other.
 *
 * @param row - numbers of `width` bytes, little-endian
 */
export function rowIn(
  memory: readonly Buffer[],
  row: readonly number[],
  width: 1 | 4,
): number | undefined {
  const [first = 0, second = 0, ...others] = row
  const head = Buffer.alloc(width)
  head.writeUIntLE(first, 0, width)
  for (const piece of memory) {
    for (let at = piece.indexOf(head); at >= 0; at = piece.indexOf(head, at + 1)) {
      for (const far of strides) {
        // Where a row could begin there are millions of places: most of them end here.
        if (piece[at + far] !== (second & 0xff)) continue
        if (valueAt(piece, at + far, width) !== second) continue
        if (others.every((value, n) => valueAt(piece, at + (n + 2) * far, width) === value))
          return far
      }
    }
  }
  return undefined
}

function valueAt(piece: Buffer, at: number, width: 1 | 4): number | undefined {
  if (width === 1 || at + 3 >= piece.length) return width === 1 ? piece[at] : undefined
  const [a = 0, b = 0, c = 0, d = 0] = [piece[at], piece[at + 1], piece[at + 2], piece[at + 3]]
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}
