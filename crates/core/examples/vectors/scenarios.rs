//! Every vector, one scenario each, named by the room that it tests; a file for each part of the format.
//! They share the names below, so each begins with `use super::*`.

mod amend;
mod delta;
mod documents;
mod forget;
mod journal;
mod packed;
mod receipts;
mod records;
mod release;
mod samples;
mod sealed;
mod whole;

use serde_json::json;
use understudy_core::backend::Patch;
use understudy_core::canonical::Bytes;
use understudy_core::chunk::Compressor;
use understudy_core::class_name::ClassName;
use understudy_core::clock::Time;
use understudy_core::delta::{Canvas, FramePart};
use understudy_core::detect::Class;
use understudy_core::event::{
    App, Button, Code, Contact, ContextEvent, CursorImage, Element, ElementRole, Key, KeyClasses, KeyboardAction,
    KeyboardEvent, Layout, Modifiers, Monitor, Placeholder, PointerAction, PointerEvent, RawDelta, Wheel, Window,
    Workspace,
};
use understudy_core::frame::{PixelFormat, Position, Rect, Size};
use understudy_core::journal::{DropReason, Entry, Extent, NoticeName, WithheldReason};
use understudy_core::recipient::OpenKey;
use understudy_core::record::{Record, RecordEncoder, ScreenRecord};
use understudy_core::segment::SegmentId;
use understudy_core::sign::hash;
use understudy_core::track::Track;
use understudy_core::verify::Status;
use understudy_core::wire::Writer;

use super::Expect::{self, Fails, Opens};
use super::recording::{
    FINAL, Files, MESSAGE, RECEIPT, Recording, content_key, contributor, contributor_in, identity, key_file, secret,
    stanza,
};

use self::samples::{
    context_records, encoded, flip_in, keyboard_records, lines_of, pointer_moves, pointer_records, screen_records,
};

type Vector = (&'static str, &'static str, Expect, Files);

const GOOD: Expect = Opens(Status::Intact, "success");
const CUT: Expect = Opens(Status::Cut, "success");
const INVALID: Expect = Fails("format-invalid");
const TAMPERED: Expect = Fails("tampered");
const WITHDRAWN: Expect = Fails("withdrawn");
const BAD_RECORD: Expect = Opens(Status::Intact, "format-invalid");
const MISMATCH: Expect = Opens(Status::Intact, "identity-mismatch");
const UNOPENED: Expect = Opens(Status::Intact, "open-failed");
pub(crate) fn all() -> Vec<Vector> {
    [
        whole::intact(),
        whole::cut(),
        documents::header(),
        receipts::receipt(),
        journal::journal(),
        amend::amend(),
        forget::forget(),
        release::release(),
        sealed::key(),
        sealed::segment(),
        sealed::seal(),
        sealed::chunk(),
        records::record(),
        records::moves(),
        delta::delta(),
        packed::packed_residuals(),
    ]
    .concat()
}
