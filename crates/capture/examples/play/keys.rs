//! Which keys type a character under the active layout: AltGr levels, dead keys and all.

use std::collections::HashMap;
use std::error::Error;

use kbvm::xkb::Context;
use kbvm::xkb::x11::KbvmX11Ext;
use kbvm::{GroupIndex, Keycode, Keysym, ModifierMask, syms};
use x11rb::rust_connection::RustConnection;

/// One key, and the keys held while it is pressed.
#[derive(Clone, Debug)]
pub(crate) struct Stroke {
    pub(crate) held: Vec<u8>,
    pub(crate) keycode: u8,
}

/// The strokes of the active layout.
pub(crate) struct Keys {
    strokes: HashMap<Keysym, Stroke>,
    /// What two strokes give together, a dead key first.
    pairs: HashMap<char, [Keysym; 2]>,
}

impl Keys {
    pub(crate) fn read(conn: &RustConnection) -> Result<Self, Box<dyn Error>> {
        conn.setup_xkb_extension()?;
        let device = conn.get_xkb_core_device_id()?;
        let group = conn.get_xkb_components(device)?.group;
        let table = conn.get_xkb_keymap(device)?.to_builder().build_lookup_table();
        let find = |group: GroupIndex, mods: ModifierMask, keycode: u8| {
            let lookup = table.lookup(group, mods, Keycode::from_x11(keycode.into()));
            lookup.into_iter().next().map(|found| found.keysym())
        };
        // A person's own keys first: the keymap may have others, that are on no keyboard.
        let usual = [50, 108];
        let holder = |wanted: Keysym| {
            let mut keycodes = usual.into_iter().chain(8..=255);
            keycodes.find(|keycode| find(group, ModifierMask::NONE, *keycode) == Some(wanted))
        };
        let shift = holder(syms::Shift_L);
        let level3 = holder(syms::ISO_Level3_Shift);
        let mut strokes = HashMap::new();
        let levels =
            [(ModifierMask::NONE, vec![]), (ModifierMask::SHIFT, vec![shift]), (ModifierMask::MOD5, vec![level3])];
        let both = (ModifierMask::SHIFT | ModifierMask::MOD5, vec![shift, level3]);
        // The fewest keys come first and stay.
        for (mods, held) in levels.into_iter().chain([both]) {
            let Some(held) = held.into_iter().collect::<Option<Vec<u8>>>() else { continue };
            for keycode in 8..=255 {
                if let Some(keysym) = find(group, mods, keycode) {
                    strokes.entry(keysym).or_insert_with(|| Stroke { held: held.clone(), keycode });
                }
            }
        }
        let pairs = pairs(&strokes);
        Ok(Self { strokes, pairs })
    }

    pub(crate) fn strokes(&self, typed: char) -> Option<Vec<Stroke>> {
        let keysym = match typed {
            '\n' => syms::Return,
            '\t' => syms::Tab,
            typed => Keysym::from_char(typed),
        };
        let own = self.strokes.get(&keysym).or_else(|| {
            let same = |(keysym, _): &(&Keysym, &Stroke)| keysym.char() == Some(typed);
            self.strokes.iter().find(same).map(|(_, stroke)| stroke)
        });
        if let Some(stroke) = own {
            return Some(vec![stroke.clone()]);
        }
        let pair = self.pairs.get(&typed)?;
        pair.iter().map(|keysym| self.strokes.get(keysym).cloned()).collect()
    }
}

fn pairs(strokes: &HashMap<Keysym, Stroke>) -> HashMap<char, [Keysym; 2]> {
    let context = Context::default();
    let mut builder = context.compose_table_builder();
    builder.locale("en_US.UTF-8");
    let mut pairs = HashMap::new();
    let Some(table) = builder.build(Vec::new()) else { return pairs };
    let mut rules = table.iter();
    while let Some(rule) = rules.next() {
        let mut text = rule.string().unwrap_or_default().chars();
        let (Some(typed), None) = (text.next(), text.next()) else { continue };
        if let [dead, base] = rule.steps()
            && strokes.contains_key(&dead.keysym())
            && strokes.contains_key(&base.keysym())
        {
            pairs.insert(typed, [dead.keysym(), base.keysym()]);
        }
    }
    pairs
}
