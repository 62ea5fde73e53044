import type { Fact } from '../ts/journal/entry.js'
import type { Catalog, EntryKind } from './catalog.js'
import { element, section } from './dom.js'
import { tellFacts } from './leftout.js'
import { type LineParts, List } from './list.js'
import { firstAfter } from './order.js'
import { plural, spellTime } from './words.js'

/** A line of the list. */
interface Line {
  readonly time: number
  readonly kind: EntryKind | 'fact'
  readonly text: string
}

const filters: Readonly<
  Record<string, { readonly label: string; readonly kinds: readonly Line['kind'][] }>
> = {
  all: { label: 'Everything', kinds: [] },
  typed: { label: 'What was typed', kinds: ['typed', 'key'] },
  click: { label: 'Clicks and scrolling', kinds: ['click', 'scroll'] },
  window: { label: 'Windows, and what was used in them', kinds: ['window', 'element'] },
  fact: { label: 'What was left out', kinds: ['fact'] },
}

/** All that happened, as a list that can be searched: only the lines in sight are in the page. */
export class Events {
  readonly element: HTMLElement
  readonly #search = element('input', { type: 'search', id: 'search', autocomplete: 'off' })
  readonly #filter = element('select', { id: 'filter' })
  readonly #count = element('p', { role: 'status', class: 'count' }, 'Reading the events…')
  readonly #list: List<Line>
  readonly #facts: readonly Fact[]
  #all: readonly Line[] = []
  #lines: readonly Line[] = []
  #truncated = false

  /**
   * @param facts - of the journal
   * @param seek - called with the time of the line that was chosen
   */
  constructor(facts: readonly Fact[], seek: (time: number) => void) {
    this.#facts = facts
    this.#list = new List('event', 'Events', toParts, ({ time }) => {
      seek(time)
    })
    for (const [value, { label }] of Object.entries(filters)) {
      this.#filter.append(element('option', { value }, label))
    }
    this.element = section(
      'events',
      'What happened',
      element(
        'div',
        { class: 'find' },
        element('label', { for: 'search' }, 'Search'),
        this.#search,
        element('label', { for: 'filter' }, 'Show'),
        this.#filter,
      ),
      this.#count,
      this.#list.element,
    )
    this.#search.addEventListener('input', () => {
      this.#select()
    })
    this.#filter.addEventListener('change', () => {
      this.#select()
    })
  }

  /** What there is. */
  set catalog({ entries, truncated }: Catalog) {
    const facts = tellFacts(this.#facts).map((told): Line => ({ ...told, kind: 'fact' }))
    this.#all = [...entries, ...facts].sort((a, b) => a.time - b.time)
    this.#truncated = truncated
    this.#select()
  }

  /**
   * How far reading is.
   *
   * @param share - 0 to 1
   */
  set progress(share: number) {
    // In tens: it is read aloud.
    const text = `Reading the events… ${Math.floor(share * 10) * 10} %`
    if (this.#count.textContent !== text) this.#count.textContent = text
  }

  /**
   * Where the player is: the line of that time is shown.
   *
   * @param time - nanoseconds since the recording started
   */
  set time(time: number) {
    this.#list.now = firstAfter(this.#lines.length, (i) => (this.#lines[i]?.time ?? 0) > time) - 1
  }

  /** Says that there will be no events. */
  failed(): void {
    this.#count.textContent = 'The events could not be read.'
  }

  /** Puts the cursor where a search is typed. */
  focusSearch(): void {
    this.#search.focus()
    this.#search.select()
  }

  #select(): void {
    const kinds = filters[this.#filter.value]?.kinds ?? []
    const words = this.#search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const wanted = ({ kind, text }: Line) => {
      if (kinds.length > 0 && !kinds.includes(kind)) return false
      const lower = text.toLocaleLowerCase()
      return words.every((word) => lower.includes(word))
    }
    this.#lines = this.#all.filter(wanted)
    const all = plural(this.#all.length, 'event')
    const some = `${this.#lines.length.toLocaleString('en')} of ${all}`
    const more = this.#truncated ? '; there are more than can be listed' : ''
    this.#count.textContent = (this.#lines.length < this.#all.length ? some : all) + more
    this.#list.lines = this.#lines
  }
}

function toParts({ time, kind, text }: Line): LineParts {
  const parts = [
    element('time', {}, spellTime(time)),
    element('span', { class: 'kind' }, names[kind]),
    element('span', { class: 'text', dir: 'auto' }, text),
  ]
  return { kind, title: text, parts }
}

const names: Readonly<Record<Line['kind'], string>> = {
  typed: 'typed',
  key: 'key',
  click: 'click',
  scroll: 'scroll',
  window: 'window',
  element: 'element',
  other: 'system',
  fact: 'journal',
}
