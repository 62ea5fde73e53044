import type { Catalog, Click, Press } from './catalog.js'
import { element } from './dom.js'
import { firstAfter, within } from './order.js'
import type { Position } from './player.js'
import { spellTime } from './words.js'

/** The picture, and over it the pointer, clicks and keys, which no picture holds. */
export class Stage {
  readonly element: HTMLElement
  /** Pictures are painted on it, by the worker. */
  readonly canvas = element('canvas', { class: 'picture', width: 1, height: 1 })
  readonly #over = element('canvas', { class: 'over', width: 1, height: 1, 'aria-hidden': 'true' })
  readonly #keys = element('div', { class: 'keys', 'aria-hidden': 'true' })
  readonly #none = element('p', { class: 'none' }, 'No picture at this time')
  readonly #image: HTMLElement
  #catalog: Catalog | undefined

  constructor() {
    this.#image = element(
      'div',
      { class: 'image', role: 'img', 'aria-label': 'The screen' },
      this.canvas,
      this.#over,
      this.#none,
      this.#keys,
    )
    this.element = element('div', { class: 'stage' }, this.#image)
  }

  /**
   * From now on pointer, clicks and keys are drawn.
   *
   * @param catalog - where they are
   */
  set catalog(catalog: Catalog) {
    this.#catalog = catalog
  }

  /**
   * Draws what lies over the picture.
   *
   * @param position - of the player
   */
  show({ time, shown }: Position): void {
    const { width, height } = shown ?? { width: 1, height: 1 }
    this.#none.hidden = shown?.time !== undefined
    if (this.#over.width !== width || this.#over.height !== height) {
      Object.assign(this.#over, { width, height })
      this.#image.style.aspectRatio = width > 1 ? `${width} / ${height}` : '16 / 9'
    }
    this.#image.dataset['shown'] = String(shown?.time ?? '')
    this.#image.setAttribute('aria-label', `The screen at ${spellTime(time)}`)
    const context = this.#over.getContext('2d')
    if (!context || !this.#catalog) return
    context.clearRect(0, 0, width, height)
    // As large on the page, however large the screen was.
    const scale = Math.max(1, width / Math.max(1, this.#over.clientWidth))
    for (const click of within(this.#catalog.clicks, time - clickLasts, time)) {
      drawClick(context, click, (time - click.time) / clickLasts, scale)
    }
    this.#drawPointer(context, time, scale)
    this.#showKeys(within(this.#catalog.presses, time - keyLasts, time).slice(-12))
  }

  #drawPointer(context: CanvasRenderingContext2D, time: number, scale: number): void {
    const trail = this.#catalog?.trail
    if (!trail) return
    const at = firstAfter(trail.time.length, (i) => (trail.time[i] ?? 0) > time) - 1
    const [x, y] = [trail.x[at], trail.y[at]]
    if (x === undefined || y === undefined) return
    context.save()
    context.translate(x, y)
    context.scale(scale, scale)
    context.beginPath()
    for (const [dx, dy] of arrow) context.lineTo(dx, dy)
    context.closePath()
    context.fillStyle = '#fff'
    context.strokeStyle = '#111'
    context.lineWidth = 1.5
    context.fill()
    context.stroke()
    context.restore()
  }

  #showKeys(presses: readonly Press[]): void {
    const labels = presses.map(({ label }) => label)
    const last = this.#keys.dataset['labels']
    const now = labels.join('\n')
    if (last === now) return
    this.#keys.dataset['labels'] = now
    this.#keys.replaceChildren(...labels.map((label) => element('kbd', {}, label)))
  }
}

function drawClick(
  context: CanvasRenderingContext2D,
  { x, y, button }: Click,
  age: number,
  scale: number,
): void {
  context.beginPath()
  context.arc(x, y, (6 + 18 * age) * scale, 0, 2 * Math.PI)
  context.strokeStyle = button === 0 ? `rgb(230 60 30 / ${1 - age})` : `rgb(30 90 230 / ${1 - age})`
  context.lineWidth = 3 * scale
  context.stroke()
}

const arrow = [
  [0, 0],
  [0, 17],
  [4, 13],
  [7, 20],
  [10, 19],
  [7, 12],
  [13, 12],
] as const
const clickLasts = 0.7e9
const keyLasts = 1.6e9
