//! The socket at which a running recorder is asked: for programs of its own user, and of nobody else.
//!
//! A line comes, a line goes, and that is all of a connection. Each has a thread of its own while it lasts, so that neither a busy event
//! loop of the host nor a slow client keeps a pause waiting.

mod client;
mod place;

use std::io::ErrorKind as IoErrorKind;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use understudy_core::control::Answer;
use understudy_core::error::{Error, Result};

/// How many connections there are at once; who comes then takes the place of the one that has not asked for longest.
const CLIENTS: usize = 32;
/// How long each may take to ask before another takes its place.
const GRACE: Duration = Duration::from_millis(20);
/// What a thread that speaks to a client needs of stack.
const STACK: usize = 256 << 10;
/// How long the end waits for the answers that are being given.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long nothing is accepted when the system has no descriptors left.
const BREATH: Duration = Duration::from_millis(50);

/// Answers a question: a line without its line feed.
pub type Answerer = Arc<dyn Fn(&[u8]) -> Answer + Send + Sync>;

/// A socket that nobody serves yet. Its file goes with it.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Makes one, in the folder of this user's sockets.
    ///
    /// # Errors
    /// `PermissionDenied` where that folder is another user's or open to others, `Io`.
    pub fn bind() -> Result<Self> {
        Self::bind_in(&place::folder()?)
    }

    fn bind_in(folder: &Path) -> Result<Self> {
        let (listener, path) = place::bind(folder)?;
        listener.set_nonblocking(true).map_err(|e| Error::io(path.display(), &e))?;
        Ok(Self { listener, path })
    }

    /// Answers whoever asks, from now on.
    ///
    /// # Errors
    /// `Io` where there are no descriptors or threads left.
    pub fn serve(self, answerer: Answerer) -> Result<ControlServer> {
        let failed = |e: std::io::Error| Error::io("cannot serve the control socket", &e);
        let (wake, woken) = UnixStream::pair().map_err(failed)?;
        let clients = Arc::new(Clients::default());
        let theirs = Arc::clone(&clients);
        let run = move || accept(&self, &woken, &theirs, &answerer);
        let thread = thread::Builder::new().name("understudy-control".into()).stack_size(STACK).spawn(run);
        Ok(ControlServer { wake: Mutex::new(Some(wake)), thread: Mutex::new(Some(thread.map_err(failed)?)), clients })
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // What is left of it answers nobody, and is cleared away by whoever lists recorders next.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Serves a socket until it is ended or dropped.
pub struct ControlServer {
    /// Closed, it ends the thread.
    wake: Mutex<Option<UnixStream>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    clients: Arc<Clients>,
}

impl ControlServer {
    /// Takes nobody any more, and waits for a while until those who asked have their answers.
    pub fn end(&self) {
        lock(&self.wake).take();
        if let Some(thread) = lock(&self.thread).take() {
            // It only sleeps in the system, and has been woken.
            let _ = thread.join();
        }
        self.clients.wait_for_answers(PATIENCE);
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        lock(&self.wake).take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connections that last.
#[derive(Default)]
struct Clients {
    connected: Mutex<Vec<Connected>>,
    left: Condvar,
    next: Mutex<u64>,
}

struct Connected {
    number: u64,
    stream: UnixStream,
    since: Instant,
    /// Whether it asked, and is being answered.
    asked: bool,
}

impl Clients {
    /// Finds a place for one; `None` when all are being answered.
    fn enter(&self, stream: &UnixStream) -> Option<u64> {
        let mut connected = lock(&self.connected);
        while connected.len() >= CLIENTS {
            let oldest = connected.iter().position(|client| !client.asked)?;
            let age = connected[oldest].since.elapsed();
            if age >= GRACE {
                // Its thread sees the end of it, and leaves.
                let _ = connected.remove(oldest).stream.shutdown(Shutdown::Both);
            } else {
                let waited = self.left.wait_timeout(connected, GRACE.saturating_sub(age));
                connected = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let mut next = lock(&self.next);
        *next += 1;
        connected.push(Connected {
            number: *next,
            stream: stream.try_clone().ok()?,
            since: Instant::now(),
            asked: false,
        });
        Some(*next)
    }

    /// It has asked; whether it still has its place.
    fn asked(&self, number: u64) -> bool {
        let mut connected = lock(&self.connected);
        let client = connected.iter_mut().find(|client| client.number == number);
        client.is_some_and(|client| {
            client.asked = true;
            true
        })
    }

    fn leave(&self, number: u64) {
        lock(&self.connected).retain(|client| client.number != number);
        self.left.notify_all();
    }

    /// Those who have not asked are not waited for.
    fn wait_for_answers(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut connected = lock(&self.connected);
        while connected.iter().any(|client| client.asked) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            connected = self.left.wait_timeout(connected, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Takes connections until the other end of `woken` is closed, or the last answer was given.
fn accept(socket: &ControlSocket, woken: &UnixStream, clients: &Arc<Clients>, answerer: &Answerer) {
    loop {
        let mut fds = [PollFd::new(woken, PollFlags::IN), PollFd::new(&socket.listener, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return,
        }
        if !fds[0].revents().is_empty() {
            return;
        }
        match socket.listener.accept() {
            Ok((stream, _)) => welcome(stream, woken, clients, answerer),
            Err(e) if matches!(e.kind(), IoErrorKind::WouldBlock | IoErrorKind::Interrupted) => {}
            // Who gave up before they were accepted, or no descriptors for the moment.
            Err(_) => thread::sleep(BREATH),
        }
    }
}

/// Whoever cannot be served finds the connection closed.
fn welcome(stream: UnixStream, woken: &UnixStream, clients: &Arc<Clients>, answerer: &Answerer) {
    if !client::is_of_this_user(&stream) {
        return;
    }
    let (Some(number), Ok(end)) = (clients.enter(&stream), woken.try_clone()) else { return };
    let (theirs, answerer) = (Arc::clone(clients), Arc::clone(answerer));
    let serve = move || {
        let is_last = client::serve(&stream, || theirs.asked(number), &answerer);
        theirs.leave(number);
        if is_last {
            // Woken by its own end: nobody needs to ask any more.
            let _ = end.shutdown(Shutdown::Both);
        }
    };
    if thread::Builder::new().name("understudy-client".into()).stack_size(STACK).spawn(serve).is_err() {
        clients.leave(number);
    }
}

#[cfg(test)]
mod tests;
