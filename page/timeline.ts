import type { RecordingInfo } from '../ts/info.js'
import type { Catalog, Span } from './catalog.js'
import { element } from './dom.js'
import { LeftOut } from './leftout.js'
import type { SegmentSpan } from './protocol.js'
import { spellTime } from './words.js'

/** What the timeline shows, from top to bottom. */
interface Lane {
  readonly name: string
  readonly height: number
}

const lanes = {
  activity: { name: 'Input', height: 34 },
  screen: { name: 'Screen', height: 22 },
  leftOut: { name: 'Left out', height: 16 },
  marks: { name: 'Marked', height: 12 },
} as const satisfies Record<string, Lane>

/** The whole recording from left to right: a slider, with what is known of each moment drawn into it. */
export class Timeline {
  readonly element: HTMLElement
  readonly #canvas = element('canvas', { class: 'drawing', 'aria-hidden': 'true' })
  readonly #head = element('div', { class: 'head', 'aria-hidden': 'true' })
  readonly #slider: HTMLElement
  readonly #caption = element('p', { class: 'caption' }, ' ')
  readonly #duration: number
  readonly #segments: readonly SegmentSpan[]
  readonly #leftOut: LeftOut
  readonly #seek: (time: number) => void
  #catalog: Catalog | undefined
  #marks: readonly Span[] = []
  #time = 0

  /**
   * @param info - of the recording
   * @param segments - of all tracks
   * @param seek - called with the time that was chosen
   * @param left - aborted when it is shown no more
   */
  constructor(
    info: RecordingInfo,
    segments: readonly SegmentSpan[],
    seek: (time: number) => void,
    left: AbortSignal,
  ) {
    this.#duration = Math.max(1, info.duration)
    this.#segments = segments.filter(({ track }) => track === 'screen')
    this.#leftOut = new LeftOut(info.facts, info.duration)
    this.#seek = seek
    this.#slider = element(
      'div',
      {
        class: 'slider',
        role: 'slider',
        tabindex: 0,
        'aria-label': 'Time',
        'aria-valuemin': 0,
        'aria-valuemax': Math.floor(this.#duration / 1e9),
        'aria-describedby': 'timeline-help',
      },
      this.#canvas,
      this.#head,
    )
    this.element = element(
      'div',
      { class: 'timeline' },
      element('div', { class: 'lanes', 'aria-hidden': 'true' }, ...laneNames()),
      this.#slider,
      this.#caption,
      legend(),
      help(),
    )
    this.#listen(left)
  }

  /** From now on activity is drawn. */
  set catalog(catalog: Catalog) {
    this.#catalog = catalog
    this.draw()
  }

  /** What is marked to be forgotten. */
  set marks(spans: readonly Span[]) {
    this.#marks = spans
    this.draw()
  }

  /**
   * Where the player is.
   *
   * @param time - nanoseconds since the recording started
   */
  set time(time: number) {
    this.#time = time
    this.#head.style.left = `${(100 * time) / this.#duration}%`
    this.#slider.setAttribute('aria-valuenow', String(Math.floor(time / 1e9)))
    const why = this.#leftOut.at(time)
    const told = `${spellTime(time)} of ${spellTime(this.#duration)}${why ? `, ${why}` : ''}`
    // Whoever listens hears it once a second, and not with each picture.
    if (this.#slider.getAttribute('aria-valuetext') !== told) {
      this.#slider.setAttribute('aria-valuetext', told)
    }
  }

  /** Draws it all anew, as large as it is. */
  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#slider
    const ratio = window.devicePixelRatio
    Object.assign(this.#canvas, { width: width * ratio, height: height * ratio })
    const context = this.#canvas.getContext('2d')
    if (!context) return
    context.scale(ratio, ratio)
    // The legend has them as they are shown now, in the light or in the dark.
    const color = (kind: string) => {
      const swatch = this.element.querySelector(`.swatch.${kind}`)
      return swatch ? getComputedStyle(swatch).backgroundColor : ''
    }
    this.#drawActivity(context, width, color('activity'))
    this.#drawSegments(context, width, color('screen'))
    this.#drawLeftOut(context, width, color)
    for (const span of this.#marks) {
      this.#fill(context, width, span, topOf('marks'), lanes.marks.height, color('marked'))
    }
  }

