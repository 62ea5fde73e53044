import type { Picture, PixelFormat, Rect } from './frame.js'

/** What every item of a recording has. */
export interface ItemTime {
  /** Nanoseconds since the recording started: an integer, 0 to 2⁵³ − 1. */
  readonly time: number
}

/** What every item of the `pointer` track has. */
export interface PointerItem extends ItemTime {
  /** The track. */
  readonly track: 'pointer'
  /** Where the pointer is after the event: physical pixels of the virtual desktop from its left. */
  readonly x: number
  /** Physical pixels of the virtual desktop from its top. */
  readonly y: number
  /** Whether software made the event (XTEST and the like), where the system tells. */
  readonly injected: boolean
}

/** The pointer moved. */
export interface PointerMove extends PointerItem {
  /** What happened. */
  readonly type: 'pointermove'
  /** The device's own movement to the right, before acceleration, in 1/256 of its unit. */
  readonly rawX?: number
  /** The device's own movement downwards; there if and only if `rawX` is. */
  readonly rawY?: number
}

/** A button of the pointer went down or up. */
export interface PointerButton extends PointerItem {
  /** What happened. */
  readonly type: 'pointerdown' | 'pointerup'
  /** As the DOM numbers it: 0 left, 1 middle, 2 right, 3 back, 4 forward, up to 255. */
  readonly button: number
}

/** A wheel turned, or two fingers scrolled. */
export interface Wheel extends PointerItem {
  /** What happened. */
  readonly type: 'wheel'
  /** To the right, in 1/120 detents. */
  readonly deltaX: number
  /** Downwards, in 1/120 detents. */
  readonly deltaY: number
  /** Whether the device scrolls smoothly, or in whole detents. */
  readonly smooth: boolean
}

/** Modifier names, the W3C's, in the order of their bits in a recording. */
export const modifierNames = [
  'Shift',
  'Control',
  'Alt',
  'Meta',
  'AltGraph',
  'CapsLock',
  'NumLock',
  'ScrollLock',
] as const

/** A modifier that is in effect, by its W3C name. */
export type Modifier = (typeof modifierNames)[number]

/** What every item of the `keyboard` track has. */
export interface KeyboardItem extends ItemTime {
  /** The track. */
  readonly track: 'keyboard'
  /** What is in effect after the event, in the order of {@link modifierNames}. */
  readonly modifiers: readonly Modifier[]
  /** Whether software made the event (XTEST and the like), where the system tells. */
  readonly injected: boolean
}

/** A key went down. */
export interface KeyDown extends KeyboardItem {
  /** What happened. */
  readonly type: 'keydown'
  /** The key's place: a W3C UI Events `code` such as `KeyA`, 1 to 32 ASCII letters and digits. */
  readonly code: string
  /** The key's meaning under the active layout: the W3C's `key`, such as `a`, `Enter`, `Dead`. */
  readonly key: string
  /** What the key types, dead keys and compose sequences resolved; empty when nothing. */
  readonly text: string
  /** Whether the system made the press because the key was held. */
  readonly repeat: boolean
}

/** A key went up. */
export interface KeyUp extends KeyboardItem {
  /** What happened. */
  readonly type: 'keyup'
  /** The key's place: a W3C UI Events `code`. */
  readonly code: string
  /** The key's meaning under the active layout: the W3C's `key`. */
  readonly key: string
}

/** Nothing was pressed; the modifiers were read afresh (at start, on focus, on unlock). */
export interface Modifiers extends KeyboardItem {
  /** What happened. */
  readonly type: 'modifiers'
}

/** From now on another keyboard layout gives the text. */
export interface Layout extends KeyboardItem {
  /** What happened. */
  readonly type: 'layout'
  /** The system's name for the layout, such as `us` or `de(nodeadkeys)`. */
  readonly name: string
  /** Which of the configured layouts it is, 0 to 255. */
  readonly group: number
}

/** Kinds of keys, in the order of their bits in a recording. */
export const keyClassNames = [
  'letter',
  'digit',
  'space',
  'punctuation',
  'editing',
  'navigation',
] as const

/** What kind of key it was, where the key itself is not told. */
export type KeyClass = (typeof keyClassNames)[number]

/** Stands for keys that are not told: not how many they were, nor in which order. */
export interface Redacted extends ItemTime {
  /** The track. */
  readonly track: 'keyboard'
  /** What happened. */
  readonly type: 'redacted'
  /**
   * What they made: a class of docs/detectors.md such as `credit_card`; or `uncertain`,
   * `unknown_field`, `unfinished` where nobody knows. 1 to 64 of `a–z 0–9 _`.
   */
  readonly class: string
  /** What kinds of keys they were, in the order of {@link keyClassNames}; empty where the class says enough. */
  readonly keys: readonly KeyClass[]
}

