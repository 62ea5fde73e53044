// A private X display with real applications, and hands that work on it; whatever it starts, it ends, and nothing else.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Picture, type Rect } from '../ts/frame.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** How long anything may take to come up. */
const patience = 20_000

/** What a private display is like; each member has a default. */
export interface DisplayOptions {
  /** Width, height, depth; default `1280x800x24`. */
  readonly screen?: string
  /** Arguments of setxkbmap; default `us`. */
  readonly layout?: readonly string[]
  /** Which build of the player works on it; default `dev`. */
  readonly profile?: Profile
  /** Whether the server paints the pointer; default true. */
  readonly cursor?: boolean
  /** Whether applications that are started tell of their elements; default false. */
  readonly accessibility?: boolean
}

/** How cargo builds. */
export type Profile = 'dev' | 'release'

/** A window that the window manager knows. */
export interface Managed {
  readonly id: number
  /** Both parts of WM_CLASS. */
  readonly instance: string
  readonly class: string
  /** What is drawn by the application: without the title bar. */
  readonly bounds: Rect
}

/** A running Xvfb with openbox and a message bus, and with folders of its own in place of the user's. */
export class Display implements AsyncDisposable {
  /** As in DISPLAY: `:99`. */
  readonly name: string
  /** The home folder of whatever runs here; removed at the end. */
  readonly folder: string
  readonly #profile: Profile
  readonly #environment: NodeJS.ProcessEnv
  readonly #server: ChildProcess
  readonly #clients: ChildProcess[] = []

