//! A connection to a bus, used by one thread.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, sockopt};
use zeroize::Zeroize as _;

use super::address::Address;
use super::message::{Call, Kind, Message, Parsed, parse};

/// What is received at once.
const CHUNK: usize = 16 << 10;
/// The longest line of the greeting.
const LINE: usize = 512;
/// The bus's own name.
const BUS: &str = "org.freedesktop.DBus";
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
    /// What the bus calls itself, and no other bus does.
    bus: Vec<u8>,
    signals: VecDeque<Message>,
    /// More signals came than are kept.
    forgot: bool,
}

impl Connection {
    /// Nothing was said on it yet.
    fn over(socket: OwnedFd) -> Self {
        Self {
            socket,
            received: Vec::new(),
            read: 0,
            skip: 0,
            serial: 0,
            bus: Vec::new(),
            signals: VecDeque::new(),
            forgot: false,
        }
    }

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
        let mut connection = Self::over(socket);
        let name: String = user.as_raw().to_string().bytes().map(|digit| format!("{digit:02x}")).collect();
        connection.write(format!("\0AUTH EXTERNAL {name}\r\n").as_bytes(), deadline)?;
        connection.bus = connection.line(deadline)?.strip_prefix(b"OK ").ok_or(Gone)?.to_vec();
        connection.write(b"BEGIN\r\n", deadline)?;
        let hello = Call::new(BUS, "/org/freedesktop/DBus", BUS, "Hello");
        connection.ask(&[hello], deadline)?.pop().flatten().map(|_| connection).ok_or(Gone)
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Which bus this is: names of peers mean nothing on another.
    pub(crate) fn bus(&self) -> &[u8] {
        &self.bus
    }

