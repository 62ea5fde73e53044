import type { Purpose } from './receipt.js'
import { type LiveTrack, type Track, tracks } from './track.js'

/** What a contributor is asked to agree to. */
export interface ConsentTerms {
  /** What may be recorded. */
  readonly tracks: readonly Track[]
  /** Which of those the program that records may read meanwhile; default: none. */
  readonly live?: readonly LiveTrack[]
  /** What for. */
  readonly purpose: Purpose
  /** Which layers of policy must be in force; default: none beside the floor. */
  readonly policy?: readonly ConsentLayer[]
  /** To whom it may be released: public keys, as text. */
  readonly recipients: readonly string[]
  /** Until when a recording may start: seconds since 1970-01-01T00:00Z. */
  readonly expires: number
}

/** A layer of policy, as a contributor is told of it. */
export interface ConsentLayer {
  /** What it is called: its file. */
  readonly name: string
  /** The hash of its canonical JSON, in hexadecimal. */
  readonly digest: string
}

/**
 * The terms in plain words. The receipt holds the hash of this text, to the letter: what was signed is
 * what was shown.
 *
 * @param terms - what is asked
 * @returns some lines, the last with its line feed
 */
export function describeTerms(terms: ConsentTerms): string {
  const recorded = tracks.filter((track) => terms.tracks.includes(track))
  const spared = tracks.filter((track) => !terms.tracks.includes(track))
  const until = new Date(terms.expires * 1000).toISOString().slice(0, 16).replace('T', ' ')
  return `You are asked to agree that your work on this computer is recorded.

What is recorded, while a recording runs:
${bullets(recorded.map((track) => descriptions[track]))}

For what: ${purposes[terms.purpose]}
and for nothing else. It is never used to judge you or how you work.

For whom: what is recorded is sealed to you, and only your identity opens it. You may later
release it, and nobody else can, to:
${bullets(terms.recipients)}
${live(terms.live ?? [])}${policy(terms.policy ?? [])}
Until when: recordings may start until ${until} UTC.

What is never recorded: sound, the camera, files, the clipboard, web traffic; anything while a
recording is paused; applications that you exclude, and password managers, private browsing, mail
and chat, health, tax and banking as far as a window's name or address tells; keys while it is not
known which window gets them.${spared.map((track) => ` Also not: ${notRecorded[track]}.`).join('')}

Please note: passwords are not recognised by themselves. Pause the recording, or exclude the
application, before you type or show one.

How to stop: press Ctrl-C where the recording runs, or end the application that records. To take
everything back, run "understudy withdraw" with your receipt: it destroys your recordings and the
receipt, and signs a withdrawal for each copy that you released, under which it may not be used any
more. What somebody keeps elsewhere, no program can take away. You need give no reason.
`
}

/** What a live tap means; nothing where there is none. */
function live(read: readonly LiveTrack[]): string {
  if (read.length === 0) return ''
  const listed = tracks.filter((track) => (read as readonly Track[]).includes(track))
  return `
Read while it is recorded: the program that records may also read, at once and unsealed,
${bullets(listed.map((track) => descriptions[track]))}
after what is never recorded was left out. What it does with that, this text cannot promise: the seal
does not protect what is read, and you cannot take it back. Agree only if you trust that program. Pause
ends the reading as it ends the recording. Pictures of your screen are never read like this.
`
}

/** Which layers it is under; nothing where there are none. */
function policy(layers: readonly ConsentLayer[]): string {
  if (layers.length === 0) return ''
  return `
Under which policy: nothing is recorded unless these layers are in force, as they are now. Each can
only leave out more; "understudy policy check" says what of.
${bullets(layers.map(({ name, digest }) => `${name} (${digest})`))}
`
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join('\n')
}

const descriptions: Readonly<Record<Track, string>> = {
  pointer: 'pointer: where the mouse goes, its buttons and its wheel',
  keyboard: 'keyboard: every key you press, and so every text you type',
  screen: 'screen: pictures of everything that your screens show',
  context: 'context: which application and window you use, its title, your monitors',
}

const notRecorded: Readonly<Record<Track, string>> = {
  pointer: 'your mouse',
  keyboard: 'your keys',
  screen: 'your screen',
  context: 'the names and titles of windows',
}

const purposes: Readonly<Record<Purpose, string>> = {
  'agent-training': 'to train software agents that use computers as you do,',
  'agent-evaluation': 'to measure how well software agents use computers,',
}
