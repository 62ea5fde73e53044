import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnderstudyError } from '../errors.js'

/** A file of the page. */
export interface Asset {
  /** Its media type. */
  readonly type: string
  /** Its bytes. */
  readonly bytes: Uint8Array
}

/** Where `npm run build:page` puts the page: seen from `ts/review` as from `dist/review`. */
export const builtPage = fileURLToPath(new URL('../../dist/page/', import.meta.url))

/**
 * Reads the page, whole: what is served later is what was there at the start.
 *
 * @param folder - where it was built
 * @returns each file by the path that it is asked for
 * @throws {@link UnderstudyError} `io` when it was not built
 */
export async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>()
  for (const name of names) {
    assets.set(`/${name}`, { type: types[extname(name)] ?? '', bytes: await read(folder, name) })
  }
  const index = assets.get('/index.html')
  if (index) assets.set('/', index)
  return assets
}

async function read(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    const message = 'The review page is not there: npm run build:page builds it'
    throw new UnderstudyError('io', message, {}, { cause: error })
  }
}

const names = ['index.html', 'page.js', 'page.css', 'worker.js', 'icon.svg']
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
