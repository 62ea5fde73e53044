//! The rules, one file a family.

pub(super) mod address;
mod africa;
mod americas;
mod asia;
mod bic;
mod birth;
mod card;
mod code;
pub(super) mod connection;
pub(super) mod contact;
mod device;
mod document;
mod east;
mod german;
pub(super) mod health;
pub(super) mod iban;
pub(super) mod jwt;
pub(super) mod key;
pub(super) mod label;
pub(super) mod net;
mod north;
mod pacific;
mod south;
pub(super) mod tokens;
mod uk;
mod us;
pub(super) mod wallet;

use super::rule::Rule;

/// The rules that masks find. Where two are as likely, the earlier one names the finding.
pub(super) const FAMILIES: &[&[Rule]] = &[
    card::RULES,
    net::RULES,
    us::RULES,
    uk::RULES,
    german::RULES,
    south::RULES,
    north::RULES,
    east::RULES,
    americas::RULES,
    asia::RULES,
    pacific::RULES,
    africa::RULES,
    device::RULES,
    document::RULES,
];
