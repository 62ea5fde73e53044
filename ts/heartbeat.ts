import type * as binding from '../native/binding.js'

/** What a host's own indicator says. */
export interface HeartbeatOptions {
  /**
   * It says that what is recorded is released by itself, before anybody has looked through it: what
   * {@link RecordingOptions.direct} asks of it. Default: it does not, and then no such recording starts.
   */
  readonly direct?: boolean
}

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
  /** Whether the indicator says that what is recorded is released unseen. */
  readonly #direct: boolean

  /** `options` is what the indicator says. */
  constructor({ direct = false }: HeartbeatOptions = {}) {
    this.#direct = direct
  }

  /** The indicator can be seen now. */
  beat(): void {
    if (this.#native) this.#native.beat()
    else this.#early = true
  }

  /**
   * Has it heard from now on.
   *
   * @param native - the addon, which makes the heart that it hears
   * @internal
   */
  connect(native: Pick<typeof binding, 'Heartbeat'>): binding.Heartbeat {
    this.#native ??= new native.Heartbeat(this.#direct)
    if (this.#early) this.#native.beat()
    return this.#native
  }
}
