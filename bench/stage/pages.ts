// What the applications show: pages, a sheet, a note, a log. Made from a seed, so the same in every run.
import { code, logLine, paragraph, Random, sentence, title } from './prose.js'

const style = `
  body { margin: 0; font: 16px/1.55 "DejaVu Serif", serif; color: #222; background: #fdfdfb }
  header { background: linear-gradient(90deg, #14406b, #2f7fb5 60%, #7cc4c4); color: #fff; padding: 18px 32px }
  nav { float: right; width: 250px; margin: 24px; padding: 12px 20px; background: #eef3f6; border: 1px solid #cdd9e0;
        font: 13px/1.7 "DejaVu Sans", sans-serif }
  main { max-width: 860px; margin: 0 32px; padding: 12px 0 }
  h1, h2, h3 { font-family: "DejaVu Sans", sans-serif; line-height: 1.25 }
  pre { background: #272a33; color: #d7e0ea; font: 13px/1.5 "DejaVu Sans Mono", monospace; padding: 12px; overflow: hidden }
  table { border-collapse: collapse; font: 13px "DejaVu Sans", sans-serif; width: 100% }
  td, th { border: 1px solid #bbb; padding: 4px 8px } tr:nth-child(even) td { background: #f2f2ee } th { background: #dde6ec }
  td + td { text-align: right }
  blockquote { margin: 1em 0; padding: 4px 20px; border-left: 4px solid #c78f2c; color: #555; font-style: italic }
  a { color: #14508c } canvas, .banner { display: block; margin: 12px 0; border-radius: 6px }
  .banner { height: 120px; background: linear-gradient(135deg, #f6d365, #fda085 40%, #8f6ed5) }
  textarea { width: 100%; height: 420px; font: 15px/1.5 "DejaVu Sans", sans-serif; padding: 10px; box-sizing: border-box }
  video { display: block; width: 960px; height: 540px; background: #000 }
  * { scroll-behavior: auto }`

/** Paints each canvas as a photograph would look to a codec: smooth shapes, and grain on all of it. */
const photographs = `
  for (const canvas of document.querySelectorAll('canvas')) {
    let state = Number(canvas.dataset.seed)
    const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648
    const context = canvas.getContext('2d')
    const sky = context.createLinearGradient(0, 0, 0, canvas.height)
    sky.addColorStop(0, 'hsl(' + 360 * random() + ' 60% 70%)')
    sky.addColorStop(1, 'hsl(' + 360 * random() + ' 50% 40%)')
    context.fillStyle = sky
    context.fillRect(0, 0, canvas.width, canvas.height)
    for (let shape = 0; shape < 60; shape++) {
      context.fillStyle = 'hsl(' + 360 * random() + ' 45% ' + (20 + 60 * random()) + '% / 0.35)'
      context.beginPath()
      context.ellipse(canvas.width * random(), canvas.height * random(), 20 + 120 * random(), 10 + 70 * random(), 3 * random(), 0, 7)
      context.fill()
    }
    const image = context.getImageData(0, 0, canvas.width, canvas.height)
    for (let at = 0; at < image.data.length; at += 4) {
      const grain = 14 * random() - 7
      for (let part = 0; part < 3; part++) image.data[at + part] += grain
    }
    context.putImageData(image, 0, 0)
  }`

/** A long article: headings, paragraphs, pictures, tables, code, quotations. */
export function article(): string {
  const random = new Random(1)
  const sections = Array.from({ length: 40 }, (_, at) => section(random, at))
  return page(
    'Article',
    `<header><h1>${title(random)}</h1></header>${contents(random)}<main>${sections.join('')}</main>`,
  )
}

/** The article, moving by itself: up and down without a halt, a whole window in three seconds. */
export function glide(): string {
  return article()
    .replace('<title>Article', '<title>Glide')
    .replace(
      '</body>',
      `<script>
      const start = performance.now()
      const length = document.documentElement.scrollHeight - innerHeight
      function step(now) {
        const way = ((now - start) * 0.36) % (2 * length)
        scrollTo(0, way < length ? way : 2 * length - way)
        requestAnimationFrame(step)
      }
      requestAnimationFrame(step)
    </script></body>`,
    )
}

/** A form with a long text field, which has the keyboard. */
export function compose(): string {
  const random = new Random(2)
  const text = Array.from({ length: 3 }, () => paragraph(random)).join('\n\n')
  const form = `<h2>${title(random)}</h2><textarea autofocus spellcheck="false">${text}\n\n</textarea>
    <script>const field = document.querySelector('textarea'); field.setSelectionRange(1e6, 1e6); field.scrollTop = 1e6</script>`
  return page(
    'Compose',
    `<header><h1>${title(random)}</h1></header>${contents(random)}<main>${form}${section(random, 1)}</main>`,
  )
}

