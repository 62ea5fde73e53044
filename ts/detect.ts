/**
 * The detectors, for a browser or wherever there is no addon: the engine that filters a recording before
 * it is sealed, compiled to WebAssembly. It needs no page and reaches nothing outside its own memory.
 *
 * The module is the file `@understudy/capture/detect.wasm` of this package. In a browser, with whatever
 * address it is served at:
 *
 * ```ts
 * const detectors = await loadDetectors(fetch('/detect.wasm'))
 * detectors.find('my ssn is 078-05-1121') // [{ start: 10, end: 21, class: 'us_ssn' }]
 * ```
 *
 * In Node: `await readFile(new URL(import.meta.resolve('@understudy/capture/detect.wasm')))` is a source.
 *
 * @packageDocumentation
 */
import { UnderstudyError } from './errors.js'

export { errorCodes, isUnderstudyError, UnderstudyError } from './errors.js'
export type { ErrorCode, ErrorPlace } from './errors.js'

/** Something sensitive, in Unicode code points of its text. */
export interface RedactedSpan {
  /** The first code point that is not to be shown. */
  readonly start: number
  /** The first one that may be shown again. */
  readonly end: number
  /** What it is: a class of docs/detectors.md such as `us_ssn`. */
  readonly class: string
}

/** What of a text may be shown. */
export interface RedactedText {
  /** What may not, in the order of the text; no two overlap. */
  readonly spans: readonly RedactedSpan[]
  /** The text with `⟨class⟩` in the place of each. */
  readonly text: string
}

/** How to look. */
export interface DetectOptions {
  /** What counts: what is likely (the default), or also what is possible. */
  readonly mode?: 'balanced' | 'strict'
}

/** The module's bytes, or a server's answer that has them. */
export type DetectorSource = Uint8Array | ArrayBuffer | Response | PromiseLike<Response>

/**
 * Compiles the detectors. Under a content policy, `script-src` needs `'wasm-unsafe-eval'`.
 *
 * @param source - the file `@understudy/capture/detect.wasm`
 * @returns the detectors, ready to look at any number of texts
 * @throws {@link UnderstudyError} `io` when the server has no such file or cannot be reached;
 *   `invalid-argument` when the bytes are another module or none; `unsupported` where WebAssembly is
 *   missing or not allowed
 */
export async function loadDetectors(source: DetectorSource): Promise<Detectors> {
  const bytes = await readSource(source)
  if (wasm === undefined) throw cannotLoad()
  if (!wasm.validate(bytes)) throw wrongModule()
  const module = await wasm.compile(bytes).catch((error: unknown) => {
    throw cannotLoad(error)
  })
  return new Detectors(module)
}

/** The detectors. They keep nothing of a text once it has been looked at. */
export class Detectors {
  readonly #module: object
  #memory: TextMemory

  /**
   * @param module - compiled
   * @internal
   */
  constructor(module: object) {
    this.#module = module
    this.#memory = new TextMemory(module)
  }

  /** How many bytes a text may have as UTF-8. */
  get longest(): number {
    return this.#memory.longest
  }

  /**
   * Looks for what is sensitive.
   *
   * @param text - any text
   * @param options - how to look
   * @returns what there is, in the order of the text; the same as of `understudy redact`
   * @throws {@link UnderstudyError} `invalid-argument` when the text is longer than
   *   {@link Detectors.longest} or has half of a surrogate pair; `internal` when the detectors broke down.
   *   Whoever gets an error knows nothing of the text: it may hold anything
   */
  find(text: string, options: DetectOptions = {}): readonly RedactedSpan[] {
    return this.redact(text, options).spans
  }

  /**
   * Looks for what is sensitive, and takes it out.
   *
   * @param text - any text
   * @param options - how to look
   * @returns what of the text may be shown
   * @throws {@link UnderstudyError} as {@link Detectors.find}
   */
  redact(text: string, options: DetectOptions = {}): RedactedText {
    const strict = isStrict(options)
    check(text)
    try {
      const found = this.#memory.redact(text, strict)
      if (found !== undefined) return found
    } catch (error) {
      // Whatever stopped it may have left the text behind, and its own state half changed.
      this.#memory.discard()
      this.#memory = new TextMemory(this.#module)
      const message = 'The detectors broke down; please report it'
      throw new UnderstudyError('internal', message, {}, { cause: error })
    }
    const most = `${this.longest.toLocaleString('en')} bytes`
    throw new UnderstudyError('invalid-argument', `A text may have at most ${most} as UTF-8`)
  }
}

