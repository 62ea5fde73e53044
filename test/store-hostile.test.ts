// Stores that are broken or hostile, folders that others can write to, and credentials: nothing is changed, nothing is told.
import { once } from 'node:events'
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import {
  forget,
  isUnderstudyError,
  openRecording,
  openStore,
  upload,
  uploadAgain,
  uploads,
} from '../ts/index.js'
import { parsePage } from '../ts/store/listing.js'
import { type Mischief, pageOf, refuse, region, secrets } from './s3.js'
import { files, ownFiles, stored, to, untold } from './stored.js'
import { understudy } from './studio.js'

/** Bytes without end. */
const flood: Mischief = (_, response) => {
  const piece = Buffer.alloc(1 << 20, 'a')
  const more = () => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', more)
  more()
  return true
}

const hostile: Readonly<Record<string, Mischief>> = {
  'a list without end': ({ query, method, name }, response, { objects }) => {
    if (method !== 'GET' || name !== '') return false
    const prefix = query.get('prefix') ?? ''
    const names = Array.from({ length: 1000 }, (_, at) => {
      return [`${prefix}screen/${String(at).padStart(6, '0')}.seg.${objects.size}`, 1] as const
    })
    response.end(pageOf(names, 'more'))
    return true
  },
  'pages without end that are empty': ({ method, name }, response) => {
    if (method !== 'GET' || name !== '') return false
    response.end(pageOf([], 'more'))
    return true
  },
  'a page of another prefix': ({ method, name }, response) => {
    if (method !== 'GET' || name !== '') return false
    response.end(pageOf([['theirs/header.json', 1]]))
    return true
  },
  'a page that hides something': ({ method, name, query }, response) => {
    if (method !== 'GET' || name !== '') return false
    const page = pageOf([[`${query.get('prefix') ?? ''}header.json`, 1]])
    response.end(page.replace('<Contents>', '<!--').replace('</Contents>', '-->'))
    return true
  },
  'a page that is cut': ({ method, name, query }, response) => {
    if (method !== 'GET' || name !== '') return false
    const page = pageOf([[`${query.get('prefix') ?? ''}header.json`, 1]])
    response.end(page.slice(0, -30))
    return true
  },
  garbage: (_, response) => {
    response.end(Buffer.alloc(5000, 7))
    return true
  },
  'not HTTP': (_, response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')
    return true
  },
  'an answer that is cut': (_, response) => {
    response.writeHead(200, { 'content-length': 5000 })
    response.write('<ListBucketResult>', () => response.destroy())
    return true
  },
  'a flood': flood,
  'no answer': () => true,
  'an answer that drips': (_, response) => {
    response.write('<')
    const timer = setInterval(() => response.write(' '), 100)
    response.on('close', () => {
      clearInterval(timer)
    })
    return true
  },
  'always overloaded': (_, response) => {
    refuse(response, 503, 'SlowDown')
    return true
  },
  'says nothing was removed or kept': ({ method }, response) => {
    if (method !== 'PUT' && method !== 'DELETE') return false
    response.end()
    return true
  },
  'says done before it was given anything': ({ method }, response) => {
    if (method !== 'PUT') return false
    response.writeHead(200, { connection: 'close' }).end()
    response.socket?.end()
    return true
  },
  'no right': (_, response) => {
    refuse(response, 403, 'InvalidAccessKeyId')
    return true
  },
  'an error with markup for a name': (_, response) => {
    refuse(response, 400, `\u001b[2J${secrets.AWS_SESSION_TOKEN}`)
    return true
  },
}

for (const [title, mischief] of Object.entries(hostile)) {
  test(`a hostile store changes nothing: ${title}`, async (t) => {
    const { path, s3, place } = await stored(t)
    const before = await ownFiles(path)
    s3.mischief = mischief
    const store = openStore(place, { patience: 300 })
    const error = await t.throwsAsync(upload({ recording: path, store }))
    untold(t, error)
    t.regex((error as unknown as { code: string }).code, /^(io|permission-denied)$/, error.message)
    t.deepEqual(await ownFiles(path), before)
    t.like(await openRecording(path).verify(), { status: 'intact' })
    t.deepEqual(await uploads(path), [{ to, current: false }])
    s3.mischief = undefined
    t.true((await upload({ recording: path, store: openStore(place) })).sent > 0)
    t.deepEqual(await uploads(path), [{ to, current: true }])
  })
}

test('whatever a page of a listing is, it is read or refused', (t) => {
  const good = pageOf(
    [
      ['p/a.seg', 7],
      ['p/b.seg', 0],
    ],
    'a&<b',
  )
  const read = parsePage(good, 'p/')
  const entries = [
    { name: 'p/a.seg', size: 7 },
    { name: 'p/b.seg', size: 0 },
  ]
  t.deepEqual(read, { entries, next: 'a&<b' })
  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<Contents>',
      '</Contents>',
      '<Key>',
      '</Key>',
      '<Size>',
      '-1',
      '<!--',
      '</',
      '&amp;',
    ),
  )
  const place = fc.nat(good.length)
  fc.assert(
    fc.property(place, place, pieces, (from, to, piece) => {
      const page = good.slice(0, from) + piece + good.slice(to)
      try {
        for (const { name, size } of parsePage(page, 'p/').entries) {
          t.true(name.startsWith('p/') && Number.isSafeInteger(size) && size >= 0)
        }
      } catch (error) {
        t.true(isUnderstudyError(error) && error.code === 'io')
      }
    }),
    { numRuns: 3000 },
  )
})

