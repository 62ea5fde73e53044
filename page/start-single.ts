import script from 'worker.text'

/** Where the page has its recording from. */
export const from: 'server' | 'files' = 'files'

/** Starts the worker that opens recordings, which is part of this page. */
export function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  return new Worker(url, { name: 'reader' })
}
