import type { Fact } from '../ts/journal/entry.js'
import { spellFact, spellTime } from './words.js'

/** A stretch of which something is not in the recording. */
export interface LeftOutSpan {
  /** Which colour it has. */
  readonly kind: 'paused' | 'withheld' | 'lost' | 'forgotten'
  /** From when: nanoseconds since the recording started. */
  readonly from: number
  /** Until when. */
  readonly to: number
  /** What, and why. */
  readonly text: string
}

/** What the list of events says of the journal: one line for what is left out again and again. */
export interface ToldFact {
  /** From when: nanoseconds since the recording started. */
  readonly time: number
  /** What, and why; until when. */
  readonly text: string
}

/**
 * A journal as lines to be read. Spans of one kind with less than a second between are one.
 *
 * @param facts - of the journal
 */
export function tellFacts(facts: readonly Fact[]): ToldFact[] {
  const told: ToldFact[] = []
  const open = new Map<string, { from: number; to: number }>()
  const close = (text: string, { from, to }: { from: number; to: number }) => {
    told.push({ time: from, text: `${text}, until ${spellTime(to, 1)}` })
  }
  for (const fact of facts) {
    const text = spellFact(fact)
    if (fact.type !== 'withheld' && fact.type !== 'forget') {
      told.push({ time: fact.time, text })
      continue
    }
    const before = open.get(text)
    if (before && fact.from <= before.to + apart) before.to = Math.max(before.to, fact.to)
    else {
      if (before) close(text, before)
      open.set(text, { from: fact.from, to: fact.to })
    }
  }
  for (const [text, span] of open) close(text, span)
  return told
}

/** What is not in a recording, by what its journal says. */
export class LeftOut {
  /** In the order of the journal. */
  readonly spans: readonly LeftOutSpan[]

  /**
   * @param facts - of the journal
   * @param duration - of the recording, in nanoseconds
   */
  constructor(facts: readonly Fact[], duration: number) {
    this.spans = toSpans(facts, duration).slice(0, maxSpans)
  }

  /**
   * What is not there at a time.
   *
   * @param time - nanoseconds since the recording started
   * @returns at most three reasons, or undefined when all is there
   */
  at(time: number): string | undefined {
    const found = this.spans.filter(({ from, to }) => from <= time && time <= to)
    const texts = new Set(found.map(({ text }) => text))
    return texts.size > 0 ? [...texts].slice(0, 3).join('; ') : undefined
  }
}

function toSpans(facts: readonly Fact[], duration: number): LeftOutSpan[] {
  const spans: LeftOutSpan[] = []
  let paused: number | undefined
  for (const fact of facts) {
    if (fact.type === 'pause') paused = fact.time
    if (fact.type === 'resume' && paused !== undefined) {
      spans.push({ kind: 'paused', from: paused, to: fact.time, text: 'paused' })
      paused = undefined
    }
    if (fact.type === 'withheld') {
      const { from, to } = fact
      spans.push({ kind: 'withheld', from, to, text: spellFact(fact) })
    }
    if (fact.type === 'forget') {
      const { from, to } = fact
      spans.push({ kind: 'forgotten', from, to: Math.min(to, duration), text: spellFact(fact) })
    }
    if (fact.type === 'dropped') {
      spans.push({ kind: 'lost', from: fact.time, to: fact.time, text: spellFact(fact) })
    }
  }
  if (paused !== undefined)
    spans.push({ kind: 'paused', from: paused, to: duration, text: 'paused' })
  return spans
}

/** As many as can be told apart, and drawn in a moment. */
const maxSpans = 20_000
const apart = 1e9