test('nobody is followed to another host', async (t) => {
  const { path, s3, store } = await stored(t)
  let met = 0
  const other = createServer((_, response) => {
    met++
    response.end()
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  for (const status of [301, 302, 303, 307, 308]) {
    s3.mischief = (_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${port}/x` }).end()
      return true
    }
    const error = await t.throwsAsync(upload({ recording: path, store }), { code: 'io' })
    t.regex(error.message, /sends elsewhere/)
    untold(t, error)
  }
  t.is(met, 0)
})

test('a store that is overloaded for a moment is asked again', async (t) => {
  const { path, s3, store } = await stored(t)
  let count = 0
  s3.mischief = (_, response) => {
    if (count++ % 3 === 2) return false
    if (count % 3 === 1) refuse(response, 503, 'SlowDown')
    else response.destroy()
    return true
  }
  t.true((await upload({ recording: path, store })).sent > 0)
  t.deepEqual(s3.unsigned, [])
})

test('a folder that is not ours: no link is followed, no disk that is away is taken for empty', async (t) => {
  const { folder, path, identity, id } = await stored(t)
  const disk = join(folder, 'disk')
  const store = openStore({ to: disk })
  for (const inside of [path, join(path, 'release'), join(path, 'screen/deep/down')]) {
    const wrong = upload({ recording: path, store: openStore({ to: inside }) })
    await t.throwsAsync(wrong, { code: 'invalid-argument' })
  }
  t.like(await understudy(['verify', path]), { code: 0 })
  // What was left by a put that was cut short goes too, and so does a link in the place of an object.
  await upload({ recording: path, store })
  const victim = join(folder, 'victim')
  await writeFile(victim, 'mine')
  await rm(join(disk, id, 'screen/000000.seg'))
  await symlink(victim, join(disk, id, 'screen/000000.seg'))
  await writeFile(join(disk, id, 'screen/000000.seg.0123456789abcdef.part'), 'left')
  t.like(await upload({ recording: path, store }), { sent: 1, removed: 1 })
  t.is(await readFile(victim, 'utf8'), 'mine')
  await t.throwsAsync(readlink(join(disk, id, 'screen/000000.seg')), { code: 'EINVAL' })
  // A folder that leads elsewhere.
  await rename(join(disk, id, 'screen'), join(disk, 'aside'))
  const victims = join(folder, 'victims')
  await mkdir(victims)
  await symlink(victims, join(disk, id, 'screen'))
  await t.throwsAsync(upload({ recording: path, store }), { code: 'io' })
  t.deepEqual(await readdir(victims), [])
  await rm(join(disk, id, 'screen'))
  await rename(join(disk, 'aside'), join(disk, id, 'screen'))
  // A disk that is not mounted.
  await rename(disk, `${disk}-away`)
  await mkdir(disk)
  const { stores } = await forget({ recording: path, identity, from: 3e9 })
  t.like(stores, [{ to: disk, failure: { code: 'io' } }])
  t.regex(stores[0]?.failure?.message ?? '', /mounted/)
  t.deepEqual(await readdir(disk), [])
  await rm(disk, { recursive: true })
  await rename(`${disk}-away`, disk)
  t.like(await uploadAgain({ recording: path }), [{ to: disk, change: { versions: 0 } }])
  t.deepEqual(await uploads(path), [{ to: disk, current: true }])
})

test('credentials come from the environment, and are told nowhere', async (t) => {
  const { path, s3, args, place } = await stored(t)
  for (const missing of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    const told = await understudy(['upload', path, ...args, '--json'], { [missing]: '' })
    t.is(told.code, 1)
    t.like(JSON.parse(told.err), { error: { code: 'permission-denied' } })
  }
  const odd = await understudy(['upload', path, ...args], { AWS_SESSION_TOKEN: 'to\nken' })
  t.is(odd.code, 1)
  t.false(odd.err.includes('ken'.concat('\n')) && odd.err.includes('to\nken'))
  t.deepEqual(s3.asked, [])
  const wrong = await understudy(['upload', path, ...args], { AWS_SECRET_ACCESS_KEY: 'wrong-one' })
  t.is(wrong.code, 1)
  t.regex(wrong.err, /403 SignatureDoesNotMatch/)
  t.false(/wrong-one|AKID|token-of/.test(wrong.err + wrong.out))
  const notes = await files(join(path, 'release/uploads'))
  for (const [name, bytes] of notes) t.false(/AKID|secret|token/.test(bytes.toString()), name)
  for (const endpoint of [
    'http://s3.example.org',
    'https://user:pass@s3.example.org',
    'https://s3.example.org/path',
    'https://s3.example.org/?a=b',
    'file:///etc',
    'nonsense',
  ]) {
    t.throws(() => openStore({ ...place, endpoint }), { code: 'invalid-argument' }, endpoint)
  }
  for (const wrong of [
    's3://',
    's3://A',
    's3://bucket/../x',
    's3://bucket/a//b',
    'ftp://x/y',
    'a\u001b[2J',
    '',
  ]) {
    t.throws(() => openStore({ to: wrong }), { code: 'invalid-argument' }, wrong)
  }
  t.throws(() => openStore({ to: '/tmp', region }), { code: 'invalid-argument' })
})
