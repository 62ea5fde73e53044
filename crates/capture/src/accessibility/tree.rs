//! What a window says that it shows: the names and texts of its elements, in their order, a line for each.
//!
//! Of what does not show nothing is asked but that; in a document all of it, for it shows as soon as it is scrolled to. Of a password field
//! neither the name nor what it holds is asked, nor anything of what is in it; nor of one that was a password field once, and shows
//! what it holds.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::bus::{self, ACCESSIBLE, Object, property_of, states};
use super::held::TEXT;
use super::role;
use crate::dbus::{self, Call, Connection, Message, Result};

/// How many elements of a window are asked.
const ELEMENTS: usize = 4000;
/// From so many on, of a document too only what shows.
const MANY: usize = 800;
/// An element with more children is a table, or a list, that makes them as they are asked for: they are not.
const CHILDREN: i32 = 800;
/// How much text of a window is read, in bytes.
const LENGTH: usize = 1 << 20;
/// The window's own place.
const ROOT: usize = 0;
/// How deep an element may lie.
const DEPTH: usize = 48;
/// How many are asked at once.
const BATCH: usize = 128;
/// How much of an element's text is read, in characters: half of it before the caret, where it has one.
const TEXT_LENGTH: i32 = 64 << 10;
/// How much of it at once: an answer of that many characters is never too long to be taken.
const PIECE: i32 = 8 << 10;
/// How many password fields are remembered.
const SECRETS: usize = 4096;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// An element of which something is asked.
struct Element {
    object: Object,
    /// It lies in a document.
    documented: bool,
    lines: Vec<Zeroizing<String>>,
    inner: Vec<usize>,
}

/// What it says of itself first.
struct Kind {
    role: u32,
    states: u64,
    children: i32,
}

/// Reads a window; `None` where it does not answer in time, or where `is_over`.
pub(super) fn read(
    connection: &mut Connection,
    secrets: &mut HashSet<Object>,
    window: &Object,
    until: Instant,
    is_over: &dyn Fn() -> bool,
) -> Result<Option<Zeroizing<String>>> {
    let mut elements = vec![Element::new(window.clone(), false)];
    let mut length = 0;
    let mut level: Vec<usize> = vec![ROOT];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for batch in level.chunks(BATCH) {
            if is_over() || Instant::now() >= until {
                return Ok(None);
            }
            let deadline = until.min(Instant::now() + PATIENCE);
            let Some(found) = look(connection, secrets, &mut elements, batch, deadline)? else { return Ok(None) };
            length += batch.iter().flat_map(|at| &elements[*at].lines).map(|line| line.len()).sum::<usize>();
            if length > LENGTH {
                return Ok(Some(in_order(&elements)));
            }
            for (parent, objects) in found {
                let documented = elements[parent].documented;
                for object in objects {
                    if elements.len() >= ELEMENTS {
                        break;
                    }
                    let at = elements.len();
                    elements[parent].inner.push(at);
                    next.push(at);
                    elements.push(Element::new(object, documented));
                }
            }
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    Ok(Some(in_order(&elements)))
}

impl Element {
    fn new(object: Object, documented: bool) -> Self {
        Self { object, documented, lines: Vec::new(), inner: Vec::new() }
    }
}

/// What lies in elements, by their places.
type Inner = Vec<(usize, Vec<Object>)>;

/// Asks some elements, and keeps what they say. Answers what lies in them.
fn look(
    connection: &mut Connection,
    secrets: &mut HashSet<Object>,
    elements: &mut [Element],
    batch: &[usize],
    deadline: Instant,
) -> Result<Option<Inner>> {
    let is_late = elements.len() > MANY;
    let Some(kinds) = kinds(connection, elements, batch, deadline)? else { return Ok(None) };
    if kinds.is_empty() && batch.contains(&ROOT) {
        return Ok(None);
    }
    let mut shown: Vec<(usize, Wanted)> = Vec::new();
    for (at, kind) in kinds {
        let element = &mut elements[at];
        if role::is_secret(kind.role) && secrets.len() < SECRETS {
            secrets.insert(element.object.clone());
        }
        let is_secret = role::is_secret(kind.role) || secrets.contains(&element.object);
        let is_shown =
            role::is_showing(kind.states) || element.documented && !is_late && !role::is_defunct(kind.states);
        if is_shown && !is_secret {
            element.documented |= role::is_document(kind.role);
            shown.push((at, Wanted::of(&kind)));
        }
    }
    let calls: Vec<Call<'_>> = shown.iter().flat_map(|(at, wanted)| wanted.calls(&elements[*at].object)).collect();
    // Who refuses is no more.
    let replies = connection.replies(&calls, deadline)?;
    drop(calls);
    if replies.iter().any(Option::is_none) {
        return Ok(None);
    }
    let mut answers = replies.into_iter();
    let (mut inner, mut texts) = (Inner::new(), Vec::new());
    for (at, wanted) in shown {
        let mut take = |is_wanted: bool| if is_wanted { answers.next() } else { None };
        let (name, interfaces, children) = (take(wanted.name), take(wanted.interfaces), take(wanted.children));
        let name = name.flatten();
        let name = name.as_ref().and_then(|name| property_of(name, "s")?.string()).filter(|name| !name.is_empty());
        elements[at].lines.extend(name.map(|name| Zeroizing::new(name.to_owned())));
        if interfaces.flatten().as_ref().is_some_and(has_text) {
            texts.push(at);
        }
        if let Some(children) = children.flatten().filter(|reply| !matches!(reply.kind, dbus::Kind::Refusal(_))) {
            // What cannot be read may say anything.
            let Some(objects) = bus::inner(&children, &elements[at].object) else { return Ok(None) };
            inner.push((at, objects));
        }
    }
    for at in texts {
        let Some(text) = text(connection, &elements[at].object, deadline)? else { return Ok(None) };
        elements[at].lines.push(text);
    }
    Ok(Some(inner))
}

/// What is asked of an element that shows.
struct Wanted {
    name: bool,
    interfaces: bool,
    children: bool,
}

impl Wanted {
    /// What is called what it holds is asked for that, and not for its name; what has elements in it says there what it holds.
    fn of(kind: &Kind) -> Self {
        Self {
            name: !role::is_called_what_it_holds(kind.role, kind.states),
            interfaces: role::may_hold(kind.role) && (kind.children == 0 || role::is_edited(kind.states)),
            children: (1..=CHILDREN).contains(&kind.children),
        }
    }

    fn calls<'a>(&self, object: &'a Object) -> impl Iterator<Item = Call<'a>> + use<'a> {
        let name = self.name.then(|| object.get(ACCESSIBLE, "Name"));
        let interfaces = self.interfaces.then(|| object.call("GetInterfaces"));
        let children = self.children.then(|| object.call("GetChildren"));
        [name, interfaces, children].into_iter().flatten()
    }
}