/** The screen shows something else. */
export interface FrameItem extends ItemTime {
  /** The track. */
  readonly track: 'screen'
  /** What happened. */
  readonly type: 'frame'
  /** Pixels from left to right, 1 to 32768. */
  readonly width: number
  /** Pixels from top to bottom, 1 to 32768. */
  readonly height: number
  /** How a pixel lies in its 32 bits. */
  readonly format: PixelFormat
  /** Whether the picture was begun anew: everything may differ from the one before. */
  readonly key: boolean
  /** How many pixels were painted for this picture; one that was painted twice counts twice. */
  readonly painted: number
  /** Rectangles of the picture that cover all that was painted: of a `key` frame the whole. */
  readonly changed: readonly Rect[]
  /**
   * The whole picture. A live view, valid until the next item is asked for: the reader writes the
   * next picture into the same memory. Keep one with {@link Picture.copy} or
   * {@link Picture.toRgba}.
   */
  readonly picture: Picture
}

/** The pointer has another image. */
export interface CursorImage extends ItemTime {
  /** The track. */
  readonly track: 'screen'
  /** What happened. */
  readonly type: 'cursorimage'
  /** Pixels from left to right, 1 to 256. */
  readonly width: number
  /** Pixels from top to bottom, 1 to 256. */
  readonly height: number
  /** The column that is at the pointer's position, less than `width`. */
  readonly hotspotX: number
  /** The row that is at the pointer's position, less than `height`. */
  readonly hotspotY: number
  /** Premultiplied pixels, row by row: blue in bits 0–7, green, red, alpha in 24–31. */
  readonly pixels: Uint32Array
}

/** The pointer's image was drawn elsewhere, or hidden: then `x` and `y` are absent. */
export interface CursorPosition extends ItemTime {
  /** The track. */
  readonly track: 'screen'
  /** What happened. */
  readonly type: 'cursorposition'
  /** Where the hotspot is: physical pixels of the virtual desktop from its left. */
  readonly x?: number
  /** Physical pixels of the virtual desktop from its top; there if and only if `x` is. */
  readonly y?: number
}

/** An application, as rules name it. */
export interface App {
  /** The class part of `WM_CLASS` on X11; the bundle identifier or executable elsewhere. */
  readonly id: string
  /** The instance part of `WM_CLASS` on X11; elsewhere as `id`. */
  readonly instance: string
}

/** A top-level window. */
export interface Window {
  /** The system's number for it, unique while it lives: 0 to 2⁵³ − 1. */
  readonly id: number
  /** Whose window it is; absent where that was not known. */
  readonly app?: App
  /** Its title; empty when it has none. */
  readonly title: string
  /** Where it is, its frame included: physical pixels of the virtual desktop. */
  readonly bounds: Rect
}

/** A monitor. */
export interface Monitor {
  /** The connector's name, such as `DP-1`. */
  readonly name: string
  /** The part of the virtual desktop that it shows, in physical pixels. */
  readonly bounds: Rect
  /** Whether it is the primary one. */
  readonly primary: boolean
}

/** Another window has the keyboard. */
export interface Focus extends ItemTime {
  /** The track. */
  readonly track: 'context'
  /** What happened. */
  readonly type: 'focus'
  /** The window; absent when none is known to have the keyboard. */
  readonly window?: Window
}

/** The focused window has another title or other bounds. */
export interface WindowChange extends ItemTime {
  /** The track. */
  readonly track: 'context'
  /** What happened. */
  readonly type: 'window'
  /** The focused window as it is now. */
  readonly window: Window
}

/** Other monitors are connected, or they are arranged otherwise. */
export interface Monitors extends ItemTime {
  /** The track. */
  readonly track: 'context'
  /** What happened. */
  readonly type: 'monitors'
  /** All that are connected now, at most 64. */
  readonly monitors: readonly Monitor[]
}

/** Another virtual desktop is shown. */
export interface Workspace extends ItemTime {
  /** The track. */
  readonly track: 'context'
  /** What happened. */
  readonly type: 'workspace'
  /** Which one, from 0. */
  readonly index: number
  /** Its name; empty when it has none. */
  readonly name: string
}

/** A part of a window that its application tells of: a button, a field, an entry of a menu. */
export interface Element {
  /** A number for it, unique while it lives: 0 to 2⁵³ − 1. */
  readonly id: number
  /** The number of the window that it is in. */
  readonly window: number
  /** Whose it is; absent where that was not known. */
  readonly app?: App
  /**
   * What it is: the W3C's ARIA role where it has one, such as `textbox`, else the name that its system
   * gives it, such as `terminal` or `password`. Lower-case letters and hyphens.
   */
  readonly role: string
  /** What it is called; empty where it has no name, and always for a field of the role `password`. */
  readonly name: string
  /** Where it is, in physical pixels of the virtual desktop; absent where that was not told. */
  readonly bounds?: Rect
}

/** Another element has the keyboard, or one was clicked. */
export interface ElementItem extends ItemTime {
  /** The track. */
  readonly track: 'context'
  /** What happened. */
  readonly type: 'element'
  /** Whether it has the keyboard now, or a button was pressed over it. */
  readonly contact: 'focused' | 'clicked'
  /** The element. */
  readonly element: Element
}

/**
 * One thing that happened in a recording: match on `type` (or on `track` first). Names are those of
 * docs/format.md §11.1.
 */
export type Item =
  | PointerMove
  | PointerButton
  | Wheel
  | KeyDown
  | KeyUp
  | Modifiers
  | Layout
  | Redacted
  | FrameItem
  | CursorImage
  | CursorPosition
  | Focus
  | WindowChange
  | Monitors
  | Workspace
  | ElementItem
