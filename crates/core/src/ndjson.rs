//! Items as lines of JSON: docs/format.md §11.1, member by member in its order.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::event::{
    self, ContextEvent, Key, KeyClass, KeyboardAction, KeyboardEvent, Modifiers, Placeholder, PointerAction,
    PointerEvent,
};
use crate::frame::{PixelFormat, Rect};
use crate::reader::{Item, ItemValue};
use crate::sign::Hash;
use crate::track::Track;

/// One line, without its line feed. `hash` is that of the picture, for `frame`, where it is asked for.
pub fn line(item: &Item, hash: Option<Hash>) -> Result<String> {
    let time = item.time.as_nanos();
    let (track, kind, body) = body(&item.value, hash);
    serde_json::to_string(&Line { track: track.name(), r#type: kind, time, body })
        .map_err(|e| Error::new(ErrorKind::Internal, format!("NDJSON: {e}")))
}

#[derive(Serialize)]
struct Line<'a> {
    track: &'static str,
    r#type: &'static str,
    time: u64,
    #[serde(flatten)]
    body: Members<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
#[serde(rename_all_fields = "camelCase")]
enum Members<'a> {
    Move {
        x: i32,
        y: i32,
        injected: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        raw_x: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        raw_y: Option<i32>,
    },
    Button {
        x: i32,
        y: i32,
        injected: bool,
        button: u8,
    },
    Wheel {
        x: i32,
        y: i32,
        injected: bool,
        delta_x: i32,
        delta_y: i32,
        smooth: bool,
    },
    KeyDown {
        code: &'a str,
        key: &'a str,
        text: &'a str,
        repeat: bool,
        modifiers: Vec<&'static str>,
        injected: bool,
    },
    KeyUp {
        code: &'a str,
        key: &'a str,
        modifiers: Vec<&'static str>,
        injected: bool,
    },
    Modifiers {
        modifiers: Vec<&'static str>,
        injected: bool,
    },
    Layout {
        name: &'a str,
        group: u8,
        modifiers: Vec<&'static str>,
        injected: bool,
    },
    Redacted {
        class: &'a str,
        keys: Vec<&'static str>,
    },
    Frame {
        width: u32,
        height: u32,
        format: &'static str,
        key: bool,
        painted: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<Hash>,
    },
    CursorImage {
        width: u16,
        height: u16,
        hotspot_x: u16,
        hotspot_y: u16,
    },
    Position {
        #[serde(skip_serializing_if = "Option::is_none")]
        x: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        y: Option<i32>,
    },
    Window {
        #[serde(skip_serializing_if = "Option::is_none")]
        window: Option<Window<'a>>,
    },
    Monitors {
        monitors: Vec<Monitor<'a>>,
    },
    Workspace {
        index: u32,
        name: &'a str,
    },
    Element {
        contact: &'static str,
        element: Element<'a>,
    },
}

#[derive(Serialize)]
struct Window<'a> {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<App<'a>>,
    title: &'a str,
    bounds: Bounds,
}

#[derive(Serialize)]
struct App<'a> {
    id: &'a str,
    instance: &'a str,
}

#[derive(Serialize)]
struct Monitor<'a> {
    name: &'a str,
    bounds: Bounds,
    primary: bool,
}

#[derive(Serialize)]
struct Element<'a> {
    id: u64,
    window: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<App<'a>>,
    role: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<Bounds>,
}

