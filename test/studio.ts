// What a recording needs, made with the real addon: an identity, a receipt, the command line, a synthetic desktop.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import * as native from '../native/binding.js'
import {
  type Heartbeat,
  Identity,
  type LiveTrack,
  openIdentity,
  openRecording,
  Recorder,
  type SyntheticOptions,
  type Track,
  tracks,
} from '../ts/index.js'
import { temporaryFolder } from './folder.js'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Lets a heart beat until the test is over, or while that holds. */
export function beating(t: ExecutionContext, heartbeat: Heartbeat, shows = () => true): Heartbeat {
  const timer = setInterval(() => {
    if (shows()) heartbeat.beat()
  }, 20)
  t.teardown(() => {
    clearInterval(timer)
  })
  return heartbeat
}

/** A contributor's identity and receipt, in a folder that goes away with the test. */
export interface Studio {
  readonly folder: string
  /** Folder of the identity, without a passphrase. */
  readonly identity: string
  /** Of the recipient whom the receipt names. */
  readonly publicKey: string
  /** Path of receipt.json, for all tracks and for an hour. */
  readonly receipt: string
  /** Folder for recordings; not there yet. */
  readonly out: string
}

export async function studio(t: ExecutionContext): Promise<Studio> {
  const folder = await temporaryFolder(t)
  const identity = join(folder, 'identity')
  await native.makeIdentity(identity)
  const publicKey = await anybody()
  const receipt = join(folder, 'receipt.json')
  await writeFile(receipt, await consent(identity, publicKey))
  return { folder, identity, publicKey, receipt, out: join(folder, 'out') }
}

/** The public key of a recipient whom no test asks to open anything. */
export async function anybody(): Promise<string> {
  return String(await Identity.fromPrivateKey(randomBytes(32)))
}

/**
 * A recording of a synthetic desktop that has ended, and may be released to somebody else; it lies in the
 * folder `out`.
 */
export async function recorded(t: ExecutionContext, synthetic: SyntheticOptions) {
  const folder = await temporaryFolder(t)
  const [identity, recipient] = [join(folder, 'me'), join(folder, 'them')]
  await native.makeIdentity(identity)
  const to = await native.makeIdentity(recipient)
  const receipt = join(folder, 'receipt.json')
  await writeFile(receipt, await consent(identity, to))
  const recorder = await Recorder.start({
    receipt,
    folder: join(folder, 'out/r'),
    synthetic: { ...synthetic, asap: true },
  })
  await played(recorder)
  const { path } = await recorder.stop()
  return { folder, receipt, path, identity, recipient, to }
}

/** Whoever has a part in an agreement: the folders of their identities, and what others know of those. */
export async function parties(t: ExecutionContext) {
  const folder = await temporaryFolder(t)
  const [identity, office, vault] = [
    join(folder, 'me'),
    join(folder, 'office'),
    join(folder, 'vault'),
  ]
  await native.makeIdentity(identity)
  await native.makeIdentity(office)
  const recipient = await native.makeIdentity(vault)
  const { sign } = await publicKeys(office)
  return { folder, identity, office, vault, recipient, sign }
}

/** What others know of an identity: its X25519 and its Ed25519 public key, in hexadecimal. */
export async function publicKeys(identity: string): Promise<{ open: string; sign: string }> {
  const text = await readFile(join(identity, 'identity.json'), 'utf8')
  return JSON.parse(text) as { open: string; sign: string }
}

/** What is agreed to. */
export interface ConsentOptions {
  readonly seconds?: number
  readonly only?: readonly Track[]
  readonly live?: readonly LiveTrack[]
  /** Whether it may be released by itself. */
  readonly direct?: boolean
  /** Further recipients. */
  readonly others?: readonly string[]
}

/** The text of a receipt. */
export async function consent(
  identity: string,
  recipient: string,
  { seconds = 3600, only = tracks, live = [], direct = false, others = [] }: ConsentOptions = {},
): Promise<string> {
  const expires = Math.floor(Date.now() / 1000) + seconds
  const notice = 'For tests.'
  const terms = {
    tracks: only,
    live,
    direct,
    purpose: 'agent-training',
    recipients: [recipient, ...others],
    expires,
    notice,
  }
  return await native.consent(identity, terms)
}

/** Waits until a synthetic desktop that plays as fast as it can has played its script. */
export async function played(recorder: Recorder): Promise<void> {
  while (!recorder.played && recorder.state.type !== 'failed') await sleep(10)
}

/** Every item of a recording. Pictures share their pixels: only the last one is as it was. */
export async function readAll(path: string, identity: string) {
  return await collect(openRecording(path, { identity: await openIdentity(identity) }))
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

const program = ['--import=tsx', join(root, 'ts/cli.ts')]

/** Starts the command line, under limits such as `prlimit` takes; a test that fails does not leave it running. */
export function begin(
  t: ExecutionContext,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  limits: readonly string[] = [],
) {
  const child = start(args, environment, limits)
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

function start(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  limits: readonly string[] = [],
) {
  const all = [...program, ...args]
  const [command, rest] =
    limits.length > 0 ? ['prlimit', [...limits, process.execPath, ...all]] : [process.execPath, all]
  return spawn(command, rest, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the command line to its end. */
export async function understudy(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return await outcome(start(args, environment))
}

/** How a program ended, and what it said. */
export async function outcome(child: ChildProcess) {
  const [out, err] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ])
  return { code: child.exitCode, signal: child.signalCode, out, err }
}