/** What `crates/web` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly longest: () => number
  readonly room: (length: number) => number
  readonly find: (length: number, strict: number) => number
  readonly wipe: () => void
}

/** An instance of the module, with the one text that is being looked at. */
class TextMemory {
  readonly longest: number
  readonly #engine: Exports

  constructor(module: object) {
    this.#engine = start(module)
    this.longest = this.#engine.longest()
  }

  /** Undefined where the text is too long; anything that is thrown is a defect. */
  redact(text: string, strict: boolean): RedactedText | undefined {
    const length = this.#write(text)
    const found = length === undefined ? undefined : this.#find(length, strict)
    this.#engine.wipe()
    return found
  }

  /** Leaves nothing in a memory that is not used any more. */
  discard(): void {
    new Uint8Array(this.#engine.memory.buffer).fill(0)
  }

  #write(text: string): number | undefined {
    // No code unit is shorter than a byte, and none longer than three.
    if (text.length > this.longest) return undefined
    const most = Math.min(3 * text.length, this.longest)
    const at = address(this.#engine.room(most))
    const { read, written } = encoder.encodeInto(text, this.#bytes(at, most))
    return read === text.length ? written : undefined
  }

  #find(length: number, strict: boolean): RedactedText {
    const at = address(this.#engine.find(length, strict ? 1 : 0))
    const [count = 0, textAt = 0, textLength = 0] = this.#words(at, headLength)
    const words = this.#words(at + 4 * headLength, spanLength * count)
    const spans = Array.from({ length: count }, (_, i) => {
      const [start = 0, end = 0, nameAt = 0, nameLength = 0] = words.subarray(spanLength * i)
      return { start, end, class: this.#text(nameAt, nameLength) }
    })
    return { spans, text: this.#text(textAt, textLength) }
  }

  #text(at: number, length: number): string {
    return decoder.decode(this.#bytes(at, length))
  }

  // Memory that has grown is another buffer: none is kept.
  #bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#engine.memory.buffer, at, length)
  }

  #words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.#engine.memory.buffer, at, length)
  }
}

/** Addresses are words without a sign, which WebAssembly does not tell. */
function address(word: number): number {
  if (word === 0) throw new Error('there is no answer')
  return word >>> 0
}

function start(module: object): Exports {
  if (wasm === undefined) throw cannotLoad()
  let exports: Partial<Exports>
  try {
    exports = new wasm.Instance(module, {}).exports
  } catch (error) {
    throw wrongModule(error)
  }
  const { memory, longest, room, find, wipe } = exports
  if (!memory || !longest || !room || !find || !wipe) throw wrongModule()
  return { memory, longest, room, find, wipe }
}

function isStrict({ mode = 'balanced' }: { readonly mode?: unknown }): boolean {
  if (mode === 'balanced' || mode === 'strict') return mode === 'strict'
  throw new UnderstudyError('invalid-argument', '"mode" is to be "balanced" or "strict"')
}

function check(text: unknown): void {
  if (typeof text !== 'string') {
    throw new UnderstudyError('invalid-argument', 'A text is to be a string')
  }
  // UTF-8 has no such thing, and what would stand in its place is another text.
  if (/\p{Surrogate}/u.test(text)) {
    throw new UnderstudyError('invalid-argument', 'The text has half of a surrogate pair')
  }
}

async function readSource(source: DetectorSource): Promise<Uint8Array | ArrayBuffer> {
  try {
    const given = await source
    if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return given
    if (given.ok) return await given.arrayBuffer()
  } catch (error) {
    const message = 'The detectors could not be fetched'
    throw new UnderstudyError('io', message, {}, { cause: error })
  }
  throw new UnderstudyError('io', 'The server does not have the detectors')
}

function cannotLoad(cause?: unknown): UnderstudyError {
  const message = 'WebAssembly is missing here, or not allowed: the detectors do not load'
  return new UnderstudyError('unsupported', message, {}, { cause })
}

function wrongModule(cause?: unknown): UnderstudyError {
  const message = 'These bytes are not the detectors of this version'
  return new UnderstudyError('invalid-argument', message, {}, { cause })
}

/** As far as it is used here: the types of ES and of Node have none of it. */
interface WebAssemblyNamespace {
  readonly validate: (bytes: Uint8Array | ArrayBuffer) => boolean
  readonly compile: (bytes: Uint8Array | ArrayBuffer) => Promise<object>
  readonly Instance: new (module: object, imports: object) => { readonly exports: Partial<Exports> }
}

const { WebAssembly: wasm } = globalThis as { WebAssembly?: WebAssemblyNamespace }
const encoder = new TextEncoder()
// A text may begin with what would otherwise be taken for a mark of the byte order.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const headLength = 3
const spanLength = 4
