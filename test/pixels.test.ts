// Pixels of what must not be seen: each field of a page has a colour of its own as long as something stands in it.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExecutionContext } from 'ava'
import { absent, canary, onX, record, type Recorded, shows } from './canary.js'
import { Display } from './display.js'
import { root, sleep } from './studio.js'

const letters = 'abcdefghkmnopqrstuvwxyz'

/** How far from the top of the page each field is. */
const fields = { nickname: 50, password: 120, note: 190, source: 260, copy: 330 } as const

/** The colours of pixels.html. */
const colors = {
  nickname: 0x00c853,
  password: 0xfe0107,
  note: 0xfd0208,
  copy: 0xfc0309,
  done: 0x2962ff,
} as const

function into(field: keyof typeof fields): string {
  return `move 200 ${fields[field]}\nclick\nsleep 700`
}

/** A number as the Social Security Administration gives them, drawn by lot. */
function socialSecurityNumber(): string {
  const digits = (count: number) => canary('123456789', count)
  return `5${digits(2)}-${digits(2)}-${digits(4)}`
}

async function page(t: ExecutionContext, hash: string, work: (display: Display) => Promise<void>) {
  const display = await Display.start({ accessibility: true })
  t.teardown(() => display.close())
  const url = pathToFileURL(join(root, 'test/pixels.html'))
  url.hash = hash
  await display.page(url)
  await display.focused('Chromium')
  await sleep(3000)
  const recorded = await record(t, display, {}, async () => {
    await sleep(500)
    await work(display)
  })
  return { display, recorded }
}

async function hides(t: ExecutionContext, recorded: Recorded, field: 'password' | 'note' | 'copy') {
  t.is(await shows(recorded, colors[field]), 0, `${field} is seen`)
}

onX('a login: the password is not seen, and the page behind it is', async (t) => {
  const password = canary(letters, 12)
  const { recorded } = await page(t, '', async (display) => {
    const steps = [
      `${into('nickname')}\ntype blue heron every 40\nsleep 300`,
      `${into('password')}\ntype ${password} every 40\nsleep 300`,
    ]
    await display.play(steps.join('\n'))
    t.regex(await display.title(), /^Pixels 10 12 0 0/)
    await display.play('key Enter\nsleep 4000\nmove 300 300\nsleep 1000')
    t.regex(await display.title(), /^Done/)
  })
  await hides(t, recorded, 'password')
  absent(t, password, recorded)
  t.true((await shows(recorded, colors.nickname)) > 0, 'what came before is seen')
  t.true((await shows(recorded, colors.done)) > 0, 'what came behind is seen')
  t.true(recorded.reasons.includes('screen secret-field'), recorded.reasons.join())
})

onX('a number is not seen from its first digit on, and what was typed before is', async (t) => {
  const number = socialSecurityNumber()
  const { recorded } = await page(t, '', async (display) => {
    const steps = [
      `${into('nickname')}\ntype blue heron every 40\nsleep 300`,
      `${into('note')}\ntype ${number} every 60\nsleep 300`,
      `${into('nickname')}\ntype again every 40\nsleep 3000`,
    ]
    await display.play(steps.join('\n'))
    t.regex(await display.title(), /^Pixels 15 0 11 0/)
  })
  await hides(t, recorded, 'note')
  absent(t, number, recorded)
  t.true((await shows(recorded, colors.nickname)) > 0, 'what came before is seen')
  t.true(recorded.reasons.includes('screen sensitive-content'), recorded.reasons.join())
})

onX('what was pasted is judged by what the field holds then', async (t) => {
  const number = socialSecurityNumber()
  const { recorded } = await page(t, `ssn ${number}`, async (display) => {
    const steps = [
      `${into('nickname')}\ntype blue heron every 40\nsleep 300`,
      `${into('source')}\nkey ControlLeft+KeyA\nsleep 50\nkey ControlLeft+KeyC\nsleep 100`,
      `${into('copy')}\nkey ControlLeft+KeyV\nsleep 1500`,
    ]
    await display.play(steps.join('\n'))
    t.regex(await display.title(), /^Pixels 10 0 0 15/)
  })
  await hides(t, recorded, 'copy')
  absent(t, number, recorded)
})

onX('a terminal that nobody trusts: nothing shows that was typed there', async (t) => {
  await using display = await Display.start()
  const secret = canary(letters, 14)
  const looks = ['-fg', '#fe0107', '-cr', '#808080', '-bg', '#123456']
  const terminal = await display.terminal(['cat'], looks)
  const recorded = await record(t, display, {}, () =>
    display.play(
      `move ${terminal.bounds.x + 50} ${terminal.bounds.y + 50}\nclick\nsleep 600\ntype ${secret} every 60\nsleep 600`,
    ),
  )
  await hides(t, recorded, 'password')
  absent(t, secret, recorded)
  t.true((await shows(recorded, 0x123456)) > 0, 'it is seen before')
  t.true(recorded.reasons.includes('screen unknown-field'), recorded.reasons.join())
})
