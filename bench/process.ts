// What Linux says of a running process: /proc.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Counters of a process at a moment. */
export interface Usage {
  /** CPU time of all its threads, user and system, seconds. */
  readonly cpu: number
  /** How often its threads were put on a CPU: voluntary and involuntary switches. */
  readonly switches: number
}

/**
 * Reads the counters. Those of threads that ended are gone with them, so differences are taken
 * while the same threads run.
 *
 * @param pid - of the process
 */
export async function usage(pid: number): Promise<Usage> {
  const threads = await readdir(`/proc/${pid}/task`)
  const each = threads.map(async (thread) => {
    const folder = `/proc/${pid}/task/${thread}`
    // As `stat` counts, but in nanoseconds instead of hundredths of a second.
    const [nanoseconds] = (await readFile(`${folder}/schedstat`, 'utf8')).split(' ')
    const status = await readFile(`${folder}/status`, 'utf8')
    return {
      cpu: Number(nanoseconds) / 1e9,
      switches:
        field(status, 'voluntary_ctxt_switches') + field(status, 'nonvoluntary_ctxt_switches'),
    }
  })
  return (await Promise.all(each)).reduce(add, { cpu: 0, switches: 0 })
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

/** The bytes of all files in a folder. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
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

function add(a: Usage, b: Usage): Usage {
  return { cpu: a.cpu + b.cpu, switches: a.switches + b.switches }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1])
}
