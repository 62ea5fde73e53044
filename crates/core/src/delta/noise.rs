//! Pictures for tests: noise, the same for the same seed.

/// Pixels of so many colours, another run of them with each seed.
pub(super) fn noise(seed: u32, colors: u32) -> impl Iterator<Item = u32> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) % colors).wrapping_mul(0x0001_0701) & 0x00ff_ffff
    })
}
