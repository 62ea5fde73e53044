import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const programs = ['chromium', 'google-chrome', 'chromium-browser']

/** Where a browser of Chromium's family is; undefined on a system that has none. */
export const chromiumPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => programs.map((name) => join(folder, name)))
  .find((path) => existsSync(path))
