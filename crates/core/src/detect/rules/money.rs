//! Cards and accounts.

use crate::detect::check::luhn;
use crate::detect::rule::rules;

rules! {
    credit_card: CreditCard, STRONG, [Card]
        from "ISO/IEC 7812-1"
        like ["9999999999999999", "9999 9999 9999 9999", "9999-9999-9999-9999", "999999999999999", "9999 999999 99999"]
        if |digits| matches!(digits[0], b'2'..=b'6') && luhn(digits);
        yes ["4111 1111 1111 1111", "card 378282246310005"]
        no ["4111 1111 1111 1112"]
}
