import test from 'ava'
import { decode } from 'fast-png'
import type { CursorImage } from '../ts/event.js'
import { Picture } from '../ts/frame.js'
import { toPng } from '../ts/png.js'

test('a picture of 8 bits a channel comes back exactly', (t) => {
  const picture = new Picture(3, 1, 'bgrx8')
  picture.pixels.set([0xff0000, 0x00ff00, 0x0100ff])
  const { data, depth, channels } = decode(toPng(picture))
  t.deepEqual([...data], [255, 0, 0, 0, 255, 0, 1, 0, 255])
  t.deepEqual([depth, channels], [8, 3])
})

test('a picture of 10 bits a channel keeps them all', (t) => {
  const picture = new Picture(2, 1, 'bgrx10')
  picture.pixels.set([0x3fffffff, (1 << 20) | (512 << 10) | 3])
  const { data, depth } = decode(toPng(picture))
  t.is(depth, 16)
  t.deepEqual([...data], [65535, 65535, 65535, 64, 32800, 192])
  t.deepEqual(
    [...data].slice(3).map((value) => value >> 6),
    [1, 512, 3],
  )
  t.deepEqual([...picture.toRgba()], [255, 255, 255, 255, 0, 128, 0, 255])
})

test('the pointer is painted only when asked for, and over the edge not at all', (t) => {
  const picture = new Picture(2, 2, 'bgrx8')
  picture.pixels.fill(0x0000ff)
  const image: CursorImage = {
    track: 'screen',
    type: 'cursorimage',
    time: 0,
    width: 2,
    height: 1,
    hotspotX: 0,
    hotspotY: 0,
    pixels: Uint32Array.of(0xffff0000, 0x80008000),
  }
  t.deepEqual([...decode(toPng(picture)).data.slice(0, 6)], [0, 0, 255, 0, 0, 255])
  const painted = decode(toPng(picture, { image, x: 0, y: 0 })).data
  t.deepEqual([...painted.slice(0, 6)], [255, 0, 0, 0, 128, 127])
  const edge = decode(toPng(picture, { image, x: 1, y: 1 })).data
  t.deepEqual([...edge], [0, 0, 255, 0, 0, 255, 0, 0, 255, 255, 0, 0])
  t.is(picture.pixels[0], 0x0000ff)
})
