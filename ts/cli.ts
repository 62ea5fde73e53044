#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { consentCommand } from './cli/consent.js'
import { countersignCommand } from './cli/countersign.js'
import { dumpCommand } from './cli/dump.js'
import { reportFailure } from './cli/failure.js'
import { forgetCommand } from './cli/forget.js'
import { framesCommand } from './cli/frames.js'
import { infoCommand } from './cli/info.js'
import { keygenCommand } from './cli/keygen.js'
import { openingsCommand } from './cli/openings.js'
import { outliveReaders } from './cli/output.js'
import { pauseCommand } from './cli/pause.js'
import { policyCommand } from './cli/policy.js'
import { recordCommand } from './cli/record.js'
import { redactCommand } from './cli/redact.js'
import { releaseCommand } from './cli/release.js'
import { resumeCommand } from './cli/resume.js'
import { reviewCommand } from './cli/review.js'
import { settleCommand } from './cli/settle.js'
import { statusCommand } from './cli/status.js'
import { stopCommand } from './cli/stop.js'
import { unmaskCommand } from './cli/unmask.js'
import { uploadCommand } from './cli/upload.js'
import { verifyCommand } from './cli/verify.js'
import { withdrawCommand } from './cli/withdraw.js'

/** The `understudy` program. Each command is one file in `cli/`, and registers itself here. */
const program = new Command('understudy')
  .description('Records computer work with consent, sealed to the person recorded.')
  .version(version())
  .addHelpText('after', exitCodesHelp())
  // Failures end in one place, `reportFailure`, which knows the exit codes.
  .exitOverride()

const commands = [
  keygenCommand,
  consentCommand,
  countersignCommand,
  policyCommand,
  recordCommand,
  statusCommand,
  pauseCommand,
  resumeCommand,
  unmaskCommand,
  stopCommand,
  redactCommand,
  verifyCommand,
  infoCommand,
  dumpCommand,
  framesCommand,
  reviewCommand,
  uploadCommand,
  forgetCommand,
  releaseCommand,
  openingsCommand,
  withdrawCommand,
  settleCommand,
]
for (const command of commands) command(program)

outliveReaders()
try {
  await program.parseAsync()
} catch (error) {
  reportFailure(error)
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

function exitCodesHelp(): string {
  return `
Exit codes:
  0  done; of verify: intact
  1  failed; of verify: not as it was written; of policy check: a layer does not hold
  2  the command line is wrong
  3  of verify: cut short by a crash, what there is is intact
  4  done here, but bytes that no longer open may be left in a store that failed

With --json, answers are JSON on stdout, and errors are JSON on stderr:
  {"error":{"code":"tampered","message":"…","at":"journal.ndjson","line":3}}`
}
