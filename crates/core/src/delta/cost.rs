//! What bytes would come to once they are compressed: an estimate, by which a block is coded one way or another.

/// Counts of byte values.
pub(super) struct Counts([u32; 256]);

impl Counts {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut counts = [0; 256];
        bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        Self(counts)
    }

    /// The bytes' entropy, in bits: what they come to when each is coded by how often it occurs.
    pub(super) fn bits(&self) -> f32 {
        let counts = || self.0.iter().filter(|count| **count > 0).map(|count| *count as f32);
        let total: f32 = counts().sum();
        counts().map(|count| count * (total / count).log2()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_bits_as_it_takes_to_tell_values_apart() {
        let bits = |bytes: &[u8]| Counts::of(bytes).bits();
        assert!(bits(&[]).abs() < 1e-3);
        assert!(bits(&[7; 100]).abs() < 1e-3);
        assert!((bits(&[1, 2].repeat(50)) - 100.0).abs() < 1e-3);
        assert!((bits(&(0..=255).collect::<Vec<u8>>()) - 2048.0).abs() < 1e-2);
    }
}
