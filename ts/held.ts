import type { RunningRecorder } from './running.js'

/**
 * A recorder that keeps nothing until it is known whose recording it writes.
 *
 * @internal
 */
export interface HeldRecorder {
  readonly recorder: RunningRecorder
  /** Has it be again as it was; but that nothing of it is released by itself, stays. */
  readonly goOn: () => Promise<void>
}

/**
 * Pauses a recorder until further notice, also one whose pause would have ended by itself.
 *
 * @param recorder - whose state was just asked for
 * @returns the same, and how it goes on
 * @internal
 */
export async function hold(recorder: RunningRecorder): Promise<HeldRecorder> {
  const { state, resumes } = recorder.last
  const asked = performance.now()
  // Whosoever it is: what may be withdrawn is not released meanwhile, and keeping cannot be undone.
  if (recorder.last.direct !== undefined) await recorder.keep().catch(nothing)
  if (state === 'paused' && resumes === undefined) return { recorder, goOn: nothing }
  // One that has ended, or does not answer, is found out when it is to be stopped.
  await recorder.pause().catch(nothing)
  const goOn = async () => {
    const left = (resumes ?? 0) - (performance.now() - asked)
    await (left > 0 ? recorder.pause({ for: Math.ceil(left) }) : recorder.resume())
  }
  return { recorder, goOn }
}

async function nothing(): Promise<void> {
  // It stays as it is.
}
