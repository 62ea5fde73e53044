/**
 * Consent-first capture of computer work: recorded, filtered, sealed to the person recorded.
 *
 * {@link Recorder} records; {@link openRecording} reads. Reading alone needs no addon: import it from
 * `@understudy/capture/reader`.
 *
 * @packageDocumentation
 */
export { consent, countersign, policyDigests } from './agreement.js'
export type { ConsentOptions, CountersignOptions, SignerOptions } from './agreement.js'
export { forget, settle } from './forget.js'
export type { ContributorOptions, ForgetOptions, Forgotten, Span } from './forget.js'
export { openStore } from './store/open.js'
export type { OpenStoreOptions } from './store/open.js'
export type { StoreChange } from './store/bring.js'
export type { Place, Store, StoreBody, StoreCall, StoreEntry } from './store/store.js'
export { upload, uploadAgain, uploads } from './upload.js'
export type {
  StoreFailure,
  StoreOutcome,
  Upload,
  UploadAgainOptions,
  UploadCall,
  UploadOptions,
} from './upload.js'
export { release } from './release.js'
export type { Released, ReleaseOptions } from './release.js'
export type { DirectCopy, DirectOptions, DirectOutcome } from './direct.js'
export { Heartbeat } from './heartbeat.js'
export type { HeartbeatOptions } from './heartbeat.js'
export { Recorder } from './recorder.js'
export { LiveDecoder, liveBufferLength } from './live.js'
export type { LiveItem, LiveOptions } from './live.js'
export type {
  FolderOption,
  OutOption,
  RecorderOptions,
  RecordingOptions,
  ScreenOptions,
  SyntheticOptions,
  SyntheticPanic,
} from './options.js'
export type { RecorderHotkey, StopOptions, StoppedRecording } from './recorder.js'
export { RunningRecorder, runningRecorders } from './running.js'
export type { ForgetLastOptions, PauseOptions } from './running.js'
export type { FailedState, RecorderState, RunningState } from './state.js'
export type { ForgottenLast, RecorderFailure, RecorderStatus, ReleasedCopy } from './status.js'
export type { LatencyStats, LiveStats, RecorderStats, TrackStats } from './stats.js'
export * from './reader.js'
export type { ForgetStep, ReleaseStep, ReviewActions } from './review/actions.js'
export { contributorActions } from './review/contributor.js'
export { serveReview } from './review/server.js'
export type { ReviewOptions, ReviewServer } from './review/server.js'
export { withdraw } from './withdraw.js'
export type { FailedWithdrawal, WithdrawOptions, Withdrawn } from './withdraw.js'
