/**
 * Rings when there is something to look at. Whoever waits keeps the event loop alive meanwhile: the
 * addon's own wake-up does not, so that a recorder that nobody waits for never keeps a host from
 * exiting.
 *
 * @internal
 */
export class Bell {
  readonly #waiting = new Set<() => void>()

  /** Wakes everyone who waits. */
  ring(): void {
    for (const wake of this.#waiting) wake()
  }

  /**
   * Waits for the next ring.
   *
   * @param wakes - takes what ends this wait early, for as long as it lasts
   */
  async wait(wakes: Set<() => void>): Promise<void> {
    const alive = setInterval(() => undefined, longest)
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearInterval(alive)
        this.#waiting.delete(wake)
        wakes.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
      wakes.add(wake)
    })
  }
}

/** The longest interval of a timer, in milliseconds. */
const longest = 2 ** 31 - 1
