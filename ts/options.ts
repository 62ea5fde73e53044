import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type * as binding from '../native/binding.js'
import { type DirectOptions, toNativeDirect } from './direct.js'
import { UnderstudyError } from './errors.js'
import type { Heartbeat } from './heartbeat.js'
import type { LiveOptions } from './live.js'
import type { PolicyLayer } from './policy.js'
import type { Track } from './track.js'

/** Settings of {@link Recorder.start}: what is recorded, and one of `out` and `folder`. */
export type RecorderOptions = RecordingOptions & (OutOption | FolderOption)

/** A folder for many recordings. */
export interface OutOption {
  /** In here, the recording gets a folder of its own: `recording-20261123T101530Z-1f9a3c`. */
  readonly out: string
  /** Not with `out`. */
  readonly folder?: never
}

/** A folder for one recording. */
export interface FolderOption {
  /** The recording's own folder: made if it is missing, and empty if it is there. */
  readonly folder: string
  /** Not with `folder`. */
  readonly out?: never
}

/** What is recorded. */
export interface RecordingOptions {
  /**
   * The contributor's consent, as `understudy consent` writes it: the path of receipt.json (as text
   * or `file:` URL), its content, or that parsed.
   */
  readonly receipt: string | URL | object
  /** What to record: some of the tracks that the receipt covers; default: all of them. */
  readonly tracks?: readonly Track[]
  /**
   * Applications that leave nothing: no keys, no pixels, no titles. On X11 each is one of the two
   * parts of `WM_CLASS`, whatever its case: 1 to 256 bytes, at most 1,024 of them.
   */
  readonly exclude?: readonly string[]
  /**
   * Applications in which typed text may be kept although no accessibility tells what kind of field it
   * goes to, named as in `exclude`. Elsewhere, of such text only the kinds of keys are kept.
   */
  readonly trusted?: readonly string[]
  /**
   * Layers of policy beside the built-in floor (docs/policy.md): the path of each file (as text or
   * `file:` URL), its content, or that parsed. Each can only tighten what is recorded.
   */
  readonly policy?: readonly (string | URL | object)[]
  /**
   * Whose layers of an organisation count: Ed25519 public keys in hexadecimal, as
   * `understudy policy sign` prints them. A contributor's layer must be signed by whoever signed the receipt.
   */
  readonly policyKeys?: readonly string[]
  /**
   * To whom it is meant to be released: public keys, as text. The receipt must name each, so that nobody
   * records for a recipient whom the contributor was not asked about. Default: whoever it names.
   */
  readonly recipients?: readonly string[]
  /** How the screen is recorded. */
  readonly screen?: ScreenOptions
  /**
   * Lets this program read some tracks while they are recorded, with {@link Recorder.live}. Only what
   * the contributor agreed to have read: the receipt must name each of these tracks in `live`.
   */
  readonly live?: LiveOptions
  /**
   * Has it released by itself when it is stopped, before anybody has looked through it: the copies that
   * {@link release} would make, in the same place. Nothing is sent. Default: the contributor releases it, or
   * does not. The indicator says so; a host's own has to ({@link HeartbeatOptions.direct}).
   */
  readonly direct?: DirectOptions
  /**
   * How long what was recorded may gather in memory before it is sealed and written, in
   * milliseconds: 0 to 400, default 400. Shorter loses less in a crash, and costs more.
   */
  readonly flush?: number
  /**
   * How many bytes of coded pictures may wait in memory until what was typed before them, and what their windows
   * say that they show, has been judged: 0 to 1,073,741,824 (1 GiB), default 50,331,648 (48 MiB). Where more would
   * have to, windows in which such text may show are painted over until it has been judged, and the others go on;
   * with 0 always.
   */
  readonly holdBytes?: number
  /** On X11: the display, such as `:1`; default: that of the environment, `DISPLAY`. */
  readonly display?: string
  /**
   * What shows the contributor that they are recorded. Default: `native`, a small window on top of all
   * others that says recording, paused or withheld, pauses and resumes by a click, and has a menu. Or the
   * host's own, by its heartbeat. There is no third: while neither can be seen, nothing is kept, and the
   * journal says `no-indicator`.
   */
  readonly indicator?: 'native' | Heartbeat
  /**
   * Keys that pause and resume wherever the keyboard is, with the native indicator: `Ctrl`, `Alt`, `Shift`,
   * `Super` and a letter, a digit, `F1` to `F24` or `Pause`; default `Ctrl+Alt+Shift+P`; `false`: none. They
   * do not reach any application. See {@link Recorder.hotkey}.
   */
  readonly hotkey?: string | false
  /** Records a scripted desktop instead of this machine's: for tests, on any system. */
  readonly synthetic?: SyntheticOptions
}

