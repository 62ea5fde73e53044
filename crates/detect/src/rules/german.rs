//! Germany, Austria, Switzerland.

use crate::check::{digits, is_day, is_ddmmyy, is_flat, mod11_10, number, place, twice, value, weighted};
use crate::rule::rules;

rules! {
    de_tax_id: DeTaxId, CHECKED, [De, Identity]
        from "BZSt, AO §139b: one digit twice or thrice among the first ten, ISO/IEC 7064 MOD 11,10"
        like ["99999999999", "99 999 999 999"]
        if |digits| digits[0] != b'0' && repeats_once(&digits[..10]) && mod11_10(digits);
        yes ["86095742719", "Steuer-ID 47 036 892 816", "IdNr. 65929970489"]
        no ["12345678901", "02345678901", "11111111111"]

    de_tax_id_grouped: DeTaxId, STRONG, [De, Identity]
        from "BZSt, AO §139b: as letters of the tax office write it"
        like ["99 999 999 999"]
        if |digits| digits[0] != b'0' && repeats_once(&digits[..10]) && mod11_10(digits);
        yes ["for 47 036 892 816, please"]
        no ["for 47 036 892 817, please"]

    de_tax_id_labelled: DeTaxId, LABELLED, [De]
        from "BZSt, AO §139b: ISO/IEC 7064 MOD 11,10"
        like ["99999999999", "99 999 999 999"]
        if |digits| digits[0] != b'0' && mod11_10(digits);
        yes ["IdNr. 98765432106 liegt vor."]
        no ["98765432106", "IdNr. 98765432107"]

    de_tax_number: DeTaxId, TELLING, [De]
        from "ELSTER, Steuernummern: by state, tax office, district, number and check"
        like ["99/999/99999", "999/999/99999", "999/9999/9999", "99/9999/9999", "999/9999/999", "99/999/9999", "99 999 99999", "999 999 99999"]
        if |digits| !is_flat(digits);
        yes ["181/815/08155", "Steuernummer 93/815/08152"]
        no ["1/2/3"]

    de_tax_number_plain: DeTaxId, LABELLED, [De]
        from "ELSTER, Steuernummern: thirteen digits, the fifth is 0"
        like ["9999999999999"]
        if |digits| digits[4] == b'0';
        yes ["Steuernummer 5181081508155"]
        no ["5181081508155"]

    de_vat: DeVatId, STRONG, [Vat]
        from "BZSt, USt-IdNr.: ISO/IEC 7064 MOD 11,10"
        like ["AA999999999", "AA 999999999", "AA 999 999 999", "AA-999-999-999", "AA.999.999.999", "AA 999-999.999"]
        if |text| text.starts_with(b"DE") && text[2] != b'0' && mod11_10(&text[2..]);
        yes ["DE136695976", "USt-IdNr.: DE 136 695 976", "DE111111117"]
        no ["DE123456789", "DE100000001", "AT136695976"]

    de_id_card: IdentityCard, CHECKED, [DeCard, Passport, Identity]
        from "BSI TR-03105, ICAO 9303: serial number with its check digit"
        like ["A*******9", "A********9"]
        if |text| is_serial(text) && icao(text);
        yes ["L01X00T471", "Personalausweis: CZ6311T03"]
        no ["L01X00T472", "T2200012"]

    de_id_card_plain: IdentityCard, SHAPED, [DeCard, Identity]
        from "BMI: serial number of nine, the letters CFGHJKLMNPRTVWXYZ"
        like ["A********"]
        if |text| is_serial(text) && digits(text) >= 2;
        yes ["Personalausweis L01X00T47"]
        no ["L01X00T47", "Personalausweis E01X00T47"]

    de_id_card_old: IdentityCard, TELLING, [DeCard, Passport]
        from "BMI: identity cards of 2010 to 2021 bore T and eight digits as well"
        like ["A99999999"]
        if |text| text[0] == b'T';
        yes ["T22000129"]
        no ["S22000129"]

    de_passport: Passport, SHAPED, [Passport]
        from "BMI: serial number of nine, the letters CFGHJKLMNPRTVWXYZ"
        like ["A********"]
        if |text| is_serial(text) && digits(text) >= 2;
        yes ["Reisepass C01X00T47"]
        no ["C01X00T47"]

    de_social_security: DeSocialSecurity, STRONG, [DeSocial]
        from "Deutsche Rentenversicherung, VKVV §2: area, birthday, letter, serial, check"
        like ["99999999A999", "99 999999 A 999", "99 999999 A 99 9"]
        if is_rvnr;
        yes ["15070649C103", "RVNR 65 070803 A 019"]
        no ["15070649C100", "15071349C103"]

    de_health_insurance: DeHealthInsurance, CHECKED, [DeHealth]
        from "GKV-Spitzenverband, SGB V §290: letter as two digits, weights 1 and 2"
        like ["A999999999"]
        if is_kvnr;
        yes ["A000500015", "KVNR M123456785"]
        no ["A000500010"]

    de_physician: DePhysician, LABELLED, [DePhysician]
        from "KBV, Arztnummern-Richtlinie: weights 4 and 9 over six digits"
        like ["999999999"]
        if |digits| (10 - weighted(digits, &[4, 9, 4, 9, 4, 9]) % 10) % 10 == value(digits[6]);
        yes ["LANR: 123456601"]
        no ["123456601", "LANR 123456901"]

    de_practice: DePhysician, LABELLED, [DePhysician]
        from "KBV, Betriebsstättennummern: nine digits, the first two of the region"
        like ["999999999"]
        if |digits| matches!(number(&digits[..2]), 1..=3 | 6..=35 | 38..=99);
        yes ["Betriebsstättennummer: 021234568"]
        no ["021234568"]

    at_svnr: AtSvnr, CHECKED, [At]
        from "Dachverband der Sozialversicherungsträger: weights 3 7 9 5 8 4 2 1 6, modulus 11, date of birth"
        like ["9999999999", "9999 999999"]
        if |digits| digits[0] != b'0' && is_ddmmyy(&digits[4..]) && weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == value(digits[3]);
        yes ["1237 010180", "SVNR 1237010180"]
        no ["1238 010180"]

    ch_ahv: ChAhv, STRONG, [Ch]
        from "ZAS/CdC, AHVN13: 756 and the check of EAN-13"
        like ["999.9999.9999.99", "9999999999999"]
        if |digits| digits.starts_with(b"756") && weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10);
        yes ["756.9217.0769.85", "AHV 7569217076985"]
        no ["756.9217.0769.84"]

    de_licence: DrivingLicence, LABELLED, [Licence]
        from "KBA, FeV Anlage 8: authority, serial, check, number of issue"
        like ["***********"]
        if |text| digits(text) >= 4;
        yes ["Führerschein B072RRE2I55", "Fuehrerschein BO12345678A"]
        no ["BO12345678A"]
}

