//! South Africa, Nigeria.

use crate::check::{is_yymmdd, luhn};
use crate::rule::{any, rules};

rules! {
    za_id: ZaId, STRONG, [Za, Identity]
        from "Home Affairs: date of birth, serial, citizen 0, resident 1, refugee 2, Luhn"
        like ["9999999999999", "999999 9999 999", "999999 9999 99 9"]
        if |digits| is_yymmdd(digits) && matches!(digits[10], b'0'..=b'2') && luhn(digits);
        yes ["8001015009087", "My South African ID is 9202201234088."]
        no ["8001015009086", "9902294321191"]

    ng_nin: NgNin, LABELLED, [Ng]
        from "NIMC: eleven digits"
        like ["99999999999", "9999 9999 999"]
        if any;
        yes ["NIN 12345678901"]
        no ["12345678901"]

    ng_registration: VehicleRegistration, TELLING, [Vehicle]
        from "FRSC: three letters of the district, three digits, two letters"
        like ["AAA-999AA", "AAA999AA", "AAA-999-AA"]
        if any;
        yes ["APP-456CV"]
        no ["AP-456CV"]
}
