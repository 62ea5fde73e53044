/** What scripts/page.mjs takes out of zstddec. */
declare module 'zstd.wasm' {
  const bytes: Uint8Array<ArrayBuffer>
  export default bytes
}

/** The detectors, as `npm run build:wasm` makes them. */
declare module 'detect.wasm' {
  const bytes: Uint8Array<ArrayBuffer>
  export default bytes
}

/** The worker as scripts/page.mjs bundled it. */
declare module 'worker.text' {
  const text: string
  export default text
}
