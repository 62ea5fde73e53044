// What Linux says of a running process: /proc.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Counters of a process at a moment. */
export interface Usage {
  /** CPU time of all its threads, user and system, seconds. */
  readonly cpu: number
  /** How often its threads were put on a CPU: voluntary and involuntary switches. */
  readonly switches: number
}

/** Counters of a process, and of some of its threads. */
export interface ProcessUsage {
  readonly all: Usage
  /** Of the threads that were asked for. */
  readonly own: Usage
}

/**
 * Reads the counters. Those of threads that ended are gone with them, so differences are taken
 * while the same threads run.
 *
 * @param pid - of the process
 * @param prefix - of the names of threads that are counted apart, too; default: all of them
 */
export async function usage(pid: number, prefix = ''): Promise<ProcessUsage> {
  const threads = await Promise.all(
    (await readdir(`/proc/${pid}/task`)).map((thread) => threadUsage(pid, thread)),
  )
  const sum = (some: typeof threads) => some.map((thread) => thread.used).reduce(add, none)
  return {
    all: sum(threads),
    own: sum(threads.filter(({ name }) => name.startsWith(prefix))),
  }
}

/** Nothing used. */
export const none: Usage = { cpu: 0, switches: 0 }

async function threadUsage(pid: number, thread: string): Promise<{ name: string; used: Usage }> {
  const folder = `/proc/${pid}/task/${thread}`
  try {
    // As `stat` counts, but in nanoseconds instead of hundredths of a second.
    const [nanoseconds] = (await readFile(`${folder}/schedstat`, 'utf8')).split(' ')
    const status = await readFile(`${folder}/status`, 'utf8')
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? ''
    const voluntary = field(status, 'voluntary_ctxt_switches')
    const forced = field(status, 'nonvoluntary_ctxt_switches')
    return { name, used: { cpu: Number(nanoseconds) / 1e9, switches: voluntary + forced } }
  } catch {
    // It ended between being listed and being read.
    return { name: '', used: none }
  }
}

/** CPU time of a process so far, of all its threads, in ticks of the system's clock: what it did itself, and what the system did for it. */
export async function ticks(pid: number): Promise<{ user: number; system: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in parentheses, may hold spaces; what follows begins with the third member.
  const members = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { user: Number(members[11]), system: Number(members[12]) }
}

/** The id of the process with this name and this argument. */
export async function findProcess(name: string, argument: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    // Others come and go meanwhile.
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const [program, ...args] = line.split('\0')
    if (program?.endsWith(name) && args.includes(argument)) return Number(pid)
  }
  throw new Error(`${name} ${argument} does not run`)
}

/** The most memory that a process ever had in RAM, bytes. */
export async function peakMemory(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmHWM') * 1024
}

/** The memory that a process has in RAM now, bytes. */
export async function memory(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') * 1024
}

/** Makes {@link peakMemory} begin anew, from what the process has now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}

/** The bytes of all files in a folder, or of those whose name ends so. */
export async function folderSize(folder: string, ending = ''): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending))
  const sizes = files.map(async (file) => (await stat(join(file.parentPath, file.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** The machine, in a line. */
export async function machine(): Promise<string> {
  const cpus = await readFile('/proc/cpuinfo', 'utf8')
  const model = /^model name\s*: (.*)$/m.exec(cpus)?.[1] ?? 'unknown processor'
  const cores = cpus.match(/^processor\s*:/gm)?.length ?? 0
  const system = await readFile('/proc/sys/kernel/osrelease', 'utf8')
  const memory = field(await readFile('/proc/meminfo', 'utf8'), 'MemTotal') / 1024 / 1024
  return `${model}, ${cores} cores, ${memory.toFixed(0)} GiB, Linux ${system.trim()}, Node ${process.versions.node}`
}

/** How many processes wanted a CPU in the last minute, on average. */
export async function load(): Promise<number> {
  return Number((await readFile('/proc/loadavg', 'utf8')).split(' ')[0])
}

/** What was used between two readings. */
export function used(from: Usage, to: Usage): Usage {
  return { cpu: to.cpu - from.cpu, switches: to.switches - from.switches }
}

function add(a: Usage, b: Usage): Usage {
  return { cpu: a.cpu + b.cpu, switches: a.switches + b.switches }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1])
}
