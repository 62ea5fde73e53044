import type { StoreOutcome, Upload } from '../upload.js'
import { uploads } from '../upload.js'
import { exitCodes } from './failure.js'

/**
 * Says what was changed in stores.
 *
 * @param outcomes - one for each store
 */
export function tellStores(outcomes: readonly StoreOutcome[]): void {
  for (const { to, change } of outcomes) {
    if (!change) continue
    const { sent, present, removed } = change
    console.log(`${to}: ${sent} sent, ${present} there already, ${removed} removed`)
  }
}

/**
 * Says on stderr what may be left in stores, and sets the exit code that says so.
 *
 * @param outcomes - one for each store
 * @param json - what is left is in the answer already
 */
export function tellLeft(outcomes: readonly StoreOutcome[], json = false): void {
  const failed = outcomes.filter(({ failure }) => failure)
  if (failed.length > 0) process.exitCode = exitCodes.left
  if (json) return
  for (const { to, recording, failure } of failed) {
    console.error(`not done in ${to}: ${failure?.message ?? ''} (${failure?.code ?? ''})`)
    console.error(`  ${leftIn(failure?.left)} Nobody can open what you forgot: its keys are gone.`)
    console.error(`  To try again: understudy upload ${recording} --again`)
  }
  for (const { to, change } of outcomes) {
    if (!change?.versions) continue
    console.error(
      `${to} keeps ${change.versions} removed objects as older versions, by its own setting; their keys are gone`,
    )
  }
}

function leftIn(left: readonly string[] | undefined): string {
  if (left === undefined) return 'It may still lie there.'
  const [first, ...others] = left
  if (first === undefined) return 'None of it was seen there.'
  return `It may still lie there, in ${first}${others.length > 0 ? ` and ${others.length} more` : ''}.`
}

/**
 * Says on stderr that a change reached the folder alone.
 *
 * @param recording - the recording's folder
 * @returns where it was uploaded
 */
export async function tellBehind(recording: string, json = false): Promise<readonly Upload[]> {
  const all = await uploads(recording)
  if (all.length > 0 && !json) {
    console.error(
      `It was uploaded to ${all.map(({ to }) => to).join(', ')}, which does not know yet.`,
    )
    console.error(`  To bring that to where it is: understudy upload ${recording} --again`)
  }
  return all
}
