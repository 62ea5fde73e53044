//! What a recorder does with its indicator's heartbeat, on the synthetic desktop: an indicator that hides, hangs, panics, and a host's.

#[path = "../../core/tests/agreed/mod.rs"]
mod agreed;

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use understudy_capture::synthetic::{Synthetic, SyntheticOptions};
use understudy_core::backend::{AtStop, Backend, Hotkey, Indicator, Platform, Sight, Status, Waker, Wish};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::event::Sample;
use understudy_core::gate::GUARD;
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, WithheldReason};
use understudy_core::pipeline::{Config, ForgetLast, Pause, Recorder, State};
use understudy_core::policy::Policy;
use understudy_core::presence::Heartbeat;
use understudy_core::reader::{Item, ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{FolderSink, MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status as Verdict, verify};

use self::agreed::{config, directly, terms};

const SEEN: u8 = 0;
const HIDDEN: u8 = 1;
const HANGS: u8 = 2;
const PANICS: u8 = 3;
const GONE: u8 = 4;

/// An indicator that does as it is told.
#[derive(Clone, Default)]
struct Puppet {
    mood: Arc<AtomicU8>,
    looks: Arc<AtomicU32>,
    /// How often the system was connected to.
    opened: Arc<AtomicU32>,
    woken: Arc<(Mutex<bool>, Condvar)>,
    wishes: Arc<Mutex<Vec<Sample<Wish>>>>,
    /// Since when a button is held on it.
    held: Arc<Mutex<Option<Time>>>,
    shown: Arc<Mutex<Vec<Status>>>,
    clock: Arc<Mutex<Option<Clock>>>,
}

impl Puppet {
    fn be(&self, mood: u8) {
        self.mood.store(mood, Ordering::Release);
        self.waker().wake();
    }

    fn mood(&self) -> u8 {
        self.mood.load(Ordering::Acquire)
    }

    fn now(&self) -> Time {
        self.clock.lock().expect("clock").as_ref().expect("started").now()
    }

    fn wish(&self, time: Time, value: Wish) {
        self.wishes.lock().expect("wishes").push(Sample { time, value });
        self.waker().wake();
    }
}

impl Indicator for Puppet {
    fn poll(&mut self, status: Status, wait: Option<Duration>, out: &mut Vec<Sample<Wish>>) -> Result<bool> {
        let mut shown = self.shown.lock().expect("shown");
        if shown.last() != Some(&status) {
            shown.push(status);
        }
        drop(shown);
        let (woken, ready) = &*self.woken;
        let until = Instant::now() + wait.unwrap_or(Duration::from_secs(3600));
        let mut set = woken.lock().expect("woken");
        while !std::mem::take(&mut *set) && Instant::now() < until {
            set = ready.wait_timeout(set, until.saturating_duration_since(Instant::now())).expect("waits").0;
        }
        drop(set);
        out.append(&mut self.wishes.lock().expect("wishes"));
        match self.mood() {
            PANICS => panic!("the indicator panics, as scripted"),
            GONE => Err(Error::new(ErrorKind::DisplayLost, "the indicator is gone, as scripted")),
            mood => Ok(mood == HIDDEN),
        }
    }

    fn look(&mut self) -> Result<Sight> {
        self.looks.fetch_add(1, Ordering::AcqRel);
        while self.mood() == HANGS {
            std::thread::sleep(Duration::from_millis(5));
        }
        let time = self.held.lock().expect("held").unwrap_or_else(|| self.now());
        Ok(if self.mood() == SEEN { Sight::Seen(time) } else { Sight::Hidden })
    }

    fn reopen(&mut self) -> Result<()> {
        match self.mood() {
            SEEN | HIDDEN => Ok(()),
            _ => Err(Error::new(ErrorKind::DisplayUnavailable, "not yet")),
        }
    }

    fn waker(&self) -> Waker {
        let woken = Arc::clone(&self.woken);
        Waker::new(move || {
            *woken.0.lock().expect("woken") = true;
            woken.1.notify_all();
        })
    }

    fn hotkey(&self) -> Hotkey {
        Hotkey::Off
    }
}

/// The synthetic desktop, where somebody has to see the puppet.
struct Theatre(Synthetic, Puppet);

impl Platform for Theatre {
    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend> {
        self.1.opened.fetch_add(1, Ordering::AcqRel);
        self.0.open(tracks, clock)
    }

    fn indicator(&self, clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        *self.1.clock.lock().expect("clock") = Some(clock.clone());
        Ok(Some(Box::new(self.1.clone())))
    }
}

struct Desk {
    identity: Identity,
    files: MemoryFiles,
    recorder: Recorder,
}

fn options() -> SyntheticOptions {
    SyntheticOptions { animate: true, duration: Duration::from_secs(60), ..SyntheticOptions::default() }
}

fn start(platform: Box<dyn Platform>, heartbeat: Option<Heartbeat>) -> Result<Desk> {
    let identity = Identity::random();
    let policy = Policy::default().trusting(["Editor", "Terminal", "Vault"].map(String::from))?;
    let config = Config { max_fps: 30, heartbeat, ..config(Receipt::sign(&terms(Tracks::ALL), &identity)?, policy) };
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(platform, config, || Ok(Box::new(MemorySink(sink))))?;
    Ok(Desk { identity, files, recorder })
}

fn with_puppet() -> (Desk, Puppet) {
    let puppet = Puppet::default();
    let platform = Theatre(Synthetic::new(options()), puppet.clone());
    (start(Box::new(platform), None).expect("starts"), puppet)
}

fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Desk {
    fn written(&self) -> u64 {
        let stats = self.recorder.stats();
        stats.track(Track::Screen).records + stats.track(Track::Pointer).records
    }

    /// What was captured before has been judged, and is written.
    fn settle(&self) {
        std::thread::sleep(GUARD + Duration::from_millis(100));
    }

    fn wait_until_it_writes(&self) {
        let before = self.written();
        wait_for("records", || self.written() > before + 3);
    }

    fn open(&self) -> (Vec<(Time, Entry)>, Vec<Item>) {
        let source = MemorySource(self.files.lock().expect("files").clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        assert_eq!(verified.status, Verdict::Intact);
        let body = verified.body.expect("body");
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, &body, verified.status, opener.open_key()).expect("opens");
        let mut items = Vec::new();
        while let Some(item) = reader.next_item().expect("reads") {
            if matches!(item.value, ItemValue::Frame(_)) {
                reader.picture().expect("a picture");
            }
            items.push(item);
        }
        (body.journal.clone(), items)
    }
}

/// The spans of which the journal says that the indicator was not seen, of one track.
fn unseen(journal: &[(Time, Entry)], wanted: Track) -> Vec<(u64, u64)> {
    let span = |(_, entry): &(Time, Entry)| match entry {
        Entry::Withheld { track, from, to, reason: WithheldReason::NoIndicator, .. }
            if Track::from(*track) == wanted =>
        {
            Some((*from, *to))
        }
        _ => None,
    };
    journal.iter().filter_map(span).collect()
}

/// Nothing is kept of what happened between the moment from which it was certainly not seen and the one at which that was over.
fn assert_nothing_between(desk: &Desk, from: Time, to: Time) {
    let (journal, items) = desk.open();
    assert!(items.iter().any(|item| item.time < from) && items.iter().any(|item| item.time > to), "before and after");
    let between: Vec<_> = items.iter().filter(|item| item.time > from && item.time < to).collect();
    assert!(between.is_empty(), "{from:?} {to:?} {:#?}\n{journal:#?}", between.last());
    for track in Track::ALL {
        let spans = unseen(&journal, track);
        let (first, last) = (spans.first().expect("told"), spans.last().expect("told"));
        assert!(first.0 <= from.as_nanos() + 100_000_000 && last.1 >= to.as_nanos(), "{track:?} {spans:?}");
        assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0), "they follow one another: {spans:?}");
    }
}

