import type { ElementItem, Item, KeyDown, Redacted, Window } from '../ts/event.js'
import { Activity } from './activity.js'
import { Trail, type TrailPoints } from './trail.js'
import { spellClass } from './words.js'

/** What kind of thing an entry tells. */
export type EntryKind = 'typed' | 'key' | 'click' | 'scroll' | 'window' | 'element' | 'other'

/** Something that happened, in the list of events. */
export interface Entry {
  /** When: nanoseconds since the recording started. */
  readonly time: number
  /** What kind of thing. */
  readonly kind: EntryKind
  /** What is told of it. Out of the recording: shown as text, never as markup. */
  readonly text: string
}

/** A button of the pointer went down. */
export interface Click {
  /** When: nanoseconds since the recording started. */
  readonly time: number
  /** Where: physical pixels of the virtual desktop. */
  readonly x: number
  /** Where: physical pixels of the virtual desktop. */
  readonly y: number
  /** As the DOM numbers it. */
  readonly button: number
}

/** A key went down. */
export interface Press {
  /** When: nanoseconds since the recording started. */
  readonly time: number
  /** How it is written. */
  readonly label: string
}

/** A stretch of the recording: nanoseconds since it started. */
export interface Span {
  /** From when. */
  readonly from: number
  /** Until when. */
  readonly to: number
}

/** An application that had the keyboard. */
export interface Application {
  /** Its name, as rules name it. */
  readonly id: string
  /** When it had the keyboard. */
  readonly spans: readonly Span[]
}

/** What the page knows of a recording but its pictures: bounded, however long that is. */
export interface Catalog {
  /** In the order of time. */
  readonly entries: readonly Entry[]
  /** Whether there was more than is listed. */
  readonly truncated: boolean
  /** In the order of time. */
  readonly clicks: readonly Click[]
  /** In the order of time. */
  readonly presses: readonly Press[]
  /** Where the pointer was. */
  readonly trail: TrailPoints
  /** In the order of their first focus. */
  readonly applications: readonly Application[]
  /** How much was done, 0 to 1, in stretches of equal length. */
  readonly activity: Float32Array
  /** Stretches without input. */
  readonly idle: readonly Span[]
}

/** Gathers a {@link Catalog} from items in the order of their time. */
export class CatalogBuilder {
  readonly #duration: number
  readonly #entries: Entry[] = []
  readonly #clicks: Click[] = []
  readonly #presses: Press[] = []
  readonly #trail = new Trail()
  readonly #activity: Activity
  readonly #applications = new Map<string, Span[]>()
  #truncated = false
  /** Text that is being typed, which one entry tells. */
  #typed: { time: number; last: number; text: string } | undefined
  #scrolled = -Infinity
  #focus: { readonly id: string; readonly from: number } | undefined
  /** Stretches of all applications. */
  #focused = 0

  /** @param duration - of the recording, in nanoseconds */
  constructor(duration: number) {
    this.#duration = duration
    this.#activity = new Activity(duration)
  }

