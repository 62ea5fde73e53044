//! Which window each frame is, by process.
//!
//! An application says what it calls its frames, and which of them has the keyboard; the system, which window has it. Where both go on for
//! a while about one frame and one window of the same process, and the window's title does not contradict, the frame is that window. That
//! is remembered over a pause, for as long as the frame is there.

use std::collections::HashMap;

use understudy_core::called::{Called, Titled, beyond};
use x11rb::protocol::xproto::Window;

use super::bus::{Around, Object};
use super::frame::Frame;

/// Who never answers when asked so often, over some ten seconds, only came to the bus.
const IN_VAIN: u32 = 10;

#[derive(Default)]
pub(crate) struct Frames {
    /// The bus on which the objects have their names.
    bus: Vec<u8>,
    processes: HashMap<u32, Known>,
}

/// What is known of a process.
#[derive(Default)]
struct Known {
    frames: Vec<Placed>,
    /// It did not answer when it was asked last.
    silent: bool,
    /// How often it was asked in vain before its first answer.
    in_vain: u32,
    /// The windows that it had when it answered last, of which silence says nothing new; `None` before.
    heard_of: Option<Vec<Window>>,
    told: Option<Called>,
}

struct Placed {
    frame: Frame,
    window: Option<Window>,
}

impl Frames {
    /// From now on somebody else listens, who was told nothing yet.
    pub(super) fn begin(&mut self) {
        for (process, known) in &mut self.processes {
            // Where something was told before, that there is nothing any more is news.
            let nothing = Called { process: *process, windows: Vec::new(), strays: Vec::new() };
            known.told = known.told.take().map(|_| nothing);
        }
    }

    /// Nobody listens for now: which frame is which window stays, what they are called does not. It may have been told in a pause.
    pub(super) fn rest(&mut self) {
        self.begin();
        for known in self.processes.values_mut() {
            known.frames.iter_mut().for_each(|placed| placed.frame.name = None);
        }
    }

    /// Another bus has other peers of the same names.
    pub(super) fn turn_to(&mut self, bus: &[u8]) {
        if self.bus != bus {
            self.processes
                .values_mut()
                .for_each(|known| *known = Known { told: known.told.take(), ..Known::default() });
            self.bus = bus.to_vec();
        }
    }

    /// What a process answered; `None` where it did not.
    pub(super) fn hear(&mut self, process: u32, answer: Option<Vec<Frame>>) {
        let known = self.processes.entry(process).or_default();
        known.silent = answer.is_none();
        let Some(answer) = answer else {
            known.in_vain += u32::from(known.heard_of.is_none());
            return;
        };
        let mut before = std::mem::take(&mut known.frames);
        known.frames = answer
            .into_iter()
            .map(|mut frame| {
                let at = before.iter().position(|old| old.frame.object == frame.object);
                let old = at.map(|at| before.swap_remove(at));
                let window = old.as_ref().and_then(|old| old.window);
                frame.name = frame.name.or(old.filter(|old| old.window.is_some()).and_then(|old| old.frame.name));
                Placed { frame, window }
            })
            .collect();
    }

    /// A window of a process has had the keyboard for a while: it is the frame of which the process says so, if that is one alone and may be.
    pub(super) fn place(&mut self, process: u32, window: Window, title: &str) {
        let Some(known) = self.processes.get_mut(&process).filter(|known| !known.silent) else { return };
        let mut active = known.frames.iter().enumerate().filter(|(_, placed)| placed.frame.is_active);
        let (Some((at, placed)), None) = (active.next(), active.next()) else { return };
        let goes_with = |name: &String| beyond(title, name).is_some();
        if placed.frame.name.as_ref().is_some_and(goes_with) {
            // What was thought before was thought too early.
            known.frames.iter_mut().filter(|other| other.window == Some(window)).for_each(|other| other.window = None);
            known.frames[at].window = Some(window);
        }
    }

