import type { RedactedSpan } from '../ts/detect.js'
import type { Item, Window } from '../ts/event.js'
import { type TimedText, Typed } from './typed.js'

/** In what something was found. */
export type FindingPlace = 'typed' | 'title' | 'element' | 'name'

/** Something that the detectors find in a recording. */
export interface Finding {
  /** Since when it is there: nanoseconds since the recording started. */
  readonly time: number
  /** In what. */
  readonly place: FindingPlace
  /** What it is: a class of docs/detectors.md. */
  readonly class: string
  /** Itself. Out of the recording: shown as text, never as markup. */
  readonly text: string
}

/** All that the detectors find in a recording: bounded, however long that is. */
export interface Findings {
  /** In the order of time. */
  readonly entries: readonly Finding[]
  /** Whether there was more than is listed. */
  readonly truncated: boolean
}

/** Gathers {@link Findings} from items in the order of their time. */
export class FindingsBuilder {
  readonly #find: (text: string) => readonly RedactedSpan[]
  readonly #entries: Finding[] = []
  /** What was found already: of a text that grows, and was looked at before. */
  readonly #known = new Set<string>()
  /** What was looked at last: a window that moves has the same title again and again. */
  readonly #last = new Map<FindingPlace, string>()
  readonly #typed = new Typed((text) => this.#look('typed', text))
  #truncated = false

  /** @param find - the detectors */
  constructor(find: (text: string) => readonly RedactedSpan[]) {
    this.#find = find
  }

  /**
   * Takes the next item.
   *
   * @param item - of any track but the screen's
   */
  add(item: Item): void {
    switch (item.type) {
      case 'keydown':
        this.#typed.press(item)
        break
      case 'redacted':
      case 'pointerdown':
        // Neither what was not told nor a click lets what stands around it be one text.
        this.#typed.end()
        break
      case 'focus':
        this.#typed.end()
        this.#window(item.time, item.window)
        break
      case 'window':
        this.#window(item.time, item.window)
        break
      case 'element':
        if (item.contact === 'focused') this.#typed.end()
        this.#name('element', item.time, item.element.name)
        break
      case 'monitors':
        this.#name('name', item.time, item.monitors.map(({ name }) => name).join('\n'))
        break
      case 'workspace':
      case 'layout':
        this.#name('name', item.time, item.name)
        break
      case 'pointermove':
      case 'pointerup':
      case 'wheel':
      case 'keyup':
      case 'modifiers':
      case 'frame':
      case 'cursorimage':
      case 'cursorposition':
        break
    }
  }

  /** What was gathered; nothing may be added after that. */
  end(): Findings {
    this.#typed.end()
    return { entries: this.#entries.sort((a, b) => a.time - b.time), truncated: this.#truncated }
  }

  #window(time: number, window: Window | undefined): void {
    if (!window) return
    this.#name('title', time, window.title)
    if (window.app) this.#name('name', time, `${window.app.id}\n${window.app.instance}`)
  }

  #name(place: FindingPlace, time: number, text: string): void {
    if (text === '' || this.#last.get(place) === text) return
    this.#last.set(place, text)
    this.#look(place, { text, times: Array.from(text, () => time) })
  }

  /** Returns where the last finding ends. */
  #look(place: FindingPlace, { text, times }: TimedText): number {
    const points = Array.from(text)
    const spans = this.#find(text)
    for (const { start, end, class: name } of spans) {
      const found = points.slice(start, Math.min(end, start + maxText)).join('')
      this.#tell({ time: times[start] ?? 0, place, class: name, text: found })
    }
    return spans.at(-1)?.end ?? 0
  }

  #tell(finding: Finding): void {
    const { time, place, class: name, text } = finding
    const key = place === 'typed' ? `${time} ${name}` : `${time} ${place} ${name} ${text}`
    if (this.#known.has(key)) return
    if (this.#entries.length >= maxEntries) {
      this.#truncated = true
      return
    }
    this.#known.add(key)
    this.#entries.push(finding)
  }
}

const maxEntries = 10_000
/** Code points: enough to know it by. */
const maxText = 120
