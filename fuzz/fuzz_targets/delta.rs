//! The parts of small pictures: three bytes of more and format, and of size, then the streams. What decodes can be coded
//! again, and decodes equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::backend::Patch;
use understudy_core::delta::{Canvas, FramePart, Picture, Shape};
use understudy_core::frame::{Frame, PixelFormat, Size};
use understudy_fuzz::chunks;

fuzz_target!(|data: &[u8]| {
    let mut picture = Picture::default();
    for (chunk, key) in chunks(data) {
        let Some((head, streams)) = chunk.split_first_chunk::<3>() else { return };
        let [flags, width, height] = *head;
        let size = Size { width: u32::from(width % 80) + 1, height: u32::from(height % 80) + 1 };
        let format = if flags & 2 == 0 { PixelFormat::Bgrx8 } else { PixelFormat::Bgrx10 };
        let key = key.then_some(Shape { size, format });
        let part = FramePart { key, more: flags & 1 != 0, packed: flags & 4 != 0, data: streams.to_vec().into() };
        if picture.apply(&part).is_err() {
            return;
        }
    }
    if let Some(frame) = picture.frame() {
        assert_eq!(coded_again(frame).frame(), Some(frame));
    }
});

fn coded_again(frame: &Frame) -> Picture {
    let pixels: Vec<u8> = frame.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
    let mut canvas = Canvas::new(frame.size(), frame.format());
    let patch = Patch { rect: frame.size().bounds(), stride: frame.size().width as usize * 4, pixels: &pixels };
    let mut picture = Picture::default();
    canvas.take_patch(&patch).iter().for_each(|part| {
        picture.apply(part).expect("applies");
    });
    picture
}
