//! The loops that run over every pixel. Each is written once, without `unsafe`, and compiled twice: for any processor of the
//! architecture, and with the vectors that the processor at hand turns out to have (on x86-64, AVX2).
//!
//! A shot's pixels are four bytes each, of which some bits mean nothing: `mask` has those that do.

#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "a function that needs AVX2 may be called only where the processor was asked for it")
)]

/// Declares a function that runs `scalar`'s of the same name, with AVX2 where there is AVX2.
macro_rules! kernel {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)?) => {
        $(#[$doc])*
        pub(crate) fn $name($($argument: $type),*) $(-> $answer)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn vectorised($($argument: $type),*) $(-> $answer)? {
                    scalar::$name($($argument),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2, and nothing else is asked of the caller.
                    return unsafe { vectorised($($argument),*) };
                }
            }
            scalar::$name($($argument),*)
        }
    };
}

/// Pixels along a tile's side: rows are compared in pieces that end where tiles end.
const TILE: usize = crate::delta::TILE as usize;

kernel! {
    /// Whether a row of the picture shows other pixels than a row of a shot, of the same length.
    fn differs(old: &[u32], new: &[[u8; 4]], mask: u32) -> bool
}
kernel! {
    /// Sets `marks` where rows differ: the first stands for the first `lead` pixels, each other for a tile's width. What is set stays set.
    fn mark_differences(old: &[u32], new: &[[u8; 4]], mask: u32, lead: usize, marks: &mut [bool])
}
kernel! {
    /// Adds the bits in which each pixel of two rows differs to `columns`; answers whether there are any in this row.
    fn add_differences(old: &[u32], new: &[[u8; 4]], mask: u32, columns: &mut [u32; TILE]) -> bool
}
kernel! {
    /// As [`add_differences`], and takes over the row of the shot.
    fn take_differences(old: &mut [u32], new: &[[u8; 4]], mask: u32, columns: &mut [u32; TILE]) -> bool
}
kernel! {
    /// Takes over a row of a shot.
    fn copy(old: &mut [u32], new: &[[u8; 4]], mask: u32)
}
kernel! {
    /// Whether all pixels of a row are alike; an empty one is.
    fn is_uniform(row: &[u32]) -> bool
}
kernel! {
    /// Adds a tile's row to its hash.
    fn hash_row(row: &[u32], lanes: &mut [u32; TILE])
}
kernel! {
    /// The hashes of runs, put together from those of their first halves and of what follows these.
    fn join_hashes(first: &[u32], second: &[u32], factor: u32, joined: &mut [u32])
}
kernel! {
    /// What a row of samples is less the median of its neighbours, from the second sample on.
    fn median_residuals(above: &[u8], row: &[u8], residuals: &mut [u8])
}

/// The loops themselves: what runs where there are no vectors, and the measure of what runs where there are.
mod scalar {
    use super::TILE;

    #[inline(always)]
    pub(super) fn differs(old: &[u32], new: &[[u8; 4]], mask: u32) -> bool {
        let mut bits = 0;
        for (old, new) in old.iter().zip(new) {
            bits |= old ^ (u32::from_le_bytes(*new) & mask);
        }
        bits != 0
    }

    #[inline(always)]
    pub(super) fn mark_differences(old: &[u32], new: &[[u8; 4]], mask: u32, lead: usize, marks: &mut [bool]) {
        let Some((first, marks)) = marks.split_first_mut() else { return };
        let lead = lead.min(old.len()).min(new.len());
        let ((old_lead, old), (new_lead, new)) = (old.split_at(lead), new.split_at(lead));
        *first |= differs(old_lead, new_lead, mask);
        let (old, old_rest) = old.as_chunks::<TILE>();
        let (new, new_rest) = new.as_chunks::<TILE>();
        let whole = old.len().min(new.len()).min(marks.len());
        let (whole_marks, rest) = marks.split_at_mut(whole);
        for ((mark, old), new) in whole_marks.iter_mut().zip(old).zip(new) {
            if !*mark {
                *mark = differs(old, new, mask);
            }
        }
        if let Some(mark) = rest.first_mut() {
            *mark |= differs(old_rest, new_rest, mask);
        }
    }

    #[inline(always)]
    pub(super) fn add_differences(old: &[u32], new: &[[u8; 4]], mask: u32, columns: &mut [u32; TILE]) -> bool {
        let mut bits = 0;
        for ((column, old), new) in columns.iter_mut().zip(old).zip(new) {
            let difference = old ^ (u32::from_le_bytes(*new) & mask);
            *column |= difference;
            bits |= difference;
        }
        bits != 0
    }

    #[inline(always)]
    pub(super) fn take_differences(old: &mut [u32], new: &[[u8; 4]], mask: u32, columns: &mut [u32; TILE]) -> bool {
        let mut bits = 0;
        for ((column, old), new) in columns.iter_mut().zip(old).zip(new) {
            let pixel = u32::from_le_bytes(*new) & mask;
            let difference = *old ^ pixel;
            *old = pixel;
            *column |= difference;
            bits |= difference;
        }
        bits != 0
    }

    #[inline(always)]
    pub(super) fn copy(old: &mut [u32], new: &[[u8; 4]], mask: u32) {
        for (old, new) in old.iter_mut().zip(new) {
            *old = u32::from_le_bytes(*new) & mask;
        }
    }

