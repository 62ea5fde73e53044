import type { Command } from 'commander'
import { fromHex } from '../bytes.js'
import { spellPublicKey } from '../identity.js'
import type { Fact } from '../journal/entry.js'
import { openRecording, type Receipt, type RecordingInfo } from '../reader.js'
import { spellDuration } from './duration.js'
import { type Upload, uploads } from '../upload.js'

/**
 * `understudy info`
 *
 * @param program - what to add the command to
 */
export function infoCommand(program: Command): void {
  program
    .command('info')
    .summary('tell what is known of a recording without a key')
    .description(
      `Verifies a recording and tells what is known without a secret key: when and by what it was
recorded, how much there is, what happened to it, and what the contributor agreed to.`,
    )
    .argument('<recording>', "the recording's folder")
    .option('--json', 'answer in JSON')
    .addHelpText('after', help)
    .action(info)
}

async function info(recording: string, { json = false }: { json?: boolean }): Promise<void> {
  const found = await openRecording(recording).info()
  const uploaded = await uploads(recording)
  if (json) {
    const more = uploaded.length > 0 ? { uploads: uploaded } : {}
    console.log(JSON.stringify({ ...(found ?? { status: 'cut' }), ...more }))
    return
  }
  console.log(found ? describe(found, uploaded) : 'cut short before it began: nothing was recorded')
}

function describe(info: RecordingInfo, uploaded: readonly Upload[]): string {
  const status = info.status === 'intact' ? 'intact' : 'cut short; what there is is intact'
  return [
    `recording  ${info.id}`,
    `status     ${status}`,
    `started    ${spellDate(info.started)}`,
    `duration   ${spellDuration(info.duration)}`,
    `captured   by ${printable(info.platform)}, written by ${printable(info.software)}`,
    `sealed     ${spellBytes(info.bytes)}`,
    ...info.tracks.map(
      ({ track, segments, bytes }) =>
        `  ${track.padEnd(8)} ${plural(segments, 'segment').padStart(11)} ${spellBytes(bytes).padStart(10)}`,
    ),
    ...uploaded.map(
      ({ to, current }) =>
        `uploaded   to ${printable(to)}${current ? '' : ', which is not as it is here: understudy upload … --again'}`,
    ),
    '',
    'What the contributor agreed to',
    ...describeReceipt(info.receipt).map((line) => `  ${line}`),
    '',
    'What happened',
    ...info.facts.map(
      (fact) => `  ${spellDuration(fact.time).padStart(10)}  ${describeFact(fact)}`,
    ),
  ].join('\n')
}

function describeReceipt(receipt: Receipt): string[] {
  const recipients = receipt.recipients.map((key) => `  ${spellPublicKey(fromHex(key))}`)
  if (receipt.released) {
    return [
      `a copy, released under a pseudonym: ${receipt.tracks.join(', ')}`,
      `for: ${purposes[receipt.purpose]}`,
      `recorded on ${spellDate(receipt.issued * 1000).slice(0, 10)}; times are coarse`,
      'opened by, and released to:',
      ...recipients,
    ]
  }
  const { controller } = receipt
  return [
    `to be recorded: ${receipt.tracks.join(', ')}`,
    ...(receipt.live.length > 0 ? [`read while recorded: ${receipt.live.join(', ')}`] : []),
    `for: ${purposes[receipt.purpose]}`,
    `never for: ${receipt.prohibited.join(', ')}`,
    `agreed on ${spellDate(receipt.issued * 1000)}, until ${spellDate(receipt.expires * 1000)}`,
    `opened by: ${spellPublicKey(fromHex(receipt.contributor.open))}, the contributor under a pseudonym`,
    receipt.direct
      ? 'may be released by the contributor, also by itself when it stops, before they looked through it, to:'
      : 'may be released by the contributor, and by no one else, to:',
    ...recipients,
    ...(controller
      ? [`answered for, and countersigned, by: ${controller.name}, ${controller.contact}`]
      : []),
    ...(receipt.replaces === undefined ? [] : [`takes the place of: ${receipt.replaces}`]),
  ]
}

function describeFact(fact: Fact): string {
  switch (fact.type) {
    case 'start':
      return 'started'
    case 'pause':
      return 'paused: nothing was kept from here'
    case 'resume':
      return 'resumed'
    case 'withheld': {
      const span = `${spellDuration(fact.from)} to ${spellDuration(fact.to)}`
      return `${fact.track} was withheld from ${span}: ${fact.reason}`
    }
    case 'dropped':
      return `${fact.track} lost ${plural(fact.count, 'sample')}: ${fact.reason}`
    case 'notice':
      return `notice: ${fact.notice}${describeNotice(fact)}`
    case 'forget': {
      const end = fact.to < Number.MAX_SAFE_INTEGER ? spellDuration(fact.to) : 'the end'
      return `${fact.track} was forgotten by the contributor from ${spellDuration(fact.from)} to ${end}`
    }
    case 'release':
      return `released by the contributor to ${spellPublicKey(fromHex(fact.recipient))}`
    case 'stop':
      return `stopped: ${printable(fact.reason)}`
  }
}

function describeNotice({ count, width, height }: Fact & { type: 'notice' }): string {
  if (count !== undefined) return `, ${plural(count, 'pixel')}`
  if (width !== undefined && height !== undefined) return ` to ${width} × ${height}`
  return ''
}

function spellDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  // Receipts may name times that a Date cannot.
  if (Number.isNaN(date.getTime())) return `${milliseconds} ms after 1970`
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function spellBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Text out of a file must not steer the terminal that it is shown on. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

const purposes: Readonly<Record<Receipt['purpose'], string>> = {
  'agent-training': 'training agents that use computers',
  'agent-evaluation': 'evaluating agents that use computers',
}

const help = `
The recording is verified first; one that is not as it was written is refused with exit code 1.

Examples:
  understudy info recordings/2026-11-23
  understudy info --json recordings/2026-11-23 | jq .tracks`
