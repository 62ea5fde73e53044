//! The United Kingdom and Ireland.

use crate::check::{is_day, is_flat, number, value, weighted};
use crate::rule::{any, rules};

rules! {
    uk_nino: UkNino, STRONG, [Uk]
        from "HMRC, National Insurance Manual NIM39110: prefixes not used, suffix A to D"
        like ["AA999999A", "AA 99 99 99 A", "AA 999999A", "AA 999999 A", "AA-99-99-99-A", "AA99 99 99A", "AA 9999 99A"]
        if is_nino;
        yes ["AA123456B", "nino: PR 123612C", "hh 01 02 03 d"]
        no ["QQ123456C", "GB123456A", "AA123456E", "FQ 00 00 00 C", "BG123456A"]

    uk_trn: UkNino, LABELLED, [Uk]
        from "HMRC, PAYE Manual: temporary reference number, two digits, a letter, five digits"
        like ["99A99999", "99 A 99999", "99A 99999", "99 A 99 999", "99 A 999 99"]
        if any;
        yes ["TRN 11 A 12345", "PAYE temp number is 99L99999"]
        no ["99L99999"]

    uk_nhs: UkNhs, CHECKED, [Nhs]
        from "NHS Data Dictionary: weights 10 to 2, modulus 11"
        like ["999 999 9999", "999-999-9999", "9999999999"]
        if is_nhs;
        yes ["NHS number 943 476 5919", "401-023-2137"]
        no ["NHS 943 476 5918", "401-023-2138"]

    uk_utr: UkUtr, LABELLED, [Utr]
        from "HMRC, specification of the UTR check: weights 6 7 8 9 10 5 4 3 2, modulus 11"
        like ["9999999999", "99999 99999"]
        if is_utr;
        yes ["UTR: 1955839661"]
        no ["1955839661", "UTR: 2955839661"]

    uk_driving_licence: DrivingLicence, STRONG, [Licence]
        from "DVLA, D1 notes: surname, date of birth, initials, and three characters more"
        like ["****************", "***** ****** *****", "******************", "**************** **", "***** ****** ***** **", "***** ****** *******"]
        if is_driver;
        yes ["MORGA657054SM9IJ", "morga607054sm9ij", "SMITH802290AB1CD"]
        no ["MORGA600054SM9IJ", "MORGA613054SM9IJ", "ABCDE1234567890A"]

    uk_passport: Passport, LABELLED, [Passport]
        from "HM Passport Office: nine digits; from 2015 on two letters may stand first"
        like ["999999999", "AA9999999"]
        if any;
        yes ["passport 925076473", "Passports: AB1234567"]
        no ["925076473"]

    uk_postcode: PostalCode, TELLING, [Postal]
        from "Royal Mail, Programmers' Guide to PAF: outward and inward codes"
        like ["A9 9AA", "A99 9AA", "A9A 9AA", "AA9 9AA", "AA99 9AA", "AA9A 9AA", "AA999AA", "AA9A9AA"]
        if is_postcode;
        yes ["W1A 1HQ", "postcode DN55 1PT"]
        no ["QA1 1AA", "M1 1AI"]

    uk_registration: VehicleRegistration, TELLING, [Vehicle]
        from "DVLA, INF104: from 2001 on area, age 02 to 29 or 51 to 79, three letters"
        like ["AA99 AAA", "AA99AAA", "AA99-AAA"]
        if is_registration;
        yes ["AB51 ABC", "My car reg is LN14-HGT"]
        no ["AB49 ABC", "IB51 ABC"]

    ie_pps: IePps, CHECKED, [Ie]
        from "Department of Social Protection: weights 8 to 2, a second letter counts 9, modulus 23"
        like ["9999999A", "9999999AA"]
        if is_pps;
        yes ["1234567T", "PPSN 1234567FA"]
        no ["1234567A"]
}

fn is_nino(text: &[u8]) -> bool {
    let prefix = &text[..2];
    let unused = matches!(prefix, b"BG" | b"GB" | b"NK" | b"KN" | b"TN" | b"NT" | b"ZZ");
    !unused && !b"DFIQUV".contains(&text[0]) && !b"DFIOQUV".contains(&text[1]) && matches!(text[8], b'A'..=b'D')
}

fn is_nhs(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !is_flat(digits) && check % 11 == value(digits[9]) && check != 10
}

fn is_utr(digits: &[u8]) -> bool {
    let rest = weighted(&digits[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][rest as usize] == value(digits[0])
}

fn is_driver(text: &[u8]) -> bool {
    let letters = text[..5].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let padded = text[letters..5].iter().all(|byte| *byte == b'9');
    // A woman's month counts fifty more.
    let month = match number(&text[6..8]) {
        woman @ 51..=62 => woman - 50,
        month => month,
    };
    let shaped = text[5..11].iter().all(u8::is_ascii_digit)
        && text[11].is_ascii_alphabetic()
        && (text[12].is_ascii_alphabetic() || text[12] == b'9')
        && text[16..].iter().all(u8::is_ascii_digit);
    letters > 0 && padded && shaped && is_day(4, month, number(&text[8..10]))
}

fn is_postcode(text: &[u8]) -> bool {
    let (outward, inward) = text.split_at(text.len() - 3);
    let second = outward[1].is_ascii_digit() || !b"IJZ".contains(&outward[1]);
    !b"QVX".contains(&outward[0]) && second && inward[1..].iter().all(|byte| !b"CIKMOV".contains(byte))
}

fn is_registration(text: &[u8]) -> bool {
    let area = !b"IJQTUXZ".contains(&text[0]) && !b"IQZ".contains(&text[1]);
    area && matches!(number(&text[2..4]), 2..=29 | 51..=79) && text[4..].iter().all(|byte| !b"IQ".contains(byte))
}

fn is_pps(text: &[u8]) -> bool {
    let second = text.get(8).map_or(0, |byte| u32::from(byte - b'A') + 1);
    let sum = weighted(text, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    b"WABCDEFGHIJKLMNOPQRSTUV"[(sum % 23) as usize] == text[7]
}
