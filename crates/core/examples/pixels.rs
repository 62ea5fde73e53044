//! What of a screen is seen: plays a script of windows, fields and keys through the whole pipeline, and says of each picture how much of it
//! is not painted over. See `scripts/eval-typing.mjs`, which writes the scripts.
//!
//! Standard input: `{"trusted": true, "windows": [[id, x, y, width, height]…], "events": […]}` on a screen of 80 × 60. An event has a time
//! `t` in milliseconds, and one of `window` (gets the keyboard, and to the front), `field` (`[id, "known" or "unknown"]` has the keyboard),
//! `key` (`[key, text, control, shift]`) and `gone` (the id of a field that is no more). Standard output: `[[t, seen, all]…]`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the machine of whoever develops this")]

#[path = "../tests/agreed/mod.rs"]
mod agreed;
#[path = "../tests/puppet/mod.rs"]
mod puppet;

use serde::Deserialize;
use understudy_core::backend::ElementEvent;
use understudy_core::event::{Element, ElementRole, Modifiers};
use understudy_core::frame::Rect;
use understudy_core::typed::Role;

use self::puppet::{BROWSER, Desk, EDITOR, Win};

/// The screen is looked at this often, whatever happens.
const LOOK: u64 = 250;

#[derive(Deserialize)]
struct Script {
    trusted: bool,
    windows: Vec<(u64, i32, i32, u32, u32)>,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    t: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Window(u64),
    Field(u64, String),
    Key(String, String, bool, bool),
    Gone(u64),
}

fn main() {
    let script: Script = serde_json::from_reader(std::io::stdin()).unwrap();
    let mut desk = Desk::start(if script.trusted { &[EDITOR, BROWSER] } else { &[] });
    let win = |(at, (id, x, y, width, height)): (usize, &(u64, i32, i32, u32, u32))| {
        Win::new(*id, Rect { x: *x, y: *y, width: *width, height: *height }, color(at))
    };
    desk.lay(&script.windows.iter().enumerate().map(win).collect::<Vec<_>>());
    desk.shoot();
    let (mut window, mut gone) = (0, Vec::new());
    for (at, Event { t, what }) in script.events.into_iter().enumerate() {
        wait_until(&mut desk, &gone, t);
        match what {
            What::Window(id) => {
                window = id;
                desk.raise(id);
                desk.focus(id);
            }
            What::Field(id, role) => desk.tell(focused(id, window, &role)),
            What::Key(key, text, control, shift) => {
                let held = |held: bool, modifier| if held { modifier } else { Modifiers::NONE };
                desk.strike(&key, &text, held(control, Modifiers::CONTROL).with(held(shift, Modifiers::SHIFT)));
                desk.change(window, color(at));
            }
            What::Gone(id) => gone.push(id),
        }
        desk.shoot();
    }
    let seen: Vec<(u64, usize, usize)> = desk
        .stop()
        .iter()
        .map(|(time, picture)| {
            let mask = picture.format().mask_color();
            (time / 1_000_000, picture.pixels().iter().filter(|pixel| **pixel != mask).count(), picture.pixels().len())
        })
        .collect();
    println!("{}", serde_json::to_string(&seen).unwrap());
}

/// Lets time pass as on a machine that is idle: the recorder judges meanwhile, the screen is looked at, and of fields that are watched
/// it is told once a second which are no more.
fn wait_until(desk: &mut Desk, gone: &[u64], t: u64) {
    loop {
        let now = desk.now() / 1_000_000;
        let left = t.saturating_sub(now);
        desk.pass(left.min(LOOK));
        if now / 1000 != (desk.now() / 1_000_000) / 1000 {
            let watched = desk.watched_so_far();
            watched.into_iter().filter(|id| gone.contains(id)).for_each(|id| desk.tell(ElementEvent::Gone { id }));
        }
        if left <= LOOK {
            return;
        }
        desk.shoot();
    }
}

/// One that no window is painted over with.
fn color(at: usize) -> u32 {
    0x0040_0000 + u32::try_from(at).unwrap_or(0) % 0x4000
}

/// Nobody tells of a field that is unknown.
fn focused(id: u64, window: u64, role: &str) -> ElementEvent {
    if role != "known" {
        return ElementEvent::Focused { role: Role::Unknown, element: None };
    }
    let role = ElementRole::from_static("textbox");
    let element = Element { id, window, app: None, role, name: String::new(), bounds: None };
    ElementEvent::Focused { role: Role::Known, element: Some(element) }
}
