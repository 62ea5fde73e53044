// Canaries in forms: in a page in a real browser, in GTK, in a sheet. What harmless fields get is kept beside them.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { absent, canary, cardNumber, onX, record, typed } from './canary.js'
import { Display } from './display.js'
import { root, sleep } from './studio.js'

const letters = 'abcdefghkmnopqrstuvwxyz'

/** How far from the top of the page each field is. */
const fields = {
  nickname: 50,
  password: 120,
  card: 190,
  name: 260,
  code: 330,
  letter: 385,
  source: 455,
  copy: 530,
} as const

function into(field: keyof typeof fields): string {
  return `move 200 ${fields[field]}\nclick\nsleep 600`
}

onX('a page: a login, a card, a code, a letter, something pasted', async (t) => {
  await using display = await Display.start({ accessibility: true })
  const [password, pasted] = [canary(letters, 12), canary(letters, 24)]
  const [card, code] = [cardNumber(), `8${canary('0123456789', 7)}`]
  const url = pathToFileURL(join(root, 'test/forms.html'))
  url.hash = pasted
  await display.page(url)
  await display.focused('Chromium')
  await sleep(3000)
  const recorded = await record(t, display, {}, async () => {
    await sleep(500)
    await display.play(
      [
        `${into('nickname')}\ntype blue heron every 40`,
        `${into('password')}\ntype ${password} every 40`,
        `${into('card')}\ntype ${card} every 40`,
        `${into('name')}\ntype somebody else every 40`,
        `${into('code')}\ntype ${code} every 40`,
        `${into('letter')}\ntype dear all every 40\nkey Enter\ntype pay with ${card} every 40`,
        `${into('source')}\nkey ControlLeft+KeyA\nsleep 50\nkey ControlLeft+KeyC\nsleep 100`,
        `${into('copy')}\nkey ControlLeft+KeyV\nsleep 100`,
        `${into('nickname')}\ntype again every 40\nsleep 300`,
      ].join('\n'),
    )
  })
  // All of it arrived, else this test means nothing. An edited line of a letter ends with what shows no length.
  const letter = 'dear all'.length + 'pay with '.length + card.length
  const title = await display.title()
  t.regex(title, new RegExp(`^Forms 15 12 16 13 8 ${letter} 24`), title)
  for (const secret of [password, pasted, card, code]) absent(t, secret, recorded)
  const text = typed(recorded.items)
  t.log(text)
  for (const kept of ['blue heron', 'somebody else', 'again', '⟨credit_card⟩']) {
    t.true(text.includes(kept), `${kept}: ${text}`)
  }
  t.true(recorded.reasons.includes('keyboard secret-field'), recorded.reasons.join())
})

onX('a page that one signs in to: a code in six boxes, a card in one and in four', async (t) => {
  await using display = await Display.start({ accessibility: true })
  const [password, more] = [canary(letters, 12), canary(letters, 4)]
  const [card, other, code] = [cardNumber(), cardNumber(), canary('0123456789', 6)]
  await display.page(pathToFileURL(join(root, 'test/account.html')))
  await display.focused('Chromium')
  await sleep(3000)
  let titled = ''
  const recorded = await record(t, display, {}, async () => {
    await sleep(500)
    await display.play(
      [
        'move 200 50\nclick\nsleep 600\ntype p.heron every 40\nkey Tab\nsleep 500',
        // Shown from then on, and typed on: it stays what it was.
        `type ${password} every 40\nkey Tab\nsleep 500\nkey Space\nsleep 500`,
        `key ShiftLeft+Tab\nsleep 500\nkey End\ntype ${more} every 40\nkey Enter\nsleep 800`,
        `type ${code} every 120\nsleep 800`,
        `type ${card} every 40\nkey Tab\nsleep 500\ntype 09/31 every 40\nkey Tab\nsleep 500`,
        'type 847 every 40\nkey Tab\nsleep 500\ntype some heron every 40\nkey Tab\nsleep 500',
        `type ${other} every 60\nsleep 500\nkey Enter\nsleep 800`,
      ].join('\n'),
    )
    titled = await display.title()
    await display.play(
      [
        'move 200 32\nclick\nsleep 600\nmove 200 120\nclick\nsleep 600',
        `type dear all every 40\nkey Enter\ntype my password is ${password} every 40\nsleep 300`,
      ].join('\n'),
    )
  })
  // All of it arrived, else this test means nothing.
  t.regex(titled, /^Account 7 16 6 16 5 3 10 16: Paid by some heron with \d{16}/, titled)
  for (const secret of [password, card, other]) absent(t, secret, recorded)
  const text = typed(recorded.items)
  t.log(text)
  t.notRegex(text, /[0-9]/, 'nothing harmless has a digit')
  for (const kept of ['p.heron', 'some heron', 'dear all', '⟨credit_card⟩', '⟨uncertain⟩']) {
    t.true(text.includes(kept), `${kept}: ${text}`)
  }
  const titles = recorded.items.flatMap((item) => ('window' in item ? [item.window.title] : []))
  t.true(
    titles.some((title) => title.includes('⟨credit_card⟩')),
    titles.join(),
  )
  const names = recorded.items.flatMap((item) => ('element' in item ? [item.element.name] : []))
  t.true(
    names.some((name) => name.includes('⟨credit_card⟩')),
    names.join(),
  )
})

