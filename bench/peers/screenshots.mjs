// node-screenshots as recorders use it: a picture thirty times a second, if it can. It is told what to do in
// lines: {"start":true}, {"stop":true}. Its argument is the file that npm would resolve modules from.
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const fps = 30
const { Monitor } = createRequire(process.argv[2])('node-screenshots')
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
let frames = 0
let running = false

async function take() {
  const [monitor] = Monitor.all()
  for (
    let next = performance.now();
    running;
    next = Math.max(next + 1000 / fps, performance.now())
  ) {
    const image = await monitor.captureImage()
    // What any recorder has to do at least: have the pixels in hand.
    if ((await image.toRaw()).length > 0) frames += 1
    await sleep(next + 1000 / fps - performance.now())
  }
}

createInterface(process.stdin).on('line', (line) => {
  running = JSON.parse(line).start === true
  if (running) void take().catch((error) => say({ error: String(error) }))
  say({ frames })
})
say({ ready: true })
