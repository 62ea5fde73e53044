//! Keysyms to W3C UI Events `key` values, for keys that type no text; layout names out of XKB symbols.

use kbvm::{Keysym, syms};

/// The standard's name of a key that is not known by its text.
pub(super) fn named(keysym: Keysym) -> Option<&'static str> {
    let at = NAMED.iter().position(|(named, _)| *named == keysym)?;
    Some(NAMED[at].1)
}

/// Whether a keysym waits for the next key.
pub(super) fn is_dead(keysym: Keysym) -> bool {
    (0xfe50..=0xfe93).contains(&keysym.0)
}

/// Whether a keysym is a modifier's or changes the layout: `IsModifierKey` of Xutil.h.
pub(super) fn is_modifier(keysym: Keysym) -> bool {
    matches!(keysym.0, 0xffe1..=0xffee | 0xfe01..=0xfe13 | 0xff7e | 0xff7f)
}

/// What the active group is called, out of XKB symbols such as `pc+de(nodeadkeys)+us:2+inet(evdev)`.
pub(super) fn layout(symbols: &str, group: u8) -> String {
    // What configures the keyboard itself, or single keys, is no layout.
    const OTHER: [&str; 16] = [
        "pc",
        "inet",
        "group",
        "level3",
        "level5",
        "compose",
        "ctrl",
        "capslock",
        "terminate",
        "keypad",
        "kpdl",
        "eurosign",
        "srvr_ctrl",
        "altwin",
        "shift",
        "nbsp",
    ];
    let parts = symbols.split(['+', '|']).map(|part| part.split_once(':').unwrap_or((part, "1")));
    let mut layouts = parts.filter(|(name, _)| !OTHER.contains(&name.split('(').next().unwrap_or(name)));
    let number = (u32::from(group) + 1).to_string();
    let found = layouts.find(|(_, of)| *of == number).map_or("", |(name, _)| name);
    found.chars().filter(|letter| letter.is_ascii_graphic()).take(64).collect()
}

const NAMED: [(Keysym, &str); 104] = [
    (syms::Return, "Enter"),
    (syms::KP_Enter, "Enter"),
    (syms::Tab, "Tab"),
    (syms::ISO_Left_Tab, "Tab"),
    (syms::KP_Tab, "Tab"),
    (syms::BackSpace, "Backspace"),
    (syms::Escape, "Escape"),
    (syms::Delete, "Delete"),
    (syms::KP_Delete, "Delete"),
    (syms::Insert, "Insert"),
    (syms::KP_Insert, "Insert"),
    (syms::Home, "Home"),
    (syms::KP_Home, "Home"),
    (syms::End, "End"),
    (syms::KP_End, "End"),
    (syms::Prior, "PageUp"),
    (syms::KP_Prior, "PageUp"),
    (syms::Next, "PageDown"),
    (syms::KP_Next, "PageDown"),
    (syms::Left, "ArrowLeft"),
    (syms::KP_Left, "ArrowLeft"),
    (syms::Right, "ArrowRight"),
    (syms::KP_Right, "ArrowRight"),
    (syms::Up, "ArrowUp"),
    (syms::KP_Up, "ArrowUp"),
    (syms::Down, "ArrowDown"),
    (syms::KP_Down, "ArrowDown"),
    (syms::Begin, "Clear"),
    (syms::KP_Begin, "Clear"),
    (syms::Clear, "Clear"),
    (syms::Shift_L, "Shift"),
    (syms::Shift_R, "Shift"),
    (syms::Control_L, "Control"),
    (syms::Control_R, "Control"),
    (syms::Alt_L, "Alt"),
    (syms::Alt_R, "Alt"),
    (syms::Meta_L, "Alt"),
    (syms::Meta_R, "Alt"),
    (syms::Super_L, "Meta"),
    (syms::Super_R, "Meta"),
    (syms::Hyper_L, "Hyper"),
    (syms::Hyper_R, "Hyper"),
    (syms::ISO_Level3_Shift, "AltGraph"),
    (syms::ISO_Level3_Latch, "AltGraph"),
    (syms::ISO_Level3_Lock, "AltGraph"),
    (syms::ISO_Level5_Shift, "AltGraph"),
    (syms::Mode_switch, "ModeChange"),
    (syms::ISO_Next_Group, "ModeChange"),
    (syms::ISO_Prev_Group, "ModeChange"),
    (syms::Caps_Lock, "CapsLock"),
    (syms::Shift_Lock, "CapsLock"),
    (syms::Num_Lock, "NumLock"),
    (syms::Scroll_Lock, "ScrollLock"),
    (syms::Multi_key, "Compose"),
    (syms::Menu, "ContextMenu"),
    (syms::Pause, "Pause"),
    (syms::Break, "Pause"),
    (syms::Print, "PrintScreen"),
    (syms::Sys_Req, "PrintScreen"),
    (syms::Select, "Select"),
    (syms::Execute, "Execute"),
    (syms::Undo, "Undo"),
    (syms::Redo, "Redo"),
    (syms::Find, "Find"),
    (syms::Help, "Help"),
    (syms::Cancel, "Cancel"),
    (syms::F1, "F1"),
    (syms::F2, "F2"),
    (syms::F3, "F3"),
    (syms::F4, "F4"),
    (syms::F5, "F5"),
    (syms::F6, "F6"),
    (syms::F7, "F7"),
    (syms::F8, "F8"),
    (syms::F9, "F9"),
    (syms::F10, "F10"),
    (syms::F11, "F11"),
    (syms::F12, "F12"),
    (syms::F13, "F13"),
    (syms::F14, "F14"),
    (syms::F15, "F15"),
    (syms::F16, "F16"),
    (syms::F17, "F17"),
    (syms::F18, "F18"),
    (syms::F19, "F19"),
    (syms::F20, "F20"),
    (syms::F21, "F21"),
    (syms::F22, "F22"),
    (syms::F23, "F23"),
    (syms::F24, "F24"),
    (syms::XF86AudioMute, "AudioVolumeMute"),
    (syms::XF86AudioLowerVolume, "AudioVolumeDown"),
    (syms::XF86AudioRaiseVolume, "AudioVolumeUp"),
    (syms::XF86AudioPlay, "MediaPlayPause"),
    (syms::XF86AudioStop, "MediaStop"),
    (syms::XF86AudioNext, "MediaTrackNext"),
    (syms::XF86AudioPrev, "MediaTrackPrevious"),
    (syms::XF86Back, "BrowserBack"),
    (syms::XF86Forward, "BrowserForward"),
    (syms::XF86Search, "BrowserSearch"),
    (syms::XF86HomePage, "BrowserHome"),
    (syms::XF86Copy, "Copy"),
    (syms::XF86Cut, "Cut"),
    (syms::XF86Paste, "Paste"),
];

#[cfg(test)]
mod tests {
    use super::layout;

    #[test]
    fn a_layout_is_named_by_its_symbols() {
        assert_eq!(layout("pc+us+inet(evdev)", 0), "us");
        assert_eq!(layout("pc+de(nodeadkeys)+us:2+inet(evdev)", 0), "de(nodeadkeys)");
        assert_eq!(layout("pc+de(nodeadkeys)+us:2+inet(evdev)", 1), "us");
        assert_eq!(layout("pc+de+inet(evdev)+group(alt_shift_toggle)", 1), "");
        assert_eq!(layout("", 0), "");
    }
}
