//! What the scenarios record.

use super::*;

pub(super) fn encoded(records: &[(u64, Record)]) -> Vec<u8> {
    let (mut encoder, mut bytes) = (RecordEncoder::default(), Vec::new());
    records.iter().for_each(|(nanos, record)| encoder.encode(Time::from_nanos(*nanos), record, &mut bytes));
    encoder.flush(&mut bytes);
    bytes
}

pub(super) fn lines_of(files: &Files) -> Vec<Vec<u8>> {
    files["journal.ndjson"].split_inclusive(|b| *b == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
}

/// Changes the first digit of a member.
pub(super) fn flip_in(files: &mut Files, path: &str, member: &str) {
    let bytes = files.get_mut(path).expect("the file");
    let text = String::from_utf8(bytes.clone()).expect("text");
    let at = text.find(&format!("\"{member}\":\"")).expect("the member") + member.len() + 4;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
}

pub(super) fn pointer_records() -> Vec<(u64, Record)> {
    let event =
        |x, y, injected, action| Record::Pointer(PointerEvent { position: Position { x, y }, injected, action });
    vec![
        (100, event(-5, 7, false, PointerAction::Move { raw: None })),
        (350, event(640, 480, true, PointerAction::Move { raw: Some(RawDelta { x: -256, y: 1 }) })),
        (350, event(640, 480, false, PointerAction::Down(Button(0)))),
        (700, event(640, 481, false, PointerAction::Up(Button(255)))),
        (u64::from(u32::MAX), event(i32::MAX, i32::MIN, false, PointerAction::Move { raw: None })),
        (
            u64::from(u32::MAX),
            event(i32::MIN, i32::MAX, false, PointerAction::Wheel(Wheel { delta_x: 0, delta_y: -120, smooth: false })),
        ),
        (1 << 40, event(0, 0, true, PointerAction::Wheel(Wheel { delta_x: 3, delta_y: i32::MIN, smooth: true }))),
    ]
}

/// A mouse's way and a tablet's, at the server's milliseconds, and a position that software set.
pub(super) fn pointer_moves() -> Vec<(u64, Record)> {
    let event = |x, y, raw: Option<(i32, i32)>| {
        let action = PointerAction::Move { raw: raw.map(|(x, y)| RawDelta { x, y }) };
        Record::Pointer(PointerEvent { position: Position { x, y }, injected: raw.is_none(), action })
    };
    let at = |number: i32| 123_456 + number.unsigned_abs() as u64 / 4 * 1_000_000;
    let mouse = (0..40).map(|n| (at(n), event(n, n / 2, Some((n % 5 * 256, -n % 3 * 256)))));
    let tablet = (40..60).map(|n| (at(n), event(1000 - n, n * 3, Some((n * 70 * 256 + 1, 8_000_000 - n)))));
    let software = (60..63).map(|n| (at(n) + n.unsigned_abs() as u64, event(n * -1_000_000, n, None)));
    mouse.chain(tablet).chain(software).collect()
}

pub(super) fn keyboard_records() -> Vec<(u64, Record)> {
    let key = |code, key: &str, text: &str| Key { code: Code::from_static(code), key: key.into(), text: text.into() };
    let event = |modifiers, injected, action| Record::Keyboard(KeyboardEvent { modifiers, injected, action });
    let down = |key, repeat| KeyboardAction::Down { key, repeat };
    let redacted = |class, keys| KeyboardAction::Redacted(Placeholder { class: ClassName::from_static(class), keys });
    let layout = Layout { name: "de(nodeadkeys)".into(), group: 1 };
    vec![
        (0, event(Modifiers::NONE, false, KeyboardAction::Layout(layout))),
        (0, event(Modifiers::NUM_LOCK, false, KeyboardAction::Modifiers)),
        (200, event(Modifiers::SHIFT.with(Modifiers::NUM_LOCK), false, down(key("KeyA", "A", "A"), false))),
        (300, event(Modifiers::NONE, true, KeyboardAction::Up { key: key("KeyA", "a", "") })),
        (350, event(Modifiers::ALT_GRAPH, false, down(key("KeyE", "€", "€"), true))),
        (500, event(Modifiers::NONE, false, down(key("Equal", "Dead", ""), false))),
        (
            600,
            event(
                Modifiers::from_bits(255).expect("all"),
                false,
                down(key("Quote", "\"\\\u{8}\u{1f}\u{7f}\u{2028}😀", "\n"), false),
            ),
        ),
        (700, event(Modifiers::NONE, false, redacted("credit_card", KeyClasses::default()))),
        (700, event(Modifiers::NONE, false, redacted("unknown_field", KeyClasses::from_bits(63).expect("all")))),
    ]
}

pub(super) fn screen_records() -> Vec<(u64, Record)> {
    let size = Size { width: 70, height: 40 };
    let mut canvas = Canvas::new(size, PixelFormat::Bgrx8);
    let mut picture = |color: &dyn Fn(u32, u32) -> u32, time: u64| -> Vec<(u64, Record)> {
        let pixels: Vec<u8> =
            (0..40).flat_map(|y| (0..70).map(move |x| (x, y))).flat_map(|(x, y)| color(x, y).to_le_bytes()).collect();
        let parts = canvas.take_patch(&Patch { rect: size.bounds(), stride: 280, pixels: &pixels });
        parts.into_iter().map(|part| (time, Record::Screen(ScreenRecord::Frame(part)))).collect()
    };
    let image = CursorImage { width: 2, height: 1, hotspot: (1, 0), pixels: vec![0xff00_00ff, 0x8000_8000] };
    let mut records = picture(&|x, y| if x < 32 && y < 32 { 0 } else { (x / 8) << 16 | (y / 8) }, 50);
    records.push((50, Record::Screen(ScreenRecord::CursorImage(image))));
    records.push((50, Record::Screen(ScreenRecord::CursorPosition(Some(Position { x: -1, y: 39 })))));
    records.extend(picture(&|x, y| (x * 40_503) ^ (y * 7_919) & 0x00ff_ffff, 350));
    records.extend(picture(&|x, y| if x > 60 { 0x00ff_ffff } else { (x * 40_503) ^ (y * 7_919) & 0x00ff_ffff }, 650));
    records.push((650, Record::Screen(ScreenRecord::CursorPosition(None))));
    records
}

pub(super) fn context_records() -> Vec<(u64, Record)> {
    let app = App { id: "XTerm".into(), instance: "xterm".into() };
    let bounds = Rect { x: -10, y: 0, width: 800, height: 600 };
    let window = |app, title: &str| Window { id: (1 << 53) - 1, app, title: title.into(), bounds };
    let element = |app, name: &str, bounds| {
        let (role, name) = (ElementRole::from_static("textbox"), name.into());
        Element { id: (1 << 53) - 1, window: 7, app, role, name, bounds }
    };
    let monitor = |name: &str, x, primary| Monitor { name: name.into(), bounds: Rect { x, ..bounds }, primary };
    let events = [
        (0, ContextEvent::Monitors(vec![monitor("DP-1", 0, true), monitor("HDMI-1", 800, false)])),
        (0, ContextEvent::Workspace(Workspace { index: 3, name: "café".into() })),
        (10, ContextEvent::Focus(None)),
        (350, ContextEvent::Focus(Some(window(Some(app.clone()), "vi — notes")))),
        (360, ContextEvent::Window(window(Some(app.clone()), "vi — \"notes\" +"))),
        (370, ContextEvent::Element(Contact::Focused, element(Some(app), "Straße", Some(bounds)))),
        (380, ContextEvent::Element(Contact::Clicked, element(None, "", None))),
        (400, ContextEvent::Focus(Some(window(None, "")))),
        (500, ContextEvent::Monitors(Vec::new())),
    ];
    events.into_iter().map(|(nanos, event)| (nanos, Record::Context(event))).collect()
}
