import { Bytes } from './bytes.js'
import { className } from './class-name.js'
import { PictureDecoder } from './delta.js'
import { formatInvalid } from './errors.js'
import {
  type App,
  type Element,
  type Item,
  type KeyClass,
  keyClassNames,
  type Modifier,
  modifierNames,
  type Monitor,
  type Window,
} from './event.js'
import type { Rect } from './frame.js'
import { maxMoves, readMoves } from './moves.js'
import { Start } from './start.js'
import type { Track } from './track.js'

/**
 * Turns the decoded chunks of one segment into items (docs/format.md §9).
 *
 * @internal
 */
export class RecordDecoder {
  readonly #track: Track
  readonly #start: Start
  readonly #pictures = new PictureDecoder()
  #time = 0
  #x = 0
  #y = 0

  /**
   * @param track - whose segment it is: a record of another track is refused
   * @param start - holds back what is not to be given
   */
  constructor(track: Track, start = new Start(0)) {
    this.#track = track
    this.#start = start
  }

  /**
   * The items of a chunk, one at a time: a picture is live until the next is asked for.
   *
   * @param chunk - whole records
   */
  *decode(chunk: Uint8Array): Generator<Item, void, undefined> {
    const records = new Bytes(chunk)
    while (records.left > 0) {
      const opcode = records.u8()
      const body = new Bytes(records.take(records.uvarint(maxBody)))
      if (opcode === opcodes.pointermoves && this.#track === 'pointer') {
        for (const move of this.#moves(body)) if (this.#start.admits(move)) yield move
        continue
      }
      const difference = this.#advance(body)
      const latest = this.#start.release(this.#time)
      if (latest) yield latest
      const item = this.#record(opcode, difference, body)
      body.end()
      if (item && this.#start.admits(item)) yield item
    }
  }

  /** Gives back what decoding took; nothing may be decoded after that. */
  end(): void {
    this.#pictures.end()
  }

  /** Whether the records so far end inside a picture. */
  get insidePicture(): boolean {
    return this.#pictures.unfinished
  }

  /** §9.1: many moves in one record; all are read before one is given out. */
  #moves(body: Bytes): Item[] {
    this.#advance(body)
    const count = between(body, 2, maxMoves)
    const flags = readFlags(body, flag.injected | flag.raw)
    const kind = { injected: injected(flags), raw: (flags & flag.raw) !== 0 }
    const start = { time: this.#time, x: this.#x, y: this.#y }
    const moves = readMoves(body, count, start, kind)
    body.end()
    const last = moves.at(-1) ?? start
    this.#time = last.time
    this.#x = last.x
    this.#y = last.y
    return moves
  }

  /** The time of a record: what every body begins with. Returns the nanoseconds since the one before. */
  #advance(body: Bytes): number {
    const difference = body.uvarint(Number.MAX_SAFE_INTEGER)
    if (difference > Number.MAX_SAFE_INTEGER - this.#time)
      throw formatInvalid('a time is too great')
    this.#time += difference
    return difference
  }

  #record(opcode: number, difference: number, body: Bytes): Item | undefined {
    if (this.#pictures.unfinished && (opcode !== opcodes.frame || difference !== 0)) {
      throw formatInvalid('a record stands inside a picture')
    }
    switch (this.#track) {
      case 'pointer':
        return this.#pointer(opcode, body)
      case 'keyboard':
        return keyboard(opcode, body, this.#time)
      case 'screen':
        return this.#screen(opcode, body)
      case 'context':
        return context(opcode, body, this.#time)
    }
  }

  /** §9.1 */
  #pointer(opcode: number, body: Bytes): Item {
    const at = { track: 'pointer', time: this.#time } as const
    switch (opcode) {
      case opcodes.pointermove: {
        const flags = readFlags(body, flag.injected | flag.raw)
        const move = this.#move(body)
        const event = { ...at, type: 'pointermove', ...move, injected: injected(flags) } as const
        if ((flags & flag.raw) === 0) return event
        const rawX = body.int32()
        return { ...event, rawX, rawY: body.int32() }
      }
      case opcodes.pointerdown:
      case opcodes.pointerup: {
        const type = opcode === opcodes.pointerdown ? 'pointerdown' : 'pointerup'
        const flags = readFlags(body, flag.injected)
        const position = this.#move(body)
        return { ...at, type, ...position, injected: injected(flags), button: body.u8() }
      }
      case opcodes.wheel: {
        const flags = readFlags(body, flag.injected | flag.smooth)
        const event = {
          ...at,
          type: 'wheel',
          ...this.#move(body),
          injected: injected(flags),
        } as const
        const deltaX = body.int32()
        return { ...event, deltaX, deltaY: body.int32(), smooth: (flags & flag.smooth) !== 0 }
      }
      default:
        throw unknownOpcode()
    }
  }

  #move(body: Bytes): { x: number; y: number } {
    this.#x = position(this.#x + body.svarint(-maxMove, maxMove))
    this.#y = position(this.#y + body.svarint(-maxMove, maxMove))
    return { x: this.#x, y: this.#y }
  }

  /** §9.3 */
  #screen(opcode: number, body: Bytes): Item | undefined {
    const at = { track: 'screen', time: this.#time } as const
    switch (opcode) {
      case opcodes.frame: {
        if (this.#pictures.beginsLong(body)) this.#start.keep()
        const complete = this.#pictures.decode(body)
        if (!complete) return undefined
        const { width, height, format } = complete.picture
        return { ...at, type: 'frame', width, height, format, ...complete }
      }
      case opcodes.cursorimage: {
        const width = between(body, 1, maxCursor)
        const height = between(body, 1, maxCursor)
        const hotspotX = between(body, 0, width - 1)
        const hotspotY = between(body, 0, height - 1)
        const pixels = Uint32Array.from({ length: width * height }, () => body.u32())
        return { ...at, type: 'cursorimage', width, height, hotspotX, hotspotY, pixels }
      }
      case opcodes.cursorposition: {
        if (!body.boolean()) return { ...at, type: 'cursorposition' }
        const x = body.int32()
        return { ...at, type: 'cursorposition', x, y: body.int32() }
      }
      default:
        throw unknownOpcode()
    }
  }
}

/** §9.2 */
function keyboard(opcode: number, body: Bytes, time: number): Item {
  const at = { track: 'keyboard', time } as const
  switch (opcode) {
    case opcodes.keydown: {
      const flags = readFlags(body, flag.injected | flag.repeat)
      const modifiers = readModifiers(body)
      const names = { code: readCode(body), key: body.string(64), text: body.string(64) }
      const repeat = (flags & flag.repeat) !== 0
      return { ...at, type: 'keydown', ...names, repeat, modifiers, injected: injected(flags) }
    }
    case opcodes.keyup: {
      const flags = readFlags(body, flag.injected)
      const modifiers = readModifiers(body)
      const names = { code: readCode(body), key: body.string(64) }
      return { ...at, type: 'keyup', ...names, modifiers, injected: injected(flags) }
    }
    case opcodes.modifiers: {
      const flags = readFlags(body, flag.injected)
      return { ...at, type: 'modifiers', modifiers: readModifiers(body), injected: injected(flags) }
    }
    case opcodes.layout: {
      const flags = readFlags(body, flag.injected)
      const modifiers = readModifiers(body)
      const name = body.string(256)
      return {
        ...at,
        type: 'layout',
        name,
        group: body.u8(),
        modifiers,
        injected: injected(flags),
      }
    }
    case opcodes.redacted: {
      const name = className(body.string(64))
      return { ...at, type: 'redacted', class: name, keys: readKeyClasses(body) }
    }
    default:
      throw unknownOpcode()
  }
}

/** §9.4 */
function context(opcode: number, body: Bytes, time: number): Item {
  const at = { track: 'context', time } as const
  switch (opcode) {
    case opcodes.focus:
      if (!body.boolean()) return { ...at, type: 'focus' }
      return { ...at, type: 'focus', window: readWindow(body) }
    case opcodes.window:
      return { ...at, type: 'window', window: readWindow(body) }
    case opcodes.monitors: {
      const monitors = Array.from({ length: body.uvarint(maxMonitors) }, () => readMonitor(body))
      return { ...at, type: 'monitors', monitors }
    }
    case opcodes.workspace: {
      const index = body.uvarint(maxU32)
      return { ...at, type: 'workspace', index, name: body.string(256) }
    }
    case opcodes.element: {
      const contact = body.boolean() ? 'clicked' : 'focused'
      return { ...at, type: 'element', contact, element: readElement(body) }
    }
    default:
      throw unknownOpcode()
  }
}

function readElement(body: Bytes): Element {
  const id = body.uvarint(Number.MAX_SAFE_INTEGER)
  const window = body.uvarint(Number.MAX_SAFE_INTEGER)
  const app = readApp(body)
  const role = readRole(body)
  const name = body.string(256)
  const bounds = body.boolean() ? readRect(body) : undefined
  return { id, window, ...(app && { app }), role, name, ...(bounds && { bounds }) }
}

function readRole(body: Bytes): string {
  const role = body.string(32)
  if (!/^[a-z-]+$/.test(role))
    throw formatInvalid('a role is not of lower-case letters and hyphens')
  return role
}

function readApp(body: Bytes): App | undefined {
  return body.boolean() ? { id: body.string(256), instance: body.string(256) } : undefined
}

function readWindow(body: Bytes): Window {
  const id = body.uvarint(Number.MAX_SAFE_INTEGER)
  const app = readApp(body)
  const title = body.string(1024)
  const bounds = readRect(body)
  return app ? { id, app, title, bounds } : { id, title, bounds }
}

function readMonitor(body: Bytes): Monitor {
  return { name: body.string(256), bounds: readRect(body), primary: body.boolean() }
}

function readRect(body: Bytes): Rect {
  const x = body.int32()
  const y = body.int32()
  const width = body.uvarint(maxU32)
  return { x, y, width, height: body.uvarint(maxU32) }
}

function readModifiers(body: Bytes): Modifier[] {
  const bits = body.uvarint(2 ** modifierNames.length - 1)
  return modifierNames.filter((_, bit) => (bits & (1 << bit)) !== 0)
}

function readKeyClasses(body: Bytes): KeyClass[] {
  const bits = body.u8()
  if (bits >= 1 << keyClassNames.length) throw formatInvalid('a kind of key is not known')
  return keyClassNames.filter((_, bit) => (bits & (1 << bit)) !== 0)
}

function readCode(body: Bytes): string {
  const code = body.string(32)
  if (!/^[0-9A-Za-z]+$/.test(code)) throw formatInvalid('a code is not of letters and digits')
  return code
}

function readFlags(body: Bytes, allowed: number): number {
  const flags = body.u8()
  if ((flags & ~allowed) !== 0) throw formatInvalid('a reserved flag is set')
  return flags
}

function injected(flags: number): boolean {
  return (flags & flag.injected) !== 0
}

function position(value: number): number {
  if (value < -(2 ** 31) || value > 2 ** 31 - 1) throw formatInvalid('a position is over 32 bits')
  return value
}

function between(body: Bytes, min: number, max: number): number {
  const value = body.uvarint(max)
  if (value < min) throw formatInvalid(`a number is under ${min}`)
  return value
}

function unknownOpcode() {
  return formatInvalid('a record is not one of this track')
}

const opcodes = {
  pointermove: 0x01,
  pointerdown: 0x02,
  pointerup: 0x03,
  wheel: 0x04,
  pointermoves: 0x05,
  keydown: 0x10,
  keyup: 0x11,
  modifiers: 0x12,
  layout: 0x13,
  redacted: 0x14,
  focus: 0x20,
  window: 0x21,
  monitors: 0x22,
  workspace: 0x23,
  element: 0x24,
  frame: 0x30,
  cursorimage: 0x31,
  cursorposition: 0x32,
} as const

const flag = { injected: 1, raw: 2, smooth: 4, repeat: 8 } as const

const maxBody = 8 * 1024 * 1024
const maxCursor = 256
const maxMonitors = 64
const maxU32 = 2 ** 32 - 1
/** From one end of 32 bits to the other. */
const maxMove = 2 ** 32 - 1
