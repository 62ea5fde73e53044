//! What keys mean: the server's own keymap and state, dead keys and compose sequences, by kbvm, without a system library.

use kbvm::lookup::LookupTable;
use kbvm::xkb::compose::{ComposeTable, FeedResult, State as ComposeState};
use kbvm::xkb::x11::KbvmX11Ext;
use kbvm::xkb::{Context, Keymap};
use kbvm::{GroupIndex, Keycode, Keysym, ModifierMask};
use understudy_core::error::Result;
use understudy_core::event::{Code, Key, Layout as LayoutName, Modifiers};
use x11rb::protocol::xkb::{self, ConnectionExt as _, ID, NameDetail};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::names;
use crate::keymap;
use crate::x11::{Link, answer, send};

/// The keyboard's layout and state, as the server last said.
pub(super) struct Layout {
    table: Option<LookupTable>,
    masks: Masks,
    symbols: String,
    mods: ModifierMask,
    group: u8,
    compose: Option<(ComposeTable, ComposeState)>,
}

/// Which of X's eight modifiers means what in the active keymap.
#[derive(Clone, Copy)]
struct Masks {
    alt: u32,
    meta: u32,
    alt_graph: u32,
    num_lock: u32,
    scroll_lock: u32,
}

impl Layout {
    pub(super) fn load(link: &Link) -> Result<Self> {
        let mut layout = Self {
            table: None,
            masks: Masks { alt: 1 << 3, meta: 1 << 6, alt_graph: 1 << 7, num_lock: 1 << 4, scroll_lock: 0 },
            symbols: String::new(),
            mods: ModifierMask::NONE,
            group: 0,
            compose: compose(),
        };
        layout.reload(link)?;
        layout.read_state(link)?;
        Ok(layout)
    }

