import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { UnderstudyError } from '../errors.js'

/**
 * Asks a recorder one question, which is all of a connection (docs/control.md).
 *
 * @param path - of its socket
 * @param question - what is asked
 * @param long - whether the answer may take as long as it does: copies are released before
 * @returns its answer, a line; `undefined` when nobody is there
 * @throws {@link UnderstudyError} `state` when it went away without an answer, or took too long; `io`
 * @internal
 */
export async function ask(
  path: string,
  question: object,
  long = false,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const socket = connect(path)
    socket.setTimeout(long ? 0 : patience, () => {
      socket.destroy(new Error('it took too long'))
    })
    try {
      await once(socket, 'connect')
    } catch (error) {
      throwUnlessAbsent(error)
      return undefined
    }
    socket.write(`${JSON.stringify({ control: 1, ask: question })}\n`)
    const answer = await lineOf(socket)
    if (answer !== undefined) return answer
    // Closed without a word: it was put out before it was heard, for others who came.
  }
  throw new UnderstudyError('state', 'The recorder went away, or too many others ask it')
}

/** A socket whose recorder is gone is no failure. */
function throwUnlessAbsent(error: unknown): void {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return
  throw new UnderstudyError(
    code === 'EACCES' || code === 'EPERM' ? 'permission-denied' : 'io',
    `Cannot reach the recorder: ${message}`,
    {},
    { cause: error },
  )
}

async function lineOf(socket: Socket): Promise<string | undefined> {
  let answer = ''
  socket.setEncoding('utf8')
  try {
    for await (const piece of socket as AsyncIterable<string>) {
      answer += piece
      const end = answer.indexOf('\n')
      if (end >= 0) return answer.slice(0, end)
      if (answer.length > maxAnswer) throw new Error('its answer is too long')
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ECONNRESET' || code === 'EPIPE') return undefined
    throw new UnderstudyError(
      'state',
      `The recorder does not answer: ${message}`,
      {},
      { cause: error },
    )
  }
  return undefined
}

/** Milliseconds. Stopping waits for the disk, forgetting writes the journal anew. */
const patience = 30_000
/** How often a connection may be closed without an answer. */
const attempts = 5
const maxAnswer = 64 * 1024
