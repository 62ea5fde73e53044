import type { Track } from '../ts/track.js'
import type { Catalog, Span } from './catalog.js'
import { button, element, Problem, section } from './dom.js'
import type { Forget } from './forget.js'
import { joined, type Outcome, outcomeOf, type Plan } from './outcome.js'
import type { Player } from './player.js'
import type { Opened } from './protocol.js'
import { parseTime, plural, spellBytes, spellLength, spellTime } from './words.js'

/** What is marked, as stretches and tracks. */
export interface Marked {
  /** In order, none touching the next. */
  readonly spans: readonly Span[]
  /** Those that are marked whole. */
  readonly tracks: readonly Track[]
}

/** What the contributor marks to be forgotten: stretches, applications, tracks; and what that comes to. */
export class Marks {
  readonly element: HTMLElement
  readonly #opened: Opened
  readonly #player: Player
  readonly #changed: (marked: Marked, told: string) => void
  readonly #from = element('input', { id: 'mark-from', size: 10, autocomplete: 'off' })
  readonly #to = element('input', { id: 'mark-to', size: 10, autocomplete: 'off' })
  readonly #wrong = new Problem()
  readonly #spans = element('ul', { class: 'stretches', 'aria-label': 'Marked stretches' })
  readonly #applications = element('fieldset', {}, element('legend', {}, 'Applications'))
  readonly #outcome = element('div', { class: 'outcome' })
  readonly #forget: Forget
  #catalog: Catalog | undefined
  #marked: readonly Span[] = []
  readonly #markedApplications = new Set<string>()
  readonly #markedTracks = new Set<Track>()

  /**
   * @param opened - the recording
   * @param player - whose time is marked
   * @param forget - what does it
   * @param changed - told what is marked, to be drawn and to be said
   */
  constructor(
    opened: Opened,
    player: Player,
    forget: Forget,
    changed: (marked: Marked, told: string) => void,
  ) {
    this.#opened = opened
    this.#forget = forget
    this.#player = player
    this.#changed = changed
    this.#applications.hidden = true
    this.element = section(
      'marks',
      'Forget',
      element('p', {}, 'Mark what should go. Nothing is done before you say so.'),
      this.#spanFields(),
      this.#wrong.element,
      this.#spans,
      this.#applications,
      this.#trackFields(),
      this.#outcome,
      forget.element,
    )
    this.#show()
  }

  /** What is marked now. */
  get plan(): Plan {
    return {
      spans: this.#marked,
      applications: [...this.#markedApplications],
      tracks: [...this.#markedTracks],
    }
  }

  /** From now on applications can be marked. */
  set catalog(catalog: Catalog) {
    this.#catalog = catalog
    const boxes = catalog.applications.map(({ id, spans }) => {
      const time = spans.reduce((sum, { from, to }) => sum + to - from, 0)
      return this.#box(`${id} (${spellLength(time)})`, (checked) => {
        if (checked) this.#markedApplications.add(id)
        else this.#markedApplications.delete(id)
      })
    })
    this.#applications.append(...boxes)
    this.#applications.hidden = boxes.length === 0
    this.#show()
  }

  /** Takes the player's time as the beginning of a stretch. */
  from(): void {
    this.#from.value = spellTime(this.#player.time, 3)
    this.#changed(this.#goes(this.#found()), `From ${this.#from.value}.`)
  }

