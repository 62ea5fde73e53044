import type { Client } from './client.js'
import { element, Problem } from './dom.js'
import { askServer, type Origin } from './origin.js'
import type { VerifiedInfo } from './protocol.js'
import { spellDate, spellLength } from './words.js'

/** A recording that is open. */
export interface Passed {
  /** What verifying found. */
  readonly verified: VerifiedInfo
  /** Whether it was opened by the contributor, and not by a recipient. */
  readonly contributor: boolean
}

/** Verifies a recording and unlocks the identity that opens it: before that, nothing of it is shown. */
export class Door {
  readonly element: HTMLElement
  readonly #client: Client
  readonly #verdict: HTMLElement
  readonly #status = element('p', { role: 'status' }, 'Verifying…')
  readonly #progress = element('progress', { 'aria-label': 'Segments verified' })
  readonly #problem = new Problem()
  readonly #file = element('input', { type: 'file', id: 'identity', accept: '.json' })
  readonly #fileField = element(
    'p',
    {},
    element('label', { for: 'identity' }, 'Your identity: the file identity.json'),
    this.#file,
  )
  readonly #passphrase = element('input', {
    type: 'password',
    id: 'passphrase',
    autocomplete: 'off',
    'aria-describedby': 'passphrase-help',
  })
  readonly #open = element('button', { type: 'submit' }, 'Open')
  readonly #form: HTMLFormElement
  #given: Uint8Array | undefined

  /**
   * @param client - that verifies and opens
   * @param verdict - where the page says for good what was verified
   */
  constructor(client: Client, verdict: HTMLElement) {
    this.#client = client
    this.#verdict = verdict
    this.#form = this.#fields()
    this.element = element(
      'section',
      { class: 'door', 'aria-labelledby': 'door-title' },
      element('h2', { id: 'door-title' }, 'Open the recording'),
      this.#status,
      this.#progress,
      this.#form,
      this.#problem.element,
    )
  }

  /**
   * Opens a recording, with whatever it takes.
   *
   * @param origin - where it is
   * @returns what verifying found, once the recording is open; undefined when it will never be
   */
  async pass(origin: Origin): Promise<Passed | undefined> {
    this.#given = origin.kind === 'served' ? await servedIdentity(origin) : undefined
    this.#fileField.hidden = this.#given !== undefined
    const verified = await this.verify(origin)
    if (!verified?.info) return undefined
    this.#form.hidden = false
    ;(this.#given ? this.#passphrase : this.#file).focus()
    return { verified, contributor: await this.#unlocked() }
  }

  /**
   * Verifies a recording, and says in the page how that went.
   *
   * @param origin - where it is
   * @returns what was found; undefined when it is not as it was written
   */
  async verify(origin: Origin): Promise<VerifiedInfo | undefined> {
    try {
      const verified = await this.#client.call(
        'verify',
        { origin },
        {
          progress: (done, of) => {
            Object.assign(this.#progress, { max: Math.max(1, of), value: done })
            this.#verdict.textContent = `${done} of ${of} segments verified`
          },
        },
      )
      this.#progress.hidden = true
      this.#status.textContent = describe(verified)
      this.#verdict.dataset['status'] = verified.info?.status ?? 'cut'
      return verified
    } catch (error) {
      this.#progress.hidden = this.#form.hidden = true
      this.#status.textContent = 'This recording is not shown.'
      this.#verdict.dataset['status'] = 'invalid'
      this.#verdict.textContent = 'not verified'
      this.#problem.show(error)
      return undefined
    }
  }

  /** Asks until it opens; returns whether that is the contributor's. */
  async #unlocked(): Promise<boolean> {
    for (;;) {
      await new Promise((resolve) => {
        this.#form.addEventListener('submit', resolve, { once: true })
      })
      this.#open.disabled = true
      this.#status.textContent = 'Unlocking… this takes a moment, so that guessing takes for ever.'
      try {
        const identity = this.#given ?? (await chosen(this.#file))
        const passphrase = this.#passphrase.value
        const contributor = await this.#client.call('unlock', { identity, passphrase })
        this.#passphrase.value = ''
        return contributor
      } catch (error) {
        this.#status.textContent = ''
        this.#problem.show(error)
        this.#passphrase.select()
      }
      this.#open.disabled = false
    }
  }

  #fields(): HTMLFormElement {
    const help =
      'It is used in this page only: it is not sent anywhere, and what it opens stays here. ' +
      'Leave it empty for an identity that has none.'
    const form = element(
      'form',
      { hidden: true },
      this.#fileField,
      element(
        'p',
        {},
        element('label', { for: 'passphrase' }, 'Passphrase'),
        this.#passphrase,
        element('span', { id: 'passphrase-help', class: 'hint' }, help),
      ),
      this.#open,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#problem.clear()
    })
    return form
  }
}

async function servedIdentity(origin: Origin & { kind: 'served' }) {
  const response = await askServer(origin, 'identity')
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
}

async function chosen(input: HTMLInputElement): Promise<Uint8Array> {
  const file = input.files?.[0]
  if (!file) throw new Error('Choose the file of your identity first')
  if (file.size > maxIdentity) throw new Error('This file is no identity')
  return new Uint8Array(await file.arrayBuffer())
}

function describe({ info }: VerifiedInfo): string {
  if (!info) return 'The recorder was cut short before it began: there is nothing to show.'
  const status =
    info.status === 'intact' ? 'intact' : 'cut short by a crash; what there is, is intact'
  if (info.manifest) return `A released copy, ${spellLength(info.duration)}: ${status}.`
  return `Recorded on ${spellDate(info.started)}, ${spellLength(info.duration)}: ${status}.`
}

const maxIdentity = 64 * 1024
