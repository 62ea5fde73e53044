//! The whole pipeline, from a scripted desktop to sealed bytes in memory. Drawing that desktop and waiting for the last keys' verdict
//! when it stops are in it; bytes are those of the pictures' pixels.

#[path = "../../core/tests/agreed/mod.rs"]
mod agreed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use divan::Bencher;
use divan::counter::BytesCount;
use understudy_capture::synthetic::{Synthetic, SyntheticOptions};
use understudy_core::frame::Size;
use understudy_core::identity::Identity;
use understudy_core::pipeline::Recorder;
use understudy_core::policy::Policy;
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::track::Tracks;

use self::agreed::{config, terms};

const SCREENS: [Screen; 2] = [Screen(1280, 720), Screen(1920, 1080)];
const FPS: u32 = 30;
const SECONDS: u32 = 10;

fn main() {
    divan::main();
}

#[derive(Clone, Copy)]
struct Screen(u32, u32);

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}

/// Someone works: pictures only where something changes.
#[divan::bench(args = SCREENS, sample_count = 5, sample_size = 1)]
fn work(bencher: Bencher<'_, '_>, screen: Screen) {
    record(bencher, screen, false);
}

/// Every picture differs from the one before.
#[divan::bench(args = SCREENS, sample_count = 5, sample_size = 1)]
fn animation(bencher: Bencher<'_, '_>, screen: Screen) {
    record(bencher, screen, true);
}

fn record(bencher: Bencher<'_, '_>, Screen(width, height): Screen, animate: bool) {
    let options = SyntheticOptions {
        size: Size { width, height },
        fps: FPS,
        duration: Duration::from_secs(SECONDS.into()),
        asap: true,
        animate,
        ..SyntheticOptions::default()
    };
    // How many pictures there are is the script's matter, so they are counted once.
    let frames = play(&Synthetic::new(options.clone()));
    bencher
        .counter(BytesCount::new(frames * u64::from(width * height) * 4))
        .with_inputs(|| Synthetic::new(options.clone()))
        .bench_local_values(|synthetic| play(&synthetic));
}

/// Records the script to its end; answers how many pictures were coded.
fn play(synthetic: &Synthetic) -> u64 {
    let receipt = Receipt::sign(&terms(Tracks::ALL), &Identity::random()).expect("terms that can be signed");
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(Box::new(synthetic.clone()), config(receipt, Policy::default()), || {
        Ok(Box::new(MemorySink(sink)))
    })
    .expect("the synthetic desktop starts");
    while !synthetic.finished() && !recorder.state().is_over() {
        std::thread::sleep(Duration::from_millis(1));
    }
    recorder.stop().expect("it is recorded whole");
    recorder.stats().frames
}
