import type { Command } from 'commander'
import { readIdentity } from '../folder.js'
import { isLocked } from '../identity.js'
import { contributorActions } from '../review/contributor.js'
import { type ReviewOptions, serveReview } from '../review/server.js'
import { askPassphrase } from './passphrase.js'

interface ReviewCommandOptions {
  readonly identity?: string
  readonly json?: boolean
}

/**
 * `understudy review`
 *
 * @param program - what to add the command to
 */
export function reviewCommand(program: Command): void {
  program
    .command('review')
    .summary('look through a recording in your browser')
    .description(
      `Serves a page, on this machine alone, that shows a recording: pictures, keys, clicks, windows, what
was left out and why. The page opens the recording itself, with your identity, which never leaves it.`,
    )
    .argument('<recording>', "the recording's folder")
    .option('--identity <dir>', 'folder of your identity; without it the page asks for its file')
    .option('--json', 'print the address in JSON: url')
    .addHelpText('after', help)
    .action(review)
}

async function review(recording: string, options: ReviewCommandOptions): Promise<void> {
  const server = await serveReview({
    recording,
    ...(await ownOptions(recording, options.identity)),
  })
  console.log(options.json ? JSON.stringify({ url: server.url }) : server.url)
  console.error('Open this address in your browser: it works once, within ten minutes.')
  console.error('Ctrl-C ends the review.')
  await interrupted()
  await server.close()
}

/** What a contributor has beside the recording. */
async function ownOptions(recording: string, folder?: string): Promise<Partial<ReviewOptions>> {
  if (folder === undefined) return {}
  const identity = await locked(folder)
  const actions = contributorActions(recording, folder, askPassphrase)
  return { actions, ...(identity && { identity }) }
}

/** The identity's file, if that is under a passphrase: an open key passes through no socket. */
async function locked(folder: string): Promise<Uint8Array | undefined> {
  const bytes = await readIdentity(folder)
  if (isLocked(bytes)) return bytes
  console.error('Your identity has no passphrase: choose its file, identity.json, in the page.')
  return undefined
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
}

const help = `
With --identity you can also forget and release what you marked in the page. The page does neither by
itself: the passphrase is asked for here once more, or read from UNDERSTUDY_PASSPHRASE.

The address works in one browser, once: reload the page as you like, but another window needs another
review. Nothing is sent anywhere: the server answers this machine alone, with the sealed files.

A released copy opens with the identity that it was released to; its opening is written down first.

dist/page/review.html is the same page in one file, for recordings that you choose there yourself: open
it in a browser and drop the recording's folder on it.

Examples:
  understudy review recordings/2026-11-23 --identity ~/.understudy`
