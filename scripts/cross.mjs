// `npm run cross`: type-checks the whole workspace for Windows and macOS on a Linux machine, so that
// no change has to wait for CI to learn that it compiles on Linux alone.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say, stop } from './run.mjs'
import { pickToolchain } from './toolchain.mjs'

const targets = ['x86_64-pc-windows-gnu', 'aarch64-apple-darwin']

if (process.platform !== 'linux') {
  console.log(
    'Checking for other systems works on Linux alone; here `cargo check` checks this one.',
  )
  process.exit(0)
}

// Its own folder: another compiler's artifacts would push this machine's out of the cache.
const folder = join('target', 'cross')
const toolchain = pickToolchain(targets, { purposes: ['cross'], built: ['cross-std'] })
for (const target of targets) {
  say(`cargo check for ${target}`)
  const args = ['check', '--workspace', '--all-targets', '--locked', '--target', target]
  args.push('--target-dir', folder, ...toolchain.args)
  if (run(toolchain.cargo, args, { env: { ...toolchain.env, ...standIns() } }) !== 0) {
    stop(`The workspace does not compile for ${target}.`)
  }
}

/** Nothing is linked, so libraries of the target need not be there, only be found. */
function standIns() {
  const node = join(root, folder, 'libnode')
  mkdirSync(node, { recursive: true })
  // napi's build script for windows-gnu looks for this file, and does not open it.
  writeFileSync(join(node, 'libnode.dll'), '')
  return {
    LIBNODE_PATH: node,
    // Linux's zstd instead of compiling zstd's C, which would need a C compiler for each target.
    ZSTD_SYS_USE_PKG_CONFIG: '1',
    PKG_CONFIG_ALLOW_CROSS: '1',
  }
}
