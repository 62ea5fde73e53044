// Plain JavaScript: records a scripted desktop as fast as it goes, and reads it back.
//
//   synthetic.js RECEIPT OUT IDENTITY
import { setTimeout } from 'node:timers/promises'
import { openIdentity, Recorder } from '@understudy/capture'

const [receipt, out, folder] = process.argv.slice(2)
const recorder = await Recorder.start({ receipt, out, synthetic: { seconds: 1 } })
await setTimeout(1500)
const recording = await recorder.stop()

const identity = await openIdentity(folder)
let items = 0
for await (const item of recording.open({ identity })) if (item.type) items++
console.log(recording.path, items)
