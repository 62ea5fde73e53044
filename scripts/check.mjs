// `npm run check`: everything CI runs, in CI's order; stops at the first step that fails, and names it.
import { runNpm, say, stop } from './run.mjs'
import { setup } from './setup.mjs'

const steps = [
  'format:check',
  'lint',
  'typecheck',
  'deny',
  'docs',
  'cross',
  'vectors',
  'fuzz:build',
  'generated',
  'instructions',
  'test',
]

setup(['display', 'page', 'office'])
for (const step of steps) {
  say(`npm run ${step}`)
  if (runNpm(['run', step]) !== 0) stop(`npm run ${step} failed; the steps after it were not run.`)
}
console.log(`\nAll ${steps.length} steps passed.`)
