import type { RecordingInfo } from '../ts/info.js'
import type { ReleaseStep } from '../ts/review/actions.js'
import type { Track } from '../ts/track.js'
import type { Actions } from './actions.js'
import { button, confirmed, element, Problem, section } from './dom.js'
import type { Marked } from './marks.js'
import { spellRelease } from './steps.js'
import { spellKey, spellTime } from './words.js'

/** Releases a copy of what was looked through: to whom, which tracks, and without what is marked. */
export class Release {
  readonly element: HTMLElement
  readonly #actions: Actions
  readonly #to = element('select', { id: 'release-to' })
  readonly #tracks = element('fieldset', {}, element('legend', {}, 'Tracks of the copy'))
  readonly #without = element('p', {})
  readonly #act = element('div', { class: 'act' })
  readonly #status = element('p', { role: 'status', class: 'hint' })
  readonly #problem = new Problem()
  readonly #chosen: Set<Track>
  readonly #recorded: readonly Track[]
  #marked: Marked = { spans: [], tracks: [] }
  #busy = false

  /**
   * @param info - of the recording
   * @param actions - of the server
   */
  constructor({ receipt, tracks }: RecordingInfo, actions: Actions) {
    this.#actions = actions
    this.#recorded = tracks.map(({ track }) => track)
    this.#chosen = new Set(this.#recorded)
    for (const key of receipt.recipients) {
      this.#to.append(element('option', { value: spellKey(key) }, shortened(spellKey(key))))
    }
    const own = spellKey(receipt.contributor.open)
    this.#to.append(element('option', { value: own }, 'yourself, to see what others would get'))
    this.#to.addEventListener('change', () => {
      this.#show()
    })
    this.#tracks.append(...this.#recorded.map((track) => this.#box(track)))
    this.element = section(
      'release',
      'Release',
      element(
        'p',
        {},
        'Makes a copy that one recipient can open. Times in it are coarse, and titles name neither you ' +
          'nor your machine; pictures are as you see them here. Nothing is sent: you hand the copy over.',
      ),
      element('p', {}, element('label', { for: 'release-to' }, 'Release to '), this.#to),
      this.#tracks,
      this.#without,
      this.#act,
    )
    this.#show()
  }

  /** What the copy is without: what is marked to be forgotten. */
  set marked(marked: Marked) {
    this.#marked = marked
    this.#show()
  }

  get #copied(): Track[] {
    const { tracks } = this.#marked
    return this.#recorded.filter((track) => this.#chosen.has(track) && !tracks.includes(track))
  }

  get #step(): ReleaseStep {
    const except = this.#marked.spans.map(({ from, to }) => ({
      from: Math.round(from),
      to: Math.round(to),
    }))
    return { to: this.#to.value, tracks: this.#copied, except }
  }

  #box(track: Track): HTMLElement {
    const input = element('input', { type: 'checkbox', checked: true })
    input.addEventListener('change', () => {
      if (input.checked) this.#chosen.add(track)
      else this.#chosen.delete(track)
      this.#show()
    })
    return element('label', { class: 'box' }, input, ` ${track}`)
  }

  #show(): void {
    this.#without.textContent = spellWithout(this.#marked)
    if (this.#copied.length === 0) {
      this.#act.replaceChildren(element('p', { class: 'hint' }, 'Choose a track at least.'))
    } else if (this.#actions.canRelease) {
      const act = button('Release…', this.#ask, { disabled: this.#busy })
      this.#act.replaceChildren(act, this.#status, this.#problem.element)
    } else {
      const told = 'To release it, run this where the recording is, with your identity’s folder:'
      const command = element('pre', { tabindex: 0 }, spellRelease(this.#step))
      this.#act.replaceChildren(element('p', {}, told), command)
    }
  }

  readonly #ask = () => {
    void this.#release()
  }

  async #release(): Promise<void> {
    const step = this.#step
    const told = `${step.tracks.join(', ')}, to ${step.to}.`
    const note = 'Whoever has the copy and its key keeps what is in it.'
    const asked = [element('p', { class: 'public-key' }, told), element('p', {}, note)]
    if (!(await confirmed('Release this copy?', asked, 'Release'))) return
    this.#busy = true
    this.#problem.clear()
    this.#show()
    this.#status.textContent =
      'Releasing… where understudy review runs, you may be asked for your passphrase.'
    try {
      this.#status.textContent = `Released. Hand over this folder: ${await this.#actions.release(step)}`
    } catch (error) {
      this.#status.textContent = ''
      this.#problem.show(error)
    } finally {
      this.#busy = false
      this.#show()
    }
  }
}

function spellWithout({ spans, tracks }: Marked): string {
  const [first, ...more] = spans
  const stretch = first && `${spellTime(first.from, 1)} to ${spellTime(first.to, 1)}`
  const parts = [...(stretch === undefined ? [] : [stretch]), ...tracks]
  if (more.length > 0) parts.splice(1, 0, `${more.length} more`)
  if (parts.length === 0) return 'Nothing is marked: the copy has all of its time.'
  return `Without what is marked: ${parts.join(', ')}.`
}

/** Enough to tell one from another. */
function shortened(key: string): string {
  return `${key.slice(0, 18)}…${key.slice(-6)}`
}
