// The server of `understudy review`: who gets what from it, and who gets nothing.
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { buildPage } from '../scripts/page.mjs'
import { UnderstudyError } from '../ts/errors.js'
import type { ReviewActions } from '../ts/review/actions.js'
import { type ReviewOptions, serveReview } from '../ts/review/server.js'
import { type Asked, exchange, get, keyOf } from './ask.js'
import { concat, pointermove } from './encode.js'
import { identityFile, temporaryFolder, writeFiles } from './folder.js'
import { Writer } from './recording.js'

test.before(async () => {
  await buildPage()
})

function recording(): Writer {
  const writer = new Writer()
  writer.begin('pointer')
  writer.chunk('pointer', concat(pointermove(1, 2, 3), pointermove(4, 5, 6)))
  return writer.stop()
}

/** A served recording, and what the page would do with it. */
async function serve(t: ExecutionContext, options: Partial<ReviewOptions> = {}) {
  const folder = join(await temporaryFolder(t), 'recording')
  const { files } = recording()
  await writeFiles(folder, files)
  const server = await serveReview({ recording: folder, ...options })
  t.teardown(() => server.close())
  const url = new URL(server.url)
  const ask = (path: string, more: Asked = {}) => get(url, path, more)
  return { folder, files, url, ask, exchange: (token?: string) => exchange(url, token) }
}

const places = [
  '/recording',
  '/recording/header.json',
  '/recording/pointer/000000.seg',
  '/identity',
]

test('the session opens what the recording has, sealed as it is', async (t) => {
  const { files, ask, exchange } = await serve(t)
  const headers = await keyOf(exchange())
  const listed = JSON.parse((await ask('/recording', { headers })).bytes.toString()) as {
    path: string
    kind: string
    size: number
  }[]
  const paths = listed.filter(({ kind }) => kind === 'file').map(({ path }) => path)
  t.deepEqual(paths.sort(), [...files.keys()].sort())
  for (const [path, bytes] of files) {
    t.deepEqual((await ask(`/recording/${path}`, { headers })).bytes, Buffer.from(bytes), path)
  }
})

test('part of a file is given by its range', async (t) => {
  const { files, ask, exchange } = await serve(t)
  const headers = await keyOf(exchange())
  const segment = Buffer.from(files.get('pointer/000000.seg') ?? [])
  const range = async (range: string) =>
    await ask('/recording/pointer/000000.seg', { headers: { ...headers, range } })
  const some = await range('bytes=4-19')
  t.is(some.status, 206)
  t.is(some.headers['content-range'], `bytes 4-19/${segment.length}`)
  t.deepEqual(some.bytes, segment.subarray(4, 20))
  t.deepEqual((await range('bytes=60-')).bytes, segment.subarray(60))
  t.deepEqual((await range(`bytes=60-${2 ** 40}`)).bytes, segment.subarray(60))
  for (const wrong of [`bytes=${segment.length}-`, 'bytes=9-3', 'bytes=-5', 'bytes=0-1,3-4', 'x']) {
    t.is((await range(wrong)).status, 416, wrong)
  }
})

test('without the session nothing is given but the page', async (t) => {
  const { ask } = await serve(t)
  for (const path of places) {
    t.is((await ask(path)).status, 403, path)
    const headers = { 'x-understudy-session': 'A'.repeat(43), cookie: 'x-understudy-session=1' }
    t.is((await ask(path, { headers })).status, 403, path)
  }
  t.regex((await ask('/')).bytes.toString(), /<script type="module" src="page.js">/)
})

test('a token works once', async (t) => {
  const { ask, exchange } = await serve(t)
  t.is((await exchange('A'.repeat(43))).status, 403)
  const headers = await keyOf(exchange())
  t.is((await exchange()).status, 403)
  t.is((await ask('/recording', { headers })).status, 200, 'and the session that it began goes on')
})

test('a stale token works never', async (t) => {
  const { ask, exchange } = await serve(t, { lifetime: -1 })
  t.is((await exchange()).status, 403)
  t.is((await ask('/recording')).status, 403)
})

test('a token that is not one is refused', async (t) => {
  const { url, ask } = await serve(t)
  const token = url.hash.slice(1)
  const bodies = ['', '{', '[]', 'null', '{"token":1}', token, `{"token":["${token}"]}`]
  for (const body of [...bodies, ' '.repeat(2000) + JSON.stringify({ token })]) {
    t.is((await ask('/session', { method: 'POST', body })).status, 403, body)
  }
})

