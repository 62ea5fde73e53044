//! Builds recordings from fixed keys, byte for byte the same each time, and wrong in any way that is asked for.
//! Not the recorder's writer: that one draws random keys, and can do nothing wrong on purpose.

use std::collections::BTreeMap;

use dryoc::classic::crypto_box::{crypto_box_easy, crypto_box_seed_keypair};
use dryoc::classic::crypto_secretstream_xchacha20poly1305::{
    State, crypto_secretstream_xchacha20poly1305_init_pull, crypto_secretstream_xchacha20poly1305_push,
};
use serde_json::{Value, json};
use understudy_core::canonical::Bytes;
use understudy_core::chunk::{Compressor, Effort};
use understudy_core::clock::Time;
use understudy_core::header::{Header, RecordingId, Unfinished};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, Extent, JournalWriter};
use understudy_core::receipt::PROHIBITED;
use understudy_core::recipient::{OpenKey, PublicKey};
use understudy_core::record::{Record, RecordEncoder};
use understudy_core::secret::Secret;
use understudy_core::segment::{SegmentId, encode_header};
use understudy_core::sign::{Document, SignKey, VerifyKey, hash};
use understudy_core::track::{Track, Tracks};

pub(crate) const MESSAGE: u8 = 0;
pub(crate) const FINAL: u8 = 3;
const ID: RecordingId = Bytes([0x11; 16]);
/// The id of every receipt.
pub(crate) const RECEIPT: Bytes<16> = Bytes([0x41; 16]);

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// When receipts are issued, unless they say otherwise.
const ISSUED: u64 = 1_760_000_000;
const OPEN: u8 = 0x21;
const SIGN: u8 = 0x23;

/// Whose recordings the vectors are, and to whom the copies among them were released.
pub(crate) fn identity() -> Identity {
    Identity::from_secret(&Secret::copy_of(&secrets().0))
}

/// Its secret bytes, as `identity.json` has them.
pub(crate) fn secrets() -> Bytes<64> {
    Bytes([[OPEN; 32], [SIGN; 32]].concat().try_into().expect("64 bytes"))
}

/// Who it is in a receipt that says nothing else.
pub(crate) fn contributor() -> Identity {
    identity().consenting(None, ISSUED).expect("derives")
}

/// Who it is in this one.
pub(crate) fn contributor_in(receipt: &Value) -> Identity {
    let issued = receipt["issued"].as_u64().unwrap_or(ISSUED);
    if is_copy(receipt) {
        return identity().releasing(&recipient_in(receipt), issued).expect("derives");
    }
    let controller = receipt["controller"]["sign"].as_str().and_then(VerifyKey::parse);
    identity().consenting(controller.as_ref(), issued).expect("derives")
}

fn is_copy(receipt: &Value) -> bool {
    receipt["schema"] == "understudy.released-consent/1"
}

fn recipient_in(receipt: &Value) -> PublicKey {
    serde_json::from_value(receipt["recipients"][0].clone()).expect("a recipient")
}

pub(crate) fn secret(byte: u8) -> Secret<32> {
    Secret::copy_of(&[byte; 32])
}

/// A recording in the making.
pub(crate) struct Recording {
    pub(crate) files: Files,
    pub(crate) device: SignKey,
    pub(crate) journal: JournalWriter,
    pub(crate) time: Time,
    tracks: Tracks,
    contributor: Identity,
    holder: PublicKey,
}

impl Recording {
    /// With header, receipt and the first line.
    pub(crate) fn new() -> Self {
        Self::with(|_| {}, |_| {})
    }

    /// The same, with header and receipt changed before they are signed.
    pub(crate) fn with(change_header: impl FnOnce(&mut Header), change_receipt: impl FnOnce(&mut Value)) -> Self {
        Self::named(contributor_in, change_header, change_receipt)
    }