    /// Whether it is known which frame a window is.
    pub(super) fn is_placed(&self, process: u32, window: Window) -> bool {
        let frames = self.processes.get(&process).map_or(&[][..], |known| &known.frames);
        frames.iter().any(|placed| placed.window == Some(window))
    }

    /// Which window a frame of a process is, as far as that is known.
    pub(super) fn window(&self, process: u32, object: &Object) -> Option<Window> {
        let frames = self.processes.get(&process).map_or(&[][..], |known| &known.frames);
        frames.iter().find(|placed| placed.frame.object == *object)?.window
    }

    /// Whether what lies in a frame of a process is not in this window: it is known to be another, or is one with a name while it is known
    /// which frame this window is.
    pub(super) fn is_elsewhere(&self, process: u32, window: Window, around: &Around) -> bool {
        match self.window(process, &around.frame) {
            Some(other) => other != window,
            None => around.is_named && self.is_placed(process, window),
        }
    }

    /// Frames of a process that are not this window, as far as that is known: what lies in them lies elsewhere.
    pub(super) fn others(&self, process: u32, window: Window) -> Vec<Object> {
        let is_placed = self.is_placed(process, window);
        let frames = self.processes.get(&process).map_or(&[][..], |known| &known.frames);
        let other = |placed: &&Placed| placed.window != Some(window) && (is_placed || placed.window.is_some());
        frames.iter().filter(other).map(|placed| placed.frame.object.clone()).collect()
    }

    /// Whether a process has told of any frame.
    pub(super) fn tells(&self, process: u32) -> bool {
        self.processes.get(&process).is_some_and(|known| !known.frames.is_empty())
    }

    /// Whether a process did not answer when it was asked last, or not all of it.
    pub(super) fn is_silent(&self, process: u32) -> bool {
        let is_silent = |known: &Known| known.silent || known.frames.iter().any(|placed| placed.frame.name.is_none());
        self.processes.get(&process).is_some_and(is_silent)
    }

    /// Every process of which something is known.
    pub(super) fn processes(&self) -> Vec<u32> {
        self.processes.keys().copied().collect()
    }

