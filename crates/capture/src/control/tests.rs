//! The socket and who comes to it: clients that ask, and clients that mean harm.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A server in a folder of its own, which says what it was asked.
struct Bench {
    folder: PathBuf,
    path: PathBuf,
    server: ControlServer,
    asked: Arc<AtomicUsize>,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("understudy-control-{}-{name}", std::process::id()));
        std::fs::create_dir(&folder).expect("makes a folder");
        let socket = ControlSocket::bind_in(&folder).expect("binds");
        let path = socket.path.clone();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let server = socket.serve(Arc::new(move |line: &[u8]| {
            count.fetch_add(1, Ordering::AcqRel);
            assert_ne!(line, b"panic");
            if line == b"slow" {
                thread::sleep(Duration::from_millis(300));
            }
            Answer { line: [line, b"!\n"].concat(), is_last: line == b"stop" }
        }));
        Self { folder, path, server: server.expect("serves"), asked }
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(&self.path).expect("connects")
    }

    fn ask(&self, question: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(question.as_bytes()).expect("writes");
        heard(&mut stream)
    }
}

fn heard(stream: &mut UnixStream) -> String {
    let mut answer = String::new();
    // A connection that the server closed while something was on its way answers with a reset.
    let _ = stream.read_to_string(&mut answer);
    answer
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.server.end();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_line_comes_and_a_line_goes() {
    let bench = Bench::new("line");
    assert_eq!(std::fs::metadata(&bench.path).expect("is there").permissions().mode() & 0o777, 0o600);
    assert_eq!(bench.ask("status\n"), "status!\n");
    let mut slowly = bench.connect();
    for piece in ["sta", "tus", "\nignored"] {
        slowly.write_all(piece.as_bytes()).expect("writes");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(heard(&mut slowly), "status!\n");
}

#[test]
fn the_last_answer_is_given_and_then_there_is_no_socket() {
    let bench = Bench::new("last");
    assert_eq!(bench.ask("stop\n"), "stop!\n");
    while bench.path.exists() {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(UnixStream::connect(&bench.path).is_err());
}

#[test]
fn the_end_waits_for_an_answer_that_is_being_given() {
    let bench = Bench::new("end");
    let mut stream = bench.connect();
    stream.write_all(b"slow\n").expect("writes");
    while bench.asked.load(Ordering::Acquire) == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    bench.server.end();
    assert!(!bench.path.exists());
    assert!(lock(&bench.server.clients.connected).is_empty());
    assert_eq!(heard(&mut stream), "slow!\n");
}

#[test]
fn a_line_that_does_not_end_is_refused_at_its_limit() {
    let bench = Bench::new("long");
    let answer = bench.ask(&"x".repeat(5000));
    assert!(answer.is_empty() || answer.contains("over 4096 bytes"), "{answer}");
    assert_eq!(bench.asked.load(Ordering::Acquire), 0);
    let longest = "x".repeat(understudy_core::control::MAX_QUESTION);
    assert_eq!(bench.ask(&format!("{longest}\n")), format!("{longest}!\n"));
}

#[test]
fn who_says_nothing_or_half_keeps_nobody_out() {
    let bench = Bench::new("idle");
    let mut idle: Vec<UnixStream> = (0..CLIENTS * 4).map(|_| bench.connect()).collect();
    for stream in &mut idle {
        // The server may have closed it already.
        let _ = stream.write_all(b"half");
        assert_eq!(bench.ask("status\n"), "status!\n");
    }
    assert!(lock(&bench.server.clients.connected).len() <= CLIENTS);
    drop(idle);
    for _ in 0..200 {
        drop(bench.connect());
    }
    assert_eq!(bench.ask("status\n"), "status!\n");
}

#[test]
fn who_has_asked_is_not_put_out_for_who_has_not() {
    let bench = Bench::new("asked");
    let mut slow: Vec<UnixStream> = (0..4).map(|_| bench.connect()).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(b"slow\n").expect("writes"));
    while bench.asked.load(Ordering::Acquire) < 4 {
        thread::sleep(Duration::from_millis(1));
    }
    let idle: Vec<UnixStream> = (0..CLIENTS * 2).map(|_| bench.connect()).collect();
    slow.iter_mut().for_each(|stream| assert_eq!(heard(stream), "slow!\n"));
    drop(idle);
}

#[test]
fn a_panic_answers_one_and_harms_no_other() {
    let bench = Bench::new("panic");
    assert!(bench.ask("panic\n").contains("\"code\":\"internal\""));
    assert_eq!(bench.ask("status\n"), "status!\n");
}
