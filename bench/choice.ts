// What can be chosen on the command line.
import { InvalidArgumentError } from 'commander'
import { parseSize } from './codec.js'

/** Makes a parser of names out of a list, `all` and `none`; the order is the list's. */
export function names<T extends { readonly name: string }>(
  known: readonly T[],
): (text: string) => T[] {
  return (text) => {
    if (text === 'all') return [...known]
    if (text === 'none') return []
    const wanted = text.split(',').map((name) => name.trim())
    const unknown = wanted.find((name) => !known.some((one) => one.name === name))
    if (unknown !== undefined) {
      const list = known.map(({ name }) => name).join(', ')
      throw new InvalidArgumentError(`there is no ${unknown || 'empty name'}; there are ${list}`)
    }
    return known.filter(({ name }) => wanted.includes(name))
  }
}

/** Makes a parser of whole numbers in a range. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < low || number > high) {
      throw new InvalidArgumentError(`a whole number from ${low} to ${high} is wanted`)
    }
    return number
  }
}

/** Parses a size such as 1920x1080. */
export function size(text: string): { width: number; height: number } {
  try {
    return parseSize(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
