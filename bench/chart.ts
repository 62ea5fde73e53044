// A chart as SVG: a row a scene, a dot a subject, on a logarithmic scale, since costs differ by thousands.

/** One of the dots. */
export interface Dot {
  readonly row: string
  readonly series: string
  readonly value: number
}

/** A part of the chart with a scale of its own. */
export interface Panel {
  readonly title: string
  /** Values below are drawn here: a logarithm has no zero. */
  readonly floor: number
  readonly dots: readonly Dot[]
}

/** As many as there are recorders; told apart by most eyes, and in grey by their rows of the table. */
const colours = [
  ...['#d1495b', '#1b3a5c', '#2a9d8f', '#7fb800', '#b565f0'],
  ...['#f4a261', '#7a7a7a', '#3f8efc', '#8c564b', '#c9a800'],
]
const left = 120
const across = 470
const gap = 60
const rowHeight = 26
const top = 96

/**
 * Draws panels beside each other.
 *
 * @param title - above all
 * @param note - the machine, small
 * @param panels - with the same rows
 * @param first - the series that is drawn larger, and in the first colour
 * @throws RangeError when there is nothing to draw
 */
export function chart(
  title: string,
  note: string,
  panels: readonly Panel[],
  first: string,
): string {
  const dots = panels.flatMap((panel) => panel.dots)
  if (dots.length === 0) throw new RangeError('a chart of nothing')
  const rows = [...new Set(dots.map(({ row }) => row))]
  const others = [...new Set(dots.map(({ series }) => series))].filter((name) => name !== first)
  const series = [first, ...others]
  const width = left + panels.length * (across + gap)
  const height = top + rows.length * rowHeight + 50
  const drawn = panels.map((panel, at) =>
    drawPanel(panel, rows, series, left + at * (across + gap)),
  )
  const names = rows.map((row, at) => text(left - 14, y(at) + 4, row, 'end'))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="20" y="26" font-size="17" font-weight="bold" fill="#222">${escape(title)}</text>
${legend(series)}
${names.join('\n')}
${drawn.join('\n')}
<text x="20" y="${height - 10}" font-size="10" fill="#777">${escape(note)}</text>
</svg>
`
}

function drawPanel(
  { title, floor, dots }: Panel,
  rows: readonly string[],
  series: readonly string[],
  x: number,
): string {
  const values = dots.map(({ value }) => Math.max(value, floor))
  const low = Math.floor(Math.log10(floor))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(floor, ...values))))
  const place = (value: number) =>
    x + ((Math.log10(Math.max(value, floor)) - low) / (high - low)) * across
  const bottom = y(rows.length - 1) + rowHeight / 2
  const powers = Array.from({ length: high - low + 1 }, (_, at) => low + at)
  const grid = powers.flatMap((power) => [
    `<line x1="${place(10 ** power)}" x2="${place(10 ** power)}" y1="${top - 8}" y2="${bottom}" stroke="#e2e2e2"/>`,
    text(
      place(10 ** power),
      bottom + 16,
      power === low ? `≤ ${10 ** power}` : String(10 ** power),
      'middle',
    ),
  ])
  const lines = rows.map(
    (_, at) => `<line x1="${x}" x2="${x + across}" y1="${y(at)}" y2="${y(at)}" stroke="#efefef"/>`,
  )
  // The first series is drawn last, on top.
  const sorted = [...dots].sort((a, b) => series.indexOf(b.series) - series.indexOf(a.series))
  const marks = sorted.map(({ row, series: name, value }) => {
    const at = series.indexOf(name)
    const hint = `<title>${escape(`${name}, ${row}: ${value.toPrecision(3)}`)}</title>`
    const cy = y(rows.indexOf(row))
    return `<circle cx="${place(value).toFixed(1)}" cy="${cy}" r="${at === 0 ? 7 : 5}" fill="${colour(at)}" fill-opacity="0.85" stroke="#fff">${hint}</circle>`
  })
  const heading = `<text x="${x}" y="${top - 18}" font-weight="bold" fill="#333">${escape(title)}</text>`
  return [heading, ...lines, ...grid, ...marks].join('\n')
}

function legend(series: readonly string[]): string {
  let x = 26
  return series
    .map((name, at) => {
      const here = x
      x += 36 + name.length * 7
      return `<circle cx="${here}" cy="48" r="${at === 0 ? 7 : 5}" fill="${colour(at)}"/>${text(here + 11, 52, name, 'start')}`
    })
    .join('\n')
}

function colour(at: number): string {
  return colours[at % colours.length] ?? '#000'
}

function y(row: number): number {
  return top + row * rowHeight + rowHeight / 2
}

function text(x: number, at: number, words: string, anchor: string): string {
  return `<text x="${x}" y="${at}" text-anchor="${anchor}" fill="#444">${escape(words)}</text>`
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
