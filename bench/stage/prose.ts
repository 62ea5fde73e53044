// Text that looks written, the same on every machine: a seed gives the words.

/** A row of numbers that looks like chance and is not. */
export class Random {
  #state: number

  /** @param seed - another one, another row */
  constructor(seed: number) {
    this.#state = seed
  }

  /** From 0 until below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** One of several. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0]
  }
}

type Words = [string, ...string[]]
const list = (text: string) => text.trim().split(/\s+/) as Words

const subjects =
  list(`the-committee our-harbour each-winter a-letter the-engine their-archive every-index
  the-railway a-surveyor the-city no-instrument the-reader one-chapter an-orchard the-court this-ledger`)
const nouns =
  list(`river account bridge column measure station garden method market answer valley pattern
  journey quarter window harvest machine signal border record paper shadow engine museum island letter
  balance cabinet theatre mountain village contract journal kitchen library question receipt schedule`)
const verbs =
  list(`carried followed measured described answered crossed repeated collected explained
  replaced divided published remembered considered opened counted examined settled compared improved`)
const qualities =
  list(`quiet northern early careful distant public ordinary sudden narrow modern wooden
  official uncertain brilliant heavy familiar separate useful annual curious steady foreign complete`)
const links = list('although because while whereas before until since after')

/** A sentence of eight to some thirty words. */
export function sentence(random: Random): string {
  const part = () =>
    `${random.pick(subjects).replaceAll('-', ' ')} ${random.pick(verbs)} the ${random.pick(qualities)} ` +
    `${random.pick(nouns)} of the ${random.pick(nouns)}`
  const extra = [
    '',
    ` in ${random.whole(1700, 2025)}`,
    ` (${random.whole(2, 97)}.${random.whole(0, 9)} %)`,
    `, ${random.pick(links)} ${part()}`,
    ` and a ${random.pick(qualities)} ${random.pick(nouns)}`,
  ] as const
  const text = part() + random.pick(extra)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** Some sentences. */
export function paragraph(random: Random): string {
  return Array.from({ length: random.whole(3, 7) }, () => sentence(random)).join(' ')
}

/** A few words without a full stop. */
export function title(random: Random): string {
  const text = `${random.pick(qualities)} ${random.pick(nouns)} and ${random.pick(nouns)}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** A line of a program. */
export function code(random: Random): string {
  const name = () => `${random.pick(nouns)}${random.pick(['', 'Count', 'Index', 'Map', 'Id'])}`
  const lines = [
    `const ${name()} = ${name()}.filter((${random.pick(nouns)}) => ${name()} > ${random.whole(0, 999)})`,
    `if (${name()} === ${name()}) return ${random.pick(verbs)}(${name()}, "${random.pick(qualities)}")`,
    `  await ${random.pick(verbs)}(${name()}[${random.whole(0, 64)}], { ${random.pick(nouns)}: ${random.whole(0, 9999)} })`,
    `for (const ${random.pick(nouns)} of ${name()}) ${name()}.push(0x${random.whole(4096, 65535).toString(16)})`,
    `// ${sentence(random)}`,
  ] as const
  return random.pick(lines)
}

/** A line as a compiler or a server prints it, with colours. */
export function logLine(random: Random): string {
  const path = `src/${random.pick(nouns)}/${random.pick(nouns)}_${random.pick(nouns)}.c`
  const time = `${random.whole(10, 23)}:${random.whole(10, 59)}:${random.whole(10, 59)}.${random.whole(100, 999)}`
  const lines = [
    `[${random.whole(1, 99)}%] \u001b[32mBuilding C object ${path}.o\u001b[0m`,
    `${path}:${random.whole(1, 900)}:${random.whole(1, 80)}: \u001b[35mwarning:\u001b[0m unused \u001b[1m${random.pick(nouns)}\u001b[0m [-Wunused]`,
    `${time} \u001b[36mINFO\u001b[0m  ${random.pick(nouns)}: ${random.pick(verbs)} ${random.whole(1, 99_999)} ${random.pick(nouns)}s in ${random.whole(1, 999)} ms`,
    `${time} \u001b[33mWARN\u001b[0m  ${sentence(random)}`,
    `cc -O2 -Wall -I./include -c ${path} -o build/${random.whole(100_000, 999_999)}.o`,
  ] as const
  return random.pick(lines)
}
