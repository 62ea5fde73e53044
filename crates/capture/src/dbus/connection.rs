//! A connection to a bus, used by one thread.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, sockopt};

use super::address::Address;
use super::message::{Call, Kind, Message, Parsed, parse};

/// What is received at once.
const CHUNK: usize = 16 << 10;
/// The longest line of the greeting.
const LINE: usize = 512;
/// Signals that wait while an answer is waited for; then older ones are forgotten.
const WAITING: usize = 256;

/// The bus is gone, or does not speak as it should: nothing can be learned from it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// What a bus answers, while it is there.
pub(crate) type Result<T> = std::result::Result<T, Gone>;

pub(crate) struct Connection {
    socket: OwnedFd,
    received: Vec<u8>,
    /// How much of it was read.
    read: usize,
    /// Bytes to come that nobody wants.
    skip: usize,
    serial: u32,
    signals: VecDeque<Message>,
    /// More signals came than are kept.
    forgot: bool,
}

impl Connection {
    /// Connects and says who we are. The other end must run as the same user.
    pub(crate) fn open(address: &Address, deadline: Instant) -> Result<Self> {
        let address = match address {
            Address::Abstract(name) => SocketAddrUnix::new_abstract_name(name),
            Address::Path(path) => SocketAddrUnix::new(path),
        };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(gone)?;
        // A bus that does not take connections is not waited for.
        rustix::net::connect(&socket, &address.map_err(gone)?).map_err(gone)?;
        let user = rustix::process::getuid();
        if sockopt::socket_peercred(&socket).map_err(gone)?.uid != user {
            return Err(Gone);
        }
        let mut connection =
            Self { socket, received: Vec::new(), read: 0, skip: 0, serial: 0, signals: VecDeque::new(), forgot: false };
        let name: String = user.as_raw().to_string().bytes().map(|digit| format!("{digit:02x}")).collect();
        connection.write(format!("\0AUTH EXTERNAL {name}\r\n").as_bytes(), deadline)?;
        if !connection.line(deadline)?.starts_with(b"OK ") {
            return Err(Gone);
        }
        connection.write(b"BEGIN\r\n", deadline)?;
        let hello = Call::new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
        connection.ask(&[hello], deadline)?.pop().flatten().map(|_| connection).ok_or(Gone)
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends the calls at once, and waits for all their answers until `deadline`. `None` stands for what was refused, came too
    /// late, was too long, or came from somebody else.
    pub(crate) fn ask(&mut self, calls: &[Call<'_>], deadline: Instant) -> Result<Vec<Option<Message>>> {
        let first = self.serial.wrapping_add(1);
        for call in calls {
            self.serial = self.serial.wrapping_add(1).max(1);
            let bytes = call.encode(self.serial);
            self.write(&bytes, deadline)?;
        }
        let mut answers: Vec<Option<Message>> = calls.iter().map(|_| None).collect();
        let mut open = calls.len();
        while open > 0 {
            let Some(message) = self.next()? else {
                if !self.wait(PollFlags::IN, deadline)? {
                    break;
                }
                self.receive()?;
                continue;
            };
            let (Kind::Answer(serial) | Kind::Refusal(serial)) = message.kind else {
                self.keep(message);
                continue;
            };
            let at = usize::try_from(serial.wrapping_sub(first)).ok().filter(|at| *at < calls.len());
            let Some(at) = at.filter(|at| answers[*at].is_none() && is_from(&message, calls[*at].to)) else { continue };
            open -= 1;
            answers[at] = Some(message);
        }
        while let Some(message) = self.next()? {
            self.keep(message);
        }
        Ok(answers.into_iter().map(|answer| answer.filter(|answer| matches!(answer.kind, Kind::Answer(_)))).collect())
    }

    /// Whether signals came while an answer was waited for: nothing more need come for them to be taken.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.signals.is_empty()
    }

    /// Takes what is here, as far as about so many bytes: a flood stays where it is.
    pub(crate) fn signals(&mut self, limit: usize) -> Result<VecDeque<Message>> {
        let mut taken = 0;
        loop {
            while let Some(message) = self.next()? {
                self.keep(message);
            }
            if taken >= limit {
                break;
            }
            match self.receive()? {
                0 => break,
                count => taken += count,
            }
        }
        Ok(std::mem::take(&mut self.signals))
    }

    /// Whether signals were forgotten since this was asked last.
    pub(crate) fn has_forgotten(&mut self) -> bool {
        std::mem::take(&mut self.forgot)
    }

    fn keep(&mut self, message: Message) {
        if message.kind == Kind::Signal {
            if self.signals.len() == WAITING {
                self.signals.pop_front();
                self.forgot = true;
            }
            self.signals.push_back(message);
        }
    }

    /// The next message of those received.
    fn next(&mut self) -> Result<Option<Message>> {
        loop {
            let skipped = self.skip.min(self.received.len() - self.read);
            self.read += skipped;
            self.skip -= skipped;
            if self.skip > 0 {
                return Ok(None);
            }
            match parse(&self.received[self.read..]) {
                Parsed::Partial => return Ok(None),
                Parsed::Skip(length) => self.skip = length,
                Parsed::Whole(message, length) => {
                    self.skip = length;
                    return Ok(Some(message));
                }
                Parsed::Broken => return Err(Gone),
            }
        }
    }

    /// Receives what is here, without waiting; how many bytes that were.
    fn receive(&mut self) -> Result<usize> {
        self.received.drain(..std::mem::take(&mut self.read));
        let mut chunk = [0; CHUNK];
        match rustix::net::recv(&self.socket, &mut chunk[..], RecvFlags::DONTWAIT) {
            Ok((_, 0)) => Err(Gone),
            Ok((_, count)) => {
                self.received.extend_from_slice(&chunk[..count.min(CHUNK)]);
                Ok(count)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(gone(error)),
        }
    }

    fn line(&mut self, deadline: Instant) -> Result<Vec<u8>> {
        loop {
            if let Some(end) = self.received.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.received[..end].to_vec();
                self.received.drain(..end + 2);
                return Ok(line);
            }
            if self.received.len() > LINE || !self.wait(PollFlags::IN, deadline)? {
                return Err(Gone);
            }
            self.receive()?;
        }
    }

    fn write(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<()> {
        while !bytes.is_empty() {
            match rustix::net::send(&self.socket, bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::AGAIN) => {
                    // Half a message must not be followed by another.
                    if !self.wait(PollFlags::OUT, deadline)? {
                        return Err(Gone);
                    }
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(gone(error)),
            }
        }
        Ok(())
    }

    /// Whether the socket is ready before `deadline`.
    fn wait(&self, ready: PollFlags, deadline: Instant) -> Result<bool> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            let timeout = Timespec::try_from(left.max(Duration::from_micros(1))).map_err(|_| Gone)?;
            match poll(&mut [PollFd::new(&self.socket, ready)], Some(&timeout)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(true),
                Err(error) => return Err(gone(error)),
            }
        }
    }
}

/// The bus writes the sender's own name into each message. A name that begins with a colon, and the bus's, belong to one peer.
fn is_from(message: &Message, asked: &str) -> bool {
    message.sender == asked || !asked.starts_with(':') && asked != "org.freedesktop.DBus"
}

fn gone(_: Errno) -> Gone {
    Gone
}
