import { fromHex } from './bytes.js'
import type { Controller } from './controller.js'
import { spellPublicKey } from './identity.js'
import type { Coarse, Purpose, Receipt } from './receipt.js'
import { hashOf } from './seal.js'
import { type LiveTrack, type Track, tracks } from './track.js'

/** What a contributor is asked to agree to. */
export interface ConsentTerms {
  /** What may be recorded. */
  readonly tracks: readonly Track[]
  /** Which of those the program that records may read meanwhile; default: none. */
  readonly live?: readonly LiveTrack[]
  /**
   * Whether recordings may be released by themselves when they stop, before the contributor has looked
   * through them ({@link RecordingOptions.direct}); default: no.
   */
  readonly direct?: boolean
  /** What for. */
  readonly purpose: Purpose
  /** To whom it may be released: public keys, as text. */
  readonly recipients: readonly string[]
  /** Who answers for it, and has to countersign; default: nobody, for whoever records for themselves. */
  readonly controller?: Controller
  /**
   * Which layers of policy must be in force, by their digests in hexadecimal, as {@link policyDigests}
   * answers them; default: none beside the floor.
   */
  readonly policy?: readonly string[]
  /** Hash of the receipt that this takes the place of, in hexadecimal; default: none. */
  readonly replaces?: string
  /** Until when a recording may start: seconds since 1970-01-01T00:00Z. */
  readonly expires: number
}

/**
 * The terms in plain words: what to show before asking. The receipt holds the hash of this text, to the
 * letter: what was signed is what was shown.
 *
 * @param terms - what is asked
 * @returns some lines, the last with its line feed
 */
export function consentText(terms: ConsentTerms): string {
  const recorded = tracks.filter((track) => terms.tracks.includes(track))
  const spared = tracks.filter((track) => !terms.tracks.includes(track))
  return `You are asked to agree that your work on this computer is recorded.
${replaced(terms.replaces)}
What is recorded, while a recording runs:
${bullets(recorded.map((track) => descriptions[track]))}

For what: ${purposes[terms.purpose]}
and for nothing else. It is never used to judge you or how you work: not to assess your performance, to
measure productivity, for attendance or for discipline; not to infer what you feel or to find out who
you are; and it is not sold on.

For whom: what is recorded is sealed to you, and only your identity opens it. You may later
release it, and nobody else can, to:
${bullets(terms.recipients)}
${direct(terms.direct ?? false)}
Who you are: this agreement has no name of yours in it but a pseudonym, one for each who answers for it,
and a new one every 30 days. By it, what is recorded under this agreement belongs together.

What a released copy tells: you have another pseudonym in it, for each recipient, and a new one every
30 days. Of the time it tells the day, and how long things took: ${paces(releaseCoarse)}
${answers(terms.controller)}${live(terms.live ?? [])}${policy(terms.policy ?? [])}
Until when: recordings may start until ${spellTime(terms.expires)} UTC. You are asked again, and nothing is
recorded before you agree, for anything else than this text says: other parts of your work, another
recipient, a looser policy, or a version that leaves out other things by itself.

What is never recorded: sound, the camera, files, the clipboard, web traffic; anything while a
recording is paused; applications that you exclude, and password managers, private browsing, mail
and chat, health, tax and banking as far as a window's name or address tells; keys while it is not
known which window gets them.${spared.map((track) => ` Also not: ${notRecorded[track]}.`).join('')}

Please note: passwords are not recognised by themselves. Pause the recording, or exclude the
application, before you type or show one.

How to stop: press Ctrl-C where the recording runs, run "understudy stop", or end the application that
records. To take everything back, run "understudy withdraw" with your receipt: it
destroys your recordings and the receipt, and signs a withdrawal for each copy that you released, under
which it may not be used any more. What somebody keeps elsewhere, no program can take away. You need
give no reason.
`
}

/**
 * The text that a contributor was shown before they signed a receipt.
 *
 * @param receipt - of a recording
 * @returns the text, if its hash is the one in the receipt; undefined for a released copy, and for a
 *   receipt of a program that shows another text
 */
export function receiptText(receipt: Receipt): string | undefined {
  if (receipt.released) return undefined
  const { recipients, ...rest } = receipt
  const text = consentText({
    ...rest,
    recipients: recipients.map((key) => spellPublicKey(fromHex(key))),
  })
  return hashOf(new TextEncoder().encode(text)) === receipt.notice ? text : undefined
}

/** How exactly this version releases times; a test holds it to the core's. @internal */
export const releaseCoarse: Coarse = { grid: 20, idle: 5000, key: 80 }

function replaced(before: string | undefined): string {
  return before === undefined
    ? ''
    : `
This takes the place of what you agreed to before, in the receipt with the hash
${bullets([before])}
and names it: whoever sees both knows that both are one person’s.
`
}

function paces({ grid, idle, key }: Coarse): string {
  return `in steps of ${grid} ms,
the keys that you type in a row ${key} ms apart, and of a time in which you did nothing at most ${idle / 1000} s.`
}

/** Whether the contributor looks first. */
function direct(allowed: boolean): string {
  return allowed
    ? `
Released without your review: a recording may be released by itself as soon as it stops, to those
recipients, if you open your identity for that when it starts. Nobody has looked through it then, you
neither. Until it stops you can pause it, have parts of it forgotten, or keep all of it ("understudy
stop --keep"), and the indicator says that it will be released. While it runs, the program that records
could open what it has recorded of it, and could sign in your name under this agreement. What somebody
has been given of a copy, you cannot take back. Agree only if you want that.
`
    : `
Nothing is released before you have had the chance to look through it and to take parts out.
`
}

/** Who answers for it; nothing where contributors record for themselves. */
function answers(controller: Controller | undefined): string {
  if (!controller) return ''
  const { name, contact, jurisdiction, storage, retention, sign } = controller
  return `
Who answers for it: ${name}, ${contact},
under the law of ${jurisdiction.join(', ')}. Released copies are kept in ${storage.join(', ')}, and deleted after ${days(retention)}.
They have to sign this agreement too, and nothing is recorded before they have. So they get to see it,
and you in it by that pseudonym. Their key is
${bullets([sign])}
`
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`
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
function policy(layers: readonly string[]): string {
  if (layers.length === 0) return ''
  return `
Under which policy: nothing is recorded unless the layers with these hashes are in force, as they are
now. Each can only leave out more; "understudy policy check" says what of.
${bullets(layers)}
`
}

function spellTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  // Receipts may name times that a Date cannot.
  if (Number.isNaN(date.getTime())) return `${seconds} s after 1970`
  return date.toISOString().slice(0, 16).replace('T', ' ')
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
