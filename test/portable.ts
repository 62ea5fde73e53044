// What test/portable.test.ts bundles as the page is bundled: the reader's parts that a browser gets.
export { Identity } from '../ts/identity.js'
export { toLine } from '../ts/ndjson.js'
export { Recording } from '../ts/recording.js'
export { MemorySource } from '../ts/source.js'
