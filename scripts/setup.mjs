// Installs what is missing, so that a fresh clone needs one command. Plain Node, no packages.
//
//   node scripts/setup.mjs [display] [page] [office] [codecs] [instructions] [cross]
//   node scripts/setup.mjs --list display       names the Debian packages missing for it
//
// Exit code 2: something is missing that only the person at the machine can install.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath, output, root, run, runNpm, say, stop } from './run.mjs'

/**
 * Debian packages by purpose, each with the program or file it is wanted for, or with several of which
 * one will do: when that is there, wherever it came from, nothing is installed.
 */
const packages = {
  // Rust links with the C compiler; zstd-napi is compiled when no prebuilt addon can be fetched.
  build: { 'g++': 'c++', 'libc6-dev': '/usr/include/stdlib.h', make: 'make', python3: 'python3' },
  // A private X display with real applications: the demo, the tests on X, the bench.
  display: {
    xvfb: 'Xvfb',
    openbox: 'openbox',
    picom: 'picom',
    xterm: 'xterm',
    mousepad: 'mousepad',
    'dbus-x11': 'dbus-launch',
    // Applications that tell of their fields: a form in GTK, a page.
    'at-spi2-core': '/usr/libexec/at-spi2-registryd',
    'dbus-bin': 'dbus-send',
    'dbus-daemon': 'dbus-daemon',
    'python3-gi': '/usr/lib/python3/dist-packages/gi/__init__.py',
    'gir1.2-gtk-3.0': `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/girepository-1.0/Gtk-3.0.typelib`,
    zenity: 'zenity',
    chromium: 'chromium',
    // A prompt for a password as `ssh` shows it, and a server that it asks for.
    'openssh-client': 'ssh',
    'dropbear-bin': '/usr/sbin/dropbear',
    // What a recorder hands to the system, byte by byte.
    strace: 'strace',
    'x11-utils': 'xprop',
    xdotool: 'xdotool',
    'x11-xserver-utils': 'xrandr',
    'x11-xkb-utils': 'xkbcomp',
    'xkb-data': '/usr/share/X11/xkb/rules/evdev',
    'libx11-data': '/usr/share/X11/locale/en_US.UTF-8/Compose',
    'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
  },
  // The tests of the review page: any browser of Chromium's family.
  page: { chromium: ['chromium', 'google-chrome', 'chromium-browser'] },
  // An office suite that draws as a desktop's own programs do: the tests of what is filtered, the bench.
  office: {
    'libreoffice-calc': 'localc',
    'libreoffice-gtk3': '/usr/lib/libreoffice/program/libvclplug_gtk3lo.so',
  },
  // Other codecs, and the grabbing of the screen that most recorders start from.
  codecs: { ffmpeg: 'ffmpeg' },
  // Counting instructions, which a busy machine does not blur.
  instructions: { valgrind: 'valgrind' },
  // Type-checking for Windows and macOS: zstd's C is not compiled, its pkg-config file stands in.
  cross: {
    'pkg-config': 'pkg-config',
    'libzstd-dev': '/usr/include/zstd.h',
  },
  // A standard library to build for other targets, where rustup has none.
  'build-std': {
    'cargo-web': '/usr/bin/cargo',
    'rustc-web': '/usr/bin/rustc',
    'rust-web-src': '/usr/lib/rustlib/src/rust/library/std/Cargo.toml',
  },
  // The library names what it takes from Windows' own, and `dlltool` makes import libraries of that.
  'cross-std': { 'binutils-mingw-w64-x86-64': 'x86_64-w64-mingw32-dlltool' },
  // Debian's compiler has no linker for WebAssembly.
  wasm: { 'lld-22': 'wasm-ld-22' },
}

/** Checks the tools, then installs system packages for the purposes given, then npm packages. */
export function setup(purposes = []) {
  checkNode()
  checkRust()
  if (process.platform === 'linux') installSystemPackages(purposes)
  installNpmPackages()
}

function checkNode() {
  const { engines } = readJson('package.json')
  const wanted = engines.node.replace('>=', '')
  if (!atLeast(process.versions.node, wanted)) {
    stop(`Node ${wanted} or later is needed; this is ${process.versions.node}.`, 2)
  }
}

