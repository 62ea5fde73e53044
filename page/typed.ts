import type { KeyDown } from '../ts/event.js'

/** What was typed into one place, in the order in which it was typed, with the time of each character. */
export class Typed {
  readonly #look: (text: TimedText) => number
  readonly #points: string[] = []
  readonly #times: number[] = []
  /** Whether the last key took something away. */
  #deleting = false

  /**
   * @param look - called with what is to be looked at; returns how many of its characters are done with
   */
  constructor(look: (text: TimedText) => number) {
    this.#look = look
  }

  /**
   * Takes the next key.
   *
   * @param press - a key that went down
   */
  press({ time, key, text, modifiers }: KeyDown): void {
    if (modifiers.some((name) => chords.includes(name))) return
    if (key === 'Backspace') this.#delete()
    else if (key === 'Tab') this.end()
    else if (key === 'Enter') this.#add('\n', time)
    else if (!/\p{Cc}/u.test(text)) for (const point of text) this.#add(point, time)
  }

  /** What is typed from now on goes elsewhere. */
  end(): void {
    if (this.#points.length > 0) this.#look(this.#text(0))
    this.#keep(0)
    this.#deleting = false
  }

  #add(point: string, time: number): void {
    this.#deleting = false
    this.#points.push(point)
    this.#times.push(time)
    if (this.#points.length < most) return
    const done = this.#look(this.#text(0))
    this.#keep(Math.min(overlap, most - done))
  }

  /** What is deleted was typed all the same, and is in the recording. */
  #delete(): void {
    if (!this.#deleting && this.#points.length > 0) {
      this.#look(this.#text(Math.max(0, this.#points.length - overlap)))
    }
    this.#deleting = true
    this.#points.pop()
    this.#times.pop()
  }

  #text(from: number): TimedText {
    return { text: this.#points.slice(from).join(''), times: this.#times.slice(from) }
  }

  #keep(count: number): void {
    const gone = this.#points.length - count
    this.#points.splice(0, gone)
    this.#times.splice(0, gone)
  }
}

/** A text, with the time of each of its code points. */
export interface TimedText {
  readonly text: string
  readonly times: readonly number[]
}

const chords = ['Control', 'Alt', 'Meta']
/** Code points. */
const most = 16_384
/** Longer than most of what detectors look for, and what is beside it. */
const overlap = 1024
