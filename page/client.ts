import type { CallName, Calls, Failure, Word } from './protocol.js'

/** What the worker could not do. */
export class CallFailure extends Error {
  /** `UnderstudyError.code`. */
  readonly code: string

  /** @param failure - as the worker told it */
  constructor({ code, message, at }: Failure) {
    super(at === undefined ? message : `${at}: ${message}`)
    this.code = code
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (failure: Error) => void
  readonly progress: ((done: number, of: number) => void) | undefined
}

/** The page's end of the line to the worker. */
export class Client {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  /** @param worker - that was started, and not spoken to yet */
  constructor(worker: Worker) {
    this.#worker = worker
    worker.onmessage = ({ data }: MessageEvent<Word>) => {
      this.#hear(data)
    }
    worker.onerror = (event) => {
      event.preventDefault()
      const failure = new CallFailure({ code: 'internal', message: 'The reader broke down' })
      for (const { reject } of this.#waiting.values()) reject(failure)
      this.#waiting.clear()
    }
  }

  /**
   * Asks the worker.
   *
   * @param name - what is asked
   * @param ask - with what
   * @param options - `progress`: told how far it is; `transfer`: what the worker gets for good
   * @returns the answer
   * @throws {@link CallFailure} when there is none
   */
  call<Name extends CallName>(
    name: Name,
    ask: Calls[Name]['ask'],
    options: {
      readonly progress?: (done: number, of: number) => void
      readonly transfer?: Transferable[]
    } = {},
  ): Promise<Calls[Name]['answer']> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: resolve as (answer: unknown) => void,
        reject,
        progress: options.progress,
      })
      this.#worker.postMessage({ id, name, ask }, options.transfer ?? [])
    })
  }

  #hear(word: Word): void {
    const waiting = this.#waiting.get(word.id)
    if (!waiting) return
    if ('of' in word) {
      waiting.progress?.(word.done, word.of)
      return
    }
    this.#waiting.delete(word.id)
    if ('failure' in word) waiting.reject(new CallFailure(word.failure))
    else waiting.resolve(word.answer)
  }
}
