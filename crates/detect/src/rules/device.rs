//! Mobile devices.

use crate::check::{is_flat, luhn};
use crate::rule::rules;

rules! {
    imei_version: Imei, TELLING, [Imei]
        from "GSMA TS.06: IMEISV, a software version in the place of the check"
        like ["99-999999-999999-99", "99999999-999999-99", "99999999-999999-9"]
        if |digits| !is_flat(digits);
        yes ["35-686800-004141-20"]
        no ["35-686800-00414-20"]

    imei: Imei, CHECKED, [Imei]
        from "GSMA TS.06: Luhn over fifteen digits"
        like ["99-999999-999999-9", "999999999999999", "99 999999 999999 9"]
        if |digits| !is_flat(digits) && luhn(digits);
        yes ["IMEI 490154203237518", "49-015420-323751-8"]
        no ["490154203237517"]
}
