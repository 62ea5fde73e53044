// What a program hands to the system: every byte that it writes or sends, and every name that it uses, as strace sees them.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { outcome, root } from './studio.js'

/** Calls whose arguments hold bytes that leave the process: for files, pipes and sockets, other processes, other threads' names. */
const telling = [
  ...['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg', 'sendmmsg'],
  ...['vmsplice', 'process_vm_writev', 'mq_timedsend', 'msgsnd', 'setxattr', 'fsetxattr', 'prctl'],
  // All that name a file.
  '%file',
]

/** Calls after which bytes leave in a way that no call tells: memory that is shared, and a ring of the kernel's. */
const sharing = ['mmap', 'shmat', 'io_uring_setup']

/** No string of a program is longer; one that were is an error, not cut. */
const longest = 1 << 24

/** What strace saw. */
export interface Traced {
  /** All that was handed to each descriptor, in its order, and all else that calls were told, under `names`. */
  readonly told: ReadonlyMap<string, Buffer>
  /** Calls that told something. */
  readonly calls: number
  /** Memory that others may read as the program writes it, by the file that it is of; and rings. What it put there is not in `told`. */
  readonly shared: readonly string[]
}

/** A program that runs under strace. */
export class Trace implements AsyncDisposable {
  readonly #folder: string
  readonly #child: ChildProcess

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder
    this.#child = child
  }

  /** Starts a program with all threads and children that it will have. */
  static async start(command: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-trace-'))
    const args = [...options(join(folder, 'trace')), '--', ...command]
    const env = { ...process.env, ...environment }
    const child = spawn('strace', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    return new Trace(folder, child)
  }

  /** Waits until the program has ended. */
  async end() {
    const ended = await outcome(this.#child)
    return { ...ended, traced: await read(join(this.#folder, 'trace')) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode } = this.#child
    if (pid !== undefined && exitCode === null && this.#child.signalCode === null) {
      // What strace runs would outlive it.
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
      for (const one of children.split(' ').filter(Boolean)) process.kill(Number(one), 'SIGKILL')
      this.#child.kill('SIGKILL')
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/**
 * Why nothing can be traced here, if so: the system forbids it, or to read what a recorder writes, which keeps debuggers away.
 *
 * @throws Error when strace is missing, with what to do about it
 */
export function whyNoTrace(): string | undefined {
  const binding = pathToFileURL(join(root, 'native/binding.js')).href
  const mark = 'read by strace'
  // Not as one text: the command line is in the trace, too.
  const program = `const { harden } = await import(${JSON.stringify(binding)})
    harden()
    process.stdout.write(['read', 'by', 'strace'].join(' '))`
  const folder = mkdtempSync(join(tmpdir(), 'understudy-trace-'))
  try {
    const file = join(folder, 'trace')
    const command = [process.execPath, '--input-type=module', '-e', program]
    const { error, stdout } = spawnSync('strace', [...options(file), ...command], { cwd: root })
    if (error) {
      const advice = 'node scripts/setup.mjs display'
      throw new Error(`strace cannot be started. Try: ${advice}`, { cause: error })
    }
    const lines = existsSync(file) ? readFileSync(file, 'latin1').split('\n') : []
    if (lines.some((line) => parse(line)?.bytes.includes(mark))) return undefined
    const why = stdout.toString() === mark ? 'what a hardened process writes' : 'another process'
    return `strace may not read ${why} here`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function options(file: string): string[] {
  // Calls that are not traced run at full speed, so that the recorder keeps step.
  const which = ['-f', '--seccomp-bpf', '-e', `trace=${[...telling, ...sharing].join(',')}`]
  const how = ['-e', 'signal=none', '-xx', '-y', '-v', '-s', String(longest)]
  return ['-o', file, ...which, ...how]
}

async function read(file: string): Promise<Traced> {
  const pieces = new Map<string, Buffer[]>()
  const shared: string[] = []
  let calls = 0
  const lines = createInterface(createReadStream(file, 'latin1'))
  for await (const line of lines) {
    const call = parse(line)
    if (!call) continue
    if (sharing.includes(call.name)) {
      const what = sharedBy(call)
      if (what !== undefined) shared.push(what)
      continue
    }
    calls++
    const of = pieces.get(call.to) ?? []
    pieces.set(call.to, of)
    of.push(call.bytes)
  }
  const told = new Map([...pieces].map(([to, all]) => [to, Buffer.concat(all)]))
  return { told, calls, shared }
}

interface Call {
  readonly name: string
  /** The descriptor that it was handed to. */
  readonly to: string
  /** All strings of its arguments. */
  readonly bytes: Buffer
  readonly text: string
}

/** A line: `PID name(3<what>, "\x61\x62", 2) = 2`. One that is resumed was told when it began. */
function parse(line: string): Call | undefined {
  const [, name, first] = /^(?:\d+ +)?(\w+)\(([^,)]*)/.exec(line) ?? []
  if (name === undefined || first === undefined) return undefined
  const strings: Buffer[] = []
  for (const [, hex = '', cut] of line.matchAll(/"((?:\\x[\da-f]{2})*)"(\.\.\.)?/g)) {
    // Of a thread's name the system takes no more than that.
    if (cut !== undefined && name !== 'prctl') {
      throw new Error(`strace cut short what was told to ${name}`)
    }
    strings.push(bytesOf(hex))
  }
  // What is no text in hexadecimal digits is an address that strace could not read at.
  const to = /^\d+/.exec(first)?.[0] ?? 'names'
  return { name, to, bytes: Buffer.concat(strings), text: line }
}

/** What a call shares: the file that is mapped, or the call itself. */
function sharedBy({ name, text }: Call): string | undefined {
  if (name !== 'mmap') return name
  if (!text.includes('MAP_SHARED') || !text.includes('PROT_WRITE')) return undefined
  const [, hex = ''] = /<((?:\\x[\da-f]{2})+)>/.exec(text) ?? []
  return bytesOf(hex).toString()
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}
