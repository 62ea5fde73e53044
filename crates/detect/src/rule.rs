//! The form of a rule: a row of data that says what it looks like, who says so, and how sure that makes one.

use super::Likelihood::{self, Likely, Possible, Unlikely, VeryLikely, VeryUnlikely};
use super::class::Class;
use super::words::Topic;

/// How likely something is by its surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ladder {
    /// Whether something more than its shape speaks for it: a check, a word.
    pub(super) vouched: bool,
    /// In running text that does not say what it is.
    pub(super) bare: Likelihood,
    /// When the text is nothing but this: a field that holds one value.
    pub(super) alone: Likelihood,
    /// With a word nearby that names it.
    pub(super) near: Likelihood,
}

impl Ladder {
    const fn new(bare: Likelihood, alone: Likelihood, near: Likelihood) -> Self {
        Self { vouched: true, bare, alone, near }
    }

    /// The same, of digits that only look so.
    const fn unvouched(self) -> Self {
        Self { vouched: false, ..self }
    }
}

/// Nothing harmless looks like this and passes its check.
pub(super) const STRONG: Ladder = Ladder::new(Likely, Likely, VeryLikely);
/// A check that one number in ten or so passes by chance.
pub(super) const CHECKED: Ladder = Ladder::new(Possible, Likely, VeryLikely);
/// A check on a number as common as nine digits.
pub(super) const COMMON: Ladder = Ladder::new(Unlikely, Possible, VeryLikely);
/// A telling shape without a check, that stands alone in the field made for it.
pub(super) const TELLING: Ladder = Ladder::new(Possible, Likely, Likely);
/// A shape without a check that many harmless things have.
pub(super) const SHAPED: Ladder = Ladder::new(Unlikely, Possible, Likely);
/// A shape that says nothing: the word nearby carries it.
pub(super) const LABELLED: Ladder = Ladder::new(VeryUnlikely, VeryUnlikely, Likely);
/// The same of what may have any shape: whatever else it can be names it.
pub(super) const NAMED: Ladder = LABELLED.unvouched();
/// Digits that a telephone may be reached by, as `CHECKED`, `COMMON` and `LABELLED` ones are likely: no check speaks for them.
pub(super) const DIALLED: Ladder = CHECKED.unvouched();
pub(super) const RARELY_DIALLED: Ladder = COMMON.unvouched();
pub(super) const DIALLED_BY_LABEL: Ladder = LABELLED.unvouched();

/// Something of fixed shape, found by its masks.
pub(super) struct Rule {
    /// Its name, unique among rules.
    pub(super) name: &'static str,
    /// What it finds.
    pub(super) class: Class,
    /// How likely its surroundings make it.
    pub(super) ladder: Ladder,
    /// The topics whose words name it.
    pub(super) topics: &'static [Topic],
    /// Its shapes: `9` a digit, `A` a letter of either case, `*` either; the rest stands for itself.
    pub(super) masks: &'static [&'static str],
    /// Whether its letters and digits (capitals, separators taken out) can be one.
    pub(super) check: fn(&[u8]) -> bool,
    /// The standard or authority that says what it looks like.
    #[cfg(test)]
    pub(super) source: &'static str,
    /// Texts that hold one: what is found must be of this rule's class.
    #[cfg(test)]
    pub(super) yes: &'static [&'static str],
    /// Texts that hold none.
    #[cfg(test)]
    pub(super) no: &'static [&'static str],
}

/// A family's rules as a table, `RULES`. Sources and examples are for readers and tests: a build leaves them out.
macro_rules! rules {
    ($(
        $name:ident: $class:ident, $ladder:ident, [$($topic:ident),*]
            from $source:literal
            like [$($mask:literal),* $(,)?]
            if $check:expr;
            yes [$($yes:literal),* $(,)?]
            no [$($no:literal),* $(,)?]
    )*) => {
        /// What masks find of this family.
        pub(crate) static RULES: &[crate::rule::Rule] = &[$(crate::rule::Rule {
            name: stringify!($name),
            class: crate::Class::$class,
            ladder: crate::rule::$ladder,
            topics: &[$(crate::words::Topic::$topic),*],
            masks: &[$($mask),*],
            check: $check,
            #[cfg(test)]
            source: $source,
            #[cfg(test)]
            yes: &[$($yes),*],
            #[cfg(test)]
            no: &[$($no),*],
        }),*];
    };
}

pub(super) use rules;

/// For rules whose shape is all there is to check.
pub(super) fn any(_: &[u8]) -> bool {
    true
}
