// The process that is measured: a host that embeds the SDK and does nothing else. Plain JavaScript, so
// that nothing is compiled in it; `recorder.bench.ts` tells it what to do.
import { Recorder } from '../dist/index.js'

let recorder

process.on('message', async ({ start }) => {
  if (start) {
    recorder = await Recorder.start(start)
    process.send({ path: recorder.path })
  } else {
    await recorder.stop()
    process.send({ stats: recorder.stats() })
  }
})
process.send({ ready: true })