#[test]
fn nothing_is_kept_while_the_indicator_is_hidden_hangs_panics_or_is_gone() {
    for mood in [HIDDEN, HANGS, PANICS, GONE] {
        let (desk, puppet) = with_puppet();
        desk.wait_until_it_writes();
        puppet.be(mood);
        // A beat that was on its way may still count.
        std::thread::sleep(Duration::from_millis(2));
        let from = puppet.now();
        wait_for("withheld", || desk.recorder.state() == State::Withheld);
        desk.settle();
        let written = desk.written();
        std::thread::sleep(Duration::from_millis(400));
        assert_eq!(desk.written(), written, "mood {mood}");
        let to = puppet.now();
        puppet.be(SEEN);
        wait_for("recording", || desk.recorder.state() == State::Recording);
        desk.wait_until_it_writes();
        desk.recorder.stop().expect("stops");
        println!("mood {mood}");
        assert_nothing_between(&desk, from, to);
    }
}

#[test]
fn an_indicator_that_hangs_for_long_is_lost_once() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    puppet.be(HANGS);
    wait_for("withheld", || desk.recorder.state() == State::Withheld);
    // For longer than a look may take.
    std::thread::sleep(Duration::from_millis(1500));
    let to = puppet.now();
    puppet.be(SEEN);
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    assert_eq!(puppet.opened.load(Ordering::Acquire), 2, "at the start, and when it was back");
    let (journal, items) = desk.open();
    assert!(items.iter().any(|item| item.time > to));
    assert_eq!(unseen(&journal, Track::Screen).len(), 2, "as it went, and as it came back");
}

