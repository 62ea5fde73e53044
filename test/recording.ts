// A writer of docs/format.md for tests, with libsodium and zstd alone, so that the portable reader
// is tested against something that was written from the same page, and by no one else.
import canonicalize from 'canonicalize'
import sodium, { type StateAddress } from 'libsodium-wrappers'
import zstd from 'zstd-napi/binding.js'
import { Identity } from '../ts/identity.js'
import { type Track, trackNumber, tracks } from '../ts/track.js'
import { concat, json, u32 } from './encode.js'
import { pseudonymOf } from './pseudonym.js'

await sodium.ready

type Json = Record<string, unknown>

const encoder = new TextEncoder()

/** Any 32 bytes, the same in every run. */
function seed(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill)
}

/** The contributor's own keys. */
export const contributor = {
  open: sodium.crypto_box_seed_keypair(seed(1)),
  sign: sodium.crypto_sign_seed_keypair(seed(2)),
}
/** Both secrets, as `identity.json` has them. */
export const contributorSecret = sodium.to_hex(concat(contributor.open.privateKey, seed(2)))
export const stranger = sodium.crypto_box_seed_keypair(seed(3))

export function hash(bytes: Uint8Array): string {
  return sodium.crypto_generichash(32, bytes, null, 'hex')
}

export async function contributorIdentity(): Promise<Identity> {
  return await Identity.fromPrivateKey(contributor.open.privateKey, seed(2))
}

export async function strangerIdentity(): Promise<Identity> {
  return await Identity.fromPrivateKey(stranger.privateKey, seed(3))
}

/** What may be wrong with a recording, or unusual. */
export interface WriterOptions {
  readonly id?: number
  readonly header?: Json
  readonly receipt?: Json
}

interface OpenSegment {
  readonly number: number
  readonly stream: StateAddress
  readonly zstd: InstanceType<typeof zstd.CCtx>
  chunks: number
}