test('another origin, and another name for this machine, get nothing at all', async (t) => {
  const { url, ask, exchange } = await serve(t)
  const key = await keyOf(exchange())
  const strange: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: `evil.example:${url.port}` },
    { host: `localhost:${url.port}` },
    { host: '127.0.0.1' },
    { host: `127.0.0.1:${Number(url.port) + 1}` },
    { origin: 'https://evil.example' },
    { origin: `http://localhost:${url.port}` },
    { origin: `http://127.0.0.1:${Number(url.port) + 1}` },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of strange) {
    for (const path of ['/', '/page.js', '/session', ...places]) {
      const { status, bytes } = await ask(path, { headers: { ...key, ...headers } })
      t.is(status, 403, JSON.stringify(headers))
      t.is(bytes.toString(), 'forbidden\n')
    }
  }
})

test('only the recording’s own files are given', async (t) => {
  const { folder, ask, exchange } = await serve(t, { identity: identityFile('pass') })
  const headers = await keyOf(exchange())
  await writeFile(join(folder, '..', 'secret.json'), 'secret')
  await symlink(join(folder, '..', 'secret.json'), join(folder, 'linked.json'))
  await mkdir(join(folder, 'folder.json'))
  await symlink(join(folder, '..'), join(folder, 'up'))
  const paths = [
    '../secret.json',
    '..%2fsecret.json',
    '%2e%2e/secret.json',
    'pointer/../../secret.json',
    'linked.json',
    'up/secret.json',
    'folder.json',
    '/etc/passwd',
    'pointer',
    'pointer/000000.seg.',
    'pointer//000000.seg',
    'header.json?x',
    'none.json',
    '',
    'header.json%00',
  ]
  for (const path of paths) t.is((await ask(`/recording/${path}`, { headers })).status, 404, path)
  for (const method of ['PUT', 'DELETE', 'POST', 'OPTIONS', 'PATCH']) {
    for (const path of ['/', ...places]) {
      const { status, headers: got } = await ask(path, { method, headers })
      t.is(status, 404, `${method} ${path}`)
      t.is(got['access-control-allow-origin'], undefined)
    }
  }
})

