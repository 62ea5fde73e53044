// `npm run fuzz -- list`, `npm run fuzz -- run record -- -runs=1000000`: cargo-fuzz with the nightly
// toolchain it needs.
import { needCargoTool, output, run, stop } from './run.mjs'

if (!output('cargo', ['+nightly', '--version'])) {
  stop('Fuzzing needs a nightly toolchain. With rustup: rustup toolchain install nightly')
}
needCargoTool('fuzz')
process.exit(run('cargo', ['+nightly', 'fuzz', ...process.argv.slice(2)]))
