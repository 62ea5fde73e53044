//! Native key codes to W3C UI Events `code` values: plain data, tested on every system.

use understudy_core::event::Code;

/// The place of a Linux evdev key, `KEY_*` in the kernel's `input-event-codes.h`; on X11, the keycode less 8.
pub fn from_evdev(key: u32) -> Code {
    let name = usize::try_from(key).ok().and_then(|key| EVDEV.get(key)).copied().unwrap_or("");
    if name.is_empty() { Code::UNIDENTIFIED } else { Code::from_static(name) }
}

/// The evdev key at a place, if there is one.
pub fn to_evdev(code: &str) -> Option<u32> {
    let at = EVDEV.iter().position(|name| *name == code && !name.is_empty())?;
    u32::try_from(at).ok()
}

/// By evdev key, from 0; empty where the standard has no name.
#[rustfmt::skip]
const EVDEV: [&str; 249] = [
    // 0
    "", "Escape", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8",
    // 10
    "Digit9", "Digit0", "Minus", "Equal", "Backspace", "Tab", "KeyQ", "KeyW", "KeyE", "KeyR",
    // 20
    "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP", "BracketLeft", "BracketRight", "Enter", "ControlLeft",
    // 30
    "KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL", "Semicolon",
    // 40
    "Quote", "Backquote", "ShiftLeft", "Backslash", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN",
    // 50
    "KeyM", "Comma", "Period", "Slash", "ShiftRight", "NumpadMultiply", "AltLeft", "Space", "CapsLock", "F1",
    // 60
    "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "NumLock",
    // 70
    "ScrollLock", "Numpad7", "Numpad8", "Numpad9", "NumpadSubtract", "Numpad4", "Numpad5", "Numpad6", "NumpadAdd", "Numpad1",
    // 80
    "Numpad2", "Numpad3", "Numpad0", "NumpadDecimal", "", "Lang5", "IntlBackslash", "F11", "F12", "IntlRo",
    // 90
    "Lang3", "Lang4", "Convert", "KanaMode", "NonConvert", "", "NumpadEnter", "ControlRight", "NumpadDivide", "PrintScreen",
    // 100
    "AltRight", "", "Home", "ArrowUp", "PageUp", "ArrowLeft", "ArrowRight", "End", "ArrowDown", "PageDown",
    // 110
    "Insert", "Delete", "", "AudioVolumeMute", "AudioVolumeDown", "AudioVolumeUp", "Power", "NumpadEqual", "", "Pause",
    // 120
    "", "NumpadComma", "Lang1", "Lang2", "IntlYen", "MetaLeft", "MetaRight", "ContextMenu", "BrowserStop", "Again",
    // 130
    "Props", "Undo", "Select", "Copy", "Open", "Paste", "Find", "Cut", "Help", "",
    // 140
    "LaunchApp2", "", "Sleep", "WakeUp", "LaunchApp1", "", "", "", "", "",
    // 150
    "", "", "", "", "", "LaunchMail", "BrowserFavorites", "", "BrowserBack", "BrowserForward",
    // 160
    "", "Eject", "Eject", "MediaTrackNext", "MediaPlayPause", "MediaTrackPrevious", "MediaStop", "", "", "",
    // 170
    "", "MediaSelect", "BrowserHome", "BrowserRefresh", "", "", "", "", "", "NumpadParenLeft",
    // 180
    "NumpadParenRight", "", "", "F13", "F14", "F15", "F16", "F17", "F18", "F19",
    // 190
    "F20", "F21", "F22", "F23", "F24", "", "", "", "", "",
    // 200
    "", "", "", "", "", "", "", "", "", "",
    // 210
    "", "", "", "", "", "", "", "BrowserSearch", "", "",
    // 220
    "", "", "", "", "BrightnessDown", "BrightnessUp", "", "", "", "",
    // 230
    "", "", "", "", "", "", "", "", "", "",
    // 240
    "", "", "", "", "", "", "", "", "MicrophoneMuteToggle",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_standard_names() {
        for (key, code) in [
            (1, "Escape"),
            (2, "Digit1"),
            (14, "Backspace"),
            (16, "KeyQ"),
            (28, "Enter"),
            (29, "ControlLeft"),
            (30, "KeyA"),
            (39, "Semicolon"),
            (41, "Backquote"),
            (44, "KeyZ"),
            (50, "KeyM"),
            (57, "Space"),
            (58, "CapsLock"),
            (59, "F1"),
            (68, "F10"),
            (69, "NumLock"),
            (71, "Numpad7"),
            (82, "Numpad0"),
            (86, "IntlBackslash"),
            (87, "F11"),
            (88, "F12"),
            (96, "NumpadEnter"),
            (97, "ControlRight"),
            (100, "AltRight"),
            (103, "ArrowUp"),
            (108, "ArrowDown"),
            (111, "Delete"),
            (119, "Pause"),
            (125, "MetaLeft"),
            (127, "ContextMenu"),
            (158, "BrowserBack"),
            (164, "MediaPlayPause"),
            (183, "F13"),
            (194, "F24"),
            (217, "BrowserSearch"),
            (225, "BrightnessUp"),
            (248, "MicrophoneMuteToggle"),
        ] {
            assert_eq!(from_evdev(key).as_str(), code, "key {key}");
            assert_eq!(to_evdev(code), Some(key), "code {code}");
        }
        assert_eq!(from_evdev(0), Code::UNIDENTIFIED);
        assert_eq!(from_evdev(u32::MAX), Code::UNIDENTIFIED);
        assert_eq!(to_evdev(""), None);
    }

    #[test]
    fn every_name_can_be_recorded() {
        for name in EVDEV.iter().filter(|name| !name.is_empty()) {
            assert!(Code::parse(name).is_some(), "{name}");
        }
    }
}
