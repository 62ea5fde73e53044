import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ioError } from './errors.js'

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
 * @throws {@link UnderstudyError} `permission-denied` or `io` for a file that cannot be read
 * @internal
 */
export async function readLayers(
  layers: readonly (string | URL | object)[],
): Promise<PolicyLayer[]> {
  return await Promise.all(
    layers.map(async (layer, at) => {
      if (layer instanceof URL) return await readLayerFile(fileURLToPath(layer))
      const name = `layer ${at + 1}`
      if (typeof layer === 'object') return { name, text: JSON.stringify(layer) }
      return layer.trimStart().startsWith('{') ? { name, text: layer } : await readLayerFile(layer)
    }),
  )
}

async function readLayerFile(path: string): Promise<PolicyLayer> {
  try {
    return { name: path, text: await readFile(path, 'utf8') }
  } catch (error) {
    // A layer that cannot be read must not be left out: it might have forbidden something.
    throw ioError('Cannot read the policy', error)
  }
}
