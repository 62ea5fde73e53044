import type { Fact } from '../ts/journal/entry.js'
import type { Catalog, EntryKind } from './catalog.js'
import { element, section } from './dom.js'
import { tellFacts } from './leftout.js'
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
  readonly #list = element('div', {
    class: 'list',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Events',
  })
  readonly #tall = element('div', { class: 'tall', role: 'presentation' })
  readonly #seek: (time: number) => void
  readonly #facts: readonly Fact[]
  #all: readonly Line[] = []
  #lines: readonly Line[] = []
  #chosen = -1
  #now = -1
  #truncated = false

  /**
   * @param facts - of the journal
   * @param seek - called with the time of the line that was chosen
   */
  constructor(facts: readonly Fact[], seek: (time: number) => void) {
    this.#facts = facts
    this.#seek = seek
    for (const [value, { label }] of Object.entries(filters)) {
      this.#filter.append(element('option', { value }, label))
    }
    this.#list.append(this.#tall)
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
      this.#list,
    )
    this.#listen()
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
    const now = firstAfter(this.#lines.length, (i) => (this.#lines[i]?.time ?? 0) > time) - 1
    if (now === this.#now) return
    this.#now = now
    // Whoever reads the list keeps the place.
    if (document.activeElement !== this.#list) this.#scrollTo(now)
    this.#draw()
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
    this.#chosen = this.#now = -1
    const all = plural(this.#all.length, 'event')
    const some = `${this.#lines.length.toLocaleString('en')} of ${all}`
    const more = this.#truncated ? '; there are more than can be listed' : ''
    this.#count.textContent = (this.#lines.length < this.#all.length ? some : all) + more
    this.#tall.style.height = `${this.#lines.length * lineHeight}px`
    this.#list.scrollTop = 0
    this.#draw()
  }

  #draw(): void {
    const first = Math.max(0, Math.floor(this.#list.scrollTop / lineHeight) - 5)
    const count = Math.ceil(this.#list.clientHeight / lineHeight) + 10
    const lines = this.#lines.slice(first, first + count)
    this.#tall.replaceChildren(...lines.map((line, i) => this.#line(line, first + i)))
    const chosen = this.#chosen >= first && this.#chosen < first + lines.length
    if (chosen) this.#list.setAttribute('aria-activedescendant', `event-${this.#chosen}`)
    else this.#list.removeAttribute('aria-activedescendant')
  }

  #line({ time, kind, text }: Line, at: number): HTMLElement {
    const made = element(
      'div',
      {
        id: `event-${at}`,
        class: `line ${kind}${at === this.#now ? ' now' : ''}`,
        role: 'option',
        'aria-selected': at === this.#chosen,
        'aria-posinset': at + 1,
        'aria-setsize': this.#lines.length,
        title: text,
      },
      element('time', {}, spellTime(time)),
      element('span', { class: 'kind' }, names[kind]),
      element('span', { class: 'text', dir: 'auto' }, text),
    )
    made.style.top = `${at * lineHeight}px`
    return made
  }

  #choose(at: number): void {
    if (this.#lines.length === 0) return
    this.#chosen = Math.min(Math.max(0, at), this.#lines.length - 1)
    this.#scrollTo(this.#chosen)
    this.#draw()
  }

  #scrollTo(at: number): void {
    const { scrollTop, clientHeight } = this.#list
    const top = at * lineHeight
    if (top < scrollTop) this.#list.scrollTop = top
    if (top + lineHeight > scrollTop + clientHeight) {
      this.#list.scrollTop = top + lineHeight - clientHeight
    }
  }

  #go(): void {
    const line = this.#lines[this.#chosen]
    if (line) this.#seek(line.time)
  }

  #listen(): void {
    this.#search.addEventListener('input', () => {
      this.#select()
    })
    this.#filter.addEventListener('change', () => {
      this.#select()
    })
    this.#list.addEventListener('scroll', () => {
      this.#draw()
    })
    this.#list.addEventListener('click', (event) => {
      const line = event.target instanceof Element ? event.target.closest('.line') : null
      if (!line) return
      this.#choose(Number(line.id.slice('event-'.length)))
      this.#go()
    })
    this.#list.addEventListener('keydown', (event) => {
      const page = Math.max(1, Math.floor(this.#list.clientHeight / lineHeight) - 1)
      const to: Readonly<Record<string, number>> = {
        ArrowDown: this.#chosen + 1,
        ArrowUp: this.#chosen - 1,
        PageDown: this.#chosen + page,
        PageUp: this.#chosen - page,
        Home: 0,
        End: this.#lines.length - 1,
      }
      const wanted = to[event.key]
      if (wanted !== undefined) this.#choose(wanted)
      else if (event.key === 'Enter') this.#go()
      else return
      event.preventDefault()
      event.stopPropagation()
    })
    new ResizeObserver(() => {
      this.#draw()
    }).observe(this.#list)
  }
}

const lineHeight = 30
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
