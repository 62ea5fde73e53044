//! Sweden, Finland, Norway, Denmark, the Netherlands, Belgium, Estonia, Lithuania.

use crate::check::{is_day, is_ddmmyy, is_flat, is_yymmdd, long, luhn, number, value, weighted};
use crate::rule::rules;

rules! {
    se_personnummer: SePersonnummer, STRONG, [Se, Identity]
        from "Skatteverket, SKV 704: date of birth (day plus 60 for coordination numbers), Luhn over ten digits"
        like ["999999-9999", "99999999-9999", "999999+9999", "999999999999"]
        if is_personnummer;
        yes ["871220-2384", "19910924-2397 är mitt pnr.", "189004119807"]
        no ["19001309-2393", "871220-2385"]

    se_personnummer_plain: SePersonnummer, CHECKED, [Se, Identity]
        from "Skatteverket, SKV 704"
        like ["9999999999"]
        if is_personnummer;
        yes ["9201232387", "personnummer 8712202384"]
        no ["9201232388"]

    se_organisation: SeOrganisation, CHECKED, [Se]
        from "Bolagsverket: the third digit 2 or more, Luhn"
        like ["999999-9999", "9999999999"]
        if |digits| digits[2] >= b'2' && luhn(digits) && !is_flat(digits);
        yes ["556703-7485", "organisationsnummer 2120000142"]
        no ["556703-7486"]

    fi_hetu: FiHetu, STRONG, [Fi]
        from "DVV, the personal identity code: the number modulo 31; marks of the century of 2023 included"
        like ["999999-999*", "999999+999*", "999999A999*"]
        if is_hetu;
        yes ["131052-308T", "Here's my henkilötunnus 020594X902N.", "010594Y9032"]
        no ["131052-308U", "310289-211C", "010324A110G"]

    no_fodselsnummer: NoFodselsnummer, STRONG, [No]
        from "Skatteetaten, Folkeregisteret: two checks modulo 11, date of birth (D-numbers: day plus 40)"
        like ["99999999999", "999999 99999"]
        if is_fodselsnummer;
        yes ["fødselsnummer 15076500565", "150765 00565"]
        no ["15076500566"]

    dk_cpr: DkCpr, SHAPED, [Dk]
        from "CPR-kontoret: date of birth and serial; since 2007 modulus 11 no longer holds"
        like ["999999-9999", "9999999999"]
        if |digits| is_ddmmyy(digits);
        yes ["CPR 211062-5629"]
        no ["211062-5629"]

    nl_bsn: NlBsn, COMMON, [Nl]
        from "RvIG, BSN: eleven-test, weights 9 to 2 and -1"
        like ["999999999", "9999.99.999", "99999999"]
        if is_bsn;
        yes ["BSN 111222333"]
        no ["BSN 111222334", "111222333"]

    nl_passport: Passport, LABELLED, [Passport]
        from "RvIG: two letters, six letters or digits, a digit; no O"
        like ["AA******9"]
        if |text| !text.contains(&b'O');
        yes ["paspoort SPECI2014"]
        no ["SPECI2014"]

    be_national_number: BeNationalNumber, STRONG, [Be]
        from "IBZ, Rijksregister: 97 less the first nine digits modulo 97, with a 2 before them from 2000 on"
        like ["99.99.99-999.99", "99999999999", "999999-999-99", "999999 999 99", "99 99 99 999 99"]
        if is_rijksregister;
        yes ["85.07.30-033.28", "rijksregister 17073003384"]
        no ["85.07.30-033.29"]

    baltic_id: BalticId, STRONG, [Baltic, Identity]
        from "EVS 585:2007 (Estonia), Lietuvos asmens kodas: two rounds of weights, modulus 11, date of birth"
        like ["99999999999"]
        if is_baltic;
        yes ["isikukood 37605030299", "33309240064"]
        no ["37605030298"]
}

fn is_personnummer(digits: &[u8]) -> bool {
    let ten = &digits[digits.len() - 10..];
    let day = number(&ten[4..6]);
    let century = if digits.len() == 12 { number(&digits[..2]) } else { 0 };
    let year = century * 100 + number(&ten[..2]);
    let known = digits.len() == 10 || matches!(century, 18..=20);
    known && is_day(year, number(&ten[2..4]), if day > 60 { day - 60 } else { day }) && luhn(ten) && !is_flat(ten)
}

fn is_hetu(text: &[u8]) -> bool {
    let (century, serial) = if text.len() == 11 { (text[6], &text[7..]) } else { (b'-', &text[6..]) };
    let known = century == b'-' || b"YXWVUABCDEF".contains(&century);
    let joined = long(&text[..6]) * 1000 + long(&serial[..3]);
    known
        && is_ddmmyy(text)
        && number(&serial[..3]) >= 2
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[(joined % 31) as usize] == serial[3]
}

fn is_fodselsnummer(digits: &[u8]) -> bool {
    let first = weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    let day = number(&digits[..2]);
    let born = is_day(number(&digits[4..6]), number(&digits[2..4]), if day > 40 { day - 40 } else { day });
    born && first.is_multiple_of(11) && second.is_multiple_of(11)
}

fn is_bsn(digits: &[u8]) -> bool {
    let (last, rest) = (value(digits[digits.len() - 1]), &digits[..digits.len() - 1]);
    let weights: &[u32] = if rest.len() == 8 { &[9, 8, 7, 6, 5, 4, 3, 2] } else { &[8, 7, 6, 5, 4, 3, 2] };
    !is_flat(digits) && weighted(rest, weights) % 11 == last
}

fn is_rijksregister(digits: &[u8]) -> bool {
    let (first, check) = (long(&digits[..9]), long(&digits[9..]));
    let matches = |number: u64| 97 - number % 97 == check;
    // A day that nobody knows is written as zeros.
    let known = is_yymmdd(digits) || number(&digits[2..4]) == 0;
    known && !is_flat(digits) && (matches(first) || matches(first + 2_000_000_000))
}

fn is_baltic(digits: &[u8]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    let check = if first < 10 { first } else { second };
    matches!(digits[0], b'1'..=b'8') && is_yymmdd(&digits[1..7]) && check == value(digits[10])
}
