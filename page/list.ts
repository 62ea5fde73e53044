import { element } from './dom.js'

/** A list of any length to be gone through by keyboard: only the lines in sight are in the page. */
export class List<Line> {
  /** To be put into the page. */
  readonly element: HTMLElement
  readonly #id: string
  readonly #tall = element('div', { class: 'tall', role: 'presentation' })
  readonly #draw: (line: Line) => LineParts
  readonly #go: (line: Line) => void
  #lines: readonly Line[] = []
  #chosen = -1
  #now = -1

  /**
   * @param id - of its lines, each with its number behind: unique in the page
   * @param name - what it is read out as
   * @param draw - what is in a line
   * @param go - called with the line that was chosen
   */
  constructor(id: string, name: string, draw: (line: Line) => LineParts, go: (line: Line) => void) {
    this.#id = id
    this.#draw = draw
    this.#go = go
    this.element = element('div', {
      class: 'list',
      role: 'listbox',
      tabindex: 0,
      'aria-label': name,
    })
    this.element.append(this.#tall)
    this.#listen()
  }

  /** All lines: other ones than before, and none is chosen. */
  set lines(lines: readonly Line[]) {
    this.#lines = lines
    this.#chosen = this.#now = -1
    this.#tall.style.height = `${lines.length * lineHeight}px`
    this.element.scrollTop = 0
    this.#show()
  }

  /** Which line is of the time that is shown; it comes into sight. */
  set now(now: number) {
    if (now === this.#now) return
    this.#now = now
    // Whoever reads the list keeps the place.
    if (document.activeElement !== this.element) this.#scrollTo(now)
    this.#show()
  }

  #show(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / lineHeight) - 5)
    const count = Math.ceil(this.element.clientHeight / lineHeight) + 10
    const lines = this.#lines.slice(first, first + count)
    this.#tall.replaceChildren(...lines.map((line, i) => this.#line(line, first + i)))
    const chosen = this.#chosen >= first && this.#chosen < first + lines.length
    if (chosen) this.element.setAttribute('aria-activedescendant', `${this.#id}-${this.#chosen}`)
    else this.element.removeAttribute('aria-activedescendant')
  }

  #line(line: Line, at: number): HTMLElement {
    const { kind, title, parts } = this.#draw(line)
    const made = element(
      'div',
      {
        id: `${this.#id}-${at}`,
        class: `line ${kind}${at === this.#now ? ' now' : ''}`,
        role: 'option',
        'aria-selected': at === this.#chosen,
        'aria-posinset': at + 1,
        'aria-setsize': this.#lines.length,
        title,
      },
      ...parts,
    )
    made.style.top = `${at * lineHeight}px`
    return made
  }

  #choose(at: number): void {
    if (this.#lines.length === 0) return
    this.#chosen = Math.min(Math.max(0, at), this.#lines.length - 1)
    this.#scrollTo(this.#chosen)
    this.#show()
  }

  #scrollTo(at: number): void {
    const { scrollTop, clientHeight } = this.element
    const top = at * lineHeight
    if (top < scrollTop) this.element.scrollTop = top
    if (top + lineHeight > scrollTop + clientHeight) {
      this.element.scrollTop = top + lineHeight - clientHeight
    }
  }

  #goToChosen(): void {
    const line = this.#lines[this.#chosen]
    if (line !== undefined) this.#go(line)
  }

  #listen(): void {
    this.element.addEventListener('scroll', () => {
      this.#show()
    })
    this.element.addEventListener('click', (event) => {
      const line = event.target instanceof Element ? event.target.closest('.line') : null
      if (!line) return
      this.#choose(Number(line.id.slice(this.#id.length + 1)))
      this.#goToChosen()
    })
    this.element.addEventListener('keydown', (event) => {
      const page = Math.max(1, Math.floor(this.element.clientHeight / lineHeight) - 1)
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
      else if (event.key === 'Enter') this.#goToChosen()
      else return
      event.preventDefault()
      event.stopPropagation()
    })
    new ResizeObserver(() => {
      this.#show()
    }).observe(this.element)
  }
}

/** What is in a line. */
export interface LineParts {
  /** Which colours it has. */
  readonly kind: string
  /** All of it, where there is no room. */
  readonly title: string
  /** From left to right. */
  readonly parts: readonly HTMLElement[]
}

const lineHeight = 30
