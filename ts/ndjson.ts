import type { Element, FrameItem, Item, Window } from './event.js'
import type { Picture } from './frame.js'
import { Hash } from './seal.js'

/** How items are written as NDJSON. */
export interface LineOptions {
  /** Whether a `frame` gets the member `hash`, of all its pixels. It costs time; default false. */
  readonly hashes?: boolean
}

/**
 * An item as a line of NDJSON: what `understudy dump` prints (docs/format.md §11.1). Pixels are not
 * in it.
 *
 * @param item - from {@link openRecording}, not yet followed by the next
 * @param options - what to add
 * @returns one JSON object with its members in the format's order, and a line feed
 */
export function toLine(item: Item, options: LineOptions = {}): string {
  return `${JSON.stringify(members(item, options.hashes ?? false))}\n`
}

/** Spelled out member by member: their order is the format's, whatever made the item. */
function members(item: Item, hashes: boolean): object {
  const { track, type, time } = item
  const head = { track, type, time }
  switch (item.type) {
    case 'pointermove': {
      const { x, y, injected, rawX, rawY } = item
      return { ...head, x, y, injected, rawX, rawY }
    }
    case 'pointerdown':
    case 'pointerup': {
      const { x, y, injected, button } = item
      return { ...head, x, y, injected, button }
    }
    case 'wheel': {
      const { x, y, injected, deltaX, deltaY, smooth } = item
      return { ...head, x, y, injected, deltaX, deltaY, smooth }
    }
    case 'keydown': {
      const { code, key, text, repeat, modifiers, injected } = item
      return { ...head, code, key, text, repeat, modifiers, injected }
    }
    case 'keyup': {
      const { code, key, modifiers, injected } = item
      return { ...head, code, key, modifiers, injected }
    }
    case 'modifiers':
      return { ...head, modifiers: item.modifiers, injected: item.injected }
    case 'layout': {
      const { name, group, modifiers, injected } = item
      return { ...head, name, group, modifiers, injected }
    }
    case 'redacted':
      return { ...head, class: item.class, keys: item.keys }
    case 'frame':
      return { ...head, ...frame(item, hashes) }
    case 'cursorimage': {
      const { width, height, hotspotX, hotspotY } = item
      return { ...head, width, height, hotspotX, hotspotY }
    }
    case 'cursorposition':
      return { ...head, x: item.x, y: item.y }
    case 'focus':
      return { ...head, window: item.window && window(item.window) }
    case 'window':
      return { ...head, window: window(item.window) }
    case 'monitors': {
      const monitors = item.monitors.map(({ name, bounds, primary }) => ({
        name,
        bounds: rect(bounds),
        primary,
      }))
      return { ...head, monitors }
    }
    case 'workspace':
      return { ...head, index: item.index, name: item.name }
    case 'element':
      return { ...head, contact: item.contact, element: element(item.element) }
  }
}

function frame(
  { width, height, format, key, painted, picture }: FrameItem,
  hashes: boolean,
): object {
  const hash = hashes ? pictureHash(picture) : undefined
  return { width, height, format, key, painted, hash }
}

function window({ id, app, title, bounds }: Window): object {
  return { id, app: app && { id: app.id, instance: app.instance }, title, bounds: rect(bounds) }
}

function element({ id, window, app, role, name, bounds }: Element): object {
  const owner = app && { id: app.id, instance: app.instance }
  return { id, window, app: owner, role, name, bounds: bounds && rect(bounds) }
}

function rect({ x, y, width, height }: Window['bounds']): object {
  return { x, y, width, height }
}

/** The format's pixels are little-endian, and so is every machine that Node.js runs understudy on. */
function pictureHash({ pixels }: Picture): string {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  return new Hash().update(bytes).hex()
}
