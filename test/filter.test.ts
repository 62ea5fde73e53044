// What must not be in a recording, typed on a real X server into real applications: canaries made for each run are in
// no byte that was written, and in no item that the contributor's identity opens.
import { join } from 'node:path'
import { absent, canary, cardNumber, click, onX, record, typed } from './canary.js'
import { Display } from './display.js'

onX(
  'a terminal that is trusted: what it echoes is kept, a prompt for a password is not',
  async (t) => {
    await using display = await Display.start()
    // As sudo and ssh ask: without echo, line by line.
    const script =
      'while :; do printf "Password: "; stty -echo; read secret; stty echo; echo; read line; done'
    const terminal = await display.terminal(['sh', '-c', script], ['-geometry', '60x20+20+40'])
    await display.focused('XTerm')
    const [first, second] = [
      canary('abcdefghkmnopqrstuvwxyz', 12),
      canary('abcdefghk0123456789', 10),
    ]
    const recorded = await record(t, display, { trusted: ['XTerm'] }, () =>
      display.play(
        [
          click(terminal),
          `type ${first} every 90\nkey Enter\nsleep 600`,
          'type list the files every 90\nkey Enter\nsleep 600',
          `type ${second} every 30\nkey Enter\nsleep 600`,
          'type done every 90\nkey Enter\nsleep 1200',
        ].join('\n'),
      ),
    )
    absent(t, first, recorded)
    absent(t, second, recorded)
    t.true(typed(recorded.items).includes('list the files\n'), typed(recorded.items))
    t.true(recorded.reasons.includes('keyboard secret-field'), recorded.reasons.join())
  },
)

onX('an application that nobody trusts: only what kinds of keys there were', async (t) => {
  await using display = await Display.start()
  const editor = await display.editor(join(display.folder, 'note.txt'))
  await display.focused('Mousepad')
  const secret = canary('abcdefghkmnopqrstuvwxyz', 12)
  const recorded = await record(t, display, {}, () =>
    display.play(`${click(editor)}\ntype ${secret} every 60\nsleep 100`),
  )
  absent(t, secret, recorded)
  t.is(typed(recorded.items), '⟨unknown_field⟩')
  const stand = recorded.items.flatMap((item) => (item.type === 'redacted' ? [item.keys] : []))
  t.deepEqual(stand, [['letter']])
})

onX('an editor that is trusted: text is kept, a card number and a title are not', async (t) => {
  await using display = await Display.start()
  const card = cardNumber()
  const editor = await display.editor(join(display.folder, `card ${card}.txt`))
  await display.focused('Mousepad')
  const groups = (card.match(/.{4}/g) ?? []).join(' ')
  const recorded = await record(t, display, { trusted: ['Mousepad'] }, () =>
    display.play(
      [
        click(editor),
        'type please charge the usual every 25\nkey Enter',
        `type card ${groups} every 40\nkey Enter`,
        // Inserted backwards: the caret goes left behind each digit.
        ...Array.from(card)
          .flatMap((digit) => [`type ${digit} every 20`, 'key ArrowLeft'])
          .reverse(),
        'key End\nkey Enter\ntype thank you every 25\nkey Enter\nsleep 100',
      ].join('\n'),
    ),
  )
  absent(t, card, recorded)
  absent(t, groups, recorded)
  const text = typed(recorded.items)
  t.true(text.includes('please charge the usual\n') && text.includes('thank you\n'), text)
  t.true(text.includes('⟨credit_card⟩'), text)
  const titles = recorded.items.flatMap((item) => ('window' in item ? [item.window.title] : []))
  t.true(
    titles.some((title) => title.includes('⟨credit_card⟩')),
    titles.join(),
  )
  t.true(recorded.reasons.includes('context sensitive-content'), recorded.reasons.join())
  t.true(
    recorded.reasons.includes('keyboard sensitive-content credit_card'),
    recorded.reasons.join(),
  )
})