/** Writes a recording into memory, file by file in the order of docs/format.md §6. */
export class Writer {
  readonly files = new Map<string, Uint8Array>()
  readonly device: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }
  readonly id: string
  /** The contributor, as the receipt names them. */
  readonly #named: ReturnType<typeof pseudonymOf>
  #seq = 0
  #previous: string
  /** When the next line of the journal is written; each takes one. */
  time = 0
  readonly #counts = new Map<Track, number>()
  readonly #open = new Map<Track, OpenSegment>()

  constructor(options: WriterOptions = {}) {
    const id = options.id ?? 1
    this.device = sodium.crypto_sign_seed_keypair(seed(100 + id))
    this.id = sodium.to_hex(new Uint8Array(16).fill(id))
    const device = sodium.to_hex(this.device.publicKey)
    this.files.set('unfinished.json', this.signed('unfinished', { id: this.id, device }))
    const issued = Number(options.receipt?.['issued'] ?? 1000)
    this.#named = pseudonymOf(seed(2), issued)
    const terms = { ...defaultReceipt(), ...named(this.#named), issued, ...options.receipt }
    const receipt = this.signed('receipt', terms)
    this.files.set('receipt.json', receipt)
    const header = this.signed('header', {
      format: 4,
      id: this.id,
      tracks: [...tracks],
      started: 1_500_000,
      device,
      platform: 'synthetic',
      software: 'test/recording.ts',
      receipt: hash(receipt),
      policy: '00'.repeat(32),
      ...options.header,
    })
    this.files.set('header.json', header)
    this.#previous = hash(header)
    this.line({ type: 'start' })
  }

  /** A JSON file with its signature. */
  signed(name: string, value: Json): Uint8Array {
    return json({ ...value, signature: this.#sign(name, value) })
  }

  /** Appends to the journal. */
  line(value: Json): void {
    const line = { seq: this.#seq++, prev: this.#previous, time: this.time++, ...value }
    const bytes = this.signed('journal', line)
    this.#previous = hash(bytes.subarray(0, -1))
    this.append('journal.ndjson', bytes)
  }

  append(path: string, bytes: Uint8Array): void {
    this.files.set(path, concat(this.files.get(path) ?? [], bytes))
  }

  /** Begins the next segment of a track. */
  begin(track: Track, header: Partial<{ track: number; segment: number }> = {}): void {
    const number = this.#counts.get(track) ?? 0
    this.#counts.set(track, number + 1)
    const key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
    const recipient = this.#named.open.publicKey
    const sealed = sodium.crypto_box_seal(key, recipient, 'hex')
    const stanza = { type: 'x25519', recipient: sodium.to_hex(recipient), sealed }
    const stanzas = [{ type: 'later', recipient: '00', sealed: '' }, stanza]
    const keyBytes = json({ recording: this.id, track, segment: number, stanzas })
    this.files.set(path(track, number, 'key'), keyBytes)

    const init = sodium.crypto_secretstream_xchacha20poly1305_init_push(key)
    const place = concat(
      encoder.encode('USEG'),
      [4, header.track ?? trackNumber(track), 0, 0],
      u32(header.segment ?? number),
      sodium.from_hex(this.id),
    )
    this.files.set(path(track, number, 'seg'), concat(place, init.header))
    this.line({ type: 'open', track, segment: number, key: hash(keyBytes) })
    this.#open.set(track, { number, stream: init.state, zstd: new zstd.CCtx(), chunks: 0 })
  }

  /** Seals whole records as the next chunk; an empty chunk is the final one. */
  chunk(track: Track, records: Uint8Array, tag = records.length === 0 ? 3 : 0): void {
    const end = records.length === 0 ? zstd.EndDirective.end : zstd.EndDirective.flush
    const compressed = compress(this.#segment(track).zstd, records, end)
    this.seal(track, concat(u32(records.length), compressed), tag)
  }

  /** Seals anything as the next chunk. */
  seal(track: Track, plain: Uint8Array, tag: number): void {
    const { number, stream, chunks } = this.#segment(track)
    const data = concat(
      sodium.from_hex(this.id),
      [trackNumber(track), 0, 0, 0],
      u32(number),
      u32(chunks),
    )
    const sealed = sodium.crypto_secretstream_xchacha20poly1305_push(stream, plain, data, tag)
    this.append(path(track, number, 'seg'), concat(u32(sealed.length), sealed))
    this.#segment(track).chunks++
  }

  checkpoint(track: Track): void {
    this.#extent('checkpoint', track)
  }

  /** Ends the track's segment, with its final chunk. */
  close(track: Track): void {
    this.chunk(track, new Uint8Array(0))
    this.closeAsIs(track)
  }

  /** Ends the track's segment with what is there. */
  closeAsIs(track: Track): void {
    this.#extent('close', track)
    this.#open.delete(track)
  }

  /** Ends the recording cleanly. */
  stop(): this {
    for (const track of tracks) if (this.#open.has(track)) this.close(track)
    this.line({ type: 'stop', reason: 'requested' })
    this.files.delete('unfinished.json')
    return this
  }

  #extent(type: 'checkpoint' | 'close', track: Track): void {
    const { number, chunks } = this.#segment(track)
    const bytes = this.files.get(path(track, number, 'seg')) ?? new Uint8Array(0)
    this.line({ type, track, segment: number, chunks, size: bytes.length, hash: hash(bytes) })
  }

  #segment(track: Track): OpenSegment {
    const open = this.#open.get(track)
    if (!open) throw new Error('no segment is open')
    return open
  }

  #sign(name: string, value: Json): string {
    const key = name === 'receipt' ? this.#named.sign.privateKey : this.device.privateKey
    const bytes = `understudy/1 ${name}\n${canonicalize(value) ?? ''}`
    return sodium.crypto_sign_detached(bytes, key, 'hex')
  }
}

export function path(track: Track, segment: number, kind: 'key' | 'seg'): string {
  return `${track}/${String(segment).padStart(6, '0')}.${kind}`
}

function named({ open, sign }: ReturnType<typeof pseudonymOf>): Json {
  const contributor = {
    open: sodium.to_hex(open.publicKey),
    sign: sodium.to_hex(sign.publicKey),
  }
  return { contributor }
}

function defaultReceipt(): Json {
  return {
    schema: 'understudy.consent/2',
    id: '0a'.repeat(16),
    record: '0c'.repeat(16),
    event: { state: 'given', type: 'explicit' },
    language: 'en',
    tracks: [...tracks],
    live: [],
    direct: false,
    purpose: 'agent-training',
    prohibited: [
      ...['performance-assessment', 'productivity-metric', 'attendance', 'discipline'],
      ...['emotion-inference', 're-identification', 'resale'],
    ],
    recipients: [sodium.to_hex(stranger.publicKey)],
    filter: { floor: '0d'.repeat(32), detectors: '0e'.repeat(32) },
    coarse: { grid: 20, idle: 5000, key: 80 },
    withdrawal: {
      method: 'understudy withdraw',
      effects: ['unreleased-destroyed', 'released-refused'],
    },
    expires: 2000,
    notice: '0b'.repeat(32),
  }
}

function compress(
  context: InstanceType<typeof zstd.CCtx>,
  bytes: Uint8Array,
  end: (typeof zstd.EndDirective)['flush' | 'end'],
): Uint8Array {
  const output = new Uint8Array(zstd.compressBound(bytes.length) + 64)
  const [left, produced, consumed] = context.compressStream2(output, bytes, end)
  if (left !== 0 || consumed !== bytes.length) throw new Error('the output was too small')
  return output.subarray(0, produced)
}
