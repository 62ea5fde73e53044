//! What of typing the copy tells: which keys, in which order; not for how long each was down.

use std::collections::HashSet;

use crate::event::{Code, KeyboardAction, KeyboardEvent, Modifiers};

/// What becomes of a keyboard event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// A step in time of its own.
    Step,
    /// A step in time of a key that types; this is how it comes up.
    Types(KeyboardEvent),
    /// Told when its key went down already.
    Swallowed,
    /// No key: told between the steps.
    Between,
}

/// Which keys that type are down.
#[derive(Default)]
pub(super) struct Keys(HashSet<Code>);

impl Keys {
    pub(super) fn part(&mut self, event: &KeyboardEvent) -> Part {
        match &event.action {
            KeyboardAction::Down { key, .. } if types(event.modifiers) && !key.text.is_empty() => {
                self.0.insert(key.code.clone());
                let mut key = key.clone();
                key.text.clear();
                Part::Types(KeyboardEvent { action: KeyboardAction::Up { key }, ..event.clone() })
            }
            KeyboardAction::Up { key } if self.0.remove(&key.code) => Part::Swallowed,
            KeyboardAction::Down { .. } | KeyboardAction::Up { .. } | KeyboardAction::Redacted(_) => Part::Step,
            KeyboardAction::Modifiers | KeyboardAction::Layout(_) => Part::Between,
        }
    }
}

/// Whether a key types under these modifiers, and is no command.
fn types(modifiers: Modifiers) -> bool {
    ![Modifiers::CONTROL, Modifiers::ALT, Modifiers::META].into_iter().any(|command| modifiers.contains(command))
}
