import type * as binding from '../native/binding.js'

/**
 * The heartbeat of a host's own indicator: `beat` says that the contributor can see, now, that they are
 * recorded. To be called at least every 250 ms while that is so, better every 100 ms, and never while it is
 * not: hidden, minimised, covered, closed. What is captured between two beats further apart is not kept.
 *
 * ```ts
 * const heartbeat = new Heartbeat()
 * const timer = setInterval(() => window.isVisible() && heartbeat.beat(), 100)
 * const recorder = await Recorder.start({ receipt, out, indicator: heartbeat })
 * ```
 *
 * For one recorder. Whoever lets it beat answers for what it says: understudy cannot see the host's windows.
 */
export class Heartbeat {
  #native: binding.Heartbeat | undefined
  /** It has beaten before anybody listened. */
  #early = false

  /** The indicator can be seen now. */
  beat(): void {
    if (this.#native) this.#native.beat()
    else this.#early = true
  }

  /**
   * Has it heard from now on.
   *
   * @param native - a heart of the addon's
   * @internal
   */
  connect(native: binding.Heartbeat): binding.Heartbeat {
    this.#native ??= native
    if (this.#early) this.#native.beat()
    return this.#native
  }
}