#[test]
fn without_content_nobody_looks() {
    let puppet = Puppet::default();
    let still = SyntheticOptions { duration: Duration::from_millis(1), animate: false, ..options() };
    let desk = start(Box::new(Theatre(Synthetic::new(still), puppet.clone())), None).expect("starts");
    std::thread::sleep(Duration::from_secs(1));
    let looks = puppet.looks.load(Ordering::Acquire);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(puppet.looks.load(Ordering::Acquire), looks);
    desk.recorder.stop().expect("stops");
}

#[test]
fn an_indicator_that_never_shows_lets_nothing_start() {
    let puppet = Puppet::default();
    puppet.be(HIDDEN);
    let started = start(Box::new(Theatre(Synthetic::new(options()), puppet)), None);
    assert_eq!(started.err().expect("refused").kind(), ErrorKind::NoIndicator);
}

#[test]
fn what_the_contributor_asks_the_indicator_for_is_done_and_counts_from_when_it_was_asked() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    let asked = puppet.now();
    *puppet.held.lock().expect("held") = Some(asked);
    // What happens until the click is heard of must go as well, however long a button is held.
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(desk.recorder.state(), State::Recording);
    puppet.wish(asked, Wish::Toggle);
    *puppet.held.lock().expect("held") = None;
    wait_for("the pause", || desk.recorder.state() == State::Paused);
    std::thread::sleep(Duration::from_millis(400));
    let resumed = puppet.now();
    puppet.wish(resumed, Wish::Toggle);
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    puppet.wish(puppet.now(), Wish::Stop);
    wait_for("the stop", || desk.recorder.state() == State::Stopped);
    let (journal, items) = desk.open();
    assert!(items.iter().any(|item| item.time < asked) && items.iter().any(|item| item.time > resumed));
    assert!(!items.iter().any(|item| item.time >= asked && item.time <= resumed));
    assert!(journal.iter().any(|(time, entry)| matches!(entry, Entry::Pause {}) && *time >= asked));
    assert!(unseen(&journal, Track::Screen).is_empty());
    let shown = puppet.shown.lock().expect("shown").clone();
    assert!(shown.contains(&Status::Recording) && shown.contains(&Status::Paused), "{shown:?}");
}

fn everything() -> ForgetLast {
    ForgetLast { last: Duration::from_secs(3600), app: None, window: None }
}

#[test]
fn what_the_contributor_has_the_indicator_forget_is_gone() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    let asked = puppet.now();
    puppet.wish(asked, Wish::Forget(everything().last));
    wait_for("the pause that it is", || puppet.shown.lock().expect("shown").contains(&Status::Paused));
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    let (journal, items) = desk.open();
    assert!(items.iter().all(|item| item.time > asked) && !items.is_empty());
    assert!(journal.iter().any(|(_, entry)| matches!(entry, Entry::Pause {})));
}

#[test]
fn what_is_asked_for_while_the_indicator_is_hidden_connects_to_nothing() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    puppet.be(HIDDEN);
    wait_for("withheld", || desk.recorder.state() == State::Withheld);
    let opened = puppet.opened.load(Ordering::Acquire);
    assert!(desk.recorder.forget(&everything()).expect("forgets").destroyed > 0);
    assert_eq!(desk.recorder.state(), State::Withheld);
    desk.recorder.pause().expect("pauses");
    assert_eq!(desk.recorder.state(), State::Paused);
    desk.recorder.resume().expect("resumes");
    assert_eq!(desk.recorder.state(), State::Withheld);
    desk.settle();
    let (written, to) = (desk.written(), puppet.now());
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!((desk.written(), puppet.opened.load(Ordering::Acquire)), (written, opened));
    puppet.be(SEEN);
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    let (_, items) = desk.open();
    assert!(items.iter().all(|item| item.time > to) && !items.is_empty());
}

