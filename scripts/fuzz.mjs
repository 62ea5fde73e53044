// `npm run fuzz -- list`, `npm run fuzz -- run record -- -runs=1000000`: cargo-fuzz with the nightly
// toolchain it needs.
import { needCargoTool, output, run, stop } from './run.mjs'

if (!output('cargo', ['+nightly', '--version'])) {
  stop('Fuzzing needs a nightly toolchain. With rustup: rustup toolchain install nightly')
}
needCargoTool('fuzz')
// Corpora begin with what the vectors hold: from nothing, a fuzzer would not find past a signature.
const seeds = ['run', '-q', '--manifest-path', 'fuzz/Cargo.toml', '--example', 'seeds']
if (process.argv[2] === 'run' && run('cargo', seeds)) {
  stop('The seeds could not be made from test/vectors.')
}
// Around secrets lie pages that nobody may read. The search for leaks at the end reads all, and would be a crash.
const env = { ASAN_OPTIONS: ['detect_leaks=0', process.env.ASAN_OPTIONS].filter(Boolean).join(':') }
process.exit(run('cargo', ['+nightly', 'fuzz', ...process.argv.slice(2)], { env }))
