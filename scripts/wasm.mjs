// `npm run build:wasm`: the detectors as WebAssembly, in dist/detect.wasm, and beside it the licences of
// what they are made of. What a browser loads, and Node where there is no addon.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { output, root, run, say, stop } from './run.mjs'
import { pickToolchain } from './toolchain.mjs'

const target = 'wasm32-unknown-unknown'
// Its own folder: another compiler's artifacts would push this machine's out of the cache.
const folder = join('target', 'wasm')

const own = ownLinker()
const toolchain = pickToolchain([target], { built: own === undefined ? ['wasm'] : [] })
say('cargo build of the detectors for a browser')
const args = ['build', '--package', 'understudy-web', '--profile', 'web', '--locked']
args.push('--target', target, '--target-dir', folder, ...toolchain.args)
if (run(toolchain.cargo, args, { env: { ...environment(), ...toolchain.env } }) !== 0) {
  stop('The detectors do not build for a browser.')
}
const built = readFileSync(join(root, folder, target, 'web', 'understudy_web.wasm'))
mkdirSync(join(root, 'dist'), { recursive: true })
put('detect.wasm', built)
put('detect.licenses.txt', licenses())
const kilobytes = (length) => `${Math.round(length / 1000).toLocaleString('en')} kB`
console.log(
  `dist/detect.wasm: ${kilobytes(built.length)}, ${kilobytes(gzipSync(built).length)} in gzip`,
)

/** Paths of this machine are nobody's business, and would make each machine's file another one. */
function environment() {
  const home = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  const flags = [`--remap-path-prefix=${home}=`, `--remap-path-prefix=${root}=`]
  const linker = toolchain.args.length === 0 ? undefined : (own ?? 'wasm-ld-22')
  return {
    CARGO_ENCODED_RUSTFLAGS: flags.join('\u001f'),
    ...(linker !== undefined && { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker }),
  }
}

/** The linker that rustup's compiler brings; Debian's brings none. */
function ownLinker() {
  const sysroot = output('rustc', ['--print', 'sysroot'])?.trim() ?? ''
  const host = output('rustc', ['--print', 'host-tuple'])?.trim() ?? ''
  const path = join(sysroot, 'lib', 'rustlib', host, 'bin', 'rust-lld')
  return existsSync(path) ? path : undefined
}

/** There whole or not at all, whoever reads meanwhile. */
function put(name, content) {
  const path = join(root, 'dist', name)
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}

/** The licences of the crates that are in the module, which go where their code goes. */
function licenses() {
  const args = ['metadata', '--locked', '--format-version', '1', '--filter-platform', target]
  const { packages, resolve } = JSON.parse(output('cargo', args) ?? stop('cargo metadata failed.'))
  const depends = new Map(resolve.nodes.map(({ id, deps }) => [id, deps]))
  const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes('proc-macro'))
  // What writes code while it compiles is not in what it wrote.
  for (const { id } of packages.filter(isMacro)) depends.delete(id)
  const used = new Set(packages.filter(({ name }) => name === 'understudy-web').map(({ id }) => id))
  for (const id of used) {
    const linked = ({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null)
    for (const { pkg } of (depends.get(id) ?? []).filter(linked)) used.add(pkg)
  }
  return packages
    .filter(({ id, source }) => source !== null && used.has(id) && depends.has(id))
    .map((one) => `${one.name} ${one.version} (${one.license})\n\n${licenseOf(one)}\n`)
    .join('\n----\n\n')
}

/** The shorter one, where there is a choice; of whoever published none, their names. */
function licenseOf({ manifest_path: manifest, authors }) {
  const folder = dirname(manifest)
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying)/i.test(file))
  const [first] = [...files.filter((file) => /mit/i.test(file)), ...files.sort()]
  if (first === undefined) return `by ${authors.join(', ')}`
  return readFileSync(join(folder, first), 'utf8').trim()
}
