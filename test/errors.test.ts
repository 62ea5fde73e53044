import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { errorCodes, formatInvalid, isUnderstudyError, UnderstudyError } from '../ts/errors.js'

test('the list of codes is the Rust core’s, in its order', async (t) => {
  const rust = await readFile(new URL('../crates/core/src/error.rs', import.meta.url), 'utf8')
  const found = [...rust.matchAll(/Self::\w+ => "([a-z-]+)"/g)].map(([, code]) => code)
  t.true(found.length > 0)
  t.deepEqual(found, [...errorCodes])
})

test('the guard knows errors of this package, and nothing else', (t) => {
  t.true(isUnderstudyError(formatInvalid('x')))
  t.false(isUnderstudyError(new Error('x')))
  t.false(isUnderstudyError(null))
  t.false(isUnderstudyError('format-invalid'))
  t.false(isUnderstudyError({ name: 'UnderstudyError', code: 'ENOENT' }))
})

test('the guard knows errors of another realm', (t) => {
  const foreign: unknown = runInNewContext(
    `Object.assign(new Error('x'), { name: 'UnderstudyError', code: 'tampered' })`,
  )
  t.false(foreign instanceof Error)
  t.true(isUnderstudyError(foreign))
})

test('a place is kept by whoever is nearest to the bytes', (t) => {
  const error = formatInvalid('x').in({ at: 'journal.ndjson', line: 3 }).in({ at: 'elsewhere' })
  t.like(error, { code: 'format-invalid', message: 'x', at: 'journal.ndjson', line: 3 })
  t.true(error instanceof UnderstudyError)
})