test('every answer says what a browser may do with it', async (t) => {
  const { ask, exchange } = await serve(t)
  const headers = await keyOf(exchange())
  for (const path of ['/', '/page.js', '/worker.js', '/none', ...places]) {
    const { headers: got } = await ask(path, { headers })
    const policy = String(got['content-security-policy'])
    t.regex(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/, path)
    t.regex(policy, /frame-ancestors 'none'/)
    t.notRegex(policy, /unsafe-inline|'unsafe-eval'|data:|\*/)
    t.like(got, {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    t.is(got['access-control-allow-origin'], undefined)
    t.is(got['set-cookie'], undefined)
  }
})

test('an identity is served under its passphrase, or not at all', async (t) => {
  const identity = identityFile('pass')
  const { ask, exchange } = await serve(t, { identity })
  const headers = await keyOf(exchange())
  t.deepEqual((await ask('/identity', { headers })).bytes, Buffer.from(identity))
  await t.throwsAsync(serve(t, { identity: identityFile() }), { code: 'invalid-argument' })
  await t.throwsAsync(serve(t, { identity: Buffer.from('{}\n') }), { code: 'identity-invalid' })
})

test('what can be done is named, and asked for in the session alone', async (t) => {
  const asked: unknown[] = []
  const actions: ReviewActions = {
    forget: (steps, done) => {
      for (const step of steps) {
        asked.push(step)
        done()
      }
      return Promise.resolve()
    },
  }
  const { ask, exchange } = await serve(t, { actions })
  const step = { from: 3, to: 9, app: 'Editor', tracks: ['screen'] }
  const post = (path: string, steps: unknown, headers: Record<string, string>) =>
    ask(path, { method: 'POST', body: JSON.stringify({ steps }), headers })
  t.is((await post('/forget', [step], {})).status, 403)
  const headers = await keyOf(exchange())
  t.is((await ask('/actions', { headers })).bytes.toString(), '["forget"]')
  const done = await post('/forget', [step, { tracks: ['pointer'] }], headers)
  t.is(done.bytes.toString(), '{"done":["",""]}')
  t.deepEqual(asked.splice(0), [step, { tracks: ['pointer'] }])

  const wrong: unknown[] = [
    undefined,
    [],
    [{}],
    ['x'],
    [[]],
    [{ from: -1 }],
    [{ from: 0.5 }],
    [{ from: 9, to: 9 }],
    [{ to: '9' }],
    [{ app: '' }],
    [{ app: 'x'.repeat(257) }],
    [{ tracks: [] }],
    [{ tracks: ['sound'] }],
    [{ tracks: 'screen' }],
    [{ recording: '/' }],
    [step, { from: 1, identity: '/' }],
    Array.from({ length: 1001 }, () => step),
  ]
  for (const [at, steps] of wrong.entries()) {
    t.is((await post('/forget', steps, headers)).status, 400, `${at}`)
  }
  const key = { to: 'understudy1x', tracks: ['screen'], except: [] }
  t.is((await post('/release', [key], headers)).status, 400, 'it was not offered')
  t.deepEqual(asked, [])
  const other = await serve(t)
  const otherHeaders = await keyOf(other.exchange())
  t.is((await other.ask('/actions', { headers: otherHeaders })).bytes.toString(), '[]')
})

test('what cannot be done is told, and how far it went; one change at a time', async (t) => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const actions: ReviewActions = {
    forget: async (steps, done) => {
      for (const { from = 0 } of steps) {
        if (from === 2) throw new UnderstudyError('passphrase-wrong', 'No')
        if (from === 5) await held
        done()
      }
    },
  }
  const { ask, exchange } = await serve(t, { actions })
  const headers = await keyOf(exchange())
  const post = async (steps: unknown) => {
    const body = JSON.stringify({ steps })
    const { status, bytes } = await ask('/forget', { method: 'POST', body, headers })
    return { status, said: JSON.parse(bytes.toString()) as object }
  }
  const failed = { done: [''], error: { code: 'passphrase-wrong', message: 'No' } }
  t.deepEqual(await post([{ from: 1 }, { from: 2 }, { from: 3 }]), { status: 409, said: failed })
  const first = post([{ from: 5 }])
  let second = await post([{ from: 1 }])
  while (second.status === 200) second = await post([{ from: 1 }])
  t.like(second, { status: 409, said: { error: { code: 'state' } } })
  release()
  t.is((await first).status, 200)
})

test('an opening is added to a released copy, once, and nothing else is written anywhere', async (t) => {
  const { folder, ask, exchange } = await serve(t)
  const headers = await keyOf(exchange())
  const post = async (path: string, body = 'x', own = headers) =>
    (await ask(`/recording/${path}`, { method: 'POST', body, headers: own })).status
  t.is(await post('openings/000000.json'), 404, 'it is no copy')
  await writeFile(join(folder, 'release.json'), '{}')
  t.is(await post('openings/000000.json', 'x', {}), 403)
  for (const path of ['header.json', 'openings/0.json', 'openings/../x.json', 'openings/x.json']) {
    t.is(await post(path), 404, path)
  }
  t.is(await post('openings/000000.json', 'x'.repeat(70_000)), 404)
  t.is(await post('openings/000000.json', 'first'), 201)
  t.is(await post('openings/000000.json', 'second'), 409)
  t.is(await readFile(join(folder, 'openings/000000.json'), 'utf8'), 'first')
  await rm(join(folder, 'openings'), { recursive: true })
  await mkdir(join(folder, '../elsewhere'))
  await symlink(join(folder, '../elsewhere'), join(folder, 'openings'))
  t.is(await post('openings/000000.json'), 404)
  t.deepEqual(await readdir(join(folder, '../elsewhere')), [])
})

test('it listens to this machine alone', async (t) => {
  const { url } = await serve(t)
  const reached = (host: string) =>
    new Promise((resolve) => {
      const socket = connect({ host, port: Number(url.port) })
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => {
        resolve(false)
      })
    })
  t.true(await reached('127.0.0.1'))
  t.false(await reached('::1'))
  // All of 127.0.0.0/8 is this machine on Linux: whoever listens to everything is reached there.
  if (process.platform === 'linux') t.false(await reached('127.0.0.2'))
})

test('what is not there is said before anything is served', async (t) => {
  const folder = await temporaryFolder(t)
  const missing = serveReview({ recording: join(folder, 'none') })
  await t.throwsAsync(missing, { code: 'io' })
  const unbuilt = serveReview({ recording: folder, page: join(folder, 'none') })
  await t.throwsAsync(unbuilt, { code: 'io', message: /npm run build:page/ })
})

test('the page’s files are those of the build', async (t) => {
  const { ask } = await serve(t)
  for (const name of ['page.js', 'worker.js', 'page.css', 'icon.svg']) {
    const built = await readFile(new URL(`../dist/page/${name}`, import.meta.url))
    // Megabytes, which `deepEqual` would go through one by one, and nothing else be answered meanwhile.
    t.true((await ask(`/${name}`)).bytes.equals(built), name)
  }
})