  #drawActivity(context: CanvasRenderingContext2D, width: number, color: string): void {
    const bars = this.#catalog?.activity
    if (!bars) return
    context.fillStyle = color
    const [bottom, step] = [lanes.activity.height, width / bars.length]
    bars.forEach((bar, i) => {
      const high = Math.max(bar > 0 ? 2 : 0, bar * (lanes.activity.height - 2))
      context.fillRect(i * step, bottom - high, Math.max(1, step), high)
    })
  }

  /** As high as they are large for their length: where much changed. */
  #drawSegments(context: CanvasRenderingContext2D, width: number, color: string): void {
    const rate = ({ from, to, size }: SegmentSpan) => Math.log1p(size / Math.max(1e9, to - from))
    const greatest = this.#segments.reduce((most, segment) => Math.max(most, rate(segment)), 1e-9)
    for (const segment of this.#segments) {
      const high = 3 + (lanes.screen.height - 5) * (rate(segment) / greatest)
      const top = topOf('screen') + lanes.screen.height - high
      this.#fill(context, width, segment, top, high, color, 1)
    }
  }

  #drawLeftOut(
    context: CanvasRenderingContext2D,
    width: number,
    color: (name: string) => string,
  ): void {
    for (const { kind, from, to } of this.#leftOut.spans) {
      const { height } = lanes.leftOut
      this.#fill(context, width, { from, to }, topOf('leftOut'), height, color(kind))
    }
  }

  #fill(
    context: CanvasRenderingContext2D,
    width: number,
    { from, to }: Span,
    top: number,
    height: number,
    color: string,
    gap = 0,
  ): void {
    const [left, right] = [(from / this.#duration) * width, (to / this.#duration) * width]
    context.fillStyle = color
    context.fillRect(left, top, Math.max(2, right - left - gap), height)
  }

  #listen(left: AbortSignal): void {
    const timeAt = (event: PointerEvent) => {
      const { left, width } = this.#slider.getBoundingClientRect()
      const share = (event.clientX - left) / Math.max(1, width)
      return Math.min(1, Math.max(0, share)) * this.#duration
    }
    this.#slider.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      this.#slider.setPointerCapture(event.pointerId)
      this.#seek(timeAt(event))
    })
    this.#slider.addEventListener('pointermove', (event) => {
      const time = timeAt(event)
      if (this.#slider.hasPointerCapture(event.pointerId)) this.#seek(time)
      const why = this.#leftOut.at(time)
      this.#caption.textContent = `${spellTime(time, 1)}${why ? ` · ${why}` : ''}`
    })
    this.#slider.addEventListener('pointerleave', () => {
      this.#caption.textContent = ' '
    })
    this.#slider.addEventListener('keydown', (event) => {
      const by = keys[event.key]
      if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return
      event.preventDefault()
      this.#seek(by === Infinity ? this.#duration : by === -Infinity ? 0 : this.#time + by)
    })
    new ResizeObserver(() => {
      this.draw()
    }).observe(this.#slider)
    const redraw = () => {
      this.draw()
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw, { signal: left })
  }
}

function topOf(wanted: keyof typeof lanes): number {
  let top = 0
  for (const [name, { height }] of Object.entries(lanes)) {
    if (name === wanted) return top
    top += height + laneGap
  }
  return top
}

function laneNames(): HTMLElement[] {
  return Object.entries(lanes).map(([name, { name: text, height }]) => {
    const made = element('span', {}, text)
    made.style.height = `${height}px`
    made.style.top = `${topOf(name as keyof typeof lanes)}px`
    return made
  })
}

function legend(): HTMLElement {
  const key = (kind: string, text: string) =>
    element('li', {}, element('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), text)
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Colours of the timeline' },
    key('activity', 'keys and pointer'),
    key('screen', 'pictures, by how much changed'),
    key('paused', 'paused'),
    key('withheld', 'left out or painted over'),
    key('lost', 'lost'),
    key('forgotten', 'forgotten'),
    key('marked', 'marked by you'),
  )
}

function help(): HTMLElement {
  const text = 'Arrows move by 5 seconds, page up and page down by a minute; home, end.'
  return element('p', { id: 'timeline-help', class: 'quiet' }, text)
}

const laneGap = 4
const keys: Readonly<Record<string, number>> = {
  ArrowLeft: -5e9,
  ArrowDown: -5e9,
  ArrowRight: 5e9,
  ArrowUp: 5e9,
  PageUp: 60e9,
  PageDown: -60e9,
  Home: -Infinity,
  End: Infinity,
}