#[derive(Serialize)]
struct Bounds {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

fn body(value: &ItemValue, hash: Option<Hash>) -> (Track, &'static str, Members<'_>) {
    match value {
        ItemValue::Pointer(event) => pointer(event),
        ItemValue::Keyboard(event) => keyboard(event),
        ItemValue::Context(event) => context(event),
        ItemValue::Frame(frame) => {
            let format = match frame.format {
                PixelFormat::Bgrx8 => "bgrx8",
                PixelFormat::Bgrx10 => "bgrx10",
            };
            let (width, height) = (frame.size.width, frame.size.height);
            (
                Track::Screen,
                "frame",
                Members::Frame { width, height, format, key: frame.key, painted: frame.painted, hash },
            )
        }
        ItemValue::CursorImage(image) => {
            let (hotspot_x, hotspot_y) = image.hotspot;
            let members = Members::CursorImage { width: image.width, height: image.height, hotspot_x, hotspot_y };
            (Track::Screen, "cursorimage", members)
        }
        ItemValue::CursorPosition(position) => {
            let members = Members::Position { x: position.map(|at| at.x), y: position.map(|at| at.y) };
            (Track::Screen, "cursorposition", members)
        }
    }
}

fn pointer(event: &PointerEvent) -> (Track, &'static str, Members<'_>) {
    let (x, y, injected) = (event.position.x, event.position.y, event.injected);
    let (kind, members) = match &event.action {
        PointerAction::Move { raw } => {
            let (raw_x, raw_y) = (raw.map(|raw| raw.x), raw.map(|raw| raw.y));
            ("pointermove", Members::Move { x, y, injected, raw_x, raw_y })
        }
        PointerAction::Down(button) => ("pointerdown", Members::Button { x, y, injected, button: button.0 }),
        PointerAction::Up(button) => ("pointerup", Members::Button { x, y, injected, button: button.0 }),
        PointerAction::Wheel(wheel) => {
            let (delta_x, delta_y, smooth) = (wheel.delta_x, wheel.delta_y, wheel.smooth);
            ("wheel", Members::Wheel { x, y, injected, delta_x, delta_y, smooth })
        }
    };
    (Track::Pointer, kind, members)
}

fn keyboard(event: &KeyboardEvent) -> (Track, &'static str, Members<'_>) {
    let (modifiers, injected) = (modifier_names(event.modifiers), event.injected);
    let (kind, members) = match &event.action {
        KeyboardAction::Down { key: Key { code, key, text }, repeat } => {
            ("keydown", Members::KeyDown { code: code.as_str(), key, text, repeat: *repeat, modifiers, injected })
        }
        KeyboardAction::Up { key: Key { code, key, .. } } => {
            ("keyup", Members::KeyUp { code: code.as_str(), key, modifiers, injected })
        }
        KeyboardAction::Modifiers => ("modifiers", Members::Modifiers { modifiers, injected }),
        KeyboardAction::Layout(layout) => {
            ("layout", Members::Layout { name: &layout.name, group: layout.group, modifiers, injected })
        }
        KeyboardAction::Redacted(Placeholder { class, keys }) => (
            "redacted",
            Members::Redacted { class: class.as_str(), keys: keys.members().map(KeyClass::name).collect() },
        ),
    };
    (Track::Keyboard, kind, members)
}

fn context(event: &ContextEvent) -> (Track, &'static str, Members<'_>) {
    let (kind, members) = match event {
        ContextEvent::Focus(focused) => ("focus", Members::Window { window: focused.as_ref().map(window) }),
        ContextEvent::Window(changed) => ("window", Members::Window { window: Some(window(changed)) }),
        ContextEvent::Monitors(monitors) => {
            let monitors = monitors
                .iter()
                .map(|monitor| Monitor {
                    name: &monitor.name,
                    bounds: bounds(monitor.bounds),
                    primary: monitor.primary,
                })
                .collect();
            ("monitors", Members::Monitors { monitors })
        }
        ContextEvent::Workspace(workspace) => {
            ("workspace", Members::Workspace { index: workspace.index, name: &workspace.name })
        }
        ContextEvent::Element(contact, found) => {
            ("element", Members::Element { contact: contact.name(), element: element(found) })
        }
    };
    (Track::Context, kind, members)
}

fn window(window: &crate::event::Window) -> Window<'_> {
    let app = window.app.as_ref().map(app);
    Window { id: window.id, app, title: &window.title, bounds: bounds(window.bounds) }
}

fn element(element: &event::Element) -> Element<'_> {
    let event::Element { id, window, app: owner, role, name, bounds: place } = element;
    let (app, bounds) = (owner.as_ref().map(app), place.map(bounds));
    Element { id: *id, window: *window, app, role: role.as_str(), name, bounds }
}

fn app(app: &event::App) -> App<'_> {
    App { id: &app.id, instance: &app.instance }
}

fn bounds(rect: Rect) -> Bounds {
    Bounds { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
}

fn modifier_names(modifiers: Modifiers) -> Vec<&'static str> {
    Modifiers::NAMES.iter().filter(|(modifier, _)| modifiers.contains(*modifier)).map(|(_, name)| *name).collect()
}