  /** Takes the player's time as the end of a stretch, and marks it where the beginning is known. */
  to(): void {
    this.#to.value = spellTime(this.#player.time, 3)
    if (this.#from.value !== '') this.#mark()
  }

  #mark(): void {
    const [from, to] = [parseTime(this.#from.value), parseTime(this.#to.value)]
    const wrong = wrongSpan(from, to, this.#opened.info.duration)
    if (wrong === undefined) this.#wrong.clear()
    else this.#wrong.show(wrong)
    if (wrong !== undefined || from === undefined || to === undefined) return
    this.#marked = joined([...this.#marked, { from, to }])
    this.#from.value = this.#to.value = ''
    this.#show(`Marked ${spellTime(from, 1)} to ${spellTime(to, 1)}.`)
  }

  #unmark(span: Span): void {
    this.#marked = this.#marked.filter((one) => one !== span)
    this.#show('Not marked any more.')
  }

  #show(told = ''): void {
    this.#spans.replaceChildren(
      ...this.#marked.map((span) => {
        const name = `${spellTime(span.from, 1)} to ${spellTime(span.to, 1)}`
        const keep = button('Keep it', () => {
          this.#unmark(span)
        })
        keep.setAttribute('aria-label', `Keep it: ${name}`)
        return element('li', {}, `${name} `, keep)
      }),
    )
    const found = this.#found()
    const outcome = this.#showOutcome(found)
    this.#forget.plan = this.plan
    this.#changed(this.#goes(found), [told, outcome].filter(Boolean).join(' '))
  }

  #found(): Outcome {
    const { info, segments } = this.#opened
    return outcomeOf(this.plan, this.#catalog, segments, info.duration)
  }

  /** Applications as the stretches that they had. */
  #goes({ spans }: Outcome): Marked {
    return { spans, tracks: this.plan.tracks }
  }

  /** Says what would go; returns it in a sentence. */
  #showOutcome(found: Outcome): string {
    if (found.tracks.length === 0) {
      this.#outcome.replaceChildren(element('p', { class: 'hint' }, 'Nothing is marked.'))
      return ''
    }
    const rows = found.tracks.map(({ track, time, whole, part, bytes }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, track),
        element('td', {}, spellLength(time)),
        element('td', {}, String(whole)),
        element('td', {}, String(part)),
        element('td', {}, spellBytes(bytes)),
      ),
    )
    const heads = ['Track', 'Time', 'Segments that go', 'Cut anew', 'Sealed bytes that go']
    const told = `${plural(found.entries, 'event')} would go.`
    this.#outcome.replaceChildren(
      element('h3', {}, 'What would go'),
      element('p', {}, told),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head))),
        ),
        element('tbody', {}, ...rows),
      ),
    )
    return told
  }

  #spanFields(): HTMLElement {
    const mark = button('Mark', () => {
      this.#mark()
    })
    const fields = element(
      'div',
      { class: 'span', role: 'group', 'aria-label': 'A stretch of time' },
      button('From here', () => {
        this.from()
      }),
      element('label', { for: 'mark-from' }, 'From'),
      this.#from,
      element('label', { for: 'mark-to' }, 'to'),
      this.#to,
      button('To here', () => {
        this.to()
      }),
      mark,
    )
    for (const input of [this.#from, this.#to]) {
      input.placeholder = '0:00.000'
      input.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') this.#mark()
      })
    }
    return fields
  }

  #trackFields(): HTMLElement {
    const boxes = this.#opened.info.tracks.map(({ track }) =>
      this.#box(track, (checked) => {
        if (checked) this.#markedTracks.add(track)
        else this.#markedTracks.delete(track)
      }),
    )
    return element('fieldset', {}, element('legend', {}, 'Whole tracks'), ...boxes)
  }

  #box(label: string, mark: (checked: boolean) => void): HTMLElement {
    const input = element('input', { type: 'checkbox' })
    input.addEventListener('change', () => {
      mark(input.checked)
      this.#show()
    })
    return element('label', { class: 'box' }, input, ` ${label}`)
  }
}

function wrongSpan(
  from: number | undefined,
  to: number | undefined,
  duration: number,
): string | undefined {
  if (from === undefined || to === undefined) return 'Write a time as 1:15 or 1:15.250.'
  if (from >= to) return 'A stretch ends after it begins.'
  if (from > duration) return `The recording ends at ${spellTime(duration, 1)}.`
  return undefined
}
