import { element } from './dom.js'
import type { ChosenFile } from './origin.js'

/**
 * Lets a folder be chosen, or dropped on the page.
 *
 * @param main - where to ask
 * @returns its files
 */
export async function chooseFolder(main: HTMLElement): Promise<readonly ChosenFile[]> {
  const input = element('input', { type: 'file', id: 'folder', webkitdirectory: true })
  const zone = element(
    'section',
    { class: 'door', 'aria-labelledby': 'chooser-title' },
    element('h2', { id: 'chooser-title' }, 'Open a recording'),
    element('p', {}, 'Drop the recording’s folder here, or choose it. It stays on this computer.'),
    element('p', {}, element('label', { for: 'folder' }, 'Folder of the recording'), input),
  )
  main.replaceChildren(zone)
  return await new Promise((resolve) => {
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])].slice(0, maxFiles)
      resolve(files.map((file) => ({ path: withoutFirst(file.webkitRelativePath), file })))
    })
    document.addEventListener('dragover', (event) => {
      event.preventDefault()
      zone.classList.add('over')
    })
    document.addEventListener('dragleave', () => {
      zone.classList.remove('over')
    })
    document.addEventListener('drop', (event) => {
      event.preventDefault()
      zone.classList.remove('over')
      const dropped = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry())
      void walk(dropped).then(resolve)
    })
  })
}

async function walk(dropped: readonly (FileSystemEntry | null)[]): Promise<readonly ChosenFile[]> {
  const found: ChosenFile[] = []
  const folder = dropped.find((entry) => entry?.isDirectory)
  if (folder) await walkFolder(folder as FileSystemDirectoryEntry, '', found, 0)
  return found
}

async function walkFolder(
  folder: FileSystemDirectoryEntry,
  under: string,
  found: ChosenFile[],
  depth: number,
): Promise<void> {
  const reader = folder.createReader()
  for (;;) {
    // In batches, the last of which is empty.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (entries.length === 0) return
    for (const entry of entries) {
      if (found.length >= maxFiles) return
      const path = under + entry.name
      if (entry.isFile) {
        const file = await new Promise<File>((resolve, reject) => {
          ;(entry as FileSystemFileEntry).file(resolve, reject)
        })
        found.push({ path, file })
      } else if (depth < maxDepth) {
        await walkFolder(entry as FileSystemDirectoryEntry, `${path}/`, found, depth + 1)
      }
    }
  }
}

/** The browser names files from the chosen folder on. */
function withoutFirst(path: string): string {
  return path.slice(path.indexOf('/') + 1)
}

const maxFiles = 100_000
const maxDepth = 8
