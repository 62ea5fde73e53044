// The process that is measured: a host that embeds the SDK and does nothing else. Plain JavaScript, so
// that nothing is compiled in it. It is told what to do in lines: {"start":options}, {"stop":true}.
import { createInterface } from 'node:readline'
import { Recorder } from '../dist/index.js'

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
let recorder

createInterface(process.stdin).on('line', async (line) => {
  try {
    const { start } = JSON.parse(line)
    if (start) {
      recorder = await Recorder.start(start)
      say({ path: recorder.path })
    } else {
      await recorder.stop()
      say({ stats: recorder.stats() })
    }
  } catch (error) {
    say({ error: String(error) })
  }
})
say({ ready: true })
