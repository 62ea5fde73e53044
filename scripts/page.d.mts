/** Builds the review page into a folder; default: dist/page. */
export function buildPage(out?: string): Promise<void>

/** Bundles one script as the page's are: the text of a module, with all that it needs in a browser. */
export function bundle(entry: string): Promise<string>
