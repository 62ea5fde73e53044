// What looks for secrets finds them, in every form in which it says that it does.
import test from 'ava'
import { type Form, formsIn, partsOf } from './secret.js'

const secret = 'k7wq9zmh4trx2bdn'
const noise = Buffer.alloc(4096, 'Some text, as there is around everything. ')

function around(bytes: Buffer): Buffer[] {
  return [noise, Buffer.concat([noise, bytes, noise])]
}

/** Records of so many bytes, with a number in each at the same place. */
function records(numbers: readonly number[], length: number): Buffer {
  return Buffer.concat(
    numbers.map((number) => {
      const record = Buffer.alloc(length, 0xee)
      record[length >> 1] = number
      return record
    }),
  )
}

const places = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const firsts = [10, 24, 38, 52]
const keycodes = Array.from(secret, (typed) => {
  const row = places.findIndex((keys) => keys.includes(typed))
  return (firsts[row] ?? 0) + (places[row]?.indexOf(typed) ?? 0)
})

const hidden: readonly (readonly [string, Form, Buffer])[] = [
  ['UTF-8', 'characters', Buffer.from(secret)],
  ['UTF-16', 'characters', Buffer.from(secret, 'utf16le')],
  ['UTF-16, big-endian', 'characters', Buffer.from(secret, 'utf16le').swap16()],
  ['UTF-32', 'characters', records([...Buffer.from(secret)], 4)],
  ['backwards', 'characters', Buffer.from(Array.from(secret).reverse().join(''))],
  ['a half', 'characters', Buffer.from(secret.slice(8))],
  [
    'a half backwards',
    'characters',
    Buffer.from(Array.from(secret.slice(0, 8)).reverse().join('')),
  ],
  ['60 % of it', 'characters', Buffer.from(secret.slice(3, 13))],
  ['events of 32 bytes', 'keycodes', records(keycodes, 32)],
  [
    "evdev's events",
    'key numbers',
    records(
      keycodes.map((code) => code - 8),
      24,
    ),
  ],
  ['hexadecimal', 'hexadecimal', Buffer.from(Buffer.from(secret).toString('hex'))],
  ...[0, 1, 2].map((shift) => {
    const text = Buffer.from(`${'x'.repeat(shift)}${secret}y`).toString('base64')
    return [`base64 from byte ${shift}`, 'base64', Buffer.from(text)] as const
  }),
]

for (const [title, form, bytes] of hidden) {
  test(`a secret is found: ${title}`, (t) => {
    t.true(formsIn(around(bytes), secret).includes(form))
  })
}

test('what is no secret is not found, nor less of one than tells something', (t) => {
  t.deepEqual(formsIn(around(Buffer.from(secret.slice(0, 7))), secret), [])
  t.deepEqual(formsIn(around(Buffer.from('another one with 16')), secret), [])
})

test('parts are 60 % and halves, and no shorter than stands somewhere by chance', (t) => {
  t.true(partsOf(secret).every(({ length }) => length >= 8))
  t.true(partsOf(secret).includes(secret.slice(6)))
  t.is(partsOf('0123456789').length, 2 * 3)
  t.throws(() => partsOf('0123456'))
})