/// One digit is there twice or thrice, and all others once at most.
fn repeats_once(digits: &[u8]) -> bool {
    let counts = (b'0'..=b'9').map(|digit| digits.iter().filter(|byte| **byte == digit).count());
    let repeated: Vec<usize> = counts.filter(|count| *count > 1).collect();
    matches!(repeated[..], [2 | 3])
}

fn is_serial(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte))
}

/// ICAO 9303: weights 7, 3, 1, letters from 10; the last digit checks the rest.
fn icao(text: &[u8]) -> bool {
    let (last, rest) = (text[text.len() - 1], &text[..text.len() - 1]);
    let sum: u32 = rest.iter().zip([7, 3, 1].iter().cycle()).map(|(byte, weight)| place(*byte) * weight).sum();
    rest.iter().any(u8::is_ascii_digit) && sum % 10 == value(last)
}

fn is_rvnr(text: &[u8]) -> bool {
    let letter = u32::from(text[8] - b'A') + 1;
    let digits = [&text[..8], &[b'0' + (letter / 10) as u8, b'0' + (letter % 10) as u8], &text[9..]].concat();
    let sum = digits.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(byte, weight)| value(*byte) * weight);
    let day = number(&text[2..4]);
    is_day(number(&text[6..8]), number(&text[4..6]), if day > 50 { day - 50 } else { day })
        && sum.map(|product| product / 10 + product % 10).sum::<u32>() % 10 == value(text[11])
}

fn is_kvnr(text: &[u8]) -> bool {
    let letter = u32::from(text[0] - b'A') + 1;
    let digits = [letter / 10, letter % 10].into_iter().chain(text[1..9].iter().map(|byte| value(*byte)));
    digits.enumerate().map(|(at, digit)| twice(digit, at % 2 == 1)).sum::<u32>() % 10 == value(text[9])
}
