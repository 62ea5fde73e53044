import { button, element } from './dom.js'
import type { Player, Position } from './player.js'
import { spellTime } from './words.js'

/** What plays: buttons, and a key for each. */
export class Transport {
  readonly element: HTMLElement
  readonly #player: Player
  readonly #duration: number
  readonly #play: HTMLButtonElement
  /** A timer is not read aloud while it runs, as a status would be. */
  readonly #time = element(
    'div',
    { class: 'clock', role: 'timer', 'aria-label': 'Time' },
    '0:00.000',
  )
  readonly #speed = element('select', { id: 'speed' })
  readonly #skip = element('input', { type: 'checkbox', id: 'skip' })

  /**
   * @param player - what it plays
   * @param duration - of the recording, in nanoseconds
   * @param idle - stretches that may be skipped
   */
  constructor(player: Player, duration: number, idle: () => Player['skipped']) {
    this.#player = player
    this.#duration = duration
    this.#play = button('Play', () => {
      this.toggle()
    })
    this.#play.setAttribute('class', 'play')
    for (const speed of [0.5, 1, 2, 4, 8, 16]) {
      this.#speed.append(element('option', { value: speed, selected: speed === 1 }, `${speed} ×`))
    }
    this.#speed.addEventListener('change', () => {
      player.speed = Number(this.#speed.value)
    })
    this.#skip.addEventListener('change', () => {
      player.skipped = this.#skip.checked ? idle() : []
    })
    this.element = element(
      'div',
      { class: 'transport', role: 'group', 'aria-label': 'Playing' },
      this.#play,
      this.#step('Previous picture', '◂', -1),
      this.#step('Next picture', '▸', 1),
      this.#time,
      element('label', {}, 'Speed ', this.#speed),
      element(
        'label',
        { title: 'Leaves out what has more than 5 seconds without keys or pointer' },
        this.#skip,
        ' Skip idle',
      ),
    )
  }

  /** Plays, or pauses. */
  toggle(): void {
    if (this.#player.playing) this.#player.pause()
    else this.#player.play()
  }

  /**
   * Shows where the player is.
   *
   * @param position - of the player
   */
  show({ time, playing }: Position): void {
    this.#time.textContent = `${spellTime(time, 3)} / ${spellTime(this.#duration)}`
    const label = playing ? 'Pause' : 'Play'
    if (this.#play.textContent !== label) this.#play.textContent = label
  }

  #step(label: string, sign: string, by: 1 | -1): HTMLButtonElement {
    const act = () => {
      this.#player.step(by)
    }
    return button(sign, act, { 'aria-label': label, title: label })
  }
}
