//! One case of the work that `npm run instructions` counts. See `USAGE`.

#![expect(clippy::print_stderr, reason = "a command-line tool")]

#[path = "../benches/scene/mod.rs"]
mod scene;

use std::hint::black_box;
use std::process::ExitCode;

use understudy_core::canonical::Bytes;
use understudy_core::chunk::{Compressor, Effort};
use understudy_core::delta::{FramePart, Picture};
use understudy_core::error::Result;
use understudy_core::recipient::ContentKey;
use understudy_core::seal::{Position, Sealer};
use understudy_core::segment::SegmentId;
use understudy_core::track::Track;

use self::scene::{Scene, Screen};

const USAGE: &str = "\
Usage: instructions delta-key|delta-typing|delta-scroll|delta-switch|delta-decode|chunk|seal [empty]

Does a case's work once, always the same. With `empty`, only makes ready for it: what that costs is to be taken off.";

const SCREEN: Screen = Screen(1920, 1080);
const CHUNKS: usize = 64;
const CHUNK_BYTES: usize = 16 << 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (case, empty) = match arguments[..] {
        [case] => (case, false),
        [case, "empty"] => (case, true),
        _ => return usage(),
    };
    let Some(work) = prepare(case) else { return usage() };
    if empty {
        return ExitCode::SUCCESS;
    }
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

type Work = Box<dyn FnOnce() -> Result<()>>;

fn prepare(case: &str) -> Option<Work> {
    match case {
        "delta-key" => Some(encode(Scene::key(SCREEN))),
        "delta-typing" => Some(encode(Scene::typing(SCREEN))),
        "delta-scroll" => Some(encode(Scene::scroll(SCREEN))),
        "delta-switch" => Some(encode(Scene::switch(SCREEN))),
        "delta-decode" => Some(decode()),
        "chunk" => Some(compress()),
        "seal" => Some(seal()),
        _ => None,
    }
}

fn encode(scene: Scene) -> Work {
    let (mut canvas, _) = scene.canvas();
    Box::new(move || {
        black_box(scene.code(&mut canvas));
        Ok(())
    })
}

fn decode() -> Work {
    let parts: Vec<FramePart> = [Scene::scroll(SCREEN), Scene::typing(SCREEN)]
        .iter()
        .flat_map(|scene| {
            let (mut canvas, mut parts) = scene.canvas();
            parts.extend(scene.code(&mut canvas));
            parts
        })
        .collect();
    Box::new(move || {
        let mut picture = Picture::default();
        for part in &parts {
            picture.apply(part)?;
        }
        black_box(picture.frame());
        Ok(())
    })
}

/// Chunks of one segment: the first picture, one that scrolls, letters.
fn compress() -> Work {
    let chunks = [Scene::key(SCREEN), Scene::scroll(SCREEN), Scene::typing(SCREEN)].map(|scene| scene.records());
    Box::new(move || {
        let mut compressor = Compressor::new(Effort::Usual)?;
        for records in &chunks {
            black_box(compressor.chunk(records)?);
        }
        black_box(compressor.finish()?);
        Ok(())
    })
}

fn seal() -> Work {
    let chunk = vec![7; CHUNK_BYTES];
    let key = ContentKey::copy_of(&[3; 32]);
    Box::new(move || {
        let (mut sealer, _) = Sealer::new(Bytes([1; 16]), SegmentId { track: Track::Screen, number: 0 }, &key);
        for _ in 0..CHUNKS {
            black_box(sealer.seal(&chunk, Position::Within)?);
        }
        Ok(())
    })
}
