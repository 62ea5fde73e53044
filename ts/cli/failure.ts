import { CommanderError } from 'commander'
import { isUnderstudyError, type UnderstudyError } from '../errors.js'

/** What the shell sees of a command. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cut: 3, left: 4 } as const

/**
 * Says on stderr what went wrong, and sets the exit code. With `--json` on the command line that is
 * one line of JSON, whatever the command.
 *
 * @param error - what a command threw
 */
export function reportFailure(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; help and version are what was asked for.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    return
  }
  process.exitCode = exitCodes.failed
  console.error(process.argv.includes('--json') ? jsonFailure(error) : plainFailure(error))
}

/**
 * A failure as `--json` shows it.
 *
 * @param error - what went wrong
 * @returns its code, its message, and the place in the recording where it has one
 */
export function failureMembers({ code, message, at, line }: UnderstudyError): object {
  return { code, message, at, line }
}

function jsonFailure(error: unknown): string {
  const members = isUnderstudyError(error)
    ? failureMembers(error)
    : { code: 'internal', message: String(error) }
  return JSON.stringify({ error: members })
}

function plainFailure(error: unknown): string {
  if (!isUnderstudyError(error)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `understudy: a defect in understudy itself, please report it\n${told}`
  }
  const line = error.line === undefined ? '' : `, line ${error.line}`
  const place = error.at === undefined ? '' : `${error.at}${line}: `
  return `understudy: ${place}${error.message} (${error.code})`
}
