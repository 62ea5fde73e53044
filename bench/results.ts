// What was found, as JSON, and as the tables and the chart of README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { type ClipRun, clipTables } from './clips.js'
import { type DecodeRun, decodeTables } from './decode.js'
import { runChart, runTables } from './report.js'
import type { Run } from './run.js'

/** What bench/results.json holds: the last run that was written, and the last runs over clips and recordings. */
export interface Results {
  readonly run?: Run
  readonly codec?: ClipRun
  readonly decode?: DecodeRun
}

const folder = new URL('./', import.meta.url)

/**
 * Puts a part into bench/results.json beside what is there, and makes the tables and the chart anew.
 *
 * @param part - what was measured
 */
export async function writeResults(part: Results): Promise<void> {
  const file = new URL('results.json', folder)
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Results,
    () => ({}),
  )
  const results: Results = { ...before, ...part }
  await writeFile(file, asJson(results))
  if (results.run) await writeFile(new URL('results.svg', folder), runChart(results.run))
  const readme = new URL('README.md', folder)
  await writeFile(readme, withFigures(await readFile(readme, 'utf8'), figuresSection(results)))
}

/** JSON for people: a line a member, but rows of numbers on one. */
export function asJson(content: object): string {
  const text = JSON.stringify(content, null, 1)
  return `${text.replace(/\[[\d\s.,e+-]*\]/g, (row) => row.replace(/\s+/g, ''))}\n`
}

/** All figures as Markdown. */
function figuresSection({ run, codec, decode }: Results): string {
  const picture = '![CPU time and bytes of each recorder, scene by scene](results.svg)'
  const parts = [
    ...(run ? [picture, runTables(run)] : []),
    ...(codec ? [clipTables(codec)] : []),
    ...(decode ? [decodeTables(decode)] : []),
  ]
  return parts.join('\n\n')
}

/**
 * Replaces what stands between the marks.
 *
 * @throws Error when a text has none
 */
export function withFigures(text: string, figures: string): string {
  const [open, close] = ['<!-- figures -->\n', '<!-- /figures -->\n']
  const [before, rest] = text.split(open)
  const after = rest?.split(close)[1]
  if (before === undefined || after === undefined) throw new Error('no place for the figures')
  return `${before}${open}\n${figures}\n\n${close}${after}`
}
