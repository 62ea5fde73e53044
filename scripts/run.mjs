// Starting other programs, the same way in every script here. Plain Node: nothing is installed yet
// when `setup.mjs` needs this.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository, whatever folder the script was called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Says on one line what comes next, so that a long build is never a mystery. */
export function say(message) {
  console.log(`\n── ${message}`)
}

/** Ends the script with a reason on stderr. */
export function stop(message, code = 1) {
  console.error(`\n${message}`)
  process.exit(code)
}

/** Runs a program in the repository with its output shown; returns its exit code. */
export function run(program, args, { env = {}, quiet = false } = {}) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? 'ignore' : 'inherit',
  })
  if (error && !quiet) console.error(`${program}: ${error.message}`)
  return status ?? 1
}

/** What a program prints, or undefined when it is missing or fails. */
export function output(program, args, { env = {} } = {}) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    // What cargo tells of a workspace is a megabyte before long.
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout : undefined
}

/**
 * The program and first arguments that start npm. On Windows `npm` is a batch file, which Node
 * starts only through a shell; npm tells its children where its own script is, so none is needed.
 */
export function npm() {
  const script = process.env.npm_execpath
  return script?.endsWith('.js') ? [process.execPath, script] : ['npm']
}

/** Runs an npm command; returns its exit code. */
export function runNpm(args, options) {
  const [program, ...first] = npm()
  return run(program, [...first, ...args], options)
}

/** Whether a program is on the PATH. */
export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    const file = join(folder, program)
    try {
      accessSync(file, constants.X_OK)
      return statSync(file).isFile()
    } catch {
      return false
    }
  })
}

/** Installs a cargo subcommand from its crate when it is not there: a few minutes, once. */
export function needCargoTool(tool) {
  if (output('cargo', [tool, '--version'])) return
  say(`cargo-${tool} is missing: building it once (takes a few minutes)`)
  if (run('cargo', ['install', `cargo-${tool}`, '--locked']) !== 0) {
    stop(`cargo-${tool} could not be installed. Try: cargo install cargo-${tool} --locked`)
  }
}
