//! AT-SPI's numbers for roles and states: what an element is, and what that makes of a field.

use understudy_core::event::ElementRole;
use understudy_core::typed::Role;

/// `ATSPI_ROLE_PASSWORD_TEXT`
const PASSWORD_TEXT: u32 = 40;
/// What text is typed into: date editor, spin button, text, paragraph, autocomplete, editbar, entry, document frame, heading, section,
/// the kinds of document. A terminal is not among them: it may stop showing what is typed at any time.
const TYPED_INTO: [u32; 15] = [12, 52, 61, 73, 76, 77, 79, 82, 83, 85, 92, 93, 94, 95, 96];

/// What else holds a text: combo box, list item, table cell, terminal, tree item, static text of toolkits that give it no name.
const HOLDING: [u32; 6] = [11, 32, 56, 60, 91, 116];

/// Those of them that are pieces of a text: paragraph, heading. What they are called is what they say.
const EDITED: [u32; 2] = [73, 83];

/// Document frame, and the kinds of document: presentation, text, web, e-mail. Not the sheet, which makes its cells as they are asked for.
const DOCUMENTS: [u32; 5] = [82, 93, 94, 95, 96];

/// `ATSPI_STATE_ACTIVE`, and so on.
const ACTIVE: u64 = 1 << 1;
const DEFUNCT: u64 = 1 << 6;
const EDITABLE: u64 = 1 << 7;
const FOCUSED: u64 = 1 << 12;
const SHOWING: u64 = 1 << 25;
const READ_ONLY: u64 = 1 << 43;

/// What the field shows of what is typed into it, as far as the element says. Only a field that is plainly one, that shows and has the
/// keyboard, is known.
pub(super) fn field(role: u32, states: u64) -> Role {
    let needed = EDITABLE | FOCUSED | SHOWING;
    match role {
        PASSWORD_TEXT => Role::Password,
        role if TYPED_INTO.contains(&role) && states & (needed | DEFUNCT | READ_ONLY) == needed => Role::Known,
        _ => Role::Unknown,
    }
}

/// Whether its name is what it holds: a secret field's may be; and a piece of text that is being edited has no name but what was typed.
pub(super) fn is_called_what_it_holds(role: u32, states: u64) -> bool {
    let is_field = TYPED_INTO.contains(&role) && !EDITED.contains(&role);
    role == PASSWORD_TEXT || states & EDITABLE != 0 && !is_field
}

/// Whether nothing is asked of what it holds.
pub(super) fn is_secret(role: u32) -> bool {
    role == PASSWORD_TEXT
}

/// Whether it is a page, or a text of several.
pub(super) fn is_document(role: u32) -> bool {
    DOCUMENTS.contains(&role)
}

/// Whether it may hold a text beside its name: what is typed into does, a terminal, a cell.
pub(super) fn may_hold(role: u32) -> bool {
    TYPED_INTO.contains(&role) || HOLDING.contains(&role)
}

/// Whether what it says can be changed.
pub(super) fn is_edited(states: u64) -> bool {
    states & EDITABLE != 0
}

/// Whether it can be seen.
pub(super) fn is_showing(states: u64) -> bool {
    states & (SHOWING | DEFUNCT) == SHOWING
}

/// Whether it is a window that has the keyboard.
pub(super) fn is_active(states: u64) -> bool {
    states & (ACTIVE | DEFUNCT) == ACTIVE
}

/// Whether it says that it is no more.
pub(super) fn is_defunct(states: u64) -> bool {
    states & DEFUNCT != 0
}

/// Its name: the W3C's ARIA role where it has one, else AT-SPI's.
pub(super) fn name(role: u32) -> ElementRole {
    let name = usize::try_from(role).ok().and_then(|role| NAMES.get(role));
    name.map_or(ElementRole::UNKNOWN, |name| ElementRole::from_static(name))
}

