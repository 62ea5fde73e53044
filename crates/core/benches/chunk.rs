//! Compressing the records of pictures, and decompressing them: bytes are those of the records.

mod scene;

use divan::Bencher;
use divan::counter::BytesCount;
use understudy_core::chunk::{Compressor, Decompressor, Effort};

use self::scene::{Scene, Screen};

const SCREENS: [Screen; 2] = [Screen(1920, 1080), Screen(3840, 2160)];
const FITS: &str = "a picture's records fit a chunk";

fn main() {
    divan::main();
}

macro_rules! cases {
    ($($case:ident),*) => {
        #[divan::bench_group(sample_count = 20)]
        mod compress {
            use super::*;
            $(#[divan::bench(args = SCREENS)]
            fn $case(bencher: Bencher<'_, '_>, screen: Screen) {
                compress_scene(bencher, &Scene::$case(screen));
            })*
        }

        #[divan::bench_group(sample_count = 20)]
        mod decompress {
            use super::*;
            $(#[divan::bench(args = SCREENS)]
            fn $case(bencher: Bencher<'_, '_>, screen: Screen) {
                decompress_scene(bencher, &Scene::$case(screen));
            })*
        }
    };
}

cases!(key, typing, scroll);

fn compress_scene(bencher: Bencher<'_, '_>, scene: &Scene) {
    let records = scene.records();
    bencher
        .counter(BytesCount::of_slice(&records))
        .with_inputs(|| Compressor::new(Effort::Usual).expect("memory for a stream"))
        .bench_local_refs(|compressor| compressor.chunk(&records).expect(FITS).len());
}

fn decompress_scene(bencher: Bencher<'_, '_>, scene: &Scene) {
    let records = scene.records();
    let mut compressor = Compressor::new(Effort::Usual).expect("memory for a stream");
    let chunk = compressor.chunk(&records).expect(FITS);
    bencher
        .counter(BytesCount::of_slice(&records))
        .with_inputs(|| Decompressor::new().expect("memory for a stream"))
        .bench_local_refs(|decompressor| decompressor.records(chunk, false).expect("what was compressed"));
}
