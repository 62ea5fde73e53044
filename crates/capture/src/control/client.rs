//! One connection: whose it is, its question, its answer.

use std::io::{ErrorKind as IoErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rustix::net::sockopt::socket_peercred;
use rustix::process::geteuid;
use understudy_core::control::{Answer, MAX_QUESTION, refuse};
use understudy_core::error::{Error, ErrorKind};

use super::Answerer;

/// How long a question may take to come, all of it.
const QUESTION: Duration = Duration::from_secs(2);
/// How long a client may take to read its answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Whether the process that connected runs as the user that this one runs as. Nobody else is heard, the administrator included: who may
/// do anything on the machine needs no socket.
pub(super) fn is_of_this_user(stream: &UnixStream) -> bool {
    socket_peercred(stream).is_ok_and(|peer| peer.uid == geteuid())
}

/// Answers one question; `asked` says whether it may still be answered. Whether that was the last answer.
pub(super) fn serve(stream: &UnixStream, asked: impl FnOnce() -> bool, answerer: &Answerer) -> bool {
    let Some(question) = read(stream).filter(|_| asked()) else { return false };
    let answer = match question {
        Question::Line(line) => {
            let panicked = |_| no("understudy panicked; please report it", ErrorKind::Internal);
            catch_unwind(AssertUnwindSafe(|| answerer(&line))).unwrap_or_else(panicked)
        }
        Question::TooLong => no("what was asked is over 4096 bytes", ErrorKind::InvalidArgument),
    };
    // Who does not read it does without.
    let _ = stream.set_write_timeout(Some(ANSWER)).and_then(|()| (&*stream).write_all(&answer.line));
    let _ = stream.shutdown(Shutdown::Both);
    answer.is_last
}

fn no(why: &str, kind: ErrorKind) -> Answer {
    Answer { line: refuse(&Error::new(kind, why)), is_last: false }
}

enum Question {
    Line(Vec<u8>),
    TooLong,
}

/// `None` when the connection ended, or it took too long.
fn read(mut stream: &UnixStream) -> Option<Question> {
    let until = Instant::now() + QUESTION;
    let mut line = Vec::with_capacity(256);
    let mut piece = [0; 512];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        stream.set_read_timeout(Some(left)).ok()?;
        let count = match stream.read(&mut piece) {
            Ok(0) => return None,
            Ok(count) => count,
            Err(e) if e.kind() == IoErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
        match piece[..count].iter().position(|byte| *byte == b'\n') {
            Some(end) if line.len() + end <= MAX_QUESTION => {
                line.extend_from_slice(&piece[..end]);
                return Some(Question::Line(line));
            }
            None if line.len() + count <= MAX_QUESTION => line.extend_from_slice(&piece[..count]),
            Some(_) | None => return Some(Question::TooLong),
        }
    }
}
