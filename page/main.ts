import { Actions } from './actions.js'
import { chooseFolder } from './chooser.js'
import { Client } from './client.js'
import { Door } from './door.js'
import { element, Problem } from './dom.js'
import type { Origin } from './origin.js'
import type { VerifiedInfo } from './protocol.js'
import { showReview } from './review.js'
import { shortcuts } from './shortcuts.js'
import { from, startWorker } from './start.js'

const main = element('main', { id: 'main', tabindex: -1 })
const verdict = element('p', { class: 'verdict' })
document.body.append(
  element('a', { href: '#main', class: 'skip' }, 'To the recording'),
  element('header', {}, element('h1', {}, 'Review'), verdict, keysHelp()),
  main,
)
try {
  await run()
} catch (error) {
  fail(error)
}

async function run(): Promise<void> {
  const origin = await findOrigin()
  if (!origin) return
  const client = new Client(startWorker())
  const door = new Door(client, verdict)
  main.replaceChildren(door.element)
  const passed = await door.pass(origin)
  if (!passed) return
  const { verified, contributor } = passed
  main.classList.add('open')
  const actions = await Actions.of(origin)
  const show = async ({ info, segments }: VerifiedInfo) => {
    if (info) await showReview(client, { info, segments }, { actions, contributor, changed }, main)
  }
  // What changed is verified as it was at first, and opened with the identity that is unlocked.
  const changed = (wrong?: string) => {
    door
      .verify(origin)
      .then(async (found) => {
        if (found?.info) {
          await client.call('reopen', {})
          await show(found)
        } else {
          main.classList.remove('open')
          main.replaceChildren(door.element)
        }
        if (wrong !== undefined) fail(wrong)
      })
      .catch(fail)
  }
  await show(verified)
}

function fail(error: unknown): void {
  const problem = new Problem()
  main.prepend(problem.element)
  problem.show(error)
}

async function findOrigin(): Promise<Origin | undefined> {
  if (from === 'files') return { kind: 'chosen', files: await chooseFolder(main) }
  const session = await enter()
  const base = new URL('.', location.href).href
  if (session !== undefined) return { kind: 'served', session, base }
  fail(
    'This address was used already, or it is too old. Run understudy review again, and open the ' +
      'address that it prints.',
  )
  return undefined
}

/** Exchanges the token in the address for the key of the session, or finds the key that it has. */
async function enter(): Promise<string | undefined> {
  const token = location.hash.slice(1)
  if (token !== '' && token !== 'main') {
    // Neither history nor bookmarks keep it.
    history.replaceState(null, '', location.pathname)
    const response = await fetch('session', { method: 'POST', body: JSON.stringify({ token }) })
    if (!response.ok) return undefined
    const { key } = (await response.json()) as { key: string }
    // Of this tab and this port alone, so that the page can be reloaded.
    sessionStorage.setItem(sessionName, key)
    return key
  }
  return sessionStorage.getItem(sessionName) ?? undefined
}

function keysHelp(): HTMLElement {
  const rows = shortcuts.flatMap(([key, does]) => [
    element('dt', {}, element('kbd', {}, key)),
    element('dd', {}, does),
  ])
  return element(
    'details',
    { class: 'help' },
    element('summary', {}, 'Keys'),
    element('dl', {}, ...rows),
  )
}

const sessionName = 'understudy-session'
