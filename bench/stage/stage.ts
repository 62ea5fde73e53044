// The stage: a private display of full size, and the applications that people work with, each with its document.
import { execFile } from 'node:child_process'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Display, type Profile } from '../../test/display.js'
import { article, cinema, compose, glide, log, note, sheet } from './pages.js'
import { lines } from './script.js'

/** The width and height of the screen. */
export const width = 1920
export const height = 1080

/** The classes of the windows, as the player names them. */
export const applications = {
  browser: 'Chromium',
  editor: 'Mousepad',
  sheet: 'libreoffice-calc',
  terminal: 'XTerm',
} as const

/** What the browser can show. */
export type Page = 'Article' | 'Compose' | 'Glide' | 'Cinema'

/** An office suite is slow to come up for the first time. */
const patience = 90_000

/** All four windows beside each other: what stands on the screen when a scene does not want it otherwise. */
export const sideBySide = lines(
  `place ${applications.browser} 0 0 1060 1078`,
  `place ${applications.editor} 1064 0 852 330`,
  `place ${applications.sheet} 1064 356 852 372`,
  `place ${applications.terminal} 1064 754 852 300`,
)

/** A display with applications on it; whatever was started ends with it. */
export class Stage implements AsyncDisposable {
  readonly display: Display

  private constructor(display: Display) {
    this.display = display
  }

  /**
   * Starts the display, then one application after the other.
   *
   * @param profile - which build of the player works there
   */
  static async set(profile: Profile = 'release'): Promise<Stage> {
    const display = await Display.start({ screen: `${width}x${height}x24`, profile })
    const stage = new Stage(display)
    try {
      await stage.#writeDocuments()
      await stage.#openApplications()
    } catch (error) {
      await display.close()
      throw error
    }
    return stage
  }

  /** Plays a script to its end. */
  async play(script: string): Promise<void> {
    await this.display.play(script)
  }

  /** Loads a page into the browser, as its user does: by its address. */
  async browse(page: Page): Promise<void> {
    const { browser } = applications
    if (page === 'Cinema') await this.#makeFilm()
    const address = `file://${this.#path(`${page}.html`)}`
    await this.play(
      lines(
        ...[`show ${browser}`, 'key Escape', 'sleep 100', 'key ControlLeft+KeyL', 'sleep 200'],
        ...[`type ${address} every 14`, 'sleep 100', 'key Enter', 'sleep 300'],
      ),
    )
    await this.#titled(browser, page)
    // Until its pictures are painted.
    await sleep(1000)
  }

  /** Puts the windows beside each other, with nothing open and the browser at the top of a page. */
  async tidy(page: Page): Promise<void> {
    const { terminal } = applications
    await this.play(lines(sideBySide, `show ${terminal}`, 'key ControlLeft+KeyC'))
    await this.browse(page)
  }

  async close(): Promise<void> {
    await this.display.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #writeDocuments(): Promise<void> {
    const documents = {
      'Article.html': article(),
      'Compose.html': compose(),
      'Glide.html': glide(),
      'Cinema.html': cinema('film.webm'),
      'note.txt': note(),
      'log.txt': log(4000),
      'sheet.fods': sheet(),
      'build.mjs': build,
    }
    for (const [name, text] of Object.entries(documents)) await writeFile(this.#path(name), text)
  }

  async #openApplications(): Promise<void> {
    const { display } = this
    await display.run('xsetroot', ['-solid', '#3a5f7d'])
    await display.sheet(this.#path('sheet.fods'))
    const shell = `head -n 60 log.txt; PS1='$ '; export PS1; exec sh -i`
    await display.terminal(['sh', '-c', shell], ['-sl', '5000'])
    await display.editor(this.#path('note.txt'))
    const flags = [
      ...['--no-sandbox', '--test-type', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ...['--no-default-browser-check', '--password-store=basic', '--disable-smooth-scrolling'],
      `--user-data-dir=${this.#path('browser')}`,
    ]
    await display.spawn('chromium', [...flags, `file://${this.#path('Article.html')}`])
    await display.window(applications.browser, patience)
    await this.#titled(applications.browser, 'Article')
    await this.#titled(applications.sheet, 'sheet.fods')
    await this.play(sideBySide)
    await sleep(3000)
  }

  /** Waits until a window shows a document. */
  async #titled(className: string, title: string): Promise<void> {
    const begun = performance.now()
    while (performance.now() - begun < patience) {
      const { id } = await this.display.window(className)
      const answer = await this.display.run('xprop', ['-id', String(id), '_NET_WM_NAME'])
      if (answer.includes(title)) return
      await sleep(100)
    }
    throw new Error(`${className} does not show ${title}`)
  }

  /** Something that moves everywhere and has grain, as a filmed scene has; ten seconds, once. */
  async #makeFilm(): Promise<void> {
    const film = this.#path('film.webm')
    const there = await access(film).then(
      () => true,
      () => false,
    )
    if (there) return
    const scene = 'mandelbrot=size=960x540:rate=30:start_scale=0.8:end_scale=0.02:end_pts=400'
    const input = ['-f', 'lavfi', '-i', `${scene},noise=alls=12:allf=t`, '-t', '10']
    const codec = ['-c:v', 'libvpx', '-b:v', '9M', '-deadline', 'realtime', '-cpu-used', '8']
    await promisify(execFile)('ffmpeg', ['-v', 'error', ...input, ...codec, film])
  }

  #path(name: string): string {
    return join(this.display.folder, name)
  }
}

/** Prints the log in bursts, as a compiler does: `node build.mjs SECONDS`. */
const build = `
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
const log = readFileSync('log.txt', 'utf8').split('\\n')
const start = performance.now()
const end = 1000 * Number(process.argv[2])
for (let line = 0, burst = 0; performance.now() - start < end; burst++) {
  const size = [1, 1, 3, 1, 8, 2, 1, 5][burst % 8]
  for (let of = 0; of < size; of++) console.log(log[line++ % log.length])
  await sleep(start + 40 * (burst + 1) - performance.now())
}
`