/** A page with a film that runs without end. */
export function cinema(film: string): string {
  const random = new Random(3)
  const player = `<video src="${film}" autoplay muted loop></video>`
  return page(
    'Cinema',
    `<header><h1>${title(random)}</h1></header>${contents(random)}<main style="max-width: 960px">${player}${section(random, 1)}</main>`,
  )
}

/** What the editor shows. */
export function note(): string {
  const random = new Random(4)
  return Array.from({ length: 60 }, () => sentence(random)).join('\n\n')
}

/** What the terminal prints when something is built. */
export function log(lines: number): string {
  const random = new Random(5)
  return Array.from({ length: lines }, () => `${logLine(random)}\n`).join('')
}

/** A flat OpenDocument sheet: names, dates, amounts, formulas. */
export function sheet(): string {
  const random = new Random(6)
  const cell = (kind: string, value: string | number, style = '') =>
    kind === 'string'
      ? `<table:table-cell ${style} office:value-type="string"><text:p>${value}</text:p></table:table-cell>`
      : `<table:table-cell ${style} office:value-type="float" office:value="${value}"><text:p>${value}</text:p></table:table-cell>`
  const head = ['Item', 'Place', 'Year', 'Units', 'Price', 'Weight', 'Share', 'Total']
  const row = (at: number) => {
    const [units, price] = [random.whole(1, 900), random.whole(100, 99_999) / 100]
    const numbers = [
      random.whole(1990, 2026),
      units,
      price,
      random.whole(1, 9999) / 10,
      random.next().toFixed(4),
    ]
    const total = `<table:table-cell table:formula="of:=[.D${at + 2}]*[.E${at + 2}]" office:value-type="float" office:value="${units * price}"/>`
    const names = [title(random), title(random).split(' ')[1] ?? '']
    return `<table:table-row>${names.map((name) => cell('string', name)).join('')}${numbers.map((number) => cell('float', number)).join('')}${total}</table:table-row>`
  }
  const heading = head.map((name) => cell('string', name, 'table:style-name="head"')).join('')
  const rows = Array.from({ length: 400 }, (_, at) => row(at)).join('')
  const names = ['office', 'style', 'text', 'table', 'fo']
  const spaces = names.map((name) =>
    name === 'fo'
      ? 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
      : `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document ${spaces.join(' ')} xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles><style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:background-color="#bcd3e3"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="5.2cm"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Sheet1"><table:table-column table:style-name="wide"/><table:table-row>${heading}</table:table-row>${rows}</table:table></office:spreadsheet></office:body></office:document>`
}

function page(name: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><style>${style}</style><body>${body}<script>${photographs}</script></body></html>`
}

function contents(random: Random): string {
  const links = Array.from({ length: 24 }, () => `<a href="#">${title(random)}</a><br>`)
  return `<nav><b>Contents</b><br>${links.join('')}</nav>`
}

/** One of five kinds in turn, after two paragraphs. */
function section(random: Random, at: number): string {
  const text = () =>
    `<p>${paragraph(random)
      .replace(/the (\w+)/, '<a href="#">the $1</a>')
      .replace(/of (\w+ \w+)/, 'of <b>$1</b>')}</p>`
  const extras = [
    () => `<canvas width="640" height="300" data-seed="${at + 1}"></canvas>`,
    () => table(random),
    () => `<pre>${escape(Array.from({ length: 14 }, () => code(random)).join('\n'))}</pre>`,
    () => `<blockquote>${sentence(random)}</blockquote><div class="banner"></div>`,
    () => `<ul>${Array.from({ length: 6 }, () => `<li>${sentence(random)}</li>`).join('')}</ul>`,
  ]
  return `<h2>${at + 1}. ${title(random)}</h2>${text()}${text()}${extras[at % extras.length]?.() ?? ''}<h3>${title(random)}</h3>${text()}`
}

function table(random: Random): string {
  const rows = Array.from(
    { length: 12 },
    () =>
      `<tr><td>${title(random)}</td>${Array.from({ length: 5 }, () => `<td>${random.whole(0, 99_999)}</td>`).join('')}</tr>`,
  )
  const head = ['Name', '2021', '2022', '2023', '2024', '2025']
  return `<table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${rows.join('')}</table>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
