// `npm run bench`: what recording costs. `--help` says what it takes.
import { program } from './program.js'

try {
  await program().parseAsync()
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
