//! The United States: people, employers, banks, and who treats whom.

use crate::check::{digits, is_flat, luhn_from, number, value, weighted};
use crate::rule::{any, rules};

rules! {
    us_ssn: UsSsn, STRONG, [Ssn]
        from "Social Security Administration, POMS RM 10201.035: invalid numbers"
        like ["999-99-9999", "999 99 9999", "999.99.9999", "999/99/9999"]
        if is_ssn;
        yes ["078-05-1121", "my ssn is 536-90-4399, thanks", "abc 536 90 4399 abc"]
        no ["000-12-3456", "666-12-3456", "901-12-3456", "123-00-6789", "123-45-0000", "078-05-1120", "536-90-43991"]

    us_ssn_plain: UsSsn, COMMON, [Ssn]
        from "Social Security Administration, POMS RM 10201.035: invalid numbers"
        like ["999999999", "999-999999", "99999-9999"]
        if is_ssn;
        yes ["Social Security Number: 536904399"]
        no ["part 536904399", "ssn 000904399"]

    // Whoever labels it means it: an issued number may have a slip in it, and the rest of it still tells.
    us_ssn_labelled: UsSsn, LABELLED, [Ssn]
        from "this project: a number labelled as one counts, whatever it is"
        like ["999-99-9999", "999 99 9999", "999.99.9999"]
        if |digits| !is_flat(digits);
        yes ["SSN: 987-65-4320"]
        no ["987-65-4320", "ssn 000-00-0000"]

    us_itin: UsItin, STRONG, [Ssn]
        from "IRS, IRM 3.21.263: 9xx with 50-65, 70-88, 90-92 or 94-99 in the middle; 93 is an ATIN"
        like ["999-99-9999", "999 99 9999"]
        if is_itin;
        yes ["911-70-1234", "itin 912 90 3456"]
        no ["911-89-1234", "811-70-1234", "912-93-4567"]

    us_itin_plain: UsItin, COMMON, [Ssn]
        from "IRS, IRM 3.21.263"
        like ["999999999", "999-999999", "99999-9999"]
        if is_itin;
        yes ["itin 911701234", "taxpayer 911-701234"]
        no ["911701234 apples", "itin 911891234"]

    us_ein: UsEin, CHECKED, [Ein]
        from "IRS, How EINs are assigned and valid EIN prefixes"
        like ["99-9999999"]
        if is_ein;
        yes ["91-1144442", "EIN 12-3456789"]
        no ["07-1234567", "96-1234567", "911-14-4442"]

    us_ein_plain: UsEin, LABELLED, [Ein]
        from "IRS, How EINs are assigned and valid EIN prefixes"
        like ["999999999"]
        if is_ein;
        yes ["EIN: 123456789"]
        no ["123456789", "EIN: 073456789"]

    us_ptin: UsPtin, SHAPED, [Ptin]
        from "IRS, PTIN requirements for tax return preparers: P and eight digits"
        like ["A99999999"]
        if |text| text[0] == b'P';
        yes ["PTIN P01234567"]
        no ["P01234567 of the parts", "PTIN Q01234567"]

    us_npi: UsNpi, CHECKED, [Npi]
        from "CMS, 45 CFR 162.406: ISO standard check digit over 80840 and the number"
        like ["9999999999"]
        // The prefix 80840 adds 24 to the sum.
        if |digits| matches!(digits[0], b'1' | b'2') && luhn_from(24, digits);
        yes ["1234567893", "NPI 1245319599"]
        no ["1234567890", "NPI: 0234567893"]

    us_dea: UsDea, CHECKED, [Dea]
        from "DEA, 21 CFR 1301: registrant's letter, name's letter or 9, six digits and their check"
        like ["AA9999999", "A99999999", "AA-9999999"]
        if is_dea;
        yes ["DEA number AB1234563", "F91234563"]
        no ["AB1234564", "IB1234563"]

    us_mbi: UsMbi, STRONG, [Medicare]
        from "CMS, Understanding the Medicare Beneficiary Identifier format: no S, L, O, I, B, Z"
        like ["9A*9A*9AA99", "9A*9-A*9-AA99", "9A*9 A*9 AA99"]
        if is_mbi;
        yes ["1EG4-TE5-MK73", "Medicare 1EG4TE5MK73"]
        no ["1SG4-TE5-MK73", "1EG4-TE5-MI73", "0EG4-TE5-MK73", "1EG4TE5MK734"]

    us_passport: Passport, SHAPED, [Passport]
        from "Department of State: next generation passports, a letter and eight digits"
        like ["A99999999"]
        if any;
        yes ["passport A12345678"]
        no ["A12345678"]

    us_aba: AbaRouting, CHECKED, [Routing]
        from "ABA, Routing Number Policy: districts 00-12, 21-32, 61-72, 80; weights 3, 7, 1"
        like ["999999999", "9999-9999-9"]
        if is_aba;
        yes ["111000025", "routing number is: 101205681", "0711-0130-7"]
        no ["111000026", "routing 131000025", "1234-0000-0"]

    bank_account: BankAccount, LABELLED, [Account]
        from "NACHA Operating Rules: an account number has up to 17 characters"
        like [
            "99999999", "999999999", "9999999999", "99999999999", "999999999999", "9999999999999", "99999999999999",
            "999999999999999", "9999999999999999", "99999999999999999", "999999", "9999999", "999-9999999", "9999-9999-9999",
            "9999 9999 9999", "99-99-99 99999999",
        ]
        if |digits| !is_flat(digits);
        yes ["Account number: 945456787654", "acct 12345678"]
        no ["945456787654 rows", "account number: 00000000"]

    us_driver_licence: DrivingLicence, LABELLED, [Licence]
        from "AAMVA, DL/ID card design standard: up to 25 characters, by state; most have a letter or none, then digits"
        like [
            "9999999", "99999999", "999999999", "9999999999", "999999999999", "9999999999999", "99999999999999", "A999999",
            "A9999999", "A99999999", "A999999999", "A999999999999", "A9999999999999", "A99999999999999", "AA999999", "AA9999999",
            "AA99999", "AA99999999", "AAA999999", "AAA9999999", "AAA99AAA9A", "99AAA9999", "999AA9999", "A999-9999-9999",
            "A999-999-999-999", "A999-9999-9999-99", "999-999-999", "99-999-9999", "9999999A", "99999999A", "999999999A", "A99-99-9999",
            "A9999-99999-99999", "A99999A", "***************", "************", "*************", "***********", "AA99999999*A",
        ]
        if |text| digits(text) >= 4;
        yes ["my driver license is H12234567", "Driver's license number: D1234567"]
        no ["H12234567", "order 7774567901234"]

    medical_record: MedicalRecord, LABELLED, [Record]
        from "HIPAA, 45 CFR 164.514(b)(2): medical record and health plan beneficiary numbers"
        like [
            "99999", "999999", "9999999", "99999999", "999999999", "9999999999", "99999999999", "999999999999", "A99999", "A999999",
            "A9999999", "A99999999", "AA999999", "AA99999", "AAA999999", "AAA99999", "AAA99999999", "AAA999999999", "AAA-999-999",
            "AAA-99999", "AAA-999999", "99-99-99", "999-99-99", "99-999-999", "999-999-999", "AA-999999", "A99-999999", "AAA999A99999",
        ]
        if any;
        yes ["MRN: 00123456", "Health plan member ID ZXQ-443-991."]
        no ["ticket 00123456"]

    diagnosis_code: DiagnosisCode, LABELLED, [Diagnosis]
        from "CDC, ICD-10-CM Official Guidelines: a letter, a digit, a digit or A or B, up to four more after a point"
        like ["A99", "A9A", "A99.9", "A99.*", "A99.**", "A99.***", "A99.****", "A9A.*", "A9A.**"]
        if |text| text[0] != b'U' && matches!(text[2], b'0'..=b'9' | b'A' | b'B');
        yes ["Dx: E11.9", "ICD-10 J45.909", "diagnosis code S72.001A"]
        no ["row E11", "dx U07"]
}

fn is_ssn(digits: &[u8]) -> bool {
    let (area, group, serial) = (number(&digits[..3]), number(&digits[3..5]), number(&digits[5..]));
    let published = matches!(digits, b"078051120" | b"219099999" | b"457555462");
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !published && !is_flat(digits)
}

fn is_itin(digits: &[u8]) -> bool {
    digits[0] == b'9' && matches!(number(&digits[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn is_ein(digits: &[u8]) -> bool {
    !matches!(number(&digits[..2]), 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97)
}

fn is_dea(text: &[u8]) -> bool {
    let digits = &text[2..];
    let sum = weighted(digits, &[1, 2, 1, 2, 1, 2]);
    b"ABCDEFGHJKLMPRSTUX".contains(&text[0])
        && (text[1].is_ascii_alphabetic() || text[1] == b'9')
        && sum % 10 == value(digits[6])
}

fn is_mbi(text: &[u8]) -> bool {
    text[0] != b'0' && text.iter().all(|byte| !b"SLOIBZ".contains(byte))
}

fn is_aba(digits: &[u8]) -> bool {
    let district = matches!(number(&digits[..2]), 0..=12 | 21..=32 | 61..=72 | 80);
    district && !is_flat(digits) && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}
