import { StringDecoder } from 'node:string_decoder'
import { type Command, Option } from 'commander'
import { UnderstudyError } from '../errors.js'
import { calling, loadNative, type Native } from '../native.js'
import { Output } from './output.js'

interface RedactOptions {
  readonly mode: 'strict' | 'balanced'
  readonly trustedField?: boolean
}

/**
 * `understudy redact`
 *
 * @param program - what to add the command to
 */
export function redactCommand(program: Command): void {
  program
    .command('redact')
    .summary('take what is sensitive out of texts and typing, as the recorder does')
    .description(
      `Reads NDJSON from standard input and writes a line for each line, through the very engine that
filters a recording before it is sealed. Nothing is stored, and errors never quote a line.`,
    )
    .addOption(
      new Option('--mode <mode>', 'what counts: what is likely, or also what is possible')
        .choices(['balanced', 'strict'])
        .default('balanced'),
    )
    .option(
      '--trusted-field',
      'events went to a field that is known and harmless; without it, nobody knows',
    )
    .option('--json', 'print errors in JSON as well; answers always are')
    .addHelpText('after', help)
    .action(redact)
}

async function redact({ mode, trustedField = false }: RedactOptions): Promise<void> {
  const native = await loadNative()
  const output = new Output()
  try {
    for await (const { line, number } of lines(process.stdin)) {
      if (line.trim() === '') continue
      const question = parse(line, number)
      const answer = await calling(() =>
        answerTo(native, question, mode === 'strict', trustedField),
      )
      await output.write(`${JSON.stringify(answer)}\n`)
      if (output.closed) return
    }
  } finally {
    // What was answered before a failure is good, so it is printed.
    await output.flush()
  }
}

/** A line of input. */
type Question = TextQuestion | EventsQuestion

interface TextQuestion {
  readonly id: string | number
  readonly text: string
}

/** Keys that went to a field. What an event is, the addon checks: there is one answer to that. */
interface EventsQuestion {
  readonly id: string | number
  readonly events: readonly unknown[]
}

function answerTo(native: Native, question: Question, strict: boolean, trusted: boolean): object {
  const { id } = question
  if ('text' in question) return { id, ...native.redactText(question.text, strict) }
  const records = native.redactEvents(JSON.stringify(question.events), trusted, strict)
  return { id, records: JSON.parse(records) as unknown }
}

function parse(line: string, number: number): Question {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // The parser's message quotes what it read.
    throw wrong(number, 'this line is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(number, 'a line is an object such as {"id":1,"text":"…"}')
  }
  const { id, text, events } = value as { id?: unknown; text?: unknown; events?: unknown }
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw wrong(number, '"id" is to be a string or a number')
  }
  if (Array.isArray(events) && text === undefined) return { id, events }
  if (typeof text === 'string' && events === undefined) return { id, text }
  throw wrong(number, 'there is to be either "text", a string, or "events", a list')
}

function wrong(line: number, message: string): UnderstudyError {
  return new UnderstudyError('invalid-argument', message, { at: 'standard input', line })
}

interface Line {
  readonly line: string
  readonly number: number
}

/** The lines of a stream, none longer than {@link longest}: a line without an end would fill the memory. */
async function* lines(input: NodeJS.ReadStream): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8')
  let line = ''
  let number = 1
  for await (const piece of input as AsyncIterable<Buffer>) {
    // Line feeds are looked for in what is new alone: a long line comes in many pieces.
    for (const [at, part] of decoder.write(piece).split('\n').entries()) {
      if (at > 0) {
        yield { line, number }
        line = ''
        number += 1
      }
      line += part
      if (line.length > longest) {
        const most = String(longest >> 20)
        throw wrong(number, `this line is longer than ${most} million characters`)
      }
    }
  }
  line += decoder.end()
  if (line !== '') yield { line, number }
}

const longest = 16 << 20

const help = `
Texts, a line each:
  {"id":1,"text":"my ssn is 078-05-1121"}

Output, a line each, offsets in Unicode code points, the end not included:
  {"id":1,"spans":[{"start":10,"end":21,"class":"us_ssn"}],"text":"my ssn is ⟨us_ssn⟩"}

Typing, a line each; "key" is the text that a key types or its W3C name, modifiers before it. "Click" and
"Blur" are no keys: a click, another window:
  {"id":2,"events":[{"t_ms":0,"key":"a"},{"t_ms":90,"key":"Ctrl+V","paste":"…"},{"t_ms":200,"key":"Tab"}]}

Output, a line each: what would be sealed once the field has been left.
  {"id":2,"records":[{"type":"keydown","t_ms":0,"key":"a"},{"type":"redacted","t_ms":0,"class":"us_ssn"}]}

The classes are listed in docs/detectors.md. A line that cannot be read ends the command, with the
line's number; what was answered before it stays answered.

Examples:
  understudy redact < texts.ndjson > redacted.ndjson
  echo '{"id":"a","text":"call (415) 555-0132"}' | understudy redact --mode strict`