  private constructor(name: string, folder: string, server: ChildProcess, profile: Profile) {
    this.#profile = profile
    this.name = name
    this.folder = folder
    this.#server = server
    this.#environment = {
      PATH: process.env['PATH'],
      SHELL: '/bin/sh',
      LC_ALL: 'C.UTF-8',
      DISPLAY: name,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      // Nothing that outlives the display: no accessibility bus, no mounts, no settings of the user's.
      NO_AT_BRIDGE: '1',
      GIO_USE_VFS: 'local',
      GSETTINGS_BACKEND: 'memory',
    }
  }

  /**
   * Starts a display on a number that is free.
   *
   * @throws Error when a program is missing, with what to do about it
   */
  static async start({
    screen = '1280x800x24',
    layout = ['us'],
    profile = 'dev',
    cursor = true,
    accessibility = false,
  }: DisplayOptions = {}): Promise<Display> {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-display-'))
    const args = ['-displayfd', '1', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset']
    args.push('-fbdir', folder, ...(cursor ? [] : ['-nocursor']))
    const server = await start('Xvfb', args, { PATH: process.env['PATH'] })
    const number = await firstLine(server)
    const display = new Display(`:${number}`, folder, server, profile)
    try {
      await display.#prepare(layout)
      if (accessibility) await display.#tellElements()
    } catch (error) {
      await display.close()
      throw error
    }
    return display
  }

  async #prepare(layout: readonly string[]): Promise<void> {
    for (const name of ['config/gtk-3.0', 'cache', 'data', 'state']) {
      await mkdir(join(this.folder, name), { recursive: true })
    }
    await mkdir(join(this.folder, 'run'), { mode: 0o700 })
    // A screen on which nothing happens by itself.
    const gtk = '[Settings]\ngtk-cursor-blink=false\ngtk-enable-animations=false\n'
    await writeFile(join(this.folder, 'config/gtk-3.0/settings.ini'), gtk)
    // Starts no services: they would outlive it.
    const bus = `<busconfig><type>session</type><listen>unix:dir=${this.folder}</listen>
      <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
    await writeFile(join(this.folder, 'bus.conf'), bus)
    const config = join(this.folder, 'bus.conf')
    const daemon = await this.spawn('dbus-daemon', [
      `--config-file=${config}`,
      '--nofork',
      '--print-address=1',
    ])
    this.#environment['DBUS_SESSION_BUS_ADDRESS'] = await firstLine(daemon)
    await this.run('setxkbmap', layout)
    await this.spawn('openbox', [])
    await this.#until('openbox', async () =>
      (await this.run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'])).includes('window id'),
    )
  }

  /** Starts a bus on which applications tell of their elements; the display names it. */
  async #tellElements(): Promise<void> {
    delete this.#environment['NO_AT_BRIDGE']
    await this.spawn('/usr/libexec/at-spi-bus-launcher', ['--launch-immediately'])
    const send = async (...message: string[]) => {
      const bus = ['--session', '--print-reply=literal', '--dest=org.a11y.Bus', '/org/a11y/bus']
      return await this.run('dbus-send', [...bus, ...message]).catch(() => '')
    }
    const address = await this.#until(
      'the accessibility bus',
      async () => (await send('org.a11y.Bus.GetAddress')).trim() || undefined,
    )
    const name = ['-root', '-f', 'AT_SPI_BUS', '8s', '-set', 'AT_SPI_BUS']
    await this.run('xprop', [...name, address])
    const status = ['org.freedesktop.DBus.Properties.Set', 'string:org.a11y.Status']
    await send(...status, 'string:IsEnabled', 'variant:boolean:true')
  }

  /** Runs a program to its end; returns what it printed. */
  async run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(program, args, { env: this.#environment })
    return stdout
  }

  /** Starts a program that runs on; it ends with the display. */
  async spawn(program: string, args: readonly string[]): Promise<ChildProcess> {
    const child = await start(program, args, this.#environment, this.folder)
    this.#clients.push(child)
    return child
  }

  /** Starts an xterm in which a command runs, and waits until it shows. */
  async terminal(
    command: readonly string[],
    args: readonly string[] = [],
    className = 'XTerm',
  ): Promise<Managed> {
    const font = ['-fa', 'DejaVu Sans Mono', '-fs', '11']
    await this.spawn('xterm', ['-u8', ...font, ...args, '-e', ...command])
    return await this.window(className)
  }

  /** Starts the GTK editor mousepad with a file, and waits until it shows. */
  async editor(file: string): Promise<Managed> {
    await this.spawn('mousepad', ['--disable-server', file])
    return await this.window('Mousepad')
  }

  /** Starts Chromium with nothing but a page, over the whole screen, and waits until it shows. */
  async page(url: URL): Promise<Managed> {
    await this.browse(['--kiosk', '--force-renderer-accessibility', url.href])
    return await this.window('Chromium')
  }

  /** Starts Chromium, or has the one that runs open what it is asked to. */
  async browse(asked: readonly string[]): Promise<ChildProcess> {
    const profile = `--user-data-dir=${join(this.folder, 'chromium')}`
    // Containers run tests as root, whom Chromium gives no sandbox.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const quiet = ['--no-first-run', '--disable-gpu', '--disable-background-networking']
    const args = [profile, ...sandbox, ...quiet, '--password-store=basic']
    return await this.spawn('chromium', [...args, ...asked])
  }

  /** Starts LibreOffice Calc with a document or an empty sheet, and waits until it shows. */
  async sheet(file?: string): Promise<Managed> {
    const profile = join(this.folder, 'office')
    await mkdir(join(profile, 'user'), { recursive: true })
    await writeFile(join(profile, 'user/registrymodifications.xcu'), officeSettings)
    const quiet = ['--norestore', '--nologo', '--nofirststartwizard', '--calc']
    const document = file === undefined ? [] : [file]
    await this.spawn('soffice', [`-env:UserInstallation=file://${profile}`, ...quiet, ...document])
    // An office suite is slow to come up for the first time.
    return await this.window('libreoffice-calc', 90_000)
  }

  /** What the window that has the keyboard is called. */
  async title(): Promise<string> {
    const active = await this.run('xprop', ['-root', '_NET_ACTIVE_WINDOW'])
    const id = /0x[\da-f]+/.exec(active)?.[0] ?? ''
    const title = await this.run('xprop', ['-id', id, '_NET_WM_NAME'])
    return /"(.*)"/.exec(title)?.[1] ?? ''
  }

  /**
   * Waits until a window of this class shows.
   *
   * @param className - the second part of its WM_CLASS
   * @param wait - for how many milliseconds
   */
  async window(className: string, wait = patience): Promise<Managed> {
    const find = async () => (await this.windows()).find((window) => window.class === className)
    return await this.#until(className, find, wait)
  }

  /** Waits until a window of this class has the keyboard. */
  async focused(className: string): Promise<void> {
    const { id } = await this.window(className)
    await this.#until(`focus of ${className}`, async () => {
      const answer = await this.run('xprop', ['-root', '_NET_ACTIVE_WINDOW'])
      return Number(/0x[\da-f]+/.exec(answer)?.[0]) === id
    })
  }

  /** What the window manager shows now. */
  async windows(): Promise<Managed[]> {
    const list = await this.run('xprop', ['-root', '_NET_CLIENT_LIST'])
    const found = (list.match(/0x[\da-f]+/g) ?? []).map(async (id) => {
      // A window may close while it is looked at.
      const names = await this.run('xprop', ['-id', id, 'WM_CLASS']).catch(() => '')
      const info = await this.run('xwininfo', ['-id', id]).catch(() => '')
      const [, instance, className] = /"(.*)", "(.*)"/.exec(names) ?? []
      if (instance === undefined || className === undefined) return []
      if (!info.includes('IsViewable')) return []
      const number = (label: string) => Number(new RegExp(`${label}: +(-?\\d+)`).exec(info)?.[1])
      const bounds = {
        x: number('Absolute upper-left X'),
        y: number('Absolute upper-left Y'),
        width: number('Width'),
        height: number('Height'),
      }
      return [{ id: Number(id), instance, class: className, bounds }]
    })
    return (await Promise.all(found)).flat()
  }

  /**
   * Plays a script by XTEST, as `examples/play` in crates/capture understands it.
   *
   * @param script - a command a line
   * @param reached - called with each line's number, from 0, when it is done; and when it was, by the wall
   *   clock in milliseconds
   */
  async play(script: string, reached?: (line: number, at: number) => void): Promise<void> {
    const child = await start(
      await player(this.#profile),
      ['--display', this.name, '--log'],
      this.#environment,
    )
    const complaints: Buffer[] = []
    child.stderr?.on('data', (data: Buffer) => complaints.push(data))
    if (child.stdout) {
      createInterface(child.stdout).on('line', (line) => {
        const { line: number, at } = JSON.parse(line) as { line: number; at: number }
        reached?.(number - 1, at)
      })
    }
    child.stdin?.end(`${script}\n`)
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`${String(code)}: ${Buffer.concat(complaints).toString()}`)
  }

  /**
   * What the screen shows now: the server's framebuffer, so not by the way that we capture. A software
   * cursor is painted in; see `cursor` of {@link DisplayOptions}.
   */
  async screenshot(): Promise<Picture> {
    const bytes = await readFile(join(this.folder, 'Xvfb_screen0'))
    const dimensions = await this.run('xwininfo', ['-root'])
    const number = (label: string) => Number(new RegExp(`${label}: +(\\d+)`).exec(dimensions)?.[1])
    return parseXwd(bytes, number('Width'), number('Height'))
  }

  /** Gives the screen another size: `1024x768`, not larger than it began. */
  async resize(size: string): Promise<void> {
    const [width = '', height = ''] = size.split('x')
    const timing = [25, width, width, width, width, height, height, height, height].map(String)
    await this.run('xrandr', ['--newmode', size, ...timing])
    await this.run('xrandr', ['--addmode', 'screen', size])
    await this.run('xrandr', ['--dpi', '96', '--output', 'screen', '--mode', size])
  }

  /** Waits until the screen has stood still for a while; returns what it shows. */
  async still(milliseconds = 700): Promise<Picture> {
    let picture = await this.screenshot()
    return await this.#until('a still screen', async () => {
      await sleep(milliseconds)
      const before = picture
      picture = await this.screenshot()
      const same = picture.width === before.width && picture.height === before.height
      return same && picture.pixels.every((pixel, at) => pixel === before.pixels[at]) && picture
    })
  }

  /** Kills the server, as a crash would. */
  async kill(): Promise<void> {
    await end(this.#server, 'SIGKILL')
  }

  /** Ends all that was started. */
  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => end(client, 'SIGTERM')))
    await end(this.#server, 'SIGTERM')
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #until<T>(
    what: string,
    check: () => Promise<T | false | undefined>,
    wait = patience,
  ): Promise<T> {
    const begun = performance.now()
    while (performance.now() - begun < wait) {
      const found = await check()
      if (found !== false && found !== undefined) return found
      await sleep(50)
    }
    throw new Error(`${what} did not come up on ${this.name} within ${wait / 1000} s`)
  }
}

