import type { RecordingInfo } from '../ts/info.js'
import type { Purpose, Receipt } from '../ts/receipt.js'
import type { Track } from '../ts/track.js'
import { element, section } from './dom.js'
import { spellBytes, spellDate, spellKey, spellLength } from './words.js'

/**
 * What the contributor agreed to, and what the recording says of itself, in plain words.
 *
 * @param info - of the recording
 */
export function receiptSection(info: RecordingInfo): HTMLElement {
  const { receipt, manifest } = info
  const day = new Date(info.started).toLocaleDateString('en', {
    dateStyle: 'long',
    timeZone: 'UTC',
  })
  const rows: [string, ...(Node | string)[]][] = [
    [
      'Recorded',
      manifest
        ? `On ${day}: a copy that says no more than the day, ${spellLength(info.duration)} by its own time`
        : `${spellDate(info.started)}, for ${spellLength(info.duration)}`,
    ],
    ['May be recorded', list(info.receipt.tracks.map((track) => tracks[track]))],
    ['For what', purposes[receipt.purpose]],
    [
      'Who opens it',
      manifest
        ? 'The recipient alone. The contributor signed it, under a pseudonym.'
        : 'The contributor alone, until they release it.',
    ],
    ['May be released to', list(receipt.recipients.map(spellKey), 'keys-of')],
    // A copy tells the day alone, as above.
    ...(manifest ? [] : times(receipt)),
    [
      'Read while recorded',
      receipt.live.length === 0
        ? 'Nothing: no program read along.'
        : `The program that recorded could read along: ${receipt.live.join(', ')}.`,
    ],
    ['Captured by', `${info.platform}, written by ${info.software}`],
    ['Sealed', spellBytes(info.bytes)],
    ['Recording', element('code', {}, info.id)],
  ]
  const terms = rows.flatMap(([term, ...told]) => [
    element('dt', {}, term),
    element('dd', {}, ...told),
  ])
  return section('receipt', 'What was agreed', element('dl', {}, ...terms))
}

function times({ issued, expires }: Receipt): [string, string][] {
  return [
    ['Agreed', spellDate(issued * 1000)],
    ['Recordings may start until', spellDate(expires * 1000)],
  ]
}

function list(items: readonly string[], kind?: string): HTMLElement {
  return element('ul', { class: kind }, ...items.map((item) => element('li', {}, item)))
}

const tracks: Readonly<Record<Track, string>> = {
  pointer: 'pointer: where the mouse goes, its buttons and its wheel',
  keyboard: 'keyboard: the keys that were pressed',
  screen: 'screen: pictures of what the screens showed',
  context: 'context: which application and window was used, its title, the monitors',
}

const purposes: Readonly<Record<Purpose, string>> = {
  'agent-training': 'To train software agents that use computers, and nothing else.',
  'agent-evaluation': 'To measure how well software agents use computers, and nothing else.',
}
