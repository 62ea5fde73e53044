import type { Actions } from './actions.js'
import type { Catalog } from './catalog.js'
import type { Client } from './client.js'
import { Announcer, element, Problem } from './dom.js'
import { Events } from './events.js'
import { Forget } from './forget.js'
import { Found } from './found.js'
import { Marks } from './marks.js'
import { Player, type Position } from './player.js'
import type { Opened } from './protocol.js'
import { receiptSection } from './receipt.js'
import { Release } from './release.js'
import { listenForKeys } from './shortcuts.js'
import { Stage } from './stage.js'
import { Timeline } from './timeline.js'
import { Transport } from './transport.js'
import { plural } from './words.js'

/** How the recording can be changed. */
export interface Changing {
  /** What its server does. */
  readonly actions: Actions
  /** Whether it is opened by who may change it. */
  readonly contributor: boolean
  /** To be called when it did; with what went wrong where it did not do all. */
  readonly changed: (wrong?: string) => void
}

/**
 * Shows an open recording: builds the page's parts, and lets each know of the others.
 *
 * @param client - whose recording is open
 * @param opened - what verifying found
 * @param changing - what can be done to it
 * @param main - where to
 */
export async function showReview(
  client: Client,
  opened: Opened,
  { actions, contributor, changed }: Changing,
  main: HTMLElement,
): Promise<void> {
  const { info, segments } = opened
  const { duration } = info
  const announcer = new Announcer()
  const problem = new Problem()
  const fail = (error: unknown) => {
    problem.show(error)
  }
  let catalog: Catalog | undefined
  const stage = new Stage()
  const moved = (position: Position) => {
    stage.show(position)
    transport.show(position)
    timeline.time = position.time
    events.time = position.time
  }
  const player = new Player(client, duration, moved, fail)
  const seek = (time: number) => {
    problem.clear()
    player.seek(time)
  }
  const transport = new Transport(player, duration, () => catalog?.idle ?? [])
  const left = new AbortController()
  const timeline = new Timeline(info, segments, seek, left.signal)
  const events = new Events(info.facts, seek)
  const found = new Found(client, seek, fail)
  const release = new Release(info, actions)
  const forget = new Forget(actions, (wrong) => {
    player.pause()
    left.abort()
    changed(wrong)
  })
  const marks = new Marks(opened, player, forget, (marked, told) => {
    timeline.marks = marked.spans
    release.marked = marked
    announcer.say(told)
  })
  main.replaceChildren(
    element(
      'div',
      { class: 'left' },
      problem.element,
      stage.element,
      transport.element,
      timeline.element,
      // A recipient has nothing to forget or release.
      ...(contributor ? [marks.element, release.element] : []),
    ),
    element('div', { class: 'right' }, events.element, found.element, receiptSection(info)),
    announcer.element,
  )
  // What had the focus is gone: whoever works by keyboard goes on at the first thing here.
  main.focus()
  listenForKeys({ player, transport, events, ...(contributor && { marks }) }, left.signal)

  const canvas = stage.canvas.transferControlToOffscreen()
  await client.call('paint', { canvas }, { transfer: [canvas] })
  await player.start()
  timeline.draw()
  try {
    catalog = await client.call(
      'catalog',
      {},
      {
        progress: (done, of) => {
          events.progress = done / of
        },
      },
    )
    // What was read is of a recording that has changed meanwhile: it is shown by whoever came after.
    if (left.signal.aborted) return
    events.catalog = timeline.catalog = stage.catalog = marks.catalog = catalog
    announcer.say(`The recording is open: ${plural(catalog.entries.length, 'event')}.`)
    seek(player.time)
  } catch (error) {
    events.failed()
    fail(error)
  }
}
