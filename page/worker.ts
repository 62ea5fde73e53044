import detectModule from 'detect.wasm'
import { type Detectors, loadDetectors } from '../ts/detect.js'
import { isUnderstudyError, UnderstudyError } from '../ts/errors.js'
import type { Item } from '../ts/event.js'
import { type Identity, unlockIdentity } from '../ts/identity.js'
import { toInfo } from '../ts/info.js'
import { isContributor } from '../ts/pseudonym.js'
import { Recording } from '../ts/recording.js'
import type { Source } from '../ts/source.js'
import { inspect, type Verified } from '../ts/verify.js'
import { CachedSource } from './cache.js'
import { type Catalog, CatalogBuilder } from './catalog.js'
import { type Findings, FindingsBuilder } from './findings.js'
import { toSource } from './origin.js'
import type { Calls, Failure, Question, SegmentSpan, VerifiedInfo, Word } from './protocol.js'
import { Screen } from './screen.js'

// Where a recording is opened: off the page's thread, so that the page answers while pictures are
// decoded, and apart from whatever shows what is in it.

/** As far as this worker needs it. */
interface Port {
  onmessage: (event: MessageEvent<Question>) => void
  postMessage: (word: Word) => void
}

type Progress = (done: number, of: number) => void

let source: Source | undefined
let verified: Verified | undefined
let identity: Identity | undefined
let recording: Recording | undefined
let screen: Screen | undefined
let detectors: Promise<Detectors> | undefined

async function answer(question: Question, progress: Progress): Promise<unknown> {
  switch (question.name) {
    case 'verify':
      source = new CachedSource(toSource(question.ask.origin), cacheLength)
      verified = await inspect(source, progress)
      return describe(verified)
    case 'unlock':
      return await unlock(question.ask)
    case 'reopen':
      await open(opened(identity))
      return undefined
    case 'paint':
      screen = new Screen(opened(recording), question.ask.canvas)
      return undefined
    case 'catalog':
      return await catalog(opened(recording), progress)
    case 'detect':
      return await detect(opened(recording), question.ask.mode, progress)
    case 'show':
      return await opened(screen).show(question.ask.time)
    case 'step':
      return await (question.ask.by > 0 ? opened(screen).next() : opened(screen).previous())
  }
}

async function unlock({ identity: bytes, passphrase }: Calls['unlock']['ask']): Promise<boolean> {
  const found = await unlockIdentity(bytes, passphrase)
  try {
    await open(found)
  } catch (error) {
    found.wipe()
    throw error
  }
  const receipt = verified?.content?.receipt
  return receipt !== undefined && isContributor(found, receipt)
}

async function open(found: Identity): Promise<void> {
  const opening = new Recording(opened(source), { identity: found }, opened(verified))
  await mustOpen(opening)
  recording = opening
  identity = found
  screen = undefined
}

/** A recording of somebody else's is refused here, and not at its first picture. */
async function mustOpen(found: Recording): Promise<void> {
  const items = found.read()
  await items.next()
  await items.return()
}

async function catalog(found: Recording, progress: Progress): Promise<Catalog> {
  const duration = Math.max(1, (await found.info())?.duration ?? 1)
  const builder = new CatalogBuilder(duration)
  await gather(found, builder, (time) => {
    progress(time, duration)
  })
  return builder.end()
}

async function detect(
  found: Recording,
  mode: Calls['detect']['ask']['mode'],
  progress: Progress,
): Promise<Findings> {
  const duration = Math.max(1, (await found.info())?.duration ?? 1)
  const loaded = await (detectors ??= loadDetectors(detectModule))
  const builder = new FindingsBuilder((text) => loaded.find(text, { mode }))
  await gather(found, builder, (time) => {
    progress(time, duration)
  })
  return builder.end()
}

/** Gives a builder everything but the pictures. */
async function gather(
  found: Recording,
  builder: { readonly add: (item: Item) => void },
  reached: (time: number) => void,
): Promise<void> {
  let rested = performance.now()
  for await (const item of found.read({ tracks: ['pointer', 'keyboard', 'context'] })) {
    builder.add(item)
    // Otherwise nothing else would be answered until the end.
    if (performance.now() - rested < slice) continue
    reached(item.time)
    await new Promise((resolve) => setTimeout(resolve))
    rested = performance.now()
  }
}

function describe(found: Verified): VerifiedInfo {
  const info = toInfo(found)
  const segments: SegmentSpan[] = []
  for (const [track, all] of found.content?.segments ?? []) {
    for (const [at, { segment, opened: from, size }] of all.entries()) {
      const to = all[at + 1]?.opened ?? info?.duration ?? from
      segments.push({ track, segment, from, to, size })
    }
  }
  return { info, segments }
}

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new UnderstudyError('state', 'The recording is not open')
  return value
}

function toFailure(error: unknown): Failure {
  if (!isUnderstudyError(error)) {
    // Whatever a browser says, such as that there is no memory left.
    return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
  }
  const { code, message, at } = error
  return { code, message, ...(at !== undefined && { at }) }
}

const port = globalThis as unknown as Port
let before: Promise<void> = Promise.resolve()

port.onmessage = ({ data }) => {
  const { id, name } = data
  const respond = async () => {
    try {
      const found = await answer(data, (done, of) => {
        port.postMessage({ id, done, of })
      })
      port.postMessage({ id, answer: found })
    } catch (error) {
      port.postMessage({ id, failure: toFailure(error) })
    }
  }
  // One picture after the other; what reads all of the recording goes on beside them.
  if (name === 'catalog' || name === 'detect') void respond()
  else before = before.then(respond)
}

const cacheLength = 32 * 1024 * 1024
/** Milliseconds: shorter than a picture lasts. */
const slice = 8
