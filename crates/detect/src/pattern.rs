//! Patterns, for what masks cannot say.

use regex::{Regex, RegexBuilder};

/// The largest pattern, compiled, in bytes. Unicode's classes are large, and a bound such as `{0,24}` copies what it bounds.
const LARGEST: usize = 1 << 20;

/// Compiles a pattern. Where that fails, whoever would have looked with it withholds what it would have looked at.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(LARGEST).build().ok()
}
