//! Context event ⇄ a record's body: docs/format.md §9.4.

use super::MAX_NAME;
use crate::canonical::MAX_INTEGER;
use crate::error::Result;
use crate::event::{App, Contact, ContextEvent, Element, ElementRole, Monitor, Window, Workspace};
use crate::frame::Rect;
use crate::wire::{Reader, Writer, invalid};

pub(super) const FOCUS: u8 = 0x20;
pub(super) const WINDOW: u8 = 0x21;
pub(super) const MONITORS: u8 = 0x22;
pub(super) const WORKSPACE: u8 = 0x23;
pub(super) const ELEMENT: u8 = 0x24;

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
        ContextEvent::Element(contact, element) => {
            body.u8((*contact == Contact::Clicked).into());
            encode_element(element, body);
            ELEMENT
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
        WORKSPACE => ContextEvent::Workspace(Workspace { index: body.uvarint32()?, name: body.string(MAX_NAME)? }),
        _ => {
            let contact = if body.flag()? { Contact::Clicked } else { Contact::Focused };
            ContextEvent::Element(contact, decode_element(body)?)
        }
    })
}

fn encode_window(window: &Window, body: &mut Writer<'_>) {
    body.uvarint(window.id);
    encode_app(window.app.as_ref(), body);
    body.string(&window.title, MAX_TITLE);
    encode_rect(window.bounds, body);
}

fn decode_window(body: &mut Reader<'_>) -> Result<Window> {
    let (id, app) = (body.bounded(MAX_INTEGER)?, decode_app(body)?);
    Ok(Window { id, app, title: body.string(MAX_TITLE)?, bounds: decode_rect(body)? })
}

fn encode_element(element: &Element, body: &mut Writer<'_>) {
    body.uvarint(element.id);
    body.uvarint(element.window);
    encode_app(element.app.as_ref(), body);
    body.string(element.role.as_str(), ElementRole::MAX_LENGTH);
    body.string(&element.name, MAX_NAME);
    body.u8(element.bounds.is_some().into());
    element.bounds.iter().for_each(|bounds| encode_rect(*bounds, body));
}

fn decode_element(body: &mut Reader<'_>) -> Result<Element> {
    let (id, window, app) = (body.bounded(MAX_INTEGER)?, body.bounded(MAX_INTEGER)?, decode_app(body)?);
    let role = ElementRole::parse(&body.string(ElementRole::MAX_LENGTH)?);
    let role = role.ok_or_else(|| invalid("has a role that is not of lower-case letters and hyphens"))?;
    let name = body.string(MAX_NAME)?;
    let bounds = if body.flag()? { Some(decode_rect(body)?) } else { None };
    Ok(Element { id, window, app, role, name, bounds })
}

fn encode_app(app: Option<&App>, body: &mut Writer<'_>) {
    body.u8(app.is_some().into());
    if let Some(app) = app {
        body.string(&app.id, MAX_NAME);
        body.string(&app.instance, MAX_NAME);
    }
}

fn decode_app(body: &mut Reader<'_>) -> Result<Option<App>> {
    Ok(match body.flag()? {
        true => Some(App { id: body.string(MAX_NAME)?, instance: body.string(MAX_NAME)? }),
        false => None,
    })
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
