// Tables as Markdown, which reads well in a terminal, too.

/**
 * A table; the first column is set to the left, numbers to the right.
 *
 * @param head - the headings
 * @param rows - as many cells each
 * @throws RangeError when a row has more or fewer
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return drawTable(head, rows, (column) => column === 0)
}

/** The same with words in every column. */
export function wordTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return drawTable(head, rows, () => true)
}

function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isLeft: (column: number) => boolean,
): string {
  const wrong = rows.find((row) => row.length !== head.length)
  if (wrong) throw new RangeError(`${wrong.length} cells under ${head.length} headings`)
  const widths = head.map((_, at) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, at) =>
      isLeft(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    )
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((size, at) =>
    isLeft(at) ? '-'.repeat(size + 2) : `${'-'.repeat(size + 1)}:`,
  )
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

/** What stands where nothing was measured. */
export const dash = '–'

/** A number with a few digits that count; a dash when there is none. */
export function digits(number: number | undefined, count = 3): string {
  if (number === undefined || !Number.isFinite(number)) return dash
  const size = Math.abs(number)
  if (size >= 10 ** (count - 1)) return grouped(Math.round(number))
  if (size < 0.0005) return '0'
  const places = Math.min(3, Math.max(0, count - 1 - Math.floor(Math.log10(size))))
  return number.toFixed(places)
}

/** A whole number, thousands set apart; a dash when there is none. */
export function grouped(number: number | undefined): string {
  return number === undefined ? dash : number.toLocaleString('en-US')
}

/** How many times as much. */
export function times(ratio: number | undefined): string {
  if (ratio === undefined) return dash
  return ratio < 0.001 ? '< 0.001×' : `${digits(ratio)}×`
}

/** Mebibytes. */
export function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? dash : digits(bytes / 2 ** 20)
}

/** Megabytes. */
export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? dash : digits(bytes / 1e6)
}
