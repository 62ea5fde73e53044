// A process that is measured, and told what to do in lines of JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'

/** How long a process may take to answer. */
const patience = 30_000

/** Children that run, so that none is left when this process ends early. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a process that ends with this one; what it says on stderr is kept for {@link complaints}. */
export async function startChild(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.stdin.on('error', () => undefined)
  const said: string[] = []
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()))
  complaintsOf.set(child, said)
  await once(child, 'spawn')
  return child
}

const complaintsOf = new WeakMap<ChildProcess, string[]>()

/** The last that a child said on stderr. */
export function complaints(child: ChildProcess): string {
  return (complaintsOf.get(child) ?? []).join('').trim().slice(-500)
}

/** The id of a child that runs. */
export function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start')
  return pid
}

/** Ends a child, in the end by force. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 2000)
  await ended
  clearTimeout(late)
}

/** A child that answers each line with a line; its first says that it is ready. */
export class Answering implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #lines: Interface

  private constructor(child: ChildProcess, lines: Interface) {
    this.pid = pidOf(child)
    this.#child = child
    this.#lines = lines
  }

  static async start(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Answering> {
    const child = await startChild(program, args, env)
    if (child.stdout === null) throw new Error('its output is no pipe')
    const answering = new Answering(child, createInterface(child.stdout))
    await answering.#next()
    return answering
  }

  /**
   * Says something and waits for the answer.
   *
   * @throws Error when it answers with one, or ends, or is silent for long
   */
  async ask(message: object): Promise<Record<string, unknown>> {
    const next = this.#next()
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
    return await next
  }

  /** Closes its input, and waits for its last answer and its end. */
  async end(): Promise<Record<string, unknown>> {
    const [next, ended] = [this.#next(), once(this.#child, 'exit')]
    this.#child.stdin?.end()
    const answer = await next
    await ended
    return answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#child)
  }

  async #next(): Promise<Record<string, unknown>> {
    const late = AbortSignal.timeout(patience)
    const [line] = (await Promise.race([
      once(this.#lines, 'line', { signal: late }),
      once(this.#child, 'exit', { signal: late }).then(() => [undefined]),
    ])) as [string | undefined]
    if (line === undefined) throw new Error(complaints(this.#child) || 'it ended without a word')
    const answer = JSON.parse(line) as Record<string, unknown>
    if (typeof answer['error'] === 'string') throw new Error(answer['error'])
    return answer
  }
}
