//! Leaves spans out of a track, so that what comes behind them still stands: docs/format.md §16.

use std::collections::HashSet;

use crate::backend::Patch;
use crate::clock::Time;
use crate::delta::{Canvas, FramePart};
use crate::error::Result;
use crate::event::{Button, Code, ContextEvent, KeyboardAction, KeyboardEvent, PointerAction, PointerEvent, Window};
use crate::frame::{Frame, PixelFormat, Size};
use crate::reader::{Item, ItemValue};
use crate::record::{Record, ScreenRecord};
use crate::span::Spans;

/// Pictures, coded again.
#[derive(Default)]
pub(crate) struct Pictures {
    canvas: Option<Canvas>,
    taken: Option<(Size, PixelFormat)>,
    pixels: Vec<u8>,
}

impl Pictures {
    /// The next picture stands alone.
    pub(crate) fn restart(&mut self) {
        if let Some(canvas) = &mut self.canvas {
            canvas.restart();
        }
    }

    /// Takes a picture in the place of one that was taken and not coded.
    pub(crate) fn take(&mut self, frame: &Frame) {
        self.taken = Some((frame.size(), frame.format()));
        self.pixels.clear();
        self.pixels.extend_from_slice(&frame.bytes());
    }

    /// What changed since the picture that was coded before; nothing where nothing did.
    pub(crate) fn code(&mut self) -> Vec<FramePart> {
        let Some((size, format)) = self.taken.take() else { return Vec::new() };
        let fits = |canvas: &Canvas| canvas.frame().size() == size && canvas.frame().format() == format;
        let canvas = self.canvas.take().filter(fits).unwrap_or_else(|| Canvas::new(size, format));
        let patch = Patch { rect: size.bounds(), stride: size.width as usize * 4, pixels: &self.pixels };
        self.canvas.insert(canvas).take_patch(&patch)
    }
}

/// What is passed on.
pub(crate) enum Kept {
    /// A record.
    Record(Record),
    /// The picture that the reader shows; the first behind a span.
    Picture { first: bool },
}

/// Who gets what is passed on.
pub(crate) type Out<'a> = dyn FnMut(Time, Kept) -> Result<()> + 'a;

/// Passes the items of a track on, those of some spans excepted. What changed within a span and holds behind it (who has the focus, the
/// layout, the modifiers, the monitors, the pointer's image) is told at the span's end, as it is then.
pub(crate) struct Cutter<'a> {
    spans: &'a Spans,
    lost: Lost,
    /// Keys and buttons that went down within a span: that they come up is left out as well.
    keys: HashSet<Code>,
    buttons: Vec<Button>,
}

/// What was left out and has to be told, in the order in which it is told.
#[derive(Default)]
struct Lost {
    any: bool,
    layout: Option<KeyboardEvent>,
    modifiers: Option<KeyboardEvent>,
    cursor: Option<ItemValue>,
    position: Option<ItemValue>,
    monitors: Option<ContextEvent>,
    workspace: Option<ContextEvent>,
    focus: Option<Option<Window>>,
    picture: bool,
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(spans: &'a Spans) -> Self {
        Self { spans, lost: Lost::default(), keys: HashSet::new(), buttons: Vec::new() }
    }

    /// Whether something was left out that holds on.
    pub(crate) fn has_lost(&self) -> bool {
        self.lost.any
    }

    /// Takes the next item, and says whether it stays.
    pub(crate) fn push(&mut self, item: &Item, out: &mut Out<'_>) -> Result<bool> {
        if self.spans.at(item.time).is_some() {
            self.lose(&item.value);
            return Ok(false);
        }
        let again = matches!(item.value, ItemValue::Context(ContextEvent::Focus(_) | ContextEvent::Window(_)));
        if again && self.spans.ended_by(item.time) == Some(item.time) {
            // Told afresh at that very moment; who had the focus before may be what was to be left out.
            self.lost.focus = None;
        }
        self.resume(item.time, out)?;
        match &item.value {
            ItemValue::Frame(_) => out(item.time, Kept::Picture { first: std::mem::take(&mut self.lost.picture) })?,
            ItemValue::Keyboard(event) if self.is_stray_key(event) => {}
            ItemValue::Pointer(event) if self.is_stray_button(event) => {}
            value => record(value.clone()).into_iter().try_for_each(|record| out(item.time, Kept::Record(record)))?,
        }
        Ok(true)
    }

