// Installs the peers that are libraries, in versions that are named here, outside this package's own dependencies.
import { execFile } from 'node:child_process'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where they are; removed with all else that was built. */
export const peersFolder = fileURLToPath(new URL('../../target/bench-peers', import.meta.url))

const npmVersions = { 'node-screenshots': '0.2.8', 'uiohook-napi': '1.5.5' }
const pythonVersions = { mss: '10.2.0', pynput: '1.8.2', 'python-xlib': '0.33', six: '1.17.0' }

/** The versions that are installed, or would be. */
export const versions: Readonly<Record<string, string>> = { ...npmVersions, ...pythonVersions }

/**
 * Makes a peer ready to be started.
 *
 * @param name - of the subject
 * @returns why it cannot be had, or undefined
 */
export async function install(name: string): Promise<string | undefined> {
  try {
    if (name in npmVersions) await once('npm', installNpm)
    else if (name === 'mss-pynput') await once('venv', installPython)
    else await run('ffmpeg', ['-version'])
    return undefined
  } catch (error) {
    return reason(error)
  }
}

/** Runs an installation unless it was done with these versions before. */
async function once(part: string, installation: (folder: string) => Promise<void>): Promise<void> {
  const done = join(peersFolder, `${part}.json`)
  const wanted = JSON.stringify(versions)
  const had = await readFile(done, 'utf8').catch(() => '')
  if (had === wanted) return
  const folder = join(peersFolder, part)
  await mkdir(folder, { recursive: true })
  await installation(folder)
  await writeFile(done, wanted)
}

async function installNpm(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private":true}\n')
  const packages = Object.entries(npmVersions).map(([name, version]) => `${name}@${version}`)
  // Both come with what was built for this system.
  const flags = ['--prefix', folder, '--loglevel=error', '--ignore-scripts']
  await run('npm', ['install', ...flags, ...packages], { cwd: folder })
}

async function installPython(folder: string): Promise<void> {
  await run('python3', ['-m', 'venv', folder])
  const python = join(folder, 'bin', 'python')
  await access(python)
  // Without what pynput needs on a console alone: that has to be compiled, for the very kernel.
  const packages = Object.entries(pythonVersions).map(([name, version]) => `${name}==${version}`)
  const flags = ['--quiet', '--disable-pip-version-check', '--no-deps']
  await run(python, ['-m', 'pip', 'install', ...flags, ...packages])
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  const lines = (stderr?.trim() ?? '') === '' ? message : stderr
  return (lines ?? String(error)).trim().split('\n').slice(-1)[0]?.slice(0, 200) ?? 'unknown'
}
