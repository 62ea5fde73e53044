// `npm run bench`: installs what is missing, builds, measures. What is asked for decides what is needed: help
// and a codec alone want no display and no addon.
import { run, runNpm, stop } from './run.mjs'
import { setup } from './setup.mjs'

const args = process.argv.slice(2)
const help = args.some((argument) => ['--help', '-h', 'help'].includes(argument))

if (help) setup()
else if (args[0] === 'codec')
  setup(args.some((argument) => argument.startsWith('--peers')) ? ['codecs'] : [])
else if (args[0] === 'decode' && args[1] !== undefined && !args[1].startsWith('-')) setup()
else if (args[0] === 'filter') setup(['display', 'office', 'instructions'])
else {
  setup(args[0] === 'detect' ? ['page'] : ['display', 'office', 'codecs'])
  if (runNpm(['run', 'build']) !== 0) stop('The build failed.')
}
process.exitCode = run(process.execPath, ['--import=tsx', 'bench/bench.ts', ...args])
