import { ActFailure, type Actions } from './actions.js'
import { button, confirmed, element, Problem } from './dom.js'
import type { Plan } from './outcome.js'
import { spellForget, toSteps } from './steps.js'

/** What lies below the marks: the button that forgets, or, where there is no server for it, the commands. */
export class Forget {
  readonly element = element('div', { class: 'act' })
  readonly #actions: Actions
  readonly #forgotten: (wrong?: string) => void
  readonly #status = element('p', { role: 'status', class: 'hint' })
  readonly #problem = new Problem()
  #plan: Plan = { spans: [], applications: [], tracks: [] }
  #busy = false

  /**
   * @param actions - of the server
   * @param forgotten - called when the recording is another; told what went wrong where not all was forgotten
   */
  constructor(actions: Actions, forgotten: (wrong?: string) => void) {
    this.#actions = actions
    this.#forgotten = forgotten
  }

  /** What is marked. */
  set plan(plan: Plan) {
    this.#plan = plan
    const steps = toSteps(plan)
    if (steps.length === 0) this.element.replaceChildren()
    else if (this.#actions.canForget) this.#offer()
    else {
      const told = 'To forget it, run this where the recording is, with your identity’s folder:'
      const commands = element('pre', { tabindex: 0 }, steps.map(spellForget).join('\n'))
      this.element.replaceChildren(element('p', {}, told), commands)
    }
  }

  #offer(): void {
    const forget = button(
      'Forget for good…',
      () => {
        void this.#ask()
      },
      { class: 'danger', disabled: this.#busy },
    )
    this.element.replaceChildren(forget, this.#status, this.#problem.element)
  }

  async #ask(): Promise<void> {
    const told =
      'Keys and sealed bytes of what is marked are destroyed. Nothing brings them back. The journal ' +
      'keeps that something was forgotten, and when, not what.'
    if (!(await confirmed('Forget for good?', [element('p', {}, told)], 'Forget'))) return
    this.#busy = true
    this.#problem.clear()
    this.#offer()
    this.#status.textContent =
      'Forgetting… where understudy review runs, you may be asked for your passphrase.'
    try {
      await this.#actions.forget(toSteps(this.#plan))
      this.#forgotten()
    } catch (error) {
      if (error instanceof ActFailure && error.begun) this.#forgotten(error.message)
      else this.#problem.show(error)
    } finally {
      this.#busy = false
      this.#status.textContent = ''
      this.#offer()
    }
  }
}