/** Children that run, so that none is left when this process ends early. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

async function start(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<ChildProcess> {
  const child = spawn(program, args, { env, cwd, stdio: 'pipe' })
  running.add(child)
  child.once('exit', () => running.delete(child))
  // Whoever ends first closes the pipe.
  child.stdin.on('error', () => undefined)
  child.stdout.on('error', () => undefined)
  try {
    await once(child, 'spawn')
  } catch (error) {
    running.delete(child)
    const advice = 'node scripts/setup.mjs display'
    throw new Error(`${program} cannot be started. Try: ${advice}`, { cause: error })
  }
  // GTK and X have much to say.
  child.stderr.resume()
  return child
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 2000)
  await ended
  clearTimeout(late)
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('its output is no pipe')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => [undefined]),
  ])) as [string | undefined]
  lines.close()
  child.stdout.resume()
  if (line === undefined) throw new Error(`${child.spawnargs.join(' ')} ended at once`)
  return line
}

const players = new Map<Profile, Promise<string>>()

/** Builds the player, if it is not built yet; returns its path. */
export function player(profile: Profile): Promise<string> {
  const built = players.get(profile) ?? buildExample('understudy-capture', 'play', profile)
  players.set(profile, built)
  return built
}

/** Builds an example of one of the crates, if it is not built yet; returns its path. */
export async function buildExample(
  crate: string,
  name: string,
  profile: Profile = 'dev',
): Promise<string> {
  // As napi builds the addon and scripts/test.mjs the tests: what they built is not built again.
  const host = (await run('rustc', ['--print', 'host-tuple'], { cwd: root })).stdout.trim()
  const packages = profile === 'dev' ? ['--workspace'] : ['-p', 'understudy-node', '-p', crate]
  const args = ['build', '--locked', '--profile', profile, '--target', host, ...packages]
  const what = ['--example', name, '--message-format=json-render-diagnostics']
  const { stdout } = await run('cargo', [...args, ...what], { cwd: root, maxBuffer: 1 << 26 })
  for (const line of stdout.trim().split('\n').reverse()) {
    const { executable } = JSON.parse(line) as { executable?: string | null }
    if (typeof executable === 'string') return executable
  }
  throw new Error(`cargo named no executable for ${name}`)
}