onX('a form in GTK: a nickname, a password, a card, a note', async (t) => {
  await using display = await Display.start({ accessibility: true })
  const [password, card] = [canary(letters, 12), cardNumber()]
  const form = await display.spawn('zenity', [
    ...['--forms', '--title=Form', '--text=Registration', '--separator=|', '--width=500'],
    ...['--add-entry=Nickname', '--add-password=Password', '--add-entry=Card number'],
    ...['--add-entry=Note', '--add-password=Password again'],
  ])
  let arrived = ''
  form.stdout?.on('data', (bytes: Buffer) => (arrived += bytes.toString()))
  await display.window('Zenity')
  await display.focused('Zenity')
  await sleep(2500)
  const next = 'key Tab\nsleep 500'
  const recorded = await record(t, display, {}, async () => {
    await sleep(500)
    await display.play(
      [
        `key ShiftLeft+Tab\nsleep 500\n${next}`,
        `type blue heron every 40\n${next}`,
        `type ${password} every 40\n${next}`,
        `type ${card} every 40\n${next}`,
        `type dear all every 40\n${next}`,
        `type ${password} every 25\n${next}`,
        // By way of the other button.
        `${next}\nkey Enter\nsleep 800`,
      ].join('\n'),
    )
  })
  // All of it arrived, else this test means nothing.
  t.true(arrived.trim() === ['blue heron', password, card, 'dear all', password].join('|'))
  absent(t, password, recorded)
  absent(t, card, recorded)
  const text = typed(recorded.items)
  t.log(text)
  for (const kept of ['blue heron', 'dear all', '⟨credit_card⟩']) {
    t.true(text.includes(kept), `${kept}: ${text}`)
  }
  t.true(recorded.reasons.includes('keyboard secret-field'), recorded.reasons.join())
})

onX('a sheet that is trusted: a card number is not kept, what stands beside it is', async (t) => {
  await using display = await Display.start()
  const card = cardNumber()
  const { bounds } = await display.sheet()
  await display.focused('libreoffice-calc')
  await sleep(3000)
  const recorded = await record(t, display, { trusted: ['libreoffice-calc'] }, () =>
    display.play(
      [
        `move ${bounds.x + 300} ${bounds.y + 400}\nclick\nsleep 400`,
        'type north every 40\nkey Tab\ntype south every 40\nkey Tab',
        `type ${card} every 40\nkey Enter\ntype total every 40\nkey Enter\nsleep 500`,
      ].join('\n'),
    ),
  )
  absent(t, card, recorded)
  const text = typed(recorded.items)
  t.log(text)
  for (const kept of ['north', 'south', 'total', '⟨credit_card⟩']) {
    t.true(text.includes(kept), `${kept}: ${text}`)
  }
})
