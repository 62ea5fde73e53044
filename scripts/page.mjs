// Bundles the review page into dist/page: index.html with its files, as `understudy review` serves it,
// and review.html, the same page in one file, for recordings that are chosen in it.
import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from './run.mjs'

/** Builds the page into a folder; each file is there whole or not at all, whoever reads meanwhile. */
export async function buildPage(out = join(root, 'dist/page')) {
  mkdirSync(out, { recursive: true })
  // Not a module: a page that comes from a file can start no worker that is one.
  const worker = await bundle('page/worker.ts', { format: 'iife' })
  const styles = await bundle('page/page.css')
  write(out, 'worker.js', worker)
  write(out, 'page.js', await bundle('page/main.ts'))
  write(out, 'page.css', styles)
  for (const name of ['index.html', 'icon.svg'])
    write(out, name, readFileSync(join(root, 'page', name)))
  const licenses = `${licensesOf(shipped)}\n----\n\n${readBuilt('detect.licenses.txt')}`
  write(out, 'licenses.txt', licenses)
  write(out, 'review.html', single(await bundle('page/main.ts', { worker }), styles, licenses))
}

/** What is shipped as part of the page, and is not ours. */
const shipped = [
  'libsodium-sumo',
  'libsodium-wrappers-sumo',
  'zstddec',
  '@scure/base',
  'canonicalize',
]

/** The licences of packages, which go where their code goes. */
function licensesOf(packages) {
  return packages
    .map((name) => {
      const folder = join(root, 'node_modules', name)
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`
    })
    .join('\n----\n\n')
}

/** Fails where a package is bundled whose licence would not be. */
function checkShipped({ inputs }) {
  for (const path of Object.keys(inputs)) {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
    if (name !== undefined && !shipped.includes(name))
      throw new Error(`${name} is not in "shipped"`)
  }
}

/** One script, with all that it needs in a browser; or one style sheet, with all that it imports. */
export async function bundle(entry, { format = 'esm', worker } = {}) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format,
    target: 'es2022',
    minify: true,
    legalComments: 'inline',
    plugins: [parts(worker)],
    logLevel: 'warning',
  })
  checkShipped(metafile)
  return outputFiles[0].text
}

/** What stands for something else in a browser. */
function parts(worker) {
  return {
    name: 'parts',
    setup(builder) {
      const instead = (filter, path) =>
        builder.onResolve({ filter }, ({ importer }) => (importer === path ? undefined : { path }))
      instead(/^\.\/zstd\.js$/, join(root, 'page/zstd.ts'))
      if (worker !== undefined) instead(/^\.\/start\.js$/, join(root, 'page/start-single.ts'))
      // One libsodium for all: the larger build, which has Argon2id too.
      builder.onResolve({ filter: /^libsodium-wrappers$/ }, ({ resolveDir }) =>
        builder.resolve('libsodium-wrappers-sumo', { resolveDir, kind: 'import-statement' }),
      )
      const made = (name, loader, contents) => {
        builder.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
          path: name,
          namespace: 'made',
        }))
        builder.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'made' }, () => ({
          contents: contents(),
          loader,
        }))
      }
      made('zstd.wasm', 'binary', zstdModule)
      made('detect.wasm', 'binary', () => readBuilt('detect.wasm'))
      made('worker.text', 'text', () => worker)
    },
  }
}

/** zstd compiled to WebAssembly, out of zstddec: the package exports only a wrapper around it. */
function zstdModule() {
  const path = createRequire(join(root, 'package.json')).resolve('zstddec/stream')
  const texts = [...readFileSync(path, 'utf8').matchAll(/["'`](AGFzb[A-Za-z0-9+/=]+)["'`]/g)]
  if (texts.length !== 1) throw new Error('zstddec has another form: look where its module is now')
  return Buffer.from(texts[0][1], 'base64')
}

/** A part of the detectors, which another script builds. */
function readBuilt(name) {
  try {
    return readFileSync(join(root, 'dist', name))
  } catch (error) {
    const message = `dist/${name} is not there: npm run build:wasm builds it`
    throw new Error(message, { cause: error })
  }
}

/** Script and styles stand in the page itself; its policy names them by their hashes. */
function single(script, styles, licenses) {
  const safe = script.replaceAll('</script', '<\\/script')
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(safe)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(styles)}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const charset = '<meta charset="utf-8" />'
  return [
    [charset, `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`],
    ['    <link rel="icon" href="icon.svg" />\n', ''],
    ['<link rel="stylesheet" href="page.css" />', `<style>${styles}</style>`],
    ['<script type="module" src="page.js"></script>', `<script type="module">${safe}</script>`],
    ['</html>', `</html>\n<!--\n${licenses.replaceAll('--', '- -')}-->`],
  ].reduce(swap, readFileSync(join(root, 'page/index.html'), 'utf8'))
}

/** What is not found would be missing in silence, the policy too. */
function swap(text, [from, to]) {
  if (!text.includes(from)) throw new Error(`page/index.html has no ${from}`)
  return text.replace(from, () => to)
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function write(out, name, content) {
  const path = join(out, name)
  const made = `${path}.${randomBytes(4).toString('hex')}`
  writeFileSync(made, content)
  renameSync(made, path)
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await buildPage()