#[test]
fn a_pause_takes_back_what_waits_for_a_beat() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    // Nobody vouches for what comes behind this.
    let held = puppet.now();
    *puppet.held.lock().expect("held") = Some(held);
    std::thread::sleep(Duration::from_millis(600));
    let ago = Duration::from_millis(300);
    desk.recorder.pause_with(&Pause { ago, length: None }).expect("pauses");
    let since = puppet.now().before(ago);
    *puppet.held.lock().expect("held") = None;
    std::thread::sleep(Duration::from_millis(600));
    let until = puppet.now();
    desk.recorder.resume().expect("resumes");
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    let (_, items) = desk.open();
    assert!(items.iter().any(|item| item.time < held) && items.iter().any(|item| item.time > until));
    let kept: Vec<_> = items.iter().filter(|item| item.time >= since && item.time <= until).collect();
    assert!(kept.is_empty(), "{:?}", kept.last());
}

#[test]
fn an_indicator_that_goes_in_a_pause_keeps_what_is_resumed_from_being_kept() {
    let (desk, puppet) = with_puppet();
    desk.wait_until_it_writes();
    desk.recorder.pause().expect("pauses");
    let from = puppet.now();
    puppet.be(HIDDEN);
    std::thread::sleep(Duration::from_millis(300));
    desk.recorder.resume().expect("resumes");
    wait_for("withheld", || desk.recorder.state() == State::Withheld);
    let written = desk.written();
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(desk.written(), written);
    let to = puppet.now();
    puppet.be(SEEN);
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    let (journal, items) = desk.open();
    assert!(!items.iter().any(|item| item.time > from && item.time < to));
    assert!(!unseen(&journal, Track::Pointer).is_empty());
}

#[test]
fn a_hosts_heart_that_stops_stops_what_is_kept() {
    let heart = Heartbeat::new();
    let (mood, clock) = (Arc::new(AtomicU8::new(SEEN)), Clock::start());
    let (beats, hers) = (heart.clone(), Arc::clone(&mood));
    let host = std::thread::spawn(move || {
        while hers.load(Ordering::Acquire) != GONE {
            if hers.load(Ordering::Acquire) == SEEN {
                beats.beat();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let desk = start(Box::new(Synthetic::new(options())), Some(heart.clone())).expect("starts");
    // Theirs starts a moment after ours.
    let offset = clock.now();
    desk.wait_until_it_writes();
    mood.store(HIDDEN, Ordering::Release);
    let from = clock.now();
    wait_for("withheld", || desk.recorder.state() == State::Withheld);
    let written = desk.written();
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(desk.written(), written);
    let to = Time::from_nanos(clock.now().as_nanos() - offset.as_nanos());
    mood.store(SEEN, Ordering::Release);
    wait_for("recording", || desk.recorder.state() == State::Recording);
    desk.wait_until_it_writes();
    desk.recorder.stop().expect("stops");
    mood.store(GONE, Ordering::Release);
    host.join().expect("joins");
    assert_nothing_between(&desk, from, to);
    let again = start(Box::new(Synthetic::new(options())), Some(heart));
    assert_eq!(again.err().expect("refused").kind(), ErrorKind::InvalidArgument);
}

#[test]
fn a_hosts_heart_that_does_not_beat_lets_nothing_start() {
    let started = start(Box::new(Synthetic::new(options())), Some(Heartbeat::new()));
    assert_eq!(started.err().expect("refused").kind(), ErrorKind::NoIndicator);
}

/// What the indicator's menu is asked for in one go, of a recording that is to be released by itself: whether it is, and why not.
fn released_behind(wishes: &[Wish]) -> (bool, Option<String>) {
    let (config, folder) = directly();
    let puppet = Puppet::default();
    let platform = Box::new(Theatre(Synthetic::new(options()), puppet.clone()));
    let sink = FolderSink::create(&folder).expect("a folder");
    let recorder = Recorder::start(platform, config, || Ok(Box::new(sink))).expect("starts");
    wait_for("pictures", || recorder.stats().frames > 3);
    let now = puppet.now();
    puppet.wishes.lock().expect("wishes").extend(wishes.iter().map(|wish| Sample { time: now, value: *wish }));
    puppet.waker().wake();
    wait_for("the end", || recorder.released().is_some());
    let why = recorder.released().and_then(|outcome| outcome.error).map(|error| error.message().to_owned());
    let is_released = folder.join("release").exists();
    drop(recorder);
    std::fs::remove_dir_all(&folder).expect("removes");
    (is_released, why)
}

#[test]
fn what_was_to_be_forgotten_is_not_released_where_the_stop_came_first() {
    let forget = Wish::Forget(Duration::from_secs(300));
    assert_eq!(released_behind(&[forget, Wish::Stop]), (true, None), "it is forgotten, and the rest goes");
    let (is_released, why) = released_behind(&[Wish::Stop, forget]);
    assert!(!is_released && why.as_ref().is_some_and(|why| why.contains("was to be forgotten")), "{why:?}");
}
