/**
 * The portable reader: verifies and opens recordings with libsodium and zstd alone, on any system,
 * without the capture addon. A second, independent implementation of docs/format.md.
 *
 * @packageDocumentation
 */
import { FolderSource } from './folder.js'
import { type OpenOptions, Recording } from './recording.js'
import type { Source } from './source.js'

export { consentText, receiptText } from './consent.js'
export type { ConsentTerms } from './consent.js'
export type { Controller } from './controller.js'
export { errorCodes, isUnderstudyError, UnderstudyError } from './errors.js'
export type { ErrorCode, ErrorPlace } from './errors.js'
export { keyClassNames, modifierNames } from './event.js'
export type * from './event.js'
export { Picture, pixelFormats } from './frame.js'
export type { PixelFormat, Rect } from './frame.js'
export { FolderSource, openIdentity } from './folder.js'
export type { OpenIdentityOptions } from './folder.js'
export { Identity, parsePublicKey, spellPublicKey } from './identity.js'
export type { Passphrase } from './identity.js'
export type { RecordingInfo, TrackInfo } from './info.js'
export type { DroppedReason, Fact, NoticeName, WithheldReason } from './journal/entry.js'
export type { Manifest } from './manifest.js'
export type { Opening } from './opening.js'
export { toLine } from './ndjson.js'
export type { LineOptions } from './ndjson.js'
export { toPng } from './png.js'
export type { Cursor } from './png.js'
export { prohibitedUses } from './receipt.js'
export type { Coarse, Purpose, Receipt } from './receipt.js'
export { Recording } from './recording.js'
export type { OpenOptions, ReadOptions } from './recording.js'
export { MemorySource } from './source.js'
export type { Source, SourceEntry } from './source.js'
export { isTrack, trackNumber, tracks } from './track.js'
export type { LiveTrack, Track } from './track.js'
export type { Verification, VerifyOptions } from './verify.js'

/**
 * Opens a recording for reading. Nothing is read before it is asked for.
 *
 * ```ts
 * const identity = await openIdentity('./identity')
 * for await (const item of openRecording('./recordings/x', { identity })) {
 *   if (item.type === 'keydown') console.log(item.time, item.code)
 * }
 * ```
 *
 * @param where - the recording's folder, or a {@link Source} of your own
 * @param options - the key, and what to read
 * @returns the recording: an async iterable of its items
 */
export function openRecording(where: string | Source, options: OpenOptions = {}): Recording {
  return new Recording(typeof where === 'string' ? new FolderSource(where) : where, options)
}
