import type { Events } from './events.js'
import type { Marks } from './marks.js'
import type { Player } from './player.js'
import type { Transport } from './transport.js'

/** What keys act on. */
export interface Acting {
  readonly player: Player
  readonly transport: Transport
  readonly events: Events
  /** Absent where nothing can be marked. */
  readonly marks?: Marks
}

/** Each key, with what it does, for the page's own help. */
export const shortcuts = [
  ['Space', 'play, pause'],
  [', .', 'previous, next picture'],
  ['← →', '5 seconds back, on'],
  ['I O', 'mark from here, to here'],
  ['/', 'search'],
] as const

/**
 * Lets keys act anywhere in the page but where text is typed, and where the element has a use for them.
 *
 * @param acting - what they act on
 * @param left - aborted when that is gone
 */
export function listenForKeys(
  { player, transport, events, marks }: Acting,
  left: AbortSignal,
): void {
  const acts: Readonly<Record<string, () => void>> = {
    ' ': () => {
      transport.toggle()
    },
    ',': () => {
      player.step(-1)
    },
    '.': () => {
      player.step(1)
    },
    ArrowLeft: () => {
      player.seek(player.time - 5e9)
    },
    ArrowRight: () => {
      player.seek(player.time + 5e9)
    },
    i: () => {
      marks?.from()
    },
    o: () => {
      marks?.to()
    },
    '/': () => {
      events.focusSearch()
    },
  }
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return
    if (usesKey(event.target, event.key) || document.querySelector('dialog[open]')) return
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  document.addEventListener('keydown', listen, { signal: left })
}

/** Whether a key means something else where it is pressed: in text, on buttons, in lists. */
function usesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.matches('input:not([type=checkbox]), select, textarea')) return true
  return key === ' ' && target.matches('button, summary, input')
}