    /// Sends the calls at once, and waits for all their answers until `deadline`. `None` stands for what was refused, came too
    /// late, was too long, or came from somebody else.
    pub(crate) fn ask(&mut self, calls: &[Call<'_>], deadline: Instant) -> Result<Vec<Option<Message>>> {
        let replies = self.replies(calls, deadline)?;
        let is_answer = |reply: &Message| matches!(reply.kind, Kind::Answer(_));
        Ok(replies.into_iter().map(|reply| reply.filter(is_answer)).collect())
    }

    /// The same, refusals among them: of the peer that was asked, or of the bus, which stands for one that left.
    pub(crate) fn replies(&mut self, calls: &[Call<'_>], deadline: Instant) -> Result<Vec<Option<Message>>> {
        let first = self.serial.wrapping_add(1);
        // At once: hundreds of elements are asked.
        let mut bytes = Vec::new();
        for call in calls {
            self.serial = self.serial.wrapping_add(1).max(1);
            bytes.extend(call.encode(self.serial));
        }
        self.write(&bytes, deadline)?;
        let mut replies: Vec<Option<Message>> = calls.iter().map(|_| None).collect();
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
            let Some(at) = at.filter(|at| replies[*at].is_none() && is_from(&message, calls[*at].to)) else { continue };
            open -= 1;
            replies[at] = Some(message);
        }
        while let Some(message) = self.next()? {
            self.keep(message);
        }
        self.discard();
        Ok(replies)
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
        self.discard();
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
        self.discard();
        let mut chunk = [0; CHUNK];
        match rustix::net::recv(&self.socket, &mut chunk[..], RecvFlags::DONTWAIT) {
            Ok((_, 0)) => Err(Gone),
            Ok((_, count)) => {
                let came = &mut chunk[..count.min(CHUNK)];
                self.received.extend_from_slice(came);
                came.zeroize();
                Ok(count)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(gone(error)),
        }
    }

    /// Lets go of what was read, and leaves nothing of it where it lay.
    fn discard(&mut self) {
        let left = self.received.len() - self.read;
        self.received.copy_within(std::mem::take(&mut self.read).., 0);
        self.received[left..].zeroize();
        self.received.truncate(left);
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

/// The bus writes the sender's own name into each message. A name that begins with a colon, and the bus's, belong to one peer; the bus
/// itself refuses what nobody is there for.
fn is_from(message: &Message, asked: &str) -> bool {
    let refused = message.sender == BUS && matches!(message.kind, Kind::Refusal(_));
    message.sender == asked || refused || !asked.starts_with(':') && asked != BUS
}

fn gone(_: Errno) -> Gone {
    Gone
}

#[cfg(test)]
mod tests {
    use super::super::wire::Encoder;
    use super::*;

    const WAIT: Duration = Duration::from_millis(50);

    /// A connection and the bus's end of it.
    fn pair() -> (Connection, OwnedFd) {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let (socket, bus) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).expect("a pair of sockets");
        (Connection::over(socket), bus)
    }

    /// What a peer replies: 2 answers, 3 refuses.
    fn reply(kind: u8, sender: &str, call: u32, text: &str) -> Vec<u8> {
        let mut body = Encoder::default();
        body.string(text);
        let body = body.into_bytes();
        let mut bytes = Encoder::default();
        [b'l', kind, 1, 1].into_iter().for_each(|byte| bytes.u8(byte));
        bytes.u32(u32::try_from(body.len()).expect("is short"));
        bytes.u32(9);
        bytes.array(8, |fields| {
            fields.u8(5);
            fields.signature("u");
            fields.u32(call);
            for (code, kind, value) in [(4, "s", "a.b.Error"), (7, "s", sender)] {
                fields.align(8);
                fields.u8(code);
                fields.signature(kind);
                fields.string(value);
            }
            fields.align(8);
            fields.u8(8);
            fields.signature("g");
            fields.signature("s");
        });
        bytes.align(8);
        [bytes.into_bytes(), body].concat()
    }

    /// The reply that counts, of those that come to one call of `:1.4`.
    fn counts(replies: &[Vec<u8>]) -> Option<(Kind, String, String)> {
        let (mut connection, bus) = pair();
        rustix::net::send(&bus, &replies.concat(), SendFlags::empty()).expect("sent");
        let call = Call::new(":1.4", "/a", "a.b", "C");
        let reply = connection.replies(&[call], Instant::now() + WAIT).expect("it is there").pop().flatten()?;
        let text = reply.values("s").and_then(|mut values| values.string()).unwrap_or_default().to_owned();
        Some((reply.kind, reply.error, text))
    }

    #[test]
    fn a_reply_counts_from_whom_was_asked_and_the_bus_can_only_refuse() {
        let (answer, refusal) = (Kind::Answer(1), Kind::Refusal(1));
        let told = |kind, text: &str| Some((kind, "a.b.Error".to_owned(), text.to_owned()));
        assert_eq!(counts(&[reply(2, ":1.9", 1, "no"), reply(2, ":1.4", 1, "yes")]), told(answer, "yes"));
        assert_eq!(counts(&[reply(3, ":1.9", 1, "no"), reply(3, ":1.4", 1, "yes")]), told(refusal, "yes"));
        assert_eq!(counts(&[reply(2, BUS, 1, "no"), reply(3, BUS, 1, "yes")]), told(refusal, "yes"));
        assert_eq!(counts(&[reply(2, ":1.4", 2, "no"), reply(2, ":1.4", 0, "no")]), None);
        assert_eq!(counts(&[reply(3, ":1.9", 1, "no")]), None);
    }

    #[test]
    fn of_what_was_read_nothing_is_left_and_what_is_not_whole_waits() {
        use std::os::unix::fs::FileExt as _;
        let (mut connection, bus) = pair();
        let begun = reply(2, ":1.4", 1, "begun");
        let came = [reply(2, ":1.4", 1, &"held".repeat(100)), begun[..50].to_vec()].concat();
        rustix::net::send(&bus, &came, SendFlags::empty()).expect("sent");
        // By way of a file, since no reference to what is not used may be made; its offset is the address.
        let holds = |connection: &Connection| {
            let (start, room) = (connection.received.as_ptr().expose_provenance(), connection.received.capacity());
            let mut bytes = vec![0; room];
            let memory = std::fs::File::open("/proc/self/mem").expect("this process's memory");
            memory.read_exact_at(&mut bytes, start as u64).expect("it is there");
            bytes.windows(8).any(|bytes| bytes == b"heldheld")
        };
        assert_eq!(connection.receive(), Ok(came.len()));
        assert!(connection.next().expect("it is there").is_some() && connection.next().expect("it is there").is_none());
        assert!(holds(&connection));
        connection.discard();
        assert!(!holds(&connection));
        assert_eq!(connection.received, begun[..50]);
    }
}
