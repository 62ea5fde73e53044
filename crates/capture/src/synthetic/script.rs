//! A written script: what each part will report, and the picture at any moment.

use std::time::Duration;

use understudy_core::backend::ElementEvent;
use understudy_core::clock::Time;
use understudy_core::event::{ContextEvent, InputEvent, Layout, Monitor, Sample, Window};
use understudy_core::frame::{Frame, Size};

use super::SyntheticOptions;
use super::author::Author;
use super::desktop::{Change, Desktop};

/// Everything that happens on a synthetic desktop, in the order of time.
#[derive(Debug)]
pub struct Script {
    options: SyntheticOptions,
    pub(super) inputs: Vec<Sample<InputEvent>>,
    pub(super) contexts: Vec<Sample<ContextEvent>>,
    pub(super) elements: Vec<Sample<ElementEvent>>,
    pub(super) changes: Vec<(Time, Change)>,
}

impl Script {
    /// Writes the script that these options ask for.
    pub fn write(options: SyntheticOptions) -> Self {
        let options = SyntheticOptions { fps: options.fps.max(1), motion_hz: options.motion_hz.max(1), ..options };
        let empty =
            Self { options, inputs: Vec::new(), contexts: Vec::new(), elements: Vec::new(), changes: Vec::new() };
        Author::new(empty).write()
    }

    /// What it was written for.
    pub fn options(&self) -> &SyntheticOptions {
        &self.options
    }

    /// Every sample of the hook.
    pub fn inputs(&self) -> &[Sample<InputEvent>] {
        &self.inputs
    }

    /// Every sample of the watcher.
    pub fn contexts(&self) -> &[Sample<ContextEvent>] {
        &self.contexts
    }

    /// Every sample of accessibility.
    pub fn elements(&self) -> &[Sample<ElementEvent>] {
        &self.elements
    }

    /// The picture number `index`, as the capturer shows it from [`Script::time_of`] on, the pointer left out.
    pub fn picture(&self, index: u64) -> Frame {
        self.desktop(index).draw(index)
    }

    /// Every window in the picture number `index`, bottom first.
    pub fn windows(&self, index: u64) -> Vec<Window> {
        self.desktop(index).windows()
    }

    /// The number of the picture that shows at `time`.
    pub fn index_at(&self, time: Time) -> u64 {
        let index = u128::from(time.as_nanos()) * u128::from(self.options.fps) / 1_000_000_000;
        u64::try_from(index).unwrap_or(u64::MAX).min(self.last())
    }

    /// When the picture number `index` shows first.
    pub fn time_of(&self, index: u64) -> Time {
        let nanos = (u128::from(index) * 1_000_000_000).div_ceil(u128::from(self.options.fps));
        Time::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The layout that is active throughout.
    pub(super) fn layout() -> Layout {
        Layout { name: "us".to_owned(), group: 0 }
    }

    pub(super) fn monitors(size: Size) -> Vec<Monitor> {
        vec![Monitor { name: "SYNTHETIC-1".to_owned(), bounds: size.bounds(), primary: true }]
    }

    /// When the first picture after number `index` shows in which something changed.
    pub(super) fn next_frame(&self, index: u64) -> Option<Time> {
        if self.options.animate {
            return (index < self.last()).then(|| self.time_of(index + 1));
        }
        let shown = self.time_of(index);
        let start = self.changes.partition_point(|(time, _)| *time <= shown);
        let (change, _) = self.changes.get(start)?;
        // The first picture at or after the change; the last picture shows whatever came at the very end.
        let at = self.index_at(*change);
        let next = if self.time_of(at) == *change { at } else { at + 1 };
        (next <= self.last()).then(|| self.time_of(next))
    }

    /// What the watcher would report if it were asked afresh.
    pub(super) fn context_at(&self, now: Time) -> Vec<ContextEvent> {
        let (mut monitors, mut workspace, mut focus) = (None, None, None);
        for sample in self.contexts.iter().take_while(|sample| sample.time <= now) {
            match &sample.value {
                ContextEvent::Monitors(_) => monitors = Some(sample.value.clone()),
                ContextEvent::Workspace(_) => workspace = Some(sample.value.clone()),
                ContextEvent::Focus(_) => focus = Some(sample.value.clone()),
                ContextEvent::Element(..) => {}
                ContextEvent::Window(window) => focus = Some(ContextEvent::Focus(Some(window.clone()))),
            }
        }
        [monitors, workspace, focus].into_iter().flatten().collect()
    }

    /// The field that accessibility would name if it were asked afresh.
    pub(super) fn field_at(&self, now: Time) -> Option<ElementEvent> {
        let before = self.elements.iter().take_while(|sample| sample.time <= now);
        let focused = before.filter(|sample| matches!(sample.value, ElementEvent::Focused { .. }));
        focused.last().map(|sample| sample.value.clone())
    }

    pub(super) fn desktop(&self, index: u64) -> Desktop {
        let shown = self.time_of(index);
        let fps = self.options.animate.then_some(self.options.fps);
        let mut desktop = Desktop::new(self.options.size, self.options.format, fps);
        for (_, change) in self.changes.iter().take_while(|(time, _)| *time <= shown) {
            desktop.apply(change);
        }
        desktop
    }

    /// The number of the last picture.
    fn last(&self) -> u64 {
        let end = self.options.duration.max(Duration::from_nanos(1)).as_nanos();
        u64::try_from(end * u128::from(self.options.fps) / 1_000_000_000).unwrap_or(u64::MAX)
    }
}
