//! Where a recording's files go. A sink takes signed and sealed things only: no bytes of a caller's choosing.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::amend::{self, Disk, FolderDisk};
use crate::error::{Error, ErrorKind, Result};
use crate::header::{Header, RecordingId, Unfinished};
use crate::journal::SignedLine;
use crate::key::KeyFile;
use crate::receipt::Receipt;
use crate::seal::{SealedChunk, StreamHeader};
use crate::segment::{SegmentId, encode_header};
use crate::sign::{self, Hash, SignKey};

/// Name of the journal.
pub const JOURNAL: &str = "journal.ndjson";
/// Name of the header.
pub const HEADER: &str = "header.json";
/// Name of the receipt.
pub const RECEIPT: &str = "receipt.json";
/// Name of the marker of a recording that is being written.
pub const UNFINISHED: &str = "unfinished.json";

/// A file that is written once and whole, and that anyone may read.
#[derive(Debug)]
pub struct PublicFile {
    path: String,
    bytes: Vec<u8>,
}

impl PublicFile {
    /// header.json
    pub fn header(header: &Header, key: &SignKey) -> Result<Self> {
        Ok(Self { path: HEADER.into(), bytes: header.encode(key)? })
    }

    /// receipt.json
    pub fn receipt(receipt: &Receipt) -> Self {
        Self { path: RECEIPT.into(), bytes: receipt.bytes().to_vec() }
    }

    /// unfinished.json
    pub fn unfinished(unfinished: &Unfinished, key: &SignKey) -> Result<Self> {
        Ok(Self { path: UNFINISHED.into(), bytes: unfinished.encode(key)? })
    }

    /// A segment's key file.
    pub fn key(segment: SegmentId, key: &KeyFile) -> Result<Self> {
        Ok(Self { path: segment.key_path(), bytes: key.encode()? })
    }

    /// The file's path in the recording.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of its bytes.
    pub fn hash(&self) -> Hash {
        sign::hash(&self.bytes)
    }
}

/// The header of a segment file. Only [`SegmentHeader::new`] makes one.
#[derive(Debug)]
pub struct SegmentHeader {
    segment: SegmentId,
    bytes: [u8; crate::segment::HEADER_BYTES],
}

impl SegmentHeader {
    /// The header of this segment.
    pub fn new(recording: RecordingId, segment: SegmentId, stream: &StreamHeader) -> Self {
        Self { segment, bytes: encode_header(recording, segment, stream) }
    }

    /// Which segment it begins.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes a recording's files. Every call has reached the system when it returns; what fails leaves the file as it was before,
/// as far as the system lets it.
pub trait Sink: Send {
    /// Writes a file that must not exist, durably.
    fn put(&mut self, file: &PublicFile) -> Result<()>;
    /// Begins a segment file that must not exist, durably.
    fn begin(&mut self, header: &SegmentHeader) -> Result<()>;
    /// Appends a chunk to a segment file.
    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()>;
    /// Appends a line to the journal.
    fn journal(&mut self, line: &SignedLine) -> Result<()>;
    /// Makes a segment file durable as far as it goes.
    fn sync(&mut self, segment: SegmentId) -> Result<()>;
    /// Nothing more will be appended to this segment; makes it durable.
    fn end(&mut self, segment: SegmentId) -> Result<()>;
    /// Adds lines to the journal, and removes the files of segments that they say are destroyed: wholly or not at all.
    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()>;
    /// Removes unfinished.json: the recording is complete.
    fn finish(&mut self) -> Result<()>;
}

/// Writes a recording into a folder of its own, which only its owner may read.
pub struct FolderSink {
    folder: PathBuf,
    /// Keeps whoever would change the recording out while it is written.
    lock: Option<File>,
    journal: Option<Tail>,
    segments: HashMap<SegmentId, Tail>,
}

/// A file that grows, and how far it is whole.
struct Tail {
    file: File,
    name: String,
    length: u64,
}

impl Tail {
    /// Appends, or leaves the file as it was: half a chunk at the end would be taken for a crash.
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if let Err(error) = self.file.write_all(bytes) {
            // Nothing better can be done when cutting fails as well; a reader then ignores the half chunk.
            let _ = self.file.set_len(self.length);
            return Err(Error::io(&self.name, &error));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|e| Error::io(&self.name, &e))
    }
}