    /// The same, in which the contributor is whoever `name` answers.
    pub(crate) fn named(
        name: impl FnOnce(&Value) -> Identity,
        change_header: impl FnOnce(&mut Header),
        change_receipt: impl FnOnce(&mut Value),
    ) -> Self {
        let mut receipt = json!({
            "schema": "understudy.consent/2",
            "id": RECEIPT,
            "record": Bytes([0x42; 16]),
            "event": { "state": "given", "type": "explicit" },
            "language": "en",
            "tracks": ["pointer", "keyboard", "screen", "context"],
            "live": [],
            "direct": false,
            "purpose": "agent-training",
            "prohibited": PROHIBITED,
            "recipients": [OpenKey::from_secret(secret(0x22)).public()],
            "filter": { "floor": hash(b"a floor"), "detectors": hash(b"detectors") },
            "coarse": { "grid": 20, "idle": 5000, "key": 80 },
            "withdrawal": { "method": "understudy withdraw", "effects": ["unreleased-destroyed", "released-refused"] },
            "issued": ISSUED,
            "expires": 1_770_000_000_u64,
            "notice": hash(b"what was shown"),
        });
        change_receipt(&mut receipt);
        let contributor = name(&receipt);
        receipt["contributor"] =
            json!({ "open": contributor.open_key().public(), "sign": contributor.sign_key().public() });
        let mut bytes = contributor.sign_key().sign(Document::Receipt, &receipt).expect("signs");
        bytes.push(b'\n');
        Self::under(bytes, contributor, change_header)
    }

