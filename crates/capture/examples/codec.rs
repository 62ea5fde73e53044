//! The codec alone: raw frames in, coded, decoded and compared; one line of JSON out. See `USAGE`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::error::Error;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::time::Duration;

use understudy_core::backend::Patch;
use understudy_core::chunk::{Compressor, Decompressor, Effort};
use understudy_core::clock::Time;
use understudy_core::delta::{Canvas, Picture};
use understudy_core::frame::{Frame, PixelFormat, Rect, Size};
use understudy_core::record::{Record, RecordDecoder, RecordEncoder, ScreenRecord};
use understudy_core::track::Track;
use understudy_core::wire::Reader;

/// As in the addon.
#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: understudy_capture::heap::Heap = understudy_capture::heap::Heap;

const USAGE: &str = "\
Usage: codec --clip FILE --size WxH [--fps N] [--hints]

FILE holds raw pictures one after the other: 4 bytes a pixel (blue, green, red, ignored), rows without gaps, as `ffmpeg -pix_fmt bgr0 -f rawvideo`
writes them. Each is coded, compressed, decompressed, decoded and compared on one thread, as one segment. Prints JSON:
{\"frames\":…,\"bytes\":…,\"encodeCpuSeconds\":…,\"slowestCpuSeconds\":…,\"decodeCpuSeconds\":…,\"lossless\":true}
On Windows the seconds are those that passed. slowestCpuSeconds is of the picture that took longest to code; the first is left out, whose memory is new.

  --fps N    pictures a second, for the records' times (default 30)
  --hints    tells the codec which rectangle changed, as a system with damage does; finding it is not counted";

struct Options {
    clip: String,
    size: Size,
    fps: u32,
    hints: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let mut file = File::open(&options.clip).map_err(|error| format!("{}: {error}", options.clip))?;
    let mut picture = vec![0; options.size.area() * 4];
    let mut clip = Clip::new(&options)?;
    while read_picture(&mut file, &mut picture)? {
        clip.code(&picture)?;
    }
    if clip.frames == 0 {
        return Err(format!("{} holds no whole picture of this size", options.clip).into());
    }
    println!(
        "{{\"frames\":{},\"bytes\":{},\"encodeCpuSeconds\":{:.6},\"slowestCpuSeconds\":{:.6},\"decodeCpuSeconds\":{:.6},\"lossless\":{}}}",
        clip.frames,
        clip.bytes,
        clip.encode.as_secs_f64(),
        clip.slowest.as_secs_f64(),
        clip.decode.as_secs_f64(),
        clip.lossless
    );
    Ok(())
}

fn parse(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { clip: String::new(), size: Size::default(), fps: 30, hints: false };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--clip" => options.clip = args.next()?,
            "--size" => {
                let size = args.next()?;
                let (width, height) = size.split_once('x')?;
                options.size = Size { width: width.parse().ok()?, height: height.parse().ok()? };
            }
            "--fps" => options.fps = args.next()?.parse().ok().filter(|fps| (1..=1000).contains(fps))?,
            "--hints" => options.hints = true,
            _ => return None,
        }
    }
    (!options.clip.is_empty() && understudy_core::delta::is_picture_size(options.size)).then_some(options)
}

/// The next picture, if there is a whole one.
fn read_picture(file: &mut File, picture: &mut [u8]) -> std::io::Result<bool> {
    match file.read_exact(picture) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// A clip that is coded and decoded, picture by picture.
struct Clip<'a> {
    options: &'a Options,
    canvas: Canvas,
    records: RecordEncoder,
    compressor: Compressor,
    decompressor: Decompressor,
    decoder: RecordDecoder,
    shown: Picture,
    before: Vec<u8>,
    frames: u64,
    bytes: usize,
    encode: Duration,
    slowest: Duration,
    decode: Duration,
    lossless: bool,
}

impl<'a> Clip<'a> {
    fn new(options: &'a Options) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            options,
            canvas: Canvas::new(options.size, PixelFormat::Bgrx8),
            records: RecordEncoder::default(),
            compressor: Compressor::new(Effort::Usual)?,
            decompressor: Decompressor::new()?,
            decoder: RecordDecoder::new(Track::Screen),
            shown: Picture::default(),
            before: Vec::new(),
            frames: 0,
            bytes: 0,
            encode: Duration::ZERO,
            slowest: Duration::ZERO,
            decode: Duration::ZERO,
            lossless: true,
        })
    }

    fn code(&mut self, picture: &[u8]) -> Result<(), Box<dyn Error>> {
        let Options { size, fps, hints, .. } = *self.options;
        let stride = size.width as usize * 4;
        let rect = if hints { damage(&self.before, picture, size) } else { Some(size.bounds()) };
        let time = Time::ZERO.after(Duration::from_secs(1) * self.frames as u32 / fps);
        self.frames += 1;

        let began = cpu();
        let parts = rect.map_or_else(Vec::new, |rect| {
            let start = rect.y.unsigned_abs() as usize * stride + rect.x.unsigned_abs() as usize * 4;
            self.canvas.take_patch(&Patch { rect, stride, pixels: &picture[start..] })
        });
        let mut records = Vec::new();
        for part in parts {
            self.records.encode(time, &Record::Screen(ScreenRecord::Frame(part)), &mut records);
        }
        let chunk = if records.is_empty() { None } else { Some(self.compressor.chunk(&records)?) };
        let took = cpu() - began;
        self.encode += took;
        if self.frames > 1 {
            self.slowest = self.slowest.max(took);
        }

        if let Some(chunk) = chunk {
            self.bytes += chunk.len();
            let began = cpu();
            let records = self.decompressor.records(chunk, false)?;
            let mut reader = Reader::new(&records);
            while let Some((_, record)) = self.decoder.next(&mut reader)? {
                if let Record::Screen(ScreenRecord::Frame(part)) = record {
                    self.shown.apply(&part)?;
                }
            }
            self.decode += cpu() - began;
        }
        self.lossless &= self.shown.frame().is_some_and(|frame| is_same(frame, picture));
        if hints {
            self.before.clear();
            self.before.extend_from_slice(picture);
        }
        Ok(())
    }
}

/// The rectangle around every pixel that differs from the picture before.
fn damage(before: &[u8], picture: &[u8], size: Size) -> Option<Rect> {
    if before.is_empty() {
        return Some(size.bounds());
    }
    let stride = size.width as usize * 4;
    let mut damage: Option<Rect> = None;
    for ((old, new), y) in before.chunks(stride).zip(picture.chunks(stride)).zip(0..) {
        let differs = |x: &usize| old[x * 4..x * 4 + 3] != new[x * 4..x * 4 + 3];
        let mut columns = (0..size.width as usize).filter(differs);
        let Some(first) = columns.next() else { continue };
        let last = columns.next_back().unwrap_or(first);
        let row = Rect { x: first as i32, y, width: (last - first + 1) as u32, height: 1 };
        damage = Some(damage.map_or(row, |damage| damage.around(row)));
    }
    damage
}

fn is_same(frame: &Frame, picture: &[u8]) -> bool {
    let (pixels, _) = picture.as_chunks::<4>();
    frame.pixels().iter().zip(pixels).all(|(shown, pixel)| *shown == u32::from_le_bytes(*pixel) & 0x00ff_ffff)
}

/// The CPU time of this process, which has one thread.
#[cfg(unix)]
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// The time that passes: as much, where nothing else is to be done.
#[cfg(not(unix))]
fn cpu() -> Duration {
    use std::sync::LazyLock;
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
