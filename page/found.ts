import type { Client } from './client.js'
import { button, element, section } from './dom.js'
import type { Finding, FindingPlace, Findings } from './findings.js'
import { type LineParts, List } from './list.js'
import { plural, spellClass, spellTime } from './words.js'

/** What the detectors find in the recording when they look again: a list that leads to each moment. */
export class Found {
  readonly element: HTMLElement
  readonly #client: Client
  readonly #failed: (error: unknown) => void
  readonly #mode = element(
    'select',
    { id: 'mode' },
    element('option', { value: 'balanced' }, 'What is likely'),
    element('option', { value: 'strict' }, 'Also what is possible'),
  )
  readonly #class = element('select', { id: 'class' })
  readonly #look: HTMLButtonElement
  readonly #count = element('p', { role: 'status', class: 'count' })
  readonly #list: List<Finding>
  readonly #result: HTMLElement
  #findings: Findings = { entries: [], truncated: false }

  /**
   * @param client - whose recording is open
   * @param seek - called with the time of the finding that was chosen
   * @param failed - told what went wrong
   */
  constructor(client: Client, seek: (time: number) => void, failed: (error: unknown) => void) {
    this.#client = client
    this.#failed = failed
    this.#list = new List('finding', 'Findings', toParts, ({ time }) => {
      seek(time)
    })
    this.#look = button('Look', () => {
      void this.#search()
    })
    this.#class.addEventListener('change', () => {
      this.#select()
    })
    this.#result = element(
      'div',
      { hidden: true },
      element('div', { class: 'find' }, element('label', { for: 'class' }, 'Class'), this.#class),
      this.#list.element,
    )
    this.element = section(
      'found',
      'What the detectors find',
      element('p', { class: 'hint' }, hint),
      element(
        'div',
        { class: 'look' },
        element('label', { for: 'mode' }, 'Find'),
        this.#mode,
        this.#look,
      ),
      this.#count,
      this.#result,
    )
  }

  async #search(): Promise<void> {
    const strict = this.#mode.value === 'strict'
    const progress = (done: number, of: number) => {
      // In tens: it is read aloud.
      this.#say(`Looking… ${Math.floor((done / of) * 10) * 10} %`)
    }
    // Not `disabled`, which would take the focus from whoever pressed it.
    if (this.#look.getAttribute('aria-disabled') === 'true') return
    this.#look.setAttribute('aria-disabled', 'true')
    this.#result.hidden = true
    progress(0, 1)
    try {
      const mode = strict ? 'strict' : 'balanced'
      this.#show(await this.#client.call('detect', { mode }, { progress }))
    } catch (error) {
      // Nobody knows what is there: not that there is nothing.
      this.#say('The detectors could not look at all of it.')
      this.#failed(error)
    }
    this.#look.removeAttribute('aria-disabled')
  }

  #show(findings: Findings): void {
    this.#findings = findings
    const { entries, truncated } = findings
    const counts = new Map<string, number>()
    for (const { class: name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1)
    const classes = [...counts].sort(([a], [b]) => a.localeCompare(b, 'en'))
    this.#class.replaceChildren(
      element('option', { value: '' }, `Every class (${entries.length.toLocaleString('en')})`),
      ...classes.map(([name, count]) =>
        element('option', { value: name }, `${spellClass(name)} (${count.toLocaleString('en')})`),
      ),
    )
    this.#result.hidden = entries.length === 0
    const more = truncated ? '; there are more than can be listed' : ''
    if (entries.length === 0) this.#say('They find nothing.')
    else this.#say(`They find ${plural(entries.length, 'place')}${more}.`)
    this.#select()
  }

  #select(): void {
    const wanted = this.#class.value
    const { entries } = this.#findings
    this.#list.lines = wanted === '' ? entries : entries.filter((one) => one.class === wanted)
  }

  #say(text: string): void {
    if (this.#count.textContent !== text) this.#count.textContent = text
  }
}

function toParts({ time, place, class: name, text }: Finding): LineParts {
  const parts = [
    element('time', {}, spellTime(time)),
    element('span', { class: 'kind' }, places[place]),
    element(
      'span',
      { class: 'text', dir: 'auto' },
      element('b', {}, spellClass(name)),
      `: ${text.replaceAll('\n', ' ')}`,
    ),
  ]
  return { kind: 'finding', title: `${spellClass(name)}: ${text}`, parts }
}

const places: Readonly<Record<FindingPlace, string>> = {
  typed: 'typed',
  title: 'title',
  element: 'element',
  name: 'name',
}

const hint =
  'The engine that filtered this recording while it was made looks at it again, here in the page: at ' +
  'what was typed, at titles and names. What it finds now stood apart then, or the policy let it pass. ' +
  'Asked for what is possible too, it finds more, much of it harmless. It does not look at pictures, ' +
  'and what it does not know it does not find.'
