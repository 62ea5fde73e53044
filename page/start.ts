// How the served page starts its worker. The page in one file has its own: start-single.ts.

/** Where the page has its recording from. */
export const from: 'server' | 'files' = 'server'

/** Starts the worker that opens recordings. */
export function startWorker(): Worker {
  return new Worker(trusted('worker.js'), { name: 'reader' })
}

interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => { readonly createScriptURL: (url: string) => string }
}

/** The one script that the page starts, in the one way that its content policy allows. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  if (!trustedTypes) return url
  return trustedTypes
    .createPolicy('understudy', { createScriptURL: (same) => same })
    .createScriptURL(url)
}
