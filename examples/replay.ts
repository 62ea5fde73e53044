// Opens a recording with the contributor's identity, and tells what was typed, clicked and seen.
//
//   replay.ts RECORDING IDENTITY
import { openIdentity, openRecording } from '@understudy/capture/reader'

const [path = '', folder = ''] = process.argv.slice(2)
const passphrase = process.env['UNDERSTUDY_PASSPHRASE']
const identity = await openIdentity(folder, passphrase === undefined ? {} : { passphrase })
const recording = openRecording(path, { identity })
console.log((await recording.verify()).status)

for await (const item of recording) {
  const second = (item.time / 1e9).toFixed(3)
  if (item.type === 'keydown') console.log(second, item.code, item.key)
  if (item.type === 'pointerdown') console.log(second, 'click at', item.x, item.y)
  if (item.type === 'focus') console.log(second, item.window?.title ?? 'no window')
  if (item.type === 'frame') {
    console.log(second, 'picture of', item.picture.width, 'by', item.picture.height)
  }
}
identity.wipe()
