// Fails when files made by a tool differ from those committed:
//
//   node scripts/unchanged.mjs native test/vectors
//
// `git diff` alone would not see a file that was never added.
import { output, run, stop } from './run.mjs'

const paths = process.argv.slice(2)
const changed = output('git', ['status', '--porcelain', '--', ...paths])
if (changed === undefined) stop('This check compares with git, and this is no git checkout.')
if (changed !== '') {
  run('git', ['--no-pager', 'diff', '--stat', '--', ...paths])
  stop(
    `Made again, these files differ from those committed. Commit them with their cause:\n${changed}`,
  )
}
