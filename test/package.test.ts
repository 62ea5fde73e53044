// What is published: the packed tarball, installed in an empty folder, used from JavaScript and TypeScript.
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { temporaryFolder } from './folder.js'
import { root } from './studio.js'

const run = promisify(execFile)
const windows = process.platform === 'win32'
const npm = (args: readonly string[], cwd: string) =>
  run(windows ? 'npm.cmd' : 'npm', args, { cwd, shell: windows })
const page = ['index.html', 'page.js', 'worker.js', 'page.css', 'licenses.txt', 'review.html'].map(
  (name) => `dist/page/${name}`,
)
const typescript = join(root, 'node_modules/typescript/bin/tsc')

test('the packed tarball records and reads back', async (t) => {
  t.timeout(600_000)
  const folder = await temporaryFolder(t)
  const node = (args: readonly string[]) => run(process.execPath, args, { cwd: folder })

  // `npm run build:wasm` was before: compiling is not what is tested here.
  await npm(['run', 'build:ts'], root)
  await npm(['run', 'build:page'], root)
  const packed = await npm(['pack', '--json', '--pack-destination', folder], root)
  const [{ filename, files }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ]
  const paths = files.map(({ path }) => path)
  for (const path of [
    'dist/index.d.ts',
    'dist/cli.js',
    'dist/detect.d.ts',
    'dist/detect.wasm',
    'dist/detect.licenses.txt',
    'docs/format.md',
    'native/binding.js',
    ...page,
  ]) {
    t.true(paths.includes(path), path)
  }
  t.deepEqual(
    paths.filter((path) => /^(ts|test|crates|examples)\//.test(path)),
    [],
  )

  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const own = {
    private: true,
    type: 'module',
    devDependencies: { '@types/node': manifest.devDependencies['@types/node'] },
    // npm 11 asks before a dependency builds itself.
    allowScripts: { 'zstd-napi': true },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(own))
  await npm(['install', `./${filename}`, '--prefer-offline', '--no-audit', '--no-fund'], folder)
  const understudy = (...args: string[]) =>
    node(['node_modules/@understudy/capture/dist/cli.js', ...args])

  await understudy('keygen', 'identity', '--no-passphrase')
  const publicKey = (await understudy('keygen', 'trainer', '--no-passphrase')).stdout.trim()
  await understudy(
    ...['consent', '--identity', 'identity', '--recipient', publicKey],
    ...['--tracks', 'pointer,keyboard,screen,context', '--purpose', 'agent-training'],
    ...['--expires', '1h', '--out', 'receipt.json', '--agree'],
  )

  await mkdir(join(folder, 'examples'))
  for (const name of ['host.ts', 'record.ts', 'replay.ts', 'synthetic.js']) {
    await cp(join(root, 'examples', name), join(folder, 'examples', name))
  }
  const js = await node(['examples/synthetic.js', 'receipt.json', 'js', 'identity'])
  const [path = '', items] = js.stdout.trim().split(' ')
  t.true(Number(items) > 20, js.stdout)
  t.is((await understudy('verify', path)).stdout.split(':')[0], 'intact')

  // The detectors alone, as a host without the addon has them.
  const script = `
    import { readFile } from 'node:fs/promises'
    import { loadDetectors } from '@understudy/capture/detect'
    const wasm = new URL(import.meta.resolve('@understudy/capture/detect.wasm'))
    const detectors = await loadDetectors(await readFile(wasm))
    console.log(detectors.redact('my ssn is 078-05-1121').text)`
  await writeFile(join(folder, 'detect.mjs'), script)
  t.is((await node(['detect.mjs'])).stdout.trim(), 'my ssn is ⟨us_ssn⟩')

  // Without skipLibCheck: the declarations that are published must hold by themselves.
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext']
  const target = ['--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--types', 'node']
  const sources = ['examples/host.ts', 'examples/record.ts', 'examples/replay.ts']
  await node([typescript, ...strict, ...target, '--outDir', 'built', ...sources]).catch(
    (error: unknown) => t.fail((error as { stdout: string }).stdout),
  )
  const recorded = await node(['built/record.js', 'receipt.json', 'ts', '2', 'synthetic'])
  t.deepEqual(recorded.stderr.split('\n').slice(0, 2), ['recording', 'stopped'])
  const replayed = await node(['built/replay.js', recorded.stdout.trim(), 'identity'])
  const lines = replayed.stdout.split('\n')
  t.is(lines[0], 'intact')
  t.true(lines.some((line) => line.includes('picture of')))
  t.true(lines.some((line) => line.includes(' Key')))
})