/** How the screen is recorded. */
export interface ScreenOptions {
  /** Pictures a second at most: 1 to 240, default 30. A screen that stands still gives none. */
  readonly maxFps?: number
}

/**
 * A scripted desktop without a display: someone types, clicks, scrolls and drags in two or three
 * applications. The same settings give the same script on every machine.
 */
export interface SyntheticOptions {
  /** Another seed, another text: a whole number, 0 to 4,294,967,295; default 1. */
  readonly seed?: number
  /** Pixels: 64 to 7680, default 1280. */
  readonly width?: number
  /** Pixels: 64 to 4320, default 720. */
  readonly height?: number
  /** Pictures a second that it draws at most: 1 to 240, default 30. */
  readonly fps?: number
  /** How long the script is: up to 86,400 seconds, default 10. Then the desktop stands still. */
  readonly seconds?: number
  /** Plays as fast as it is recorded, on its own clock; default: in real time. */
  readonly asap?: boolean
  /** Every picture differs from the one before; default false. */
  readonly animate?: boolean
  /** To test how a host takes a failure: the display is lost, at this millisecond of the script. */
  readonly failAt?: number
  /** To test how a host takes a defect: a thread of the recorder panics. */
  readonly panicAt?: SyntheticPanic
}

/** Which thread panics, and when. */
export interface SyntheticPanic {
  /** What the thread does. */
  readonly part: 'watcher' | 'hook' | 'capturer'
  /** Milliseconds of the script. */
  readonly time: number
}

/**
 * The folder that a recording gets for its own.
 *
 * @param options - where to
 * @returns its path
 * @throws {@link UnderstudyError} `invalid-argument` when nothing says where to
 * @internal
 */
export function ownFolder(options: RecorderOptions): string {
  if (options.folder !== undefined) return options.folder
  // Plain JavaScript may pass neither.
  if (typeof options.out !== 'string') {
    throw new UnderstudyError('invalid-argument', 'Where to? Give `out`, or `folder`')
  }
  const now = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return join(options.out, `recording-${now}Z-${randomBytes(3).toString('hex')}`)
}

/**
 * The settings as the addon takes them.
 *
 * @param options - what is recorded
 * @param receipt - the text of the receipt
 * @param policy - the layers, read
 * @param folder - the recording's own
 * @returns them, without what is to be as it is by default
 * @internal
 */
export function toNative(
  {
    tracks,
    exclude,
    trusted,
    policyKeys,
    recipients,
    screen,
    flush,
    holdBytes,
    live,
    direct,
    display,
    hotkey,
    synthetic,
  }: RecorderOptions,
  receipt: string,
  policy: readonly PolicyLayer[],
  folder: string,
): binding.RecorderOptions {
  return {
    receipt,
    folder,
    policy,
    ...(policyKeys && { policyKeys }),
    ...(recipients && { recipients }),
    ...(tracks && { tracks }),
    ...(exclude && { exclude }),
    ...(trusted && { trusted }),
    ...(screen?.maxFps !== undefined && { maxFps: screen.maxFps }),
    ...(flush !== undefined && { flush }),
    ...(holdBytes !== undefined && { holdBytes }),
    ...(live && { live: live.tracks }),
    ...(direct && { direct: toNativeDirect(direct) }),
    ...(display !== undefined && { display }),
    ...(hotkey !== undefined && { hotkey: hotkey === false ? '' : hotkey }),
    ...(synthetic && { synthetic }),
  }
}