/// By `AtspiRole`.
const NAMES: [&str; 130] = [
    "unknown",
    "accelerator-label",
    "alert",
    "animation",
    "arrow",
    "calendar",
    "canvas",
    "checkbox",
    "menuitemcheckbox",
    "color-chooser",
    "columnheader",
    "combobox",
    "date-editor",
    "desktop-icon",
    "desktop-frame",
    "dial",
    "dialog",
    "directory-pane",
    "drawing-area",
    "file-chooser",
    "generic",
    "focus-traversable",
    "font-chooser",
    "window",
    "glass-pane",
    "html-container",
    "img",
    "img",
    "internal-frame",
    "label",
    "layered-pane",
    "list",
    "listitem",
    "menu",
    "menubar",
    "menuitem",
    "option-pane",
    "tab",
    "tablist",
    "group",
    "password",
    "menu",
    "progressbar",
    "button",
    "radio",
    "menuitemradio",
    "root-pane",
    "rowheader",
    "scrollbar",
    "scroll-pane",
    "separator",
    "slider",
    "spinbutton",
    "split-pane",
    "status",
    "table",
    "cell",
    "columnheader",
    "rowheader",
    "tearoff-menu-item",
    "terminal",
    "textbox",
    "toggle-button",
    "toolbar",
    "tooltip",
    "tree",
    "treegrid",
    "unknown",
    "viewport",
    "window",
    "extended",
    "header",
    "footer",
    "paragraph",
    "ruler",
    "application",
    "combobox",
    "editbar",
    "embedded",
    "textbox",
    "chart",
    "caption",
    "document",
    "heading",
    "page",
    "section",
    "redundant-object",
    "form",
    "link",
    "input-method-window",
    "row",
    "treeitem",
    "document",
    "document",
    "document",
    "document",
    "document",
    "comment",
    "listbox",
    "group",
    "image-map",
    "notification",
    "info-bar",
    "meter",
    "title-bar",
    "blockquote",
    "audio",
    "video",
    "definition",
    "article",
    "landmark",
    "log",
    "marquee",
    "math",
    "rating",
    "timer",
    "static",
    "math-fraction",
    "math-root",
    "subscript",
    "superscript",
    "description-list",
    "term",
    "description-value",
    "footnote",
    "deletion",
    "insertion",
    "mark",
    "suggestion",
    "push-button-menu",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one() {
        assert!(NAMES.iter().all(|name| ElementRole::parse(name).is_some()));
        let named = [40, 43, 60, 61, 67, 79, 95, 98, 129, 130, u32::MAX].map(|role| name(role).as_str().to_owned());
        let names = [
            "password",
            "button",
            "terminal",
            "textbox",
            "unknown",
            "textbox",
            "document",
            "listbox",
            "push-button-menu",
            "unknown",
            "unknown",
        ];
        assert_eq!(named, names);
    }

    #[test]
    fn what_is_typed_is_nobodys_name() {
        for role in [29, 73, 83, 88, 116] {
            assert!(is_called_what_it_holds(role, EDITABLE | SHOWING), "{role}");
            assert!(!is_called_what_it_holds(role, SHOWING), "{role} that nobody edits");
        }
        for role in [61, 79, 82, 85, 95] {
            assert!(!is_called_what_it_holds(role, EDITABLE | SHOWING), "{role} has a label");
        }
        assert!(is_called_what_it_holds(PASSWORD_TEXT, 0));
    }

    #[test]
    fn only_a_field_that_is_plainly_one_is_known() {
        let all = EDITABLE | FOCUSED | SHOWING;
        assert_eq!(field(79, all), Role::Known);
        assert_eq!(field(61, all | 1 << 24), Role::Known);
        for lacking in [EDITABLE, FOCUSED, SHOWING] {
            assert_eq!(field(79, all & !lacking), Role::Unknown);
        }
        assert_eq!(field(79, all | DEFUNCT), Role::Unknown);
        assert_eq!(field(79, all | READ_ONLY), Role::Unknown);
        assert_eq!(field(60, all), Role::Unknown, "a terminal");
        assert_eq!(field(43, all), Role::Unknown, "a button");
        assert_eq!(field(u32::MAX, u64::MAX), Role::Unknown);
        assert_eq!(field(PASSWORD_TEXT, 0), Role::Password);
        assert_eq!(field(PASSWORD_TEXT, u64::MAX), Role::Password);
    }
}
