import type { Span } from './catalog.js'
import type { Client } from './client.js'
import type { Shown } from './screen.js'

/** Where the player is. */
export interface Position {
  /** Nanoseconds since the recording started. */
  readonly time: number
  /** Whether time goes on. */
  readonly playing: boolean
  /** What the screen shows. */
  readonly shown: Shown | undefined
}

/** The clock of the page: time goes on with it, and the worker is asked for the picture. */
export class Player {
  /** How fast time goes on. */
  speed = 1
  /** Stretches that are skipped while playing. */
  skipped: readonly Span[] = []
  readonly #client: Client
  readonly #duration: number
  readonly #moved: (position: Position) => void
  readonly #failed: (error: unknown) => void
  #time = 0
  #playing = false
  #last = 0
  #shown: Shown | undefined
  /** The picture that was asked for last, until it is there. */
  #asked: Promise<void> = Promise.resolve()
  #busy = false
  #wanted: number | undefined

  /**
   * @param client - whom to ask for pictures
   * @param duration - of the recording, in nanoseconds
   * @param moved - told of each change
   * @param failed - told what went wrong; it is paused then
   */
  constructor(
    client: Client,
    duration: number,
    moved: (position: Position) => void,
    failed: (error: unknown) => void,
  ) {
    this.#client = client
    this.#duration = duration
    this.#moved = moved
    this.#failed = failed
  }

  /** Where it is: nanoseconds since the recording started. */
  get time(): number {
    return this.#time
  }

  /** Whether time goes on. */
  get playing(): boolean {
    return this.#playing
  }

  /** Lets time go on; at the end, from the beginning. */
  play(): void {
    if (this.#playing) return
    if (this.#time >= this.#duration) this.#time = 0
    this.#playing = true
    this.#last = performance.now()
    this.#tell()
    requestAnimationFrame((now) => {
      this.#tick(now)
    })
  }

  /** Stops time. */
  pause(): void {
    this.#playing = false
    this.#tell()
  }

  /**
   * Goes to a time. Times that were asked for meanwhile are left out.
   *
   * @param time - nanoseconds since the recording started
   */
  seek(time: number): void {
    this.#time = Math.round(Math.min(Math.max(0, time), this.#duration))
    this.#tell()
    this.#want(this.#time)
  }

  /** Shows the beginning: the first picture may come a moment after it. */
  async start(): Promise<void> {
    this.seek(0)
    await this.#asked
    if (this.#shown?.time === undefined) this.step(1)
    await this.#asked
  }

  /**
   * Goes to the next picture, or the one before.
   *
   * @param by - which
   */
  step(by: 1 | -1): void {
    this.#playing = false
    this.#asked = this.#asked.then(async () => {
      await this.#show(() => this.#client.call('step', { by }))
      if (this.#shown?.time !== undefined) this.#time = this.#shown.time
      this.#tell()
    })
  }

  #tick(now: number): void {
    if (!this.#playing) return
    // A page that lay in the background does not jump, and a frame may have begun before it was asked for.
    const elapsed = Math.max(0, Math.min(now - this.#last, longestTick))
    this.#last = now
    let time = this.#time + elapsed * 1e6 * this.speed
    const skipped = this.skipped.find(({ from, to }) => from <= time && time < to)
    if (skipped) time = skipped.to
    this.#time = Math.round(Math.min(time, this.#duration))
    if (this.#time >= this.#duration) this.#playing = false
    // A slow machine leaves pictures out rather than fall behind, but never the one at which it stays.
    if (!this.#busy || !this.#playing) this.#want(this.#time)
    this.#tell()
    if (this.#playing) {
      requestAnimationFrame((next) => {
        this.#tick(next)
      })
    }
  }

  #want(time: number): void {
    this.#wanted = time
    if (this.#busy) return
    this.#busy = true
    this.#asked = this.#asked.then(async () => {
      while (this.#wanted !== undefined) {
        const wanted = this.#wanted
        this.#wanted = undefined
        await this.#show(() => this.#client.call('show', { time: wanted }))
      }
      this.#busy = false
    })
  }

  async #show(ask: () => Promise<Shown>): Promise<void> {
    try {
      this.#shown = await ask()
      this.#tell()
    } catch (error) {
      this.#playing = false
      this.#tell()
      this.#failed(error)
    }
  }

  #tell(): void {
    this.#moved({ time: this.#time, playing: this.#playing, shown: this.#shown })
  }
}

const longestTick = 250