    /// The same, under a receipt of these bytes, which names this contributor.
    pub(crate) fn under(receipt: Vec<u8>, contributor: Identity, change_header: impl FnOnce(&mut Header)) -> Self {
        let value: Value = serde_json::from_slice(&receipt).expect("JSON");
        let holder = if is_copy(&value) { recipient_in(&value) } else { contributor.open_key().public() };
        let device = SignKey::from_seed(&secret(0x31));
        let mut header = Header {
            id: ID,
            tracks: Tracks::ALL,
            started: 1_765_000_000_000,
            device: device.public(),
            platform: "vectors".into(),
            software: "understudy vectors".into(),
            receipt: hash(&receipt),
            policy: hash(br#"{"exclude":[]}"#),
        };
        change_header(&mut header);
        let bytes = header.encode(&device).expect("signs");
        let journal = JournalWriter::new(&bytes);
        let files = Files::from([("header.json".into(), bytes), ("receipt.json".into(), receipt)]);
        let (time, tracks) = (Time::ZERO, header.tracks);
        let mut recording = Self { files, device, journal, time, tracks, contributor, holder };
        recording.line(Entry::Start {});
        recording
    }

    pub(crate) fn line(&mut self, entry: Entry) {
        let line = self.journal.line(&self.device, self.time, entry).expect("signs");
        self.files.entry("journal.ndjson".into()).or_default().extend(line.bytes());
    }

    /// A line that the contributor adds.
    pub(crate) fn amend(&mut self, entry: Entry) {
        let line = self.journal.line(self.contributor.sign_key(), self.time, entry).expect("signs");
        self.files.entry("journal.ndjson".into()).or_default().extend(line.bytes());
    }

    /// A segment written anew in the place of one that was there, under another key; and the line that says so.
    pub(crate) fn recut(&mut self, track: Track, number: u32, records: &[(u64, Record)]) {
        let id = SegmentId { track, number };
        let before = self.files["journal.ndjson"].clone();
        let writer = std::mem::replace(&mut self.journal, JournalWriter::new(b""));
        let mut segment = self.open(track, number);
        segment.records(self, records);
        let last = segment.compressor.finish().expect("zstd").to_vec();
        segment.seal(self, &last, FINAL);
        let Extent { track, segment, chunks, size, hash: body } = segment.extent(self);
        self.files.insert("journal.ndjson".into(), before);
        self.journal = writer;
        let key = hash(&self.files[&id.key_path()]);
        self.amend(Entry::Recut { track, segment, key, chunks, size, hash: body });
    }

    /// A segment's files are taken away, and the line says so.
    pub(crate) fn destroy(&mut self, track: Track, number: u32) {
        self.take(track, number);
        self.amend(Entry::Destroy { track: track.into(), segment: number });
    }

    /// The files of a segment are gone.
    pub(crate) fn take(&mut self, track: Track, number: u32) {
        let id = SegmentId { track, number };
        self.files.remove(&id.path());
        self.files.remove(&id.key_path());
    }

    /// A line of any members, signed and chained as the writer would.
    pub(crate) fn raw_line(&mut self, seq: u64, prev: &[u8], members: Value) {
        let mut object = json!({ "seq": seq, "prev": hash(prev), "time": self.time.as_nanos() });
        if let (Value::Object(object), Value::Object(members)) = (&mut object, members) {
            object.extend(members);
        }
        let mut bytes = self.device.sign(Document::Journal, &object).expect("signs");
        bytes.push(b'\n');
        self.files.entry("journal.ndjson".into()).or_default().extend(bytes);
    }

    /// The lines so far, without their line feeds.
    pub(crate) fn lines(&self) -> Vec<Vec<u8>> {
        let journal = &self.files["journal.ndjson"];
        journal.split_inclusive(|b| *b == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
    }

    /// A whole segment of one chunk.
    pub(crate) fn segment(&mut self, track: Track, number: u32, records: &[(u64, Record)]) {
        let mut segment = self.open(track, number);
        segment.records(self, records);
        segment.close(self);
    }

    /// A whole segment with one chunk of these record bytes.
    pub(crate) fn raw_segment(&mut self, track: Track, records: &[u8]) {
        let mut segment = self.open(track, 0);
        segment.raw_records(self, records);
        segment.close(self);
    }

    pub(crate) fn open(&mut self, track: Track, number: u32) -> Segment {
        assert!(self.tracks.contains(track) || number == u32::MAX, "a track of the header");
        let id = SegmentId { track, number };
        let file = key_file(id, &[stanza(&self.holder, &content_key(id))]);
        self.open_with(id, file)
    }

    pub(crate) fn open_with(&mut self, id: SegmentId, key_file: Vec<u8>) -> Segment {
        let key = hash(&key_file);
        self.files.insert(id.key_path(), key_file);
        let stream = [0x51 + id.number as u8; 24];
        self.files.insert(id.path(), encode_header(ID, id, &stream).to_vec());
        self.line(Entry::Open { track: id.track.into(), segment: id.number, key });
        let mut state = State::new();
        crypto_secretstream_xchacha20poly1305_init_pull(&mut state, &stream, content_key(id).expose());
        Segment {
            id,
            state,
            chunks: 0,
            compressor: Compressor::new(Effort::Usual).expect("zstd"),
            encoder: RecordEncoder::default(),
        }
    }

    pub(crate) fn stop(mut self) -> Files {
        self.stopped();
        self.files
    }

    /// Adds the stop.
    pub(crate) fn stopped(&mut self) {
        self.line(Entry::Stop { reason: "requested".into() });
    }

    /// Adds unfinished.json: the recording was cut.
    pub(crate) fn cut(mut self) -> Files {
        let marker = Unfinished::new(ID, self.device.public()).encode(&self.device).expect("signs");
        self.files.insert("unfinished.json".into(), marker);
        self.files
    }
}

/// A segment in the making.
pub(crate) struct Segment {
    pub(crate) id: SegmentId,
    state: State,
    pub(crate) chunks: u32,
    pub(crate) compressor: Compressor,
    encoder: RecordEncoder,
}

impl Segment {
    pub(crate) fn records(&mut self, recording: &mut Recording, records: &[(u64, Record)]) {
        let mut bytes = Vec::new();
        for (nanos, record) in records {
            self.encoder.encode(Time::from_nanos(*nanos), record, &mut bytes);
        }
        self.encoder.flush(&mut bytes);
        self.raw_records(recording, &bytes);
    }

    pub(crate) fn raw_records(&mut self, recording: &mut Recording, records: &[u8]) {
        let chunk = self.compressor.chunk(records).expect("zstd").to_vec();
        self.seal(recording, &chunk, MESSAGE);
    }

    pub(crate) fn seal(&mut self, recording: &mut Recording, chunk: &[u8], tag: u8) {
        let number = self.chunks;
        self.seal_as(recording, chunk, tag, number);
    }

    /// Seals a chunk as if it were number `number`.
    pub(crate) fn seal_as(&mut self, recording: &mut Recording, chunk: &[u8], tag: u8, number: u32) {
        let mut place = [0; 28];
        place[..16].copy_from_slice(&ID.0);
        place[16] = self.id.track.number();
        place[20..24].copy_from_slice(&self.id.number.to_le_bytes());
        place[24..].copy_from_slice(&number.to_le_bytes());
        let mut sealed = vec![0; chunk.len() + 17];
        crypto_secretstream_xchacha20poly1305_push(&mut self.state, &mut sealed, chunk, Some(&place), tag)
            .expect("seals");
        self.append(recording, &sealed);
    }

    /// Appends a chunk of any bytes.
    pub(crate) fn append(&mut self, recording: &mut Recording, sealed: &[u8]) {
        let file = recording.files.entry(self.id.path()).or_default();
        file.extend((sealed.len() as u32).to_le_bytes());
        file.extend(sealed);
        self.chunks += 1;
    }

    pub(crate) fn extent(&self, recording: &Recording) -> Extent {
        let file = &recording.files[&self.id.path()];
        Extent {
            track: self.id.track.into(),
            segment: self.id.number,
            chunks: self.chunks,
            size: file.len() as u64,
            hash: hash(file),
        }
    }

    pub(crate) fn checkpoint(&self, recording: &mut Recording) {
        recording.line(Entry::Checkpoint(self.extent(recording)));
    }

    pub(crate) fn close(mut self, recording: &mut Recording) {
        let last = self.compressor.finish().expect("zstd").to_vec();
        self.seal(recording, &last, FINAL);
        self.close_as_is(recording);
    }

    pub(crate) fn close_as_is(&self, recording: &mut Recording) {
        recording.line(Entry::Close(self.extent(recording)));
    }
}

pub(crate) fn content_key(id: SegmentId) -> Secret<32> {
    secret(0x61 + id.track.number() * 16 + id.number as u8)
}

/// As `crypto_box_seal` does it, with an ephemeral key that is not random.
pub(crate) fn stanza(holder: &PublicKey, key: &Secret<32>) -> Value {
    let (public, ephemeral) = crypto_box_seed_keypair(&[0x71; 32]);
    let mut both = [0; 64];
    both[..32].copy_from_slice(&public);
    both[32..].copy_from_slice(&holder.0.0);
    let mut nonce = [0; 24];
    dryoc::classic::crypto_generichash::crypto_generichash(&mut nonce, &both, None).expect("hashes");
    let mut sealed = [0; 80];
    sealed[..32].copy_from_slice(&public);
    crypto_box_easy(&mut sealed[32..], key.expose(), &nonce, &holder.0.0, &ephemeral).expect("seals");
    json!({ "type": "x25519", "recipient": holder, "sealed": Bytes(sealed) })
}

pub(crate) fn key_file(id: SegmentId, stanzas: &[Value]) -> Vec<u8> {
    let file = json!({ "recording": ID, "track": id.track.name(), "segment": id.number, "stanzas": stanzas });
    let mut bytes = understudy_core::canonical::encode(&file).expect("encodes");
    bytes.push(b'\n');
    bytes
}