fn kinds(
    connection: &mut Connection,
    elements: &[Element],
    batch: &[usize],
    deadline: Instant,
) -> Result<Option<Vec<(usize, Kind)>>> {
    let calls: Vec<Call<'_>> = batch
        .iter()
        .flat_map(|at| {
            let object = &elements[*at].object;
            [object.call("GetState"), object.call("GetRole"), object.get(ACCESSIBLE, "ChildCount")]
        })
        .collect();
    let replies = connection.replies(&calls, deadline)?;
    // Who refuses is no more.
    if replies.iter().any(Option::is_none) {
        return Ok(None);
    }
    let kind = |replies: &[Option<Message>]| {
        let [Some(state), Some(role), Some(count)] = replies else { return None };
        let role = role.values("u")?.u32()?;
        Some(Kind { role, states: states(state)?, children: property_of(count, "i")?.i32()? })
    };
    let kinds = batch.iter().zip(replies.chunks(3)).filter_map(|(at, replies)| Some((*at, kind(replies)?)));
    Ok(Some(kinds.collect()))
}

fn has_text(answer: &Message) -> bool {
    let Some(mut names) = answer.values("as").and_then(|mut values| values.array(4)) else { return false };
    while !names.is_empty() {
        match names.string() {
            Some(name) if name == TEXT => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}

/// What an element's text says, or the part of it around the caret.
fn text(connection: &mut Connection, object: &Object, deadline: Instant) -> Result<Option<Zeroizing<String>>> {
    let calls = ["CaretOffset", "CharacterCount"].map(|name| object.get(TEXT, name));
    let replies = connection.replies(&calls, deadline)?;
    let [Some(caret), Some(count)] = replies.as_slice() else { return Ok(None) };
    let number = |reply: &Message| property_of(reply, "i")?.i32();
    let (caret, count) = (number(caret).unwrap_or(0), number(count).unwrap_or(0));
    let start = (caret - TEXT_LENGTH / 2).min(count.saturating_sub(TEXT_LENGTH)).max(0);
    let end = count.min(start + TEXT_LENGTH);
    let starts: Vec<i32> = (start..end).step_by(PIECE as usize).collect();
    let calls: Vec<Call<'_>> = starts
        .iter()
        .map(|start| {
            Call::new(&object.peer, &object.path, TEXT, "GetText").with("ii", |body| {
                body.i32(*start);
                body.i32(end.min(start + PIECE));
            })
        })
        .collect();
    let replies = connection.replies(&calls, deadline)?;
    if replies.iter().any(Option::is_none) {
        return Ok(None);
    }
    let said = |reply: &Message| reply.values("s").and_then(|mut values| values.string().map(str::to_owned));
    let pieces = replies.iter().flatten().filter_map(said).map(Zeroizing::new);
    Ok(Some(joined(pieces, "")))
}

fn in_order(elements: &[Element]) -> Zeroizing<String> {
    let mut lines = Vec::new();
    let mut stack = vec![ROOT];
    while let Some(at) = stack.pop() {
        lines.extend(&elements[at].lines);
        stack.extend(elements[at].inner.iter().rev());
    }
    joined(lines.into_iter(), "\n")
}

/// Parts as one text, with this behind each, in memory that was taken at once: nothing is left where it grew.
pub(super) fn joined<T: AsRef<str>>(parts: impl Iterator<Item = T>, between: &str) -> Zeroizing<String> {
    let parts: Vec<T> = parts.collect();
    let length = parts.iter().map(|part| part.as_ref().len() + between.len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for part in &parts {
        text.push_str(part.as_ref());
        text.push_str(between);
    }
    text
}