function checkRust() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8')
  const wanted = /^rust-version = "([\d.]+)"/m.exec(manifest)[1]
  const version = /^cargo ([\d.]+)/.exec(output('cargo', ['--version']) ?? '')?.[1]
  if (version === undefined) {
    stop(
      `A Rust toolchain is needed (cargo is not on the PATH): install rustup, then Rust ${wanted} or later.`,
      2,
    )
  }
  if (!atLeast(version, wanted)) {
    stop(
      `Rust ${wanted} or later is needed; this is ${version}. With rustup: rustup update stable`,
      2,
    )
  }
}

function installSystemPackages(purposes) {
  const missing = missingPackages(purposes)
  if (missing.length === 0) return

  const names = missing.map(([name]) => name)
  if (!isDebian()) {
    const wanted = missing.map(([, file]) => [file].flat()[0]).join(', ')
    stop(
      `Missing on this system: ${wanted}. On Debian and Ubuntu they come from: ${names.join(' ')}`,
      2,
    )
  }
  const install = ['install', '--yes', '--no-install-recommends', ...names]
  if (process.getuid() !== 0) {
    stop(
      `System packages are missing. Run this line, then the same command again:\n\n  sudo apt-get ${install.join(' ')}`,
      2,
    )
  }
  say(`installing system packages: ${names.join(' ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  // Another apt may be at work on a machine that just started: wait for it.
  const wait = ['-o', 'DPkg::Lock::Timeout=600']
  // One unreachable source must not stop an installation that the others can serve.
  run('apt-get', [...wait, 'update'], { env })
  if (run('apt-get', [...wait, ...install], { env }) !== 0) {
    stop(`apt-get could not install: ${names.join(' ')}`, 2)
  }
}

/** Name, and the program or file wanted, of each Debian package that is missing. */
function missingPackages(purposes) {
  return ['build', ...purposes]
    .flatMap((purpose) => Object.entries(packages[purpose]))
    .filter(([, wanted]) => ![wanted].flat().some(isThere))
}

function isThere(wanted) {
  return wanted.startsWith('/') ? existsSync(wanted) : onPath(wanted)
}

function installNpmPackages() {
  if (!npmPackagesMatch()) {
    say('installing npm packages (npm ci)')
    // Warnings about other people's packages are not for whoever tries this out.
    if (runNpm(['ci', '--loglevel=error'], { env: nodeHeaders() }) !== 0) stop('npm ci failed.')
  }
  const require = createRequire(join(root, 'package.json'))
  try {
    require('zstd-napi')
  } catch (error) {
    stop(
      `zstd-napi does not load; its install script must have been skipped. Try: npm rebuild zstd-napi\n${error}`,
    )
  }
}

/** Compares what npm wrote down after its last install with the lock file. */
function npmPackagesMatch() {
  const installed = join('node_modules', '.package-lock.json')
  if (!existsSync(join(root, installed))) return false
  const have = readJson(installed).packages
  const want = readJson('package-lock.json').packages
  return Object.entries(want).every(([path, { integrity, optional }]) => {
    if (path === '') return true
    if (have[path] === undefined) return optional === true
    return have[path].integrity === integrity
  })
}

/** node-gyp downloads Node's headers; those beside this Node do as well, and need no network. */
function nodeHeaders() {
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  const found = existsSync(join(prefix, 'include', 'node', 'node_api.h'))
  return found ? { npm_config_nodedir: prefix } : {}
}

/** Whether system packages are Debian's, or made from them. */
export function isDebian() {
  if (!existsSync('/etc/os-release')) return false
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function atLeast(version, wanted) {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number))
  for (const [i, number] of want.entries()) {
    if ((have[i] ?? 0) !== number) return (have[i] ?? 0) > number
  }
  return true
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  const purposes = process.argv.slice(2).filter((argument) => argument !== '--list')
  const unknown = purposes.find((purpose) => !(purpose in packages))
  if (unknown !== undefined) {
    stop(`setup knows ${Object.keys(packages).join(', ')}, not ${unknown}.`, 2)
  }
  if (process.argv.includes('--list')) {
    console.log(
      missingPackages(purposes)
        .map(([name]) => name)
        .join(' '),
    )
  } else {
    setup(purposes)
  }
}