impl FolderSink {
    /// Makes the folder, and those above it that are missing.
    ///
    /// # Errors
    /// `InvalidArgument` when it exists and is not empty, `PermissionDenied`, `DiskFull`, `Io`.
    pub fn create(folder: &Path) -> Result<Self> {
        let failed = |e: &std::io::Error| Error::io(format!("cannot make the folder {}", folder.display()), e);
        fs::create_dir_all(folder).map_err(|e| failed(&e))?;
        if fs::read_dir(folder).map_err(|e| failed(&e))?.next().is_some() {
            let message = format!("{} is not empty: a recording needs a folder of its own", folder.display());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        restrict(folder).map_err(|e| failed(&e))?;
        Ok(Self { folder: folder.into(), lock: None, journal: None, segments: HashMap::new() })
    }

    fn create_file(&self, path: &str) -> Result<Tail> {
        let full = self.folder.join(path);
        let failed = |e: &std::io::Error| Error::io(full.display(), e);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(|e| failed(&e))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&full).map_err(|e| failed(&e))?;
        Ok(Tail { file, name: full.display().to_string(), length: 0 })
    }

    /// As [`Sink::forget`], by way of this disk: for tests, which stop it at every step. What fails may have been done by half, and the
    /// recording must end then.
    pub fn forget_on(&mut self, disk: &mut dyn Disk, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        gone.iter().for_each(|segment| drop(self.segments.remove(segment)));
        // It is replaced: what comes next is appended to the one that takes its place.
        self.journal = None;
        let length = amend::destroy(&self.folder, disk, lines, gone)?;
        let path = self.folder.join(JOURNAL);
        let file = OpenOptions::new().append(true).open(&path).map_err(|e| Error::io(path.display(), &e))?;
        self.journal = Some(Tail { file, name: path.display().to_string(), length });
        Ok(())
    }

    /// A new file is durable when its folder is, too.
    fn sync_folder(&self, path: &str) -> Result<()> {
        #[cfg(unix)]
        if let Some(parent) = self.folder.join(path).parent() {
            let synced = File::open(parent).and_then(|folder| folder.sync_all());
            synced.map_err(|e| Error::io(parent.display(), &e))?;
        }
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }

    fn segment(&mut self, segment: SegmentId) -> Result<&mut Tail> {
        let missing = || Error::new(ErrorKind::Internal, format!("{segment} was not begun"));
        self.segments.get_mut(&segment).ok_or_else(missing)
    }
}

#[cfg(unix)]
fn restrict(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

impl Sink for FolderSink {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        let mut tail = self.create_file(file.path())?;
        tail.append(file.bytes())?;
        tail.sync()?;
        if file.path() == HEADER {
            // Where the file system knows no locks, recording goes on without.
            let _ = tail.file.try_lock();
            self.lock = Some(tail.file);
        }
        self.sync_folder(file.path())
    }

    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        let path = header.segment().path();
        let mut tail = self.create_file(&path)?;
        tail.append(header.bytes())?;
        tail.sync()?;
        self.sync_folder(&path)?;
        self.segments.insert(header.segment(), tail);
        Ok(())
    }

    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()> {
        self.segment(segment)?.append(chunk.in_file())
    }

    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        let mut tail = match self.journal.take() {
            Some(tail) => tail,
            None => self.create_file(JOURNAL)?,
        };
        let appended = tail.append(line.bytes());
        self.journal = Some(tail);
        appended
    }

    fn sync(&mut self, segment: SegmentId) -> Result<()> {
        self.segment(segment)?.sync()
    }

    fn end(&mut self, segment: SegmentId) -> Result<()> {
        self.segment(segment)?.sync()?;
        self.segments.remove(&segment);
        Ok(())
    }

    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        let mut disk = FolderDisk::new(&self.folder);
        self.forget_on(&mut disk, lines, gone)
    }

    fn finish(&mut self) -> Result<()> {
        self.journal.iter().try_for_each(Tail::sync)?;
        let path = self.folder.join(UNFINISHED);
        fs::remove_file(&path).map_err(|e| Error::io(path.display(), &e))?;
        self.sync_folder(UNFINISHED)
    }
}

/// Files in memory, by path. Clones share them.
pub type MemoryFiles = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Keeps a recording in memory: for tests and vectors.
#[derive(Default)]
pub struct MemorySink(pub MemoryFiles);

impl MemorySink {
    fn append_to(&self, path: String, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(path).or_default().extend_from_slice(bytes);
    }
}

impl Sink for MemorySink {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        self.append_to(file.path().into(), file.bytes());
        Ok(())
    }

    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        self.append_to(header.segment().path(), header.bytes());
        Ok(())
    }

    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()> {
        self.append_to(segment.path(), chunk.in_file());
        Ok(())
    }

    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        self.append_to(JOURNAL.into(), line.bytes());
        Ok(())
    }

    fn sync(&mut self, _segment: SegmentId) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, _segment: SegmentId) -> Result<()> {
        Ok(())
    }

    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        lines.iter().for_each(|line| self.append_to(JOURNAL.into(), line.bytes()));
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gone.iter().flat_map(|id| [id.key_path(), id.path()]).for_each(|path| drop(files.remove(&path)));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(UNFINISHED);
        Ok(())
    }
}
