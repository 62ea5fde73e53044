import { readDocument } from './document.js'
import { ioError, isUnderstudyError, UnderstudyError } from './errors.js'

/**
 * A layer of policy as text.
 *
 * @internal
 */
export interface PolicyLayer {
  /** What it is called where something is wrong with it. */
  readonly name: string
  readonly text: string
}

/**
 * Reads layers of policy. What they say is judged by the addon: there is one answer to that.
 *
 * @param layers - paths (as text or `file:` URL), contents, or those parsed
 * @returns each with a name
 * @throws {@link UnderstudyError} `permission-denied` or `io` for a file that cannot be read,
 *   `policy-invalid` for one that is not UTF-8
 * @internal
 */
export async function readLayers(
  layers: readonly (string | URL | object)[],
): Promise<PolicyLayer[]> {
  return await Promise.all(layers.map(readLayer))
}

async function readLayer(layer: string | URL | object, at: number): Promise<PolicyLayer> {
  try {
    const { path, text } = await readDocument(layer, longest)
    return { name: path ?? `layer ${at + 1}`, text }
  } catch (error) {
    // A layer that cannot be read must not be left out: it might have forbidden something.
    if (!isUnderstudyError(error)) throw ioError('Cannot read the policy', error)
    const message = `Cannot read the policy: ${error.message}`
    throw new UnderstudyError('policy-invalid', message, {}, { cause: error })
  }
}

/** Most bytes of a layer. */
const longest = 256 * 1024