  /**
   * Takes the next item.
   *
   * @param item - of any track but the screen's
   */
  add(item: Item): void {
    if (item.track === 'pointer' || item.track === 'keyboard') this.#activity.add(item.time)
    switch (item.type) {
      case 'pointermove':
      case 'pointerup':
        this.#trail.add(item)
        break
      case 'pointerdown':
        this.#trail.add(item)
        this.#endTyping()
        this.#click(item)
        break
      case 'wheel':
        this.#scroll(item.time)
        break
      case 'keydown':
        this.#press(item)
        break
      case 'redacted':
        this.#redacted(item)
        break
      case 'focus':
      case 'window':
        // A title may change with every key.
        if (item.type === 'focus') this.#endTyping()
        this.#window(item.time, item.type === 'focus', item.window)
        break
      case 'monitors':
        this.#tell(
          item.time,
          'other',
          `Monitors: ${item.monitors.map(({ name }) => name).join(', ')}`,
        )
        break
      case 'workspace':
        this.#tell(item.time, 'other', `Workspace ${item.name || item.index + 1}`)
        break
      case 'element':
        this.#element(item)
        break
      case 'layout':
        this.#tell(item.time, 'other', `Keyboard layout ${item.name}`)
        break
      case 'keyup':
      case 'modifiers':
      case 'frame':
      case 'cursorimage':
      case 'cursorposition':
        break
    }
  }

  /** What was gathered; nothing may be added after that. */
  end(): Catalog {
    this.#endTyping()
    this.#endFocus(this.#duration)
    return {
      entries: this.#entries.sort((a, b) => a.time - b.time),
      truncated: this.#truncated,
      clicks: this.#clicks,
      presses: this.#presses,
      trail: this.#trail.points(),
      applications: [...this.#applications].map(([id, spans]) => ({ id, spans })),
      activity: this.#activity.bars(),
      idle: this.#activity.idle(),
    }
  }

  #click({ time, x, y, button }: Click): void {
    if (this.#clicks.length < maxEntries) this.#clicks.push({ time, x, y, button })
    const name = buttons[button] ?? `Button ${button}`
    this.#tell(time, 'click', `${name} click at ${x}, ${y}`)
  }

  #scroll(time: number): void {
    // Turning a wheel is one thing, however many detents it has.
    if (time > this.#scrolled + pause) this.#tell(time, 'scroll', 'Scrolled')
    this.#scrolled = time
  }

  #press({ time, key, text, modifiers }: KeyDown): void {
    const held = modifiers.filter((name) => chords.includes(name))
    const label = [...held.filter((name) => name !== key), key === ' ' ? 'Space' : key].join('+')
    if (this.#presses.length < maxEntries) this.#presses.push({ time, label })
    const types = text !== '' && held.length === 0 && !/\p{Cc}/u.test(text)
    if (types) this.#type(time, text)
    else if (key === 'Backspace' && this.#typed && held.length === 0) this.#type(time, '⌫')
    else if (!silent.includes(key)) {
      this.#endTyping()
      this.#tell(time, 'key', label)
    }
  }

  /** What was typed is not told, but what it was. */
  #redacted({ time, class: what, keys }: Redacted): void {
    const kinds = keys.length > 0 ? `: ${keys.join(', ')}` : ''
    const label = `⟨${spellClass(what)}${kinds}⟩`
    if (this.#presses.length < maxEntries) this.#presses.push({ time, label })
    this.#type(time, label)
  }

  #element({ time, contact, element: { role, name } }: ElementItem): void {
    // What is typed from now on is typed into another field.
    if (contact === 'focused') this.#endTyping()
    const what = name === '' ? role : `${role} “${name}”`
    this.#tell(time, 'element', `${contact === 'clicked' ? 'Clicked' : 'Keyboard in'} ${what}`)
  }

  #type(time: number, text: string): void {
    const typed = this.#typed
    if (typed && time - typed.last < pause && typed.text.length < maxTyped) {
      typed.text += text
      typed.last = time
      return
    }
    this.#endTyping()
    this.#typed = { time, last: time, text }
  }

  #endTyping(): void {
    if (this.#typed) this.#tell(this.#typed.time, 'typed', this.#typed.text)
    this.#typed = undefined
  }

  #window(time: number, focused: boolean, window: Window | undefined): void {
    const id = window?.app?.id ?? ''
    if (this.#focus?.id !== id) {
      this.#endFocus(time)
      if (id !== '') this.#focus = { id, from: time }
    }
    if (!window) this.#tell(time, 'window', 'No window has the keyboard')
    else if (focused) this.#tell(time, 'window', `${id || 'Unknown application'}: ${window.title}`)
    else this.#tell(time, 'window', `${id || 'Unknown application'} now: ${window.title}`)
  }

  #endFocus(time: number): void {
    if (!this.#focus) return
    const { id, from } = this.#focus
    this.#focus = undefined
    let spans = this.#applications.get(id)
    if (!spans && this.#applications.size < maxApplications) {
      spans = []
      this.#applications.set(id, spans)
    }
    if (!spans || this.#focused >= maxEntries) return
    spans.push({ from, to: Math.max(from, time) })
    this.#focused++
  }

  #tell(time: number, kind: EntryKind, text: string): void {
    const last = this.#entries.at(-1)
    // A window that moves says the same again and again.
    if (kind === 'window' && last?.kind === kind && last.text === text) return
    if (this.#entries.length < maxEntries) this.#entries.push({ time, kind, text })
    else this.#truncated = true
  }
}

/** Typing that rests this long is another entry. */
const pause = 2e9
const maxTyped = 400
const maxEntries = 200_000
const maxApplications = 1000
const chords = ['Control', 'Alt', 'Meta']
/** Keys that say nothing by themselves. */
const silent = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'Dead']
const buttons: Readonly<Record<number, string>> = { 0: 'Left', 1: 'Middle', 2: 'Right' }
