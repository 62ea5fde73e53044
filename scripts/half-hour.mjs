// Text that looks written, the same on every machine: a seed gives the words. Plain Node, as all scripts here.

/** Numbers that follow from a seed. */
export class Random {
  #state

  constructor(seed) {
    this.#state = seed >>> 0
  }

  /** From 0 up to 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of these. */
export function pick(random, from) {
  return from[Math.floor(random.next() * from.length)]
}

const words = (text) => text.trim().split(/\s+/)

const nouns = words(
  'report meeting draft table garden engine budget plan river letter chapter index museum market station team',
)
const verbs = words(
  'covers follows changes needs explains opens closes supports replaces mentions moves holds answers',
)
const qualities = words(
  'new quiet second early green useful short open final careful plain northern',
)
const links = words('because although while whereas before after')

/** A sentence of a dozen words or so. */
export function sentence(random) {
  const part = () =>
    `the ${pick(random, qualities)} ${pick(random, nouns)} ${pick(random, verbs)} the ${pick(random, nouns)}`
  const text = `${part()} ${pick(random, links)} ${part()}`
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}

/** A few words. */
export function title(random) {
  return `${pick(random, qualities)} ${pick(random, nouns)} and ${pick(random, nouns)}`
}

/** A line of a program. */
export function code(random) {
  const [one, other] = [pick(random, nouns), pick(random, nouns)]
  const n = (below) => Math.floor(random.next() * below)
  return pick(random, [
    `const ${one}Count = ${other}.length + ${n(100)}`,
    `if (${one}.size > ${n(4096)}) return ${other}(${n(10)}, '${one}')`,
    `for (let at = 0; at < ${n(256)}; at++) ${one}[at] = 0x${n(65536).toString(16)}`,
    `// ${sentence(random)}`,
    `import { ${one} } from './${other}.js'`,
    `assert_eq!(${one}.${other}(), ${n(1000)}_${100 + n(900)});`,
    `  color: #${(n(0xffffff) | 0x100000).toString(16)}; margin: ${n(40)}px ${n(40)}px;`,
    `let ${one} = ${other}.get("${one}-${n(100)}").unwrap_or(${n(10)}.${n(100)});`,
  ])
}
