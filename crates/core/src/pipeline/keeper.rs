//! The thread that does what takes long, for those who may not wait: takes the sources down and up as the indicator goes and comes, and
//! does what the contributor asks the indicator for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use super::notary::Message;
use super::presence::Command;
use super::reins::{needed, resume, running};
use super::source::Sources;
use super::{ForgetLast, Reins, State, lock};
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::gate::Cause;

pub(super) fn spawn(reins: Arc<Reins>, commands: Receiver<Command>) -> Result<()> {
    let body = move || {
        for command in commands {
            if matches!(command, Command::End) {
                return;
            }
            // A panic in a backend that is opened must end the recording, not leave it withheld for good.
            if catch_unwind(AssertUnwindSafe(|| reins.obey(command))).is_err() {
                let message = "the thread that keeps the indicator and the sources in step panicked";
                lock(&reins.control).send(Message::Failed(Error::new(ErrorKind::Internal, message)));
            }
        }
    };
    let thread = thread::Builder::new().name("understudy-keeper".into()).spawn(body);
    thread.map(drop).map_err(|error| Error::io("cannot start a thread", &error))
}

impl Reins {
    fn obey(&self, command: Command) {
        match command {
            Command::Unseen(since) => self.go_unseen(since),
            Command::Seen(loss) => self.come_back(loss),
            // Whoever asks for what cannot be done any more is answered by the indicator, which is gone.
            Command::Pause(since) => drop(self.pause_from(since, None)),
            Command::Resume(number) => drop(resume(&self.shared, &self.control, number)),
            Command::Forget { last, asked } => {
                drop(self.forget_asked(&ForgetLast { last, app: None, window: None }, asked));
            }
            Command::Stop => drop(self.stop()),
            Command::End => {}
        }
    }

    /// Who noticed has closed the gate.
    fn go_unseen(&self, since: Time) {
        let Ok(control) = running(&self.shared, &self.control) else { return };
        if lock(&self.shared.standing).unseen {
            // It was back for a moment, and lost again before anything was opened: the journal goes on.
            return;
        }
        // Again: it may have been lost while it came back, and then that opened the gate.
        self.shared.gate.close(Cause::Unseen, since.after(Duration::from_nanos(1)));
        self.shared.stand(|standing| standing.unseen = true);
        self.shared.end_sources();
        control.send(Message::Unseen(since));
    }

    fn come_back(&self, loss: u64) {
        let Ok(mut control) = running(&self.shared, &self.control) else { return };
        if !self.shared.presence.is_back(loss) {
            return;
        }
        let paused = self.state() == State::Paused;
        if let Some(sources) = control.sources.take() {
            sources.join();
        }
        // In a pause nothing is connected to.
        let open = || control.platform.open(needed(control.tracks), &self.shared.clock);
        let backend = match (!paused).then(open).transpose() {
            Ok(backend) => backend,
            Err(error) => return control.send(Message::Failed(error)),
        };
        let now = self.shared.clock.now();
        control.send(Message::Seen(now, loss));
        self.shared.stand(|standing| standing.unseen = false);
        self.shared.gate.open(Cause::Unseen, now);
        if let (Some(backend), Some(queue)) = (backend, &control.queue) {
            self.shared.begin_sources();
            match Sources::spawn(&self.shared, backend, queue) {
                Ok(sources) => control.sources = Some(sources),
                Err(error) => control.send(Message::Failed(error)),
            }
        }
    }
}
