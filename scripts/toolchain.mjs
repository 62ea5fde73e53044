// Which compiler builds for a target that is not this machine's own.
import { existsSync } from 'node:fs'
import { output, run, say, stop } from './run.mjs'
import { isDebian, setup } from './setup.mjs'

/**
 * This machine's Rust where it has the targets' standard libraries, or rustup can get them; otherwise
 * Debian's compiler, whose packages bring the library's source, from which cargo builds it for any target.
 *
 * Installs what is missing: for `purposes` always, for `built` where the library has to be built.
 */
export function pickToolchain(targets, { purposes = [], built = [] } = {}) {
  const wanted = targets.filter((target) => !hasLibrary(target))
  if (wanted.length > 0 && output('rustup', ['--version']) !== undefined) {
    say(`rustup target add ${wanted.join(' ')}`)
    run('rustup', ['target', 'add', ...wanted])
  }
  const missing = wanted.filter((target) => !hasLibrary(target))
  if (missing.length === 0) {
    setup(purposes)
    return { cargo: 'cargo', args: [], env: {} }
  }
  const add = `rustup target add ${missing.join(' ')}`
  if (!isDebian())
    stop(`Rust's standard library for ${missing.join(', ')} is missing. Try: ${add}`, 2)
  say(`no standard library for ${missing.join(', ')}: Debian's compiler builds it (or: ${add})`)
  setup([...purposes, 'build-std', ...built])
  return {
    cargo: '/usr/bin/cargo',
    args: ['-Z', 'build-std=std,panic_abort'],
    env: { RUSTC: '/usr/bin/rustc', RUSTC_BOOTSTRAP: '1' },
  }
}

/** Whoever installed it: rustup, a distribution. */
function hasLibrary(target) {
  const folder = output('rustc', ['--print', 'target-libdir', '--target', target])?.trim()
  return folder !== undefined && existsSync(folder)
}
