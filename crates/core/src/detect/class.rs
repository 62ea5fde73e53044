//! What kinds of sensitive things there are.

macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident = $name:literal,)*) => {
        /// A kind of sensitive thing; placeholders and the journal say its [`name`](Class::name).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Class { $($(#[$doc])* $class,)* }

        impl Class {
            /// Every class.
            pub const ALL: &'static [Class] = &[$(Class::$class,)*];

            /// Its name in placeholders, journals and spans: `us_ssn`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$class => $name,)* }
            }
        }
    };
}

classes! {
    /// US social security number.
    UsSsn = "us_ssn",
    /// US individual taxpayer identification number.
    UsItin = "us_itin",
    /// Payment card number.
    CreditCard = "credit_card",
    /// E-mail address.
    Email = "email",
}
