// The process that is measured by `crossing.bench.ts`: it hears of input in one way, and says what its own
// thread has spent. Plain JavaScript, so that nothing is compiled in it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { liveBufferLength, Recorder } from '../dist/index.js'

let [events, calls] = [0, 0]
let end = async () => undefined

const live = { tracks: ['pointer', 'keyboard', 'context'] }

const ears = {
  none: async ({ options }) => {
    const recorder = await Recorder.start(options)
    end = () => recorder.stop()
  },
  items: async ({ options }) => {
    const ready = () => void calls++
    const recorder = await Recorder.start({ ...options, live: { ...live, ready } })
    const reading = (async () => {
      for await (const item of recorder.live()) if (item.track === 'pointer') events++
    })()
    end = async () => {
      await recorder.stop()
      await reading
    }
  },
  bytes: async ({ options }) => {
    const buffer = new Uint8Array(liveBufferLength)
    let recorder
    const ready = () => {
      calls++
      while (recorder && recorder.drain(buffer) > 0);
    }
    recorder = await Recorder.start({ ...options, live: { ...live, ready } })
    end = () => recorder.stop()
  },
  uiohook: async ({ uiohook }) => {
    const { uIOhook } = createRequire(join(uiohook, 'index.js'))('uiohook-napi')
    uIOhook.on('mousemove', () => {
      events++
      calls++
    })
    uIOhook.start()
    end = async () => uIOhook.stop()
  },
}

process.on('message', async (question) => {
  if (question.ear === 'end') await end()
  else if (question.ear) await ears[question.ear](question)
  process.send({ ...thread(), events, calls })
})
process.send({ ready: true })

/** JavaScript's own thread is the process's first. */
function thread() {
  const folder = `/proc/${process.pid}/task/${process.pid}`
  const [nanoseconds] = readFileSync(`${folder}/schedstat`, 'utf8').split(' ')
  const status = readFileSync(`${folder}/status`, 'utf8')
  const switches = [...status.matchAll(/ctxt_switches:\s*(\d+)/g)].map(([, count]) => Number(count))
  return { cpu: Number(nanoseconds) / 1e9, switches: switches.reduce((sum, count) => sum + count) }
}
