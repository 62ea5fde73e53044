//! Documents that a word names, whatever country issued them.

use crate::check::digits;
use crate::rule::{any, rules};

rules! {
    passport_labelled: Passport, NAMED, [Passport]
        from "ICAO 9303-4: a document number of up to nine letters and digits"
        like ["*********", "********", "AA 999999", "AA 9999999", "99 99 999999", "99 999999"]
        if |text| digits(text) >= 5;
        yes ["passport no. 12AB34567", "паспорт 45 08 123456"]
        no ["12AB34567", "passport ABCDEFGHI"]

    identity_labelled: IdentityCard, NAMED, [Identity, DeCard, Es]
        from "ICAO 9303-5: a document number of up to nine letters and digits; national ones of twelve"
        like ["*********", "********", "999999999999", "999-9999999-99", "AAA-9999999"]
        if |text| digits(text) >= 3;
        yes ["ID card: PPR173185", "166235374929 (carte d'identité)", "identity_card=LVU4YF17U"]
        no ["PPR173185 rows", "identity card ABCDEFGHI"]

    registration_labelled: VehicleRegistration, NAMED, [Vehicle]
        from "Vienna Convention on Road Traffic, annex 2: letters and digits; as the countries of Europe and the Americas group them"
        like [
            "AA99 AAA", "AA99AAA", "A-A 9", "A-A 99", "A-A 999", "A-A 9999", "A-AA 9", "A-AA 99", "A-AA 999", "A-AA 9999", "AA-A 99", "AA-A 999", "AA-A 9999",
            "AA-AA 9", "AA-AA 99", "AA-AA 999", "AA-AA 9999", "AAA-A 99", "AAA-A 999", "AAA-AA 99", "AAA-AA 999", "A-AA9999", "AA-AA999",
            "9999 AAA", "9999AAA", "9999-AAA", "AA-999-AA", "AA 999 AA", "AA999AA", "99-AA-AA", "AA-99-99", "99-99-AA", "9-AAA-99", "99-AAA-9",
            "A-999-AA", "AA-999-A", "AA 99999", "AA9999A", "AAA 9999", "AAA9999", "AAA-9999", "AAA 999", "AAA999", "AAA-999", "AAA 99A", "AAA99A",
            "9AAA999", "AA-9999", "AA 9999", "AA9999", "9A9 9999", "AAA9A99", "A 99999 A", "99-999-99",
        ]
        if any;
        yes ["license plate B-PX 1090", "TB-974-KE (number plate)", "matrícula: 2938 BCD", "number_plate=AB-CD 12"]
        no ["B-PX 1090", "2938 BCD"]
}