    /// Tells what changed in spans that have ended by `time`, as it was at their end.
    pub(crate) fn resume(&mut self, time: Time, out: &mut Out<'_>) -> Result<()> {
        let Some(ended) = self.spans.ended_by(time).filter(|_| self.lost.any && self.spans.at(time).is_none()) else {
            return Ok(());
        };
        let lost = std::mem::take(&mut self.lost);
        // The next picture is the first that may be shown.
        self.lost.picture = lost.picture;
        let keyboard = lost.layout.into_iter().chain(lost.modifiers).map(Record::Keyboard);
        let screen = lost.cursor.into_iter().chain(lost.position).filter_map(record);
        let focus = lost.focus.map(ContextEvent::Focus);
        let context = lost.monitors.into_iter().chain(lost.workspace).chain(focus).map(Record::Context);
        keyboard.chain(screen).chain(context).try_for_each(|record| out(ended, Kept::Record(record)))
    }

    fn lose(&mut self, value: &ItemValue) {
        let lost = &mut self.lost;
        lost.any = true;
        match value {
            ItemValue::Keyboard(event) => {
                match &event.action {
                    KeyboardAction::Layout(_) => lost.layout = Some(event.clone()),
                    KeyboardAction::Down { key, .. } => drop(self.keys.insert(key.code.clone())),
                    KeyboardAction::Up { key } => drop(self.keys.remove(&key.code)),
                    // It stands for keys that nobody may know, and for their modifiers.
                    KeyboardAction::Redacted(_) => return,
                    KeyboardAction::Modifiers => {}
                }
                lost.modifiers = Some(KeyboardEvent { action: KeyboardAction::Modifiers, ..event.clone() });
            }
            ItemValue::Pointer(event) => match event.action {
                PointerAction::Down(button) => self.buttons.push(button),
                PointerAction::Up(button) => self.buttons.retain(|down| *down != button),
                PointerAction::Move { .. } | PointerAction::Wheel(_) => {}
            },
            ItemValue::Context(event) => match event {
                ContextEvent::Focus(window) => lost.focus = Some(window.clone()),
                ContextEvent::Window(window) => lost.focus = Some(Some(window.clone())),
                ContextEvent::Monitors(_) => lost.monitors = Some(event.clone()),
                ContextEvent::Workspace(_) => lost.workspace = Some(event.clone()),
                // What had the keyboard or was clicked then is no state of the rest.
                ContextEvent::Element(..) => {}
            },
            ItemValue::CursorImage(_) => lost.cursor = Some(value.clone()),
            ItemValue::CursorPosition(_) => lost.position = Some(value.clone()),
            ItemValue::Frame(_) => lost.picture = true,
        }
    }

    fn is_stray_key(&mut self, event: &KeyboardEvent) -> bool {
        match &event.action {
            KeyboardAction::Down { key, .. } => {
                self.keys.remove(&key.code);
                false
            }
            KeyboardAction::Up { key } => self.keys.remove(&key.code),
            KeyboardAction::Modifiers | KeyboardAction::Layout(_) | KeyboardAction::Redacted(_) => false,
        }
    }

    fn is_stray_button(&mut self, event: &PointerEvent) -> bool {
        match event.action {
            PointerAction::Down(button) => {
                self.buttons.retain(|down| *down != button);
                false
            }
            PointerAction::Up(button) => {
                let before = self.buttons.len();
                self.buttons.retain(|down| *down != button);
                self.buttons.len() < before
            }
            PointerAction::Move { .. } | PointerAction::Wheel(_) => false,
        }
    }
}

/// An item as the record that it was; a picture is coded by its pixels instead.
fn record(value: ItemValue) -> Option<Record> {
    Some(match value {
        ItemValue::Pointer(event) => Record::Pointer(event),
        ItemValue::Keyboard(event) => Record::Keyboard(event),
        ItemValue::Context(event) => Record::Context(event),
        ItemValue::CursorImage(image) => Record::Screen(ScreenRecord::CursorImage(image)),
        ItemValue::CursorPosition(position) => Record::Screen(ScreenRecord::CursorPosition(position)),
        ItemValue::Frame(_) => return None,
    })
}
