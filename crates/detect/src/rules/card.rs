//! Payment cards.

use crate::check::{is_flat, luhn, number};
use crate::rule::{any, rules};

rules! {
    credit_card: CreditCard, STRONG, [Card]
        from "ISO/IEC 7812-1; the schemes' published ranges of issuers"
        like [
            "99999999999999", "999999999999999", "9999999999999999", "99999999999999999", "999999999999999999",
            "9999999999999999999", "9999 9999 9999 9999", "9999-9999-9999-9999", "9999.9999.9999.9999", "9999/9999/9999/9999",
            "9999 999999 99999", "9999-999999-99999", "9999 999999 9999", "9999-999999-9999", "9999.999999.9999", "9999.999999.99999", "9999 9999 9999 9999 999",
            "9999-9999-9999-9999-999", "9999 9999 9999 9", "9999 9999 9999 999", "9999 9999 9999 99", "99999999 99999999",
        ]
        if is_card;
        yes ["4111 1111 1111 1111", "card 378282246310005", "5555-5555-5555-4444", "30569309025904", "6011111111111117"]
        no ["4111 1111 1111 1112", "9111111111111111", "0000 0000 0000 0000", "41111111111111111111111"]

    // Article numbers (GTIN-13) have as many digits, and those of Germany begin with 4 too.
    credit_card_old: CreditCard, CHECKED, [Card]
        from "ISO/IEC 7812-1: Visa's numbers of thirteen digits"
        like ["9999999999999"]
        if is_card;
        yes ["4222222222222", "visa 4222222222222, thanks"]
        no ["EAN 4222222222222", "4222222222223"]

    credit_card_short: CreditCard, LABELLED, [Card]
        from "ISO/IEC 7812-1: Maestro's numbers begin at twelve digits"
        like ["999999999999", "9999 9999 9999", "9999-9999-9999"]
        if |digits| matches!(number(&digits[..2]), 50 | 56..=69) && luhn(digits);
        yes ["Maestro card 501800000009"]
        no ["501800000009"]

    // Whoever labels it means it: an issued number may have a slip in it, and the rest of it still tells.
    credit_card_labelled: CreditCard, LABELLED, [Card]
        from "this project: a number labelled as one counts, whatever it is"
        like ["9999 9999 9999 9999", "9999-9999-9999-9999", "9999999999999999", "9999 999999 99999"]
        if |digits| matches!(digits[0], b'2'..=b'6') && !is_flat(digits);
        yes ["Card 4532-1234-5678-9012 is on file."]
        no ["4532-1234-5678-9012"]

    card_expiry: CardExpiry, LABELLED, [Card, Expiry]
        from "ISO/IEC 7813: expiry as month and year"
        like ["99/99", "99/9999", "99-99", "99 / 99", "99 / 9999"]
        if |digits| (1..=12).contains(&number(&digits[..2])) && matches!(number(&digits[2..]), 15..=59 | 2015..=2059);
        yes ["Card expires 09/27", "exp: 11/2031", "gültig_bis=02-33"]
        no ["Card expires 13/27", "see 09/27"]

    card_code: CardCode, LABELLED, [Cvv]
        from "PCI DSS v4.0, 3.3: card verification codes of three or four digits"
        like ["999", "9999"]
        if any;
        yes ["CVV: 123", "card security code 1234"]
        no ["room 123"]
}

fn is_card(digits: &[u8]) -> bool {
    let (two, three, four, six) =
        (number(&digits[..2]), number(&digits[..3]), number(&digits[..4]), number(&digits[..6]));
    let issued = match digits.len() {
        13 => digits[0] == b'4',
        14 => matches!(two, 36 | 38 | 39) || matches!(three, 300..=305 | 309),
        // American Express, UATP, and JCB's old ones.
        15 => matches!(two, 34 | 37) || digits[0] == b'1' || matches!(four, 1800 | 2131),
        16 => {
            digits[0] == b'4'
                || matches!(two, 50..=69 | 36 | 38 | 39 | 81 | 82)
                || matches!(four, 2200..=2204 | 2221..=2720 | 3528..=3589 | 9792)
                || matches!(three, 300..=305)
        }
        _ => digits[0] == b'4' && digits.len() == 19 || matches!(two, 50 | 56..=69) || matches!(six, 352_800..=358_999),
    };
    issued && !is_flat(digits) && luhn(digits)
}
