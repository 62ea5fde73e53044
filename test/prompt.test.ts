// A real `ssh` that asks for a password in a terminal: what is typed there is in no item and in no byte of a file, and what is typed once
// the terminal echoes again is kept.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { absent, canary, click, onX, record, typed } from './canary.js'
import { Display } from './display.js'
import { sleep } from './studio.js'

/** A port of this machine that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Starts an SSH server for this machine alone; answers its port and what it says of who tries to log in. */
async function sshServer(display: Display): Promise<{ port: number; said: () => string }> {
  const [key, port] = [join(display.folder, 'host'), await freePort()]
  await display.run('dropbearkey', ['-t', 'ed25519', '-f', key])
  const files = ['-r', key, '-P', join(display.folder, 'server.pid')]
  const server = await display.spawn('/usr/sbin/dropbear', [
    ...['-F', '-E', ...files],
    ...['-p', `127.0.0.1:${port}`],
  ])
  let said = ''
  server.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()))
  for (let attempt = 0; attempt < 100 && !(await answers(port)); attempt++) await sleep(50)
  return { port, said: () => said }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'error').catch(() => [false]),
  ]).catch(() => [false])
  socket.destroy()
  return event === true
}

/** The client, with no settings and no known hosts of anybody's, asking once. */
function ssh(port: number): string {
  const settings = [
    'UserKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=no',
    'PreferredAuthentications=password',
    'NumberOfPasswordPrompts=1',
    'LogLevel=ERROR',
  ]
  const options = settings.map((setting) => `-o ${setting}`).join(' ')
  return `ssh -F /dev/null ${options} -p ${port} understudy-canary@127.0.0.1`
}

onX('ssh in a terminal that is trusted: its password is not kept, what is echoed is', async (t) => {
  await using display = await Display.start()
  const { port, said } = await sshServer(display)
  // It asks again each time that it was told no, as somebody would try again.
  const script = `while :; do ${ssh(port)}; read line; done`
  const terminal = await display.terminal(['sh', '-c', script], ['-geometry', '70x20+20+40'])
  await display.focused('XTerm')
  const [first, second] = [
    canary('abcdefghkmnopqrstuvwxyz', 12),
    `${canary('abcdefghk23456789', 11)}!`,
  ]
  await sleep(2000)
  const recorded = await record(t, display, { trusted: ['XTerm'] }, () =>
    display.play(
      [
        click(terminal),
        `type ${first} every 90\nkey Enter\nsleep 4000`,
        'type list the files every 90\nkey Enter\nsleep 2500',
        `type ${second} every 40\nkey Enter\nsleep 4000`,
        'type done for today every 90\nkey Enter\nsleep 1500',
      ].join('\n'),
    ),
  )
  // Both passwords arrived at the server, else this test means nothing.
  const attempts = said().match(/nonexistent user|[Bb]ad password/g) ?? []
  t.true(attempts.length >= 2, said())
  absent(t, first, recorded)
  absent(t, second, recorded)
  const text = typed(recorded.items)
  t.log(text)
  for (const kept of ['list the files\n', 'done for today\n']) t.true(text.includes(kept), text)
  t.true(recorded.reasons.includes('keyboard secret-field'), recorded.reasons.join())
})