    /// What there is to tell of a process that has these windows, of these titles: nothing that was told already.
    pub(super) fn news(&mut self, process: u32, windows: &[(Window, String)]) -> Option<Called> {
        let known = self.processes.get_mut(&process)?;
        let is_new = |(window, _): &(Window, String)| match &known.heard_of {
            Some(heard_of) => !heard_of.contains(window),
            None => known.in_vain < IN_VAIN,
        };
        let may_hide = known.silent && windows.iter().any(is_new);
        let listed = |window: Option<Window>| window.is_some_and(|window| windows.iter().any(|(id, _)| *id == window));
        // One whose window is not there any more may have another.
        let (placed, strays): (Vec<&Placed>, Vec<&Placed>) =
            known.frames.iter().partition(|placed| listed(placed.window));
        let titled = windows.iter().map(|(window, title)| {
            let placed = placed.iter().find(|placed| placed.window == Some(*window));
            Titled {
                id: (*window).into(),
                title: title.clone(),
                name: placed.and_then(|placed| placed.frame.name.clone()),
            }
        });
        let strays = strays.into_iter().map(|placed| placed.frame.name.clone()).chain(may_hide.then_some(None));
        // What has no name is none of those that say what they are.
        let strays = strays.filter(|name| name.as_ref().is_none_or(|name| !name.is_empty())).collect();
        let called = Called { process, windows: titled.collect(), strays };
        // Who tells of no frame may not have come to the bus yet.
        if !known.silent && !known.frames.is_empty() {
            known.heard_of = Some(windows.iter().map(|(window, _)| *window).collect());
        }
        let is_any = !called.strays.is_empty() || called.windows.iter().any(|window| window.name.is_some());
        let is_news = if is_any { known.told.as_ref() != Some(&called) } else { known.told.is_some() };
        if windows.is_empty() {
            self.processes.remove(&process);
        } else {
            known.told = is_any.then(|| called.clone());
        }
        is_news.then_some(called)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROCESS: u32 = 7;

    fn frame(path: &str, name: Option<&str>, is_active: bool) -> Frame {
        let object = Object { peer: ":1.7".into(), path: path.into() };
        Frame { object, name: name.map(Into::into), is_active }
    }

    fn normal(is_active: bool) -> Frame {
        frame("/1", Some("News - Chromium"), is_active)
    }

    fn private(is_active: bool) -> Frame {
        frame("/2", Some("Pink - Chromium (Incognito)"), is_active)
    }

    fn windows(ids: &[Window]) -> Vec<(Window, String)> {
        let title = |id| if id == 1 { "News - Chromium" } else { "Pink - Chromium" };
        ids.iter().map(|id| (*id, title(*id).to_owned())).collect()
    }

    /// The names of windows, and of frames that are none of them.
    type Told = (Vec<Option<String>>, Vec<Option<String>>);

    fn told(frames: &mut Frames, ids: &[Window]) -> Option<Told> {
        let called = frames.news(PROCESS, &windows(ids))?;
        Some((called.windows.into_iter().map(|window| window.name).collect(), called.strays))
    }

    fn name(frame: &Frame) -> Option<String> {
        frame.name.clone()
    }

    #[test]
    fn a_frame_is_the_window_that_has_the_keyboard_while_it_says_that_it_has() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![normal(true), private(false)]));
        frames.place(PROCESS, 1, "News - Chromium");
        assert_eq!(told(&mut frames, &[1, 2]), Some((vec![name(&normal(true)), None], vec![name(&private(true))])));
        assert_eq!(told(&mut frames, &[1, 2]), None, "that was told");
        frames.hear(PROCESS, Some(vec![normal(false), private(true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        let both = vec![name(&normal(true)), name(&private(true))];
        assert_eq!(told(&mut frames, &[1, 2]), Some((both, vec![])));
        assert!(frames.is_placed(PROCESS, 2) && !frames.is_placed(PROCESS, 3) && !frames.is_placed(8, 2));
    }

    #[test]
    fn an_element_lies_in_the_window_whose_frame_is_around_it() {
        let mut frames = Frames::default();
        let around = |path: &str, is_named| Around { frame: frame(path, None, false).object, is_named };
        assert!(!frames.is_elsewhere(PROCESS, 1, &around("/2", true)), "nothing is known");
        frames.hear(PROCESS, Some(vec![normal(true)]));
        frames.place(PROCESS, 1, "News - Chromium");
        assert!(!frames.is_elsewhere(PROCESS, 1, &around("/1", true)));
        assert!(frames.is_elsewhere(PROCESS, 1, &around("/2", true)), "a frame that is new");
        assert!(!frames.is_elsewhere(PROCESS, 1, &around("/9", false)), "a menu");
        assert!(frames.is_elsewhere(PROCESS, 2, &around("/1", true)));
        assert!(!frames.is_elsewhere(PROCESS, 2, &around("/2", true)));
    }

    #[test]
    fn nothing_is_guessed_where_titles_contradict_or_several_say_that_they_have_it() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![normal(false), private(true)]));
        frames.place(PROCESS, 1, "News - Chromium");
        frames.place(PROCESS, 2, "");
        frames.hear(PROCESS, Some(vec![normal(true), private(true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        frames.hear(PROCESS, Some(vec![normal(false), frame("/2", None, true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        assert!(!frames.is_placed(PROCESS, 1) && !frames.is_placed(PROCESS, 2));
        assert_eq!(told(&mut frames, &[1]), Some((vec![None], vec![name(&normal(false)), None])));
    }

    #[test]
    fn what_was_thought_too_early_is_thought_anew() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![frame("/1", Some("Pink - Chromium"), true), private(false)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        frames.hear(PROCESS, Some(vec![frame("/1", Some("Pink - Chromium"), false), private(true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        let strays = vec![Some("Pink - Chromium".to_owned())];
        assert_eq!(told(&mut frames, &[2]), Some((vec![name(&private(true))], strays)));
    }

    #[test]
    fn who_does_not_answer_may_have_anything_and_what_is_known_stays() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, None);
        assert!(frames.is_silent(PROCESS));
        assert_eq!(told(&mut frames, &[1]), Some((vec![None], vec![None])));
        frames.hear(PROCESS, Some(vec![normal(true)]));
        frames.place(PROCESS, 1, "News - Chromium");
        frames.hear(PROCESS, None);
        assert_eq!(told(&mut frames, &[1, 2]), Some((vec![name(&normal(true)), None], vec![None])));
    }

    #[test]
    fn a_frame_whose_window_is_gone_may_have_another_one() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![private(true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        assert_eq!(told(&mut frames, &[2]), Some((vec![name(&private(true))], vec![])));
        assert_eq!(told(&mut frames, &[3]), Some((vec![None], vec![name(&private(true))])));
        assert_eq!(told(&mut frames, &[]), Some((vec![], vec![name(&private(true))])));
        assert_eq!(told(&mut frames, &[]), None, "nothing is known of it any more");
    }

    #[test]
    fn who_tells_nothing_is_not_told_of_and_a_pause_forgets_no_window() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(Vec::new()));
        assert_eq!(told(&mut frames, &[1]), None);
        frames.hear(PROCESS, Some(vec![private(true), frame("/3", Some(""), false)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        let all = Some((vec![name(&private(true))], vec![]));
        assert_eq!(told(&mut frames, &[2]), all);
        frames.begin();
        frames.turn_to(b"");
        assert_eq!(told(&mut frames, &[2]), all, "nobody who listens now was told");
        frames.turn_to(b"other");
        assert_eq!(told(&mut frames, &[2]), Some((vec![None], vec![])), "nothing is known of it there");
        assert_eq!(told(&mut frames, &[2]), None);
    }

    #[test]
    fn while_nobody_listens_no_name_is_remembered_and_every_place_is() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![normal(false), private(true)]));
        frames.place(PROCESS, 2, "Pink - Chromium");
        assert!(told(&mut frames, &[1, 2]).is_some());
        frames.rest();
        let known = &frames.processes[&PROCESS];
        assert!(known.frames.iter().all(|placed| placed.frame.name.is_none()));
        assert!(known.told.as_ref().is_some_and(|told| told.windows.is_empty() && told.strays.is_empty()));
        frames.hear(PROCESS, Some(vec![normal(true), private(false)]));
        let names = (vec![None, name(&private(true))], vec![name(&normal(true))]);
        assert_eq!(told(&mut frames, &[1, 2]), Some(names));
    }

    #[test]
    fn who_is_silent_says_nothing_new_of_windows_that_it_has_told_of_and_nothing_at_all_in_the_end() {
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(vec![normal(true)]));
        frames.place(PROCESS, 1, "News - Chromium");
        assert_eq!(told(&mut frames, &[1]), Some((vec![name(&normal(true))], vec![])));
        frames.hear(PROCESS, None);
        assert_eq!(told(&mut frames, &[1]), None, "it was heard of this one");
        let both = vec![name(&normal(true)), None];
        assert_eq!(told(&mut frames, &[1, 2]), Some((both.clone(), vec![None])), "and not of that");
        frames.hear(PROCESS, Some(vec![normal(true)]));
        assert_eq!(told(&mut frames, &[1, 2]), Some((both, vec![])));
        let mut frames = Frames::default();
        frames.hear(PROCESS, Some(Vec::new()));
        assert_eq!(told(&mut frames, &[1]), None, "it may not have come to the bus yet");
        (1..IN_VAIN).for_each(|_| frames.hear(PROCESS, None));
        assert_eq!(told(&mut frames, &[1]), Some((vec![None], vec![None])));
        frames.hear(PROCESS, None);
        assert_eq!(told(&mut frames, &[1]), Some((vec![None], vec![])), "it only came to the bus");
    }
}
