import { basename, resolve } from 'node:path'
import { type Command } from 'commander'
import { fromHex } from '../bytes.js'
import { UnderstudyError } from '../errors.js'
import { spellPublicKey } from '../identity.js'
import { recordersAtWork, type RunningRecorder, runningRecorders } from '../running.js'
import type { RecorderStatus } from '../status.js'

/** Which recorder is meant, and how the answer looks. */
export interface RunningOptions {
  readonly recording?: string
  readonly json?: boolean
}

/**
 * Adds what all commands have that speak to a running recorder.
 *
 * @param command - to which
 * @returns the same
 */
export function withRunningOptions(command: Command): Command {
  return command
    .option('--recording <which>', 'folder, name or first digits of the id of the recording')
    .option('--json', 'answer in JSON: recorders, each with its state')
}

/**
 * The running recorders that are meant.
 *
 * @param options - `recording`; default: all of them
 * @returns at least one
 * @throws {@link UnderstudyError} `state` when none runs, or none is that one
 */
export async function chosen({ recording }: RunningOptions): Promise<RunningRecorder[]> {
  return meantOf(await runningRecorders(), recording)
}

function meantOf(running: readonly RunningRecorder[], recording?: string): RunningRecorder[] {
  const meant =
    recording === undefined ? [...running] : running.filter(({ last }) => isMeant(last, recording))
  if (meant.length > 0) return meant
  const why = running.length > 0 ? `None is "${recording}"` : 'Nothing is being recorded'
  throw new UnderstudyError('state', `${why}${listed(running)}`)
}

/**
 * The one that is meant.
 *
 * @param options - `recording`; not needed where only one runs
 * @throws {@link UnderstudyError} `state` as {@link chosen}; `invalid-argument` when several are meant
 */
export async function chosenOne(options: RunningOptions): Promise<RunningRecorder> {
  return onlyOne(await chosen(options))
}

/**
 * The one that is meant, if it records or is being released by itself.
 *
 * @param options - as of {@link chosenOne}
 * @throws {@link UnderstudyError} as {@link chosenOne}
 */
export async function chosenToEnd({ recording }: RunningOptions): Promise<RunningRecorder> {
  return onlyOne(meantOf(await recordersAtWork(), recording))
}

function onlyOne([first, ...others]: readonly RunningRecorder[]): RunningRecorder {
  if (first && others.length === 0) return first
  const all = first ? [first, ...others] : others
  throw new UnderstudyError('invalid-argument', `Say which, by --recording${listed(all)}`)
}

function isMeant({ recording, id }: RecorderStatus, which: string): boolean {
  const isId = /^[0-9a-f]{4,32}$/.test(which) && id.startsWith(which)
  return isId || recording === resolve(which) || basename(recording) === which
}

function listed(running: readonly RunningRecorder[]): string {
  return running.map(({ last }) => `\n  ${last.id.slice(0, 8)}  ${last.recording}`).join('')
}

/**
 * Says how recorders stand.
 *
 * @param all - what they answered
 * @param json - for programs
 */
export function tell(all: readonly RecorderStatus[], json = false): void {
  if (json) console.log(JSON.stringify({ recorders: all }))
  else if (all.length === 0) console.log('nothing is being recorded')
  else console.log(all.map(describe).join('\n\n'))
}

function describe(status: RecorderStatus): string {
  const { state, unseen, lasts, resumes, masked, failure, recording, id, tracks, started } = status
  const why = unseen ? ', because the indicator cannot be seen,' : ''
  const since = new Date(Date.now() - lasts).toLocaleTimeString()
  const until =
    resumes === undefined ? '' : `, until ${new Date(Date.now() + resumes).toLocaleTimeString()}`
  return [
    `${state}${why} since ${since}${until}${failure ? `: ${failure.message} (${failure.code})` : ''}`,
    `  recording   ${recording}`,
    `  id          ${id}`,
    `  started     ${new Date(started).toLocaleString()}`,
    `  tracks      ${tracks.join(', ')}`,
    `  opened by   you alone, under a pseudonym: ${spellPublicKey(fromHex(status.contributor))}`,
    ...status.recipients.map((key) => `  release to  ${spellPublicKey(fromHex(key))}`),
    ...describeDirect(status),
    ...(masked
      ? [
          `  masked      ${masked === 1 ? 'a window is' : `${masked} windows are`} painted over: see understudy unmask`,
        ]
      : []),
  ].join('\n')
}

/** What is released by itself, or was. */
function describeDirect({ state, direct, released, unreleased }: RecorderStatus): string[] {
  if (direct === undefined) return []
  if (state !== 'stopped' && state !== 'failed') {
    const to = direct.map((key) => `\n              ${spellPublicKey(fromHex(key))}`)
    return [
      `  at the stop it is released by itself, unseen: understudy stop --keep keeps it. To${to.join('')}`,
    ]
  }
  return [
    ...(released ?? []).map(({ path }) => `  released    ${path}`),
    ...(unreleased ? [`  not released: ${unreleased.message} (${unreleased.code})`] : []),
    ...((released ?? []).length === 0 && !unreleased ? ['  nothing was released'] : []),
  ]
}
