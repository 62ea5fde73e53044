// uiohook-napi as recorders use it: a call into JavaScript for each event, which is counted. It is told what to do
// in lines: {"start":true}, {"stop":true}. Its argument is the file that npm would resolve modules from.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { uIOhook } = createRequire(process.argv[2])('uiohook-napi')
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
let stored = 0
for (const name of ['keydown', 'keyup', 'mousemove', 'mousedown', 'mouseup', 'wheel']) {
  uIOhook.on(name, () => {
    stored += 1
  })
}

createInterface(process.stdin).on('line', (line) => {
  if (JSON.parse(line).start === true) uIOhook.start()
  else uIOhook.stop()
  say({ stored })
})
say({ ready: true })
