// `npm run deny`: licences, sources, duplicates and advisories of the Rust crates, by `deny.toml`.
import { needCargoTool, run, stop } from './run.mjs'

needCargoTool('deny')
if (run('cargo', ['deny', '--locked', 'check', 'bans', 'licenses', 'sources']) !== 0)
  process.exit(1)

// The advisories are a git repository elsewhere. GitHub's machines reach it, so there a failure
// counts; a machine without that way out still checks the rest.
if (run('cargo', ['deny', '--locked', 'fetch', 'db']) === 0) {
  process.exit(run('cargo', ['deny', '--locked', 'check', 'advisories', '--disable-fetch']))
}
const message = 'The advisory database cannot be fetched from here: advisories were NOT checked.'
if (process.env.GITHUB_ACTIONS) stop(message)
console.warn(`\n${message}`)
