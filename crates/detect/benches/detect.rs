//! The detector over plain text: English and code mixed, a line of configuration here and there, as a day's typing and titles are.

use divan::Bencher;
use divan::counter::BytesCount;
use understudy_detect::{Detector, Mode};

const PROSE: &str = "The meeting was moved to Thursday at 15:30, so please send the slides by then; I'll add the figures from \
    the last quarter (up 12.5 % on 2023) and a note on what the customers asked for. Nobody expects the report before the 24th. ";
const CODE: &str = "    let mut total = 0;\n    for (index, item) in items.iter().enumerate().skip(16) {\n        total += item.count * 1024;\n        \
    if index % 8 == 0 { println!(\"{index}: {total:08x} {}\", item.name()); }\n    }\n    config.set_timeout(Duration::from_millis(2_500));\n";
const LOG: &str = "2024-11-24T08:15:42.118Z INFO server: request id=7f3a9c21 path=/api/v2/items?page=3&size=50 took 18 ms status=200\n";
/// What there is something to find in.
const SENSITIVE: &str = "write to jane.doe@example.org or call (415) 555-0132; card 4111 1111 1111 1111, exp 09/27\n";

fn main() {
    divan::main();
}

fn plain() -> String {
    [PROSE, CODE, PROSE, LOG, CODE, PROSE].concat().repeat(512)
}

#[divan::bench]
fn text(bencher: Bencher<'_, '_>) {
    let (text, detector) = (plain(), Detector::new(Mode::Balanced));
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| detector.find(divan::black_box(&text)));
}

#[divan::bench(args = [PROSE, CODE, LOG])]
fn kind(bencher: Bencher<'_, '_>, kind: &str) {
    let (text, detector) = (kind.repeat(2048), Detector::new(Mode::Balanced));
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| detector.find(divan::black_box(&text)));
}

#[divan::bench]
fn sensitive(bencher: Bencher<'_, '_>) {
    let (text, detector) = (SENSITIVE.repeat(1024), Detector::new(Mode::Balanced));
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| detector.find(divan::black_box(&text)));
}

/// A field: what is looked at after each key.
#[divan::bench]
fn field(bencher: Bencher<'_, '_>) {
    let detector = Detector::new(Mode::Balanced);
    bencher.bench_local(|| detector.find(divan::black_box("Please send the slides by Thursday, 15:30")));
}
