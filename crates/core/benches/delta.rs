//! Coding pictures, and showing them again: bytes are those of the pixels handed over.

mod scene;

use divan::Bencher;
use divan::counter::BytesCount;
use understudy_core::delta::{FramePart, Picture};

use self::scene::{Scene, Screen};

const SCREENS: [Screen; 2] = [Screen(1920, 1080), Screen(3840, 2160)];

fn main() {
    divan::main();
}

macro_rules! cases {
    ($($case:ident),*) => {
        #[divan::bench_group(sample_count = 20)]
        mod encode {
            use super::*;
            $(#[divan::bench(args = SCREENS)]
            fn $case(bencher: Bencher<'_, '_>, screen: Screen) {
                encode_scene(bencher, &Scene::$case(screen));
            })*
        }

        #[divan::bench_group(sample_count = 20)]
        mod decode {
            use super::*;
            $(#[divan::bench(args = SCREENS)]
            fn $case(bencher: Bencher<'_, '_>, screen: Screen) {
                decode_scene(bencher, &Scene::$case(screen));
            })*
        }
    };
}

cases!(key, typing, scroll, switch, noise);

fn encode_scene(bencher: Bencher<'_, '_>, scene: &Scene) {
    bencher
        .counter(BytesCount::new(scene.bytes()))
        .with_inputs(|| scene.canvas().0)
        .bench_local_refs(|canvas| scene.code(canvas));
}

fn decode_scene(bencher: Bencher<'_, '_>, scene: &Scene) {
    let (mut canvas, before) = scene.canvas();
    let parts = scene.code(&mut canvas);
    bencher
        .counter(BytesCount::new(scene.bytes()))
        .with_inputs(|| show(Picture::default(), &before))
        .bench_local_values(|picture| show(picture, &parts));
}

fn show(mut picture: Picture, parts: &[FramePart]) -> Picture {
    for part in parts {
        picture.apply(part).expect("a reader takes what the writer codes");
    }
    picture
}
