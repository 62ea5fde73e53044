//! What the targets share: the recording that the vectors are of, and inputs that hold several things.

use std::sync::LazyLock;

use understudy_core::canonical::Bytes;
use understudy_core::header::RecordingId;
use understudy_core::identity::Identity;
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::secret::Secret;
use understudy_core::segment::SegmentId;
use understudy_core::sign::SignKey;
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};

pub mod forge;

/// The recording of most vectors.
pub const RECORDING: RecordingId = Bytes([0x11; 16]);
/// Its first pointer segment.
pub const SEGMENT: SegmentId = SegmentId { track: Track::Pointer, number: 0 };
/// When recordings made here start, milliseconds since 1970.
pub const STARTED: u64 = 1_765_000_000_000;

/// The key that the vectors' segments are sealed to: their contributor's, under the receipt that most of them have.
pub static OPEN_KEY: LazyLock<OpenKey> = LazyLock::new(|| {
    let mut secret = [0x21; 64];
    secret[32..].fill(0x23);
    let identity = Identity::from_secret(&Secret::copy_of(&secret));
    let contributor = identity.consenting(None, 1_760_000_000).expect("derives");
    OpenKey::from_secret(Secret::copy_of(contributor.open_key().secret().expose()))
});
/// The key that signs what is made here.
pub static DEVICE: LazyLock<SignKey> = LazyLock::new(|| SignKey::from_seed(&Secret::copy_of(&[0x31; 32])));
/// A receipt for every track.
pub static RECEIPT: LazyLock<Receipt> = LazyLock::new(|| {
    let terms = Terms {
        tracks: Tracks::ALL,
        live: Tracks::NONE,
        purpose: Purpose::AgentTraining,
        recipients: vec![OPEN_KEY.public()],
        issued: STARTED / 1000,
        expires: STARTED / 1000 + 3600,
        notice: "For fuzzing.".into(),
        ..Terms::default()
    };
    Receipt::sign(&terms, &Identity::random()).expect("the terms are in order")
});

/// The track that the first byte chooses, and the rest.
pub fn track(data: &[u8]) -> Option<(Track, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((Track::ALL[usize::from(first % 4)], rest))
}

/// Chunks, one behind the other: two bytes of length, whose highest bit marks the last chunk, and the bytes.
pub fn chunks(mut data: &[u8]) -> Vec<(&[u8], bool)> {
    let mut chunks = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk::<2>() {
        let length = u16::from_le_bytes(*length);
        let (chunk, left) = rest.split_at(rest.len().min(usize::from(length & 0x7fff)));
        chunks.push((chunk, length & 0x8000 != 0));
        data = left;
    }
    chunks
}

/// The files of an archive: those of a vector without its header, `path length`, line feed, bytes, line feed (docs/format.md §14).
pub fn archive(mut data: &[u8]) -> MemorySource {
    let mut source = MemorySource::default();
    while let Some(end) = data.iter().position(|byte| *byte == b'\n') {
        let Ok(line) = std::str::from_utf8(&data[..end]) else { break };
        let Some((path, length)) = line.rsplit_once(' ') else { break };
        let Ok(length) = length.parse::<usize>() else { break };
        data = &data[end + 1..];
        // A length that mutation made too long means the rest.
        let (content, left) = data.split_at(length.min(data.len()));
        source.0.insert(path.into(), content.to_vec());
        data = left.strip_prefix(b"\n").unwrap_or(left);
    }
    source
}
