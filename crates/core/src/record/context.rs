//! Context event ⇄ a record's body: docs/format.md §9.4.

use super::MAX_NAME;
use crate::error::Result;
use crate::event::{App, ContextEvent, Monitor, Window, Workspace};
use crate::frame::Rect;
use crate::wire::{Reader, Writer};

pub(super) const FOCUS: u8 = 0x20;
pub(super) const WINDOW: u8 = 0x21;
pub(super) const MONITORS: u8 = 0x22;
pub(super) const WORKSPACE: u8 = 0x23;

const MAX_TITLE: usize = 1024;
const MAX_MONITORS: usize = 64;

pub(super) fn encode(event: &ContextEvent, body: &mut Writer<'_>) -> u8 {
    match event {
        ContextEvent::Focus(window) => {
            body.u8(window.is_some().into());
            window.iter().for_each(|window| encode_window(window, body));
            FOCUS
        }
        ContextEvent::Window(window) => {
            encode_window(window, body);
            WINDOW
        }
        ContextEvent::Monitors(monitors) => {
            let monitors = &monitors[..monitors.len().min(MAX_MONITORS)];
            body.uvarint(monitors.len() as u64);
            for monitor in monitors {
                body.string(&monitor.name, MAX_NAME);
                encode_rect(monitor.bounds, body);
                body.u8(monitor.primary.into());
            }
            MONITORS
        }
        ContextEvent::Workspace(workspace) => {
            body.uvarint(workspace.index.into());
            body.string(&workspace.name, MAX_NAME);
            WORKSPACE
        }
    }
}

pub(super) fn decode(opcode: u8, body: &mut Reader<'_>) -> Result<ContextEvent> {
    Ok(match opcode {
        FOCUS if body.flag()? => ContextEvent::Focus(Some(decode_window(body)?)),
        FOCUS => ContextEvent::Focus(None),
        WINDOW => ContextEvent::Window(decode_window(body)?),
        MONITORS => {
            let count = body.bounded(MAX_MONITORS as u64)?;
            let monitor =
                |_| Ok(Monitor { name: body.string(MAX_NAME)?, bounds: decode_rect(body)?, primary: body.flag()? });
            ContextEvent::Monitors((0..count).map(monitor).collect::<Result<_>>()?)
        }
        _ => ContextEvent::Workspace(Workspace { index: body.uvarint32()?, name: body.string(MAX_NAME)? }),
    })
}

fn encode_window(window: &Window, body: &mut Writer<'_>) {
    body.uvarint(window.id);
    body.u8(window.app.is_some().into());
    if let Some(app) = &window.app {
        body.string(&app.id, MAX_NAME);
        body.string(&app.instance, MAX_NAME);
    }
    body.string(&window.title, MAX_TITLE);
    encode_rect(window.bounds, body);
}

fn decode_window(body: &mut Reader<'_>) -> Result<Window> {
    let id = body.bounded(crate::canonical::MAX_INTEGER)?;
    let app = match body.flag()? {
        true => Some(App { id: body.string(MAX_NAME)?, instance: body.string(MAX_NAME)? }),
        false => None,
    };
    Ok(Window { id, app, title: body.string(MAX_TITLE)?, bounds: decode_rect(body)? })
}

fn encode_rect(rect: Rect, body: &mut Writer<'_>) {
    body.svarint(rect.x.into());
    body.svarint(rect.y.into());
    body.uvarint(rect.width.into());
    body.uvarint(rect.height.into());
}

fn decode_rect(body: &mut Reader<'_>) -> Result<Rect> {
    Ok(Rect { x: body.svarint32()?, y: body.svarint32()?, width: body.uvarint32()?, height: body.uvarint32()? })
}
