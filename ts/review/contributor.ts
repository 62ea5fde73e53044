import { UnderstudyError } from '../errors.js'
import { askedOnce, forgetHere } from '../forget.js'
import type { Passphrase } from '../identity.js'
import { release } from '../release.js'
import { reachStores } from '../upload.js'
import type { ReviewActions } from './actions.js'

/**
 * What a contributor can do to their recording while they look through it.
 *
 * @param recording - the recording's folder
 * @param identity - folder of their identity
 * @param passphrase - what asks for its passphrase, once for all that the page asks for at once: not the
 *   page, which has no say in it
 */
export function contributorActions(
  recording: string,
  identity: string,
  passphrase?: Passphrase,
): ReviewActions {
  const own = () => ({ recording, identity, ...askedOnce(passphrase) })
  return {
    forget: async (steps, done) => {
      const mine = own()
      for (const step of steps) {
        await forgetHere({ ...mine, ...step })
        done()
      }
      await reachAll(recording)
    },
    release: async (step) => (await release({ ...own(), ...step })).path,
  }
}

/** Once, behind all of them: each would read the whole recording. */
async function reachAll(recording: string): Promise<void> {
  const left = (await reachStores(recording)).filter(({ failure }) => failure)
  const [first] = left
  if (!first?.failure) return
  const where = left.map(({ to }) => to).join(', ')
  const message = `It is forgotten here, and opens nowhere. But its bytes may still lie in ${where}: ${first.failure.message}. To remove them: understudy upload RECORDING --again`
  throw new UnderstudyError(first.failure.code, message)
}