    #[inline(always)]
    pub(super) fn is_uniform(row: &[u32]) -> bool {
        let Some(first) = row.first() else { return true };
        let mut bits = 0;
        for pixel in row {
            bits |= pixel ^ first;
        }
        bits == 0
    }

    #[inline(always)]
    pub(super) fn hash_row(row: &[u32], lanes: &mut [u32; TILE]) {
        // A lane for each column: a few would wait for their own products.
        for (lane, pixel) in lanes.iter_mut().zip(row) {
            *lane = (*lane ^ pixel).wrapping_mul(0x9e37_79b1).rotate_left(13);
        }
    }

    #[inline(always)]
    pub(super) fn join_hashes(first: &[u32], second: &[u32], factor: u32, joined: &mut [u32]) {
        for ((joined, first), second) in joined.iter_mut().zip(first).zip(second) {
            *joined = first.wrapping_add(second.wrapping_mul(factor));
        }
    }

    #[inline(always)]
    pub(super) fn median_residuals(above: &[u8], row: &[u8], residuals: &mut [u8]) {
        let count = above.len().min(row.len()).min(residuals.len());
        if count < 2 {
            return;
        }
        let (left, corner) = (&row[..count - 1], &above[..count - 1]);
        let (row, above) = (&row[1..count], &above[1..count]);
        for ((((residual, sample), left), above), corner) in
            residuals[1..count].iter_mut().zip(row).zip(left).zip(above).zip(corner)
        {
            // What `predict::median` says, without leaving eight bits: where the corner is between its neighbours, nothing overflows.
            let (low, high) = (*left.min(above), *left.max(above));
            let plane = left.wrapping_add(*above).wrapping_sub(*corner);
            let promise = if *corner >= high {
                low
            } else if *corner <= low {
                high
            } else {
                plane
            };
            *residual = sample.wrapping_sub(promise);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shot(pixels: &[u32]) -> Vec<[u8; 4]> {
        pixels.iter().map(|pixel| (pixel | 0xa500_0000).to_le_bytes()).collect()
    }

    const MASK: u32 = 0x00ff_ffff;

    proptest! {
        #[test]
        fn rows_are_compared_alike_with_and_without_vectors(
            mut old in proptest::collection::vec(0..=MASK, 1..200), at: prop::sample::Index, lead in 0_usize..40,
        ) {
            let new = shot(&old);
            prop_assert!(!differs(&old, &new, MASK) && !scalar::differs(&old, &new, MASK));
            let index = at.index(old.len());
            old[index] ^= 1;
            prop_assert!(differs(&old, &new, MASK) && scalar::differs(&old, &new, MASK));
            let (mut marks, mut same) = ([false; 8], [false; 8]);
            mark_differences(&old, &new, MASK, lead, &mut marks);
            scalar::mark_differences(&old, &new, MASK, lead, &mut same);
            prop_assert_eq!(marks, same);
            let mark = if index < lead { 0 } else { 1 + (index - lead) / TILE };
            let expected: [bool; 8] = std::array::from_fn(|at| at == mark);
            prop_assert_eq!(marks, expected);
        }

        #[test]
        fn every_other_loop_answers_alike_too(
            row in proptest::collection::vec(0..=MASK, 1..100), other in proptest::collection::vec(0..=MASK, 1..100),
            above: Vec<u8>, below: Vec<u8>, uniform in 1_usize..100,
        ) {
            let new = shot(&other);
            let (mut columns, mut same) = ([7; TILE], [7; TILE]);
            prop_assert_eq!(
                add_differences(&row, &new, MASK, &mut columns), scalar::add_differences(&row, &new, MASK, &mut same));
            prop_assert_eq!(columns, same);
            let mut taken = row.clone();
            prop_assert_eq!(
                take_differences(&mut taken, &new, MASK, &mut columns),
                scalar::take_differences(&mut row.clone(), &new, MASK, &mut [0; TILE]));
            prop_assert_eq!(columns, same);
            let whole = row.len().min(other.len()).min(TILE);
            prop_assert_eq!(&taken[..whole], &other[..whole]);
            prop_assert_eq!(&taken[whole..], &row[whole..]);
            let (mut copied, mut twin) = (row.clone(), row.clone());
            copy(&mut copied, &new, MASK);
            scalar::copy(&mut twin, &new, MASK);
            prop_assert_eq!(&copied, &twin);
            prop_assert_eq!(is_uniform(&row), scalar::is_uniform(&row));
            prop_assert!(is_uniform(&vec![row[0]; uniform]));
            let (mut lanes, mut twin) = ([3; TILE], [3; TILE]);
            hash_row(&row, &mut lanes);
            scalar::hash_row(&row, &mut twin);
            prop_assert_eq!(lanes, twin);
            let (mut joined, mut twin) = (vec![0; row.len()], vec![0; row.len()]);
            join_hashes(&row, &other, 0x9e37_79b1, &mut joined);
            scalar::join_hashes(&row, &other, 0x9e37_79b1, &mut twin);
            prop_assert_eq!(joined, twin);
            let (mut residuals, mut twin) = (vec![0; below.len()], vec![0; below.len()]);
            median_residuals(&above, &below, &mut residuals);
            scalar::median_residuals(&above, &below, &mut twin);
            prop_assert_eq!(&residuals, &twin);
            for x in 1..above.len().min(below.len()) {
                let promise = crate::delta::median(below[x - 1], above[x], above[x - 1]);
                prop_assert_eq!(residuals[x], below[x].wrapping_sub(promise));
            }
        }
    }
}
