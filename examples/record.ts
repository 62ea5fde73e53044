// Records for some seconds, as a receipt allows: this machine's desktop, or a scripted one.
//
//   record.ts RECEIPT OUT SECONDS [synthetic]
import { isUnderstudyError, Recorder } from '@understudy/capture'

const [receipt = 'receipt.json', out = 'recordings', seconds = '10', desktop] =
  process.argv.slice(2)

try {
  const recorder = await Recorder.start({
    receipt,
    out,
    screen: { maxFps: 15 },
    // What is typed there is kept, sensitive values excepted; elsewhere only what kinds of keys there were.
    trusted: ['Editor', 'Terminal'],
    ...(desktop === 'synthetic' && { synthetic: { seconds: Number(seconds) } }),
  })
  setTimeout(() => void recorder.stop(), Number(seconds) * 1000)
  process.once('SIGINT', () => void recorder.stop())

  for await (const state of recorder.states()) console.error(state.type)
  const { path } = await recorder.stop()
  console.error(`${recorder.stats().frames} pictures`)
  console.log(path)
} catch (error) {
  if (!isUnderstudyError(error)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
