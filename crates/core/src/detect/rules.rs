//! The rules, one file a family.

pub(super) mod contact;
mod money;
mod us;

use super::rule::Rule;

/// The rules that masks find.
pub(super) const FAMILIES: &[&[Rule]] = &[us::RULES, money::RULES];
