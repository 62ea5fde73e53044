//! What is known of the field that has the keyboard, and which fields were secret once.

use std::collections::HashSet;

/// Fields that are remembered as secret. Whoever shows more of them is not trusted with any field.
const LIMIT: usize = 4096;

/// What kind of field has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A field that shows what is typed, in an application that may be recorded.
    Known,
    /// Nobody knows: it may be a secret one.
    Unknown,
    /// A secret one: nothing of it is kept.
    Password,
}

/// A field, as the system that names fields numbers it, unique while it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldId(pub u64);

/// Fields that were secret once: a field that shows its password does not stop holding it.
#[derive(Debug, Default)]
pub(super) struct Secrets(HashSet<FieldId>);

impl Secrets {
    /// The role of a field that is said to be of `role`.
    pub(super) fn role(&mut self, field: Option<FieldId>, role: Role) -> Role {
        let Some(field) = field else { return role };
        if role == Role::Password && self.0.len() < LIMIT {
            self.0.insert(field);
        }
        match role {
            _ if self.0.contains(&field) => Role::Password,
            Role::Known if self.0.len() >= LIMIT => Role::Unknown,
            role => role,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_secret_always_secret() {
        let mut secrets = Secrets::default();
        let [login, search] = [FieldId(1), FieldId(2)];
        assert_eq!(secrets.role(Some(login), Role::Known), Role::Known);
        assert_eq!(secrets.role(Some(login), Role::Password), Role::Password);
        assert_eq!(secrets.role(Some(login), Role::Known), Role::Password, "it shows the password now");
        assert_eq!(secrets.role(Some(login), Role::Unknown), Role::Password);
        assert_eq!(secrets.role(Some(search), Role::Known), Role::Known);
        assert_eq!(secrets.role(None, Role::Password), Role::Password);
        assert_eq!(secrets.role(None, Role::Known), Role::Known);
    }

    #[test]
    fn when_more_were_secret_than_can_be_remembered_no_field_is_known() {
        let mut secrets = Secrets::default();
        (0..5000).for_each(|number| assert_eq!(secrets.role(Some(FieldId(number)), Role::Password), Role::Password));
        assert_eq!(secrets.role(Some(FieldId(4999)), Role::Known), Role::Unknown);
        assert_eq!(secrets.role(Some(FieldId(1)), Role::Known), Role::Password);
    }
}