    /// Reads keymap and names afresh. Not the state: its changes are among the events that are still to come.
    pub(super) fn reload(&mut self, link: &Link) -> Result<()> {
        let device = u16::from(ID::USE_CORE_KBD);
        // A keymap that changes while it is read does not parse; the notice of the change is then already on its way, and
        // with it the next reload.
        let keymap = link.conn.setup_xkb_extension().and_then(|_| link.conn.get_xkb_keymap(device)).ok();
        if let Some(keymap) = &keymap {
            self.masks.learn(keymap);
        }
        self.table = keymap.map(|keymap| keymap.to_builder().build_lookup_table());
        let names = send(link.conn.xkb_get_names(device, NameDetail::SYMBOLS))?;
        let atom = answer(names)?.and_then(|names| names.value_list.symbols_name);
        if let Some(atom) = atom {
            let name = answer(send(link.conn.get_atom_name(atom))?)?;
            self.symbols = name.map(|name| String::from_utf8_lossy(&name.name).into_owned()).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads the modifiers and the group afresh.
    pub(super) fn read_state(&mut self, link: &Link) -> Result<()> {
        let state = answer(send(link.conn.xkb_get_state(u16::from(ID::USE_CORE_KBD)))?)?;
        if let Some(state) = state {
            self.mods = ModifierMask(u32::from(u16::from(state.mods)));
            self.group = u8::from(state.group);
        }
        Ok(())
    }

    pub(super) fn update(&mut self, state: &xkb::StateNotifyEvent) {
        self.mods = ModifierMask(u32::from(u16::from(state.mods)));
        self.group = u8::from(state.group);
    }

    pub(super) fn has_keymap(&self) -> bool {
        self.table.is_some()
    }

    pub(super) fn has_compose(&self) -> bool {
        self.compose.is_some()
    }

    pub(super) fn name(&self) -> LayoutName {
        LayoutName { name: names::layout(&self.symbols, self.group), group: self.group }
    }

    pub(super) fn modifiers(&self) -> Modifiers {
        let mods = self.mods.0;
        let Masks { alt, meta, alt_graph, num_lock, scroll_lock } = self.masks;
        let table = [
            (ModifierMask::SHIFT.0, Modifiers::SHIFT),
            (ModifierMask::LOCK.0, Modifiers::CAPS_LOCK),
            (ModifierMask::CONTROL.0, Modifiers::CONTROL),
            (alt, Modifiers::ALT),
            (meta, Modifiers::META),
            (alt_graph, Modifiers::ALT_GRAPH),
            (num_lock, Modifiers::NUM_LOCK),
            (scroll_lock, Modifiers::SCROLL_LOCK),
        ];
        let in_effect = table.into_iter().filter(|(mask, _)| mods & mask != 0);
        in_effect.fold(Modifiers::NONE, |set, (_, modifier)| set.with(modifier))
    }

    /// Forgets a dead key that waits: the next key goes to another window.
    pub(super) fn reset(&mut self) {
        if let Some((table, state)) = &mut self.compose {
            *state = table.create_state();
        }
    }

    /// Whether a key changes what others mean.
    pub(super) fn is_modifier(&self, keycode: u32) -> bool {
        let Some(table) = &self.table else { return false };
        let lookup = table.lookup(GroupIndex(u32::from(self.group)), self.mods, Keycode::from_x11(keycode));
        lookup.into_iter().any(|symbol| names::is_modifier(symbol.keysym()))
    }

    /// What a key means now, and on a press, which text it types.
    pub(super) fn key(&mut self, keycode: u32, press: bool) -> Key {
        let code = keymap::from_evdev(keycode.wrapping_sub(8));
        let Some(table) = &self.table else { return unknown(code) };
        let lookup = table
            .lookup(GroupIndex(u32::from(self.group)), self.mods, Keycode::from_x11(keycode))
            .with_ctrl_fallback(false)
            .with_ctrl_transform(false);
        let Some(symbol) = lookup.into_iter().next() else { return unknown(code) };
        let keysym = symbol.keysym();
        if let Some(name) = names::named(keysym) {
            // An unfinished sequence ends here; a modifier leaves it alone.
            if press && let Some((table, state)) = &mut self.compose {
                table.feed(state, keysym);
            }
            return Key { code, key: name.to_owned(), text: String::new() };
        }
        let typed = symbol.char().filter(|typed| !typed.is_control()).map(String::from).unwrap_or_default();
        let commands = [Modifiers::CONTROL, Modifiers::ALT, Modifiers::META];
        let command = commands.into_iter().any(|modifier| self.modifiers().contains(modifier));
        if press && let Some((table, state)) = &mut self.compose {
            match table.feed(state, keysym) {
                Some(FeedResult::Pending) if names::is_dead(keysym) => {
                    return Key { code, key: "Dead".to_owned(), text: String::new() };
                }
                // Xlib swallows the key that a sequence does not know.
                Some(FeedResult::Pending | FeedResult::Aborted) => {
                    return Key { code, key: name_of(keysym, typed), text: String::new() };
                }
                Some(FeedResult::Composed { string, keysym: composed }) => {
                    let made = string.map(str::to_owned).or_else(|| composed?.char().map(String::from));
                    let made = made.unwrap_or_default();
                    return Key { code, key: name_of(keysym, made.clone()), text: made };
                }
                None => {}
            }
        }
        let text = if command || !press || names::is_dead(keysym) { String::new() } else { typed.clone() };
        Key { code, key: name_of(keysym, typed), text }
    }
}

/// Asks to be told of every change of keymap, group and modifiers.
pub(super) fn listen(link: &Link) -> Result<()> {
    use xkb::{EventType, MapPart, NKNDetail, NameDetail, StatePart};
    answer(send(link.conn.xkb_use_extension(1, 0))?)?;
    let parts = MapPart::KEY_TYPES
        | MapPart::KEY_SYMS
        | MapPart::MODIFIER_MAP
        | MapPart::VIRTUAL_MODS
        | MapPart::VIRTUAL_MOD_MAP;
    let (keyboards, names) = (NKNDetail::KEYCODES | NKNDetail::DEVICE_ID, NameDetail::SYMBOLS);
    let states = StatePart::MODIFIER_STATE | StatePart::GROUP_STATE;
    let details = xkb::SelectEventsAux::new()
        .new_keyboard_notify(xkb::SelectEventsAuxNewKeyboardNotify {
            affect_new_keyboard: keyboards,
            new_keyboard_details: keyboards,
        })
        .state_notify(xkb::SelectEventsAuxStateNotify { affect_state: states, state_details: states })
        .names_notify(xkb::SelectEventsAuxNamesNotify { affect_names: names, names_details: names });
    let device = u16::from(xkb::ID::USE_CORE_KBD);
    let (clear, all) = (EventType::default(), EventType::MAP_NOTIFY);
    // A map's parts have their own fields; the server reads them where the request names the event at all.
    send(link.conn.xkb_select_events(device, clear, all, parts, parts, &details)).map(drop)
}

fn unknown(code: Code) -> Key {
    Key { code, key: "Unidentified".to_owned(), text: String::new() }
}

fn name_of(keysym: Keysym, text: String) -> String {
    match text {
        text if !text.is_empty() => text,
        _ if names::is_dead(keysym) => "Dead".to_owned(),
        _ => "Unidentified".to_owned(),
    }
}

impl Masks {
    fn learn(&mut self, keymap: &Keymap) {
        for modifier in keymap.virtual_modifiers() {
            // Only X's own eight are ever in effect.
            let mask = modifier.mask().0 & 0xff;
            match modifier.name() {
                "Alt" if mask != 0 => self.alt = mask,
                "Super" if mask != 0 => self.meta = mask,
                "LevelThree" if mask != 0 => self.alt_graph = mask,
                "NumLock" if mask != 0 => self.num_lock = mask,
                "ScrollLock" => self.scroll_lock = mask,
                _ => {}
            }
        }
    }
}

/// The compose table of the user's locale; of `en_US.UTF-8`, which holds most, where there is none. The `C` locale counts as none:
/// applications that bring their own tables (GTK) compose under it as well.
fn compose() -> Option<(ComposeTable, ComposeState)> {
    let context = Context::default();
    let own = (!matches!(context.locale(), "C" | "POSIX")).then(|| context.compose_table_builder());
    let table = own.and_then(|builder| builder.build(Vec::new())).or_else(|| {
        let mut builder = context.compose_table_builder();
        builder.locale("en_US.UTF-8");
        builder.build(Vec::new())
    })?;
    let state = table.create_state();
    Some((table, state))
}
