// Scripts for the player (`examples/play` in crates/capture): how long one takes, and what it injects.

/** How long the player holds a key or a button, milliseconds. */
const hold = 12

/** Between two keys of `type`, unless it says. */
const pace = 40

/** Lines of a script as one text. */
export function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n')
}

/** How long the player is at work on a script at least, milliseconds. */
export function duration(script: string): number {
  return sum(script, (command, rest) => {
    switch (command) {
      case 'sleep':
        return Number(rest)
      case 'key':
      case 'click':
        return hold
      case 'wheel':
        return Math.abs(Number(rest)) * hold
      case 'type': {
        const { text, every } = typed(rest)
        return text.length * Math.max(every, hold)
      }
      case 'flood': {
        const [count = 0, rate = 1] = rest.split(' ').map(Number)
        return (count / rate) * 1000
      }
      default:
        return 0
    }
  })
}

/** How many input events a script injects, as a recording counts them: a detent of the wheel is one. */
export function events(script: string): number {
  return sum(script, (command, rest) => {
    switch (command) {
      case 'move':
        if (rest.includes('over')) throw new Error('who knows how many positions an eased way has')
        return 1
      case 'down':
      case 'up':
        return 1
      case 'click':
        return 2
      case 'wheel':
        return Math.abs(Number(rest))
      case 'key':
        return 2 * rest.split('+').length
      case 'type':
        return 2 * typed(rest).text.length
      case 'flood':
        return Number(rest.split(' ')[0])
      default:
        return 0
    }
  })
}

/**
 * A script that lasts about this long: rounds one after another, none of them cut short.
 *
 * @param seconds - how long
 * @param round - makes a round, from its number
 */
export function rounds(seconds: number, round: (number: number) => string): string {
  const all = [round(0)]
  let length = duration(all[0] ?? '')
  for (;;) {
    const next = round(all.length)
    length += duration(next)
    if (length > seconds * 1000) return lines(...all)
    all.push(next)
  }
}

function sum(script: string, of: (command: string, rest: string) => number): number {
  return script.split('\n').reduce((total, line) => {
    const [, command = '', rest = ''] = /^(\S*) ?(.*)$/.exec(line) ?? []
    return total + of(command, rest)
  }, 0)
}

function typed(rest: string): { text: string; every: number } {
  const [, text = rest, every = pace] = /^(.*) every (\d+)$/.exec(rest) ?? []
  return { text: text.replaceAll('\\n', '\n'), every: Number(every) }
}
