// When and where something was measured: figures of two machines do not compare.
import { readFile } from 'node:fs/promises'
import { load, machine } from './process.js'

/** When and where. */
export interface Setting {
  readonly date: string
  readonly machine: string
  /** Of the package. */
  readonly version: string
  /** Processes that wanted a CPU before it began, on average of a minute. */
  readonly load: number
}

/** When and where this is. */
export async function setting(): Promise<Setting> {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  const date = new Date().toISOString().slice(0, 10)
  return { date, machine: await machine(), version, load: await load() }
}

/** The setting in a line. */
export function settingLine({ date, machine: name, version, load: before }: Setting): string {
  return `${date}, understudy ${version}, ${name}; load before: ${before}.`
}
