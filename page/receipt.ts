import { receiptText } from '../ts/consent.js'
import type { Controller } from '../ts/controller.js'
import type { RecordingInfo } from '../ts/info.js'
import type { Coarse, prohibitedUses, Purpose, Receipt } from '../ts/receipt.js'
import type { Track } from '../ts/track.js'
import { element, section } from './dom.js'
import { plural, spellBytes, spellDate, spellKey, spellLength } from './words.js'

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
    ['Never for', list(receipt.prohibited.map((use) => prohibited[use]))],
    [
      'Who opens it',
      manifest
        ? 'The recipient alone. The contributor signed it, under a pseudonym.'
        : 'The contributor alone, until they release it.',
    ],
    [
      manifest ? 'Was released to' : 'May be released to',
      list(receipt.recipients.map(spellKey), 'keys-of'),
    ],
    ['Times in a released copy', spellCoarse(receipt.coarse)],
    // A copy tells the day alone, as above, and nothing of what else was agreed to.
    ...(manifest ? [] : own(receipt)),
    [
      'Read while recorded',
      receipt.live.length === 0
        ? 'Nothing: no program read along.'
        : `The program that recorded could read along: ${receipt.live.join(', ')}.`,
    ],
    ['Captured by', `${info.platform}, written by ${info.software}`],
    ['Sealed', spellBytes(info.bytes)],
    [
      'How it is taken back',
      manifest
        ? 'The contributor can withdraw it; then it may not be used any more, and has to be deleted.'
        : 'understudy withdraw: destroys what was not released, and has copies refused.',
    ],
    ['Recording', element('code', {}, info.id)],
  ]
  const terms = rows.flatMap(([term, ...told]) => [
    element('dt', {}, term),
    element('dd', {}, ...told),
  ])
  const shown = receiptText(receipt)
  return section(
    'receipt',
    'What was agreed',
    element('dl', {}, ...terms),
    ...(shown === undefined ? [] : [textOf(shown)]),
  )
}

/** The very text that the contributor was shown: its hash is the one that they signed. */
function textOf(shown: string): HTMLElement {
  const summary = element('summary', {}, 'The text that was shown, word for word')
  return element('details', {}, summary, element('pre', { tabindex: 0 }, shown))
}

/** What only the contributor's own receipt says. */
function own(receipt: Receipt): [string, ...(Node | string)[]][] {
  const { issued, expires, direct, policy, filter, replaces, controller } = receipt
  const hashes = (all: readonly string[]) => list(all, 'keys-of')
  return [
    [
      'Released without review',
      direct
        ? 'May be: a recording can be released by itself when it stops.'
        : 'Never: the contributor can look through it first.',
    ],
    [
      'Who answers for it',
      ...(controller ? spellController(controller) : ['The contributor alone.']),
    ],
    ['Agreed', spellDate(issued * 1000)],
    ['Recordings may start until', spellDate(expires * 1000)],
    [
      'Under these layers of policy',
      policy ? hashes(policy) : 'None beside the floor, which is built in.',
    ],
    ...(filter
      ? ([['What is left out by itself', hashes([filter.floor, filter.detectors])]] as [
          string,
          Node,
        ][])
      : []),
    ...(replaces === undefined
      ? []
      : ([['Takes the place of', hashes([replaces])]] as [string, Node][])),
  ]
}

function spellController(controller: Controller): (Node | string)[] {
  const { name, contact, jurisdiction, storage, retention } = controller
  return [
    list([
      `${name}, ${contact}, who signed the receipt too`,
      `law of ${jurisdiction.join(', ')}`,
      `copies are kept in ${storage.join(', ')}, and deleted after ${plural(retention, 'day')}`,
    ]),
  ]
}

function spellCoarse({ grid, idle, key }: Coarse): string {
  return `The day, and steps of ${grid} ms; keys in a row ${key} ms apart; at most ${idle / 1000} s of idle time.`
}

const prohibited: Readonly<Record<(typeof prohibitedUses)[number], string>> = {
  'performance-assessment': 'assessing performance',
  'productivity-metric': 'measuring productivity',
  attendance: 'attendance',
  discipline: 'discipline',
  'emotion-inference': 'inferring emotions',
  're-identification': 'finding out who it was',
  resale: 'selling it on',
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
