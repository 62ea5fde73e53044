//! A layer of policy, and a window's name judged by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::event::App;
use understudy_core::policy::{Authors, Layer, Policy, Rules};

fuzz_target!(|data: &[u8]| {
    // What comes behind the first zero is a title.
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (bytes, title) = data.split_at(end);
    let layer = Layer::read("layer", bytes);
    assert_eq!(layer.rules().meet(layer.rules()), *layer.rules());
    assert!(layer.problems().is_empty() || *layer.rules() == Rules::nothing());
    let Ok(policy) = Policy::merge(Rules::request(), &[layer], &Authors::default()) else { return };
    let title = String::from_utf8_lossy(title);
    let app = App { id: title.chars().take(20).collect(), instance: "app".into() };
    let floor = Policy::default();
    assert!(policy.excludes_window(&app, &title).is_some() || floor.excludes_window(&app, &title).is_none());
    assert!(policy.excludes_title(&title).is_some() || floor.excludes_title(&title).is_none());
    assert!(!policy.trusts(&app), "nobody asked for it");
});
