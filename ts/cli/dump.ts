import type { Command } from 'commander'
import { openIdentity, openRecording, toLine } from '../reader.js'
import { Output } from './output.js'
import { askPassphrase } from './passphrase.js'

interface DumpOptions {
  readonly identity: string
  readonly hashes?: boolean
}

/**
 * `understudy dump`
 *
 * @param program - what to add the command to
 */
export function dumpCommand(program: Command): void {
  program
    .command('dump')
    .summary('open a recording and print its events as NDJSON')
    .description(
      `Opens a recording with your identity and prints one JSON object a line, merged by time.
Pixels are not printed: see "understudy frames". Members are described in docs/format.md, 11.1.`,
    )
    .argument('<recording>', "the recording's folder")
    .requiredOption('--identity <dir>', 'folder of the identity that it is sealed to')
    .option('--hashes', 'add to each frame the hash of its pixels')
    .option('--json', 'print errors in JSON as well; events always are')
    .addHelpText('after', help)
    .action(dump)
}

async function dump(recording: string, { identity: folder, hashes = false }: DumpOptions) {
  const identity = await openIdentity(folder, { passphrase: askPassphrase })
  const output = new Output()
  try {
    for await (const item of openRecording(recording, { identity })) {
      await output.write(toLine(item, { hashes }))
      if (output.closed) return
    }
  } finally {
    // What was read before a failure is good, so it is printed.
    await output.flush()
    identity.wipe()
  }
}

const help = `
A passphrase is asked for, or read from UNDERSTUDY_PASSPHRASE.

Examples:
  understudy dump recordings/2026-11-23 --identity ~/.understudy > events.ndjson
  understudy dump recordings/2026-11-23 --identity ~/.understudy | grep '"type":"keydown"' | head`