/**
 * Parses X's dump of a window: a header of 32-bit numbers, colours, rows of pixels.
 *
 * @param bytes - the file
 * @param width - of what is wanted: a screen that was made smaller lies in the larger one's rows
 * @param height - of what is wanted
 */
export function parseXwd(bytes: Buffer, width: number, height: number): Picture {
  const member = (index: number) => bytes.readUInt32BE(4 * index)
  const [headerLength, version, format, depth] = [member(0), member(1), member(2), member(3)]
  const [order, bits, rowLength, colours] = [member(7), member(11), member(12), member(19)]
  if (version !== 7 || format !== 2 || order !== 0 || bits !== 32) {
    throw new Error('The framebuffer has not 32 little-endian bits a pixel')
  }
  const picture = new Picture(width, height, depth === 30 ? 'bgrx10' : 'bgrx8')
  const mask = 2 ** depth - 1
  const start = headerLength + 12 * colours
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      picture.pixels[y * width + x] = bytes.readUInt32LE(start + y * rowLength + 4 * x) & mask
    }
  }
  return picture
}

/** The content of a file that appears, or changes until it fits. */
export async function readWhen(file: string, fits: (text: string) => boolean): Promise<string> {
  let text = ''
  const begun = performance.now()
  while (performance.now() - begun < 5000) {
    text = await readFile(file, 'utf8').catch(() => '')
    if (fits(text)) break
    await sleep(50)
  }
  return text
}

/** No tip of the day, no news, no files saved by themselves in the middle of a scene. */
const officeSettings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
${[
  ['org.openoffice.Office.Common/Misc', 'ShowTipOfTheDay', 'false'],
  ['org.openoffice.Office.Common/Misc', 'FirstRun', 'false'],
  ['org.openoffice.Setup/Product', 'LastTimeDonateShown', '4000000000'],
  ['org.openoffice.Setup/Product', 'LastTimeGetInvolvedShown', '4000000000'],
  ['org.openoffice.Setup/Product', 'ooSetupLastVersion', '7.4'],
  ['org.openoffice.Office.Recovery/AutoSave', 'Enabled', 'false'],
]
  .map(
    ([path, name, value]) =>
      `<item oor:path="/${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  )
  .join('\n')}
</oor:items>`
