//! France, Spain, Italy, Portugal, Greece.

use crate::check::{digits, is_ddmmyy, is_flat, long, luhn, number, twice, value, weighted};
use crate::rule::{any, rules};

rules! {
    fr_nir: FrNir, STRONG, [Fr]
        from "INSEE, numéro d'inscription au répertoire: 97 less the rest modulo 97; 2A and 2B count 19 and 18"
        like ["999999*99999999", "9 99 99 9* 999 999 99", "9.99.99.9*.999.999.99", "9-99-99-9*-999-999-99"]
        if is_nir;
        yes ["1 85 05 78 006 084 91", "NIR 255081416802538"]
        no ["1 85 05 78 006 084 36"]

    fr_tax: FrTaxId, CHECKED, [Fr, Identity]
        from "DGFiP, numéro fiscal (SPI): the first ten digits modulo 511"
        like ["9999999999999", "99 99 999 999 999"]
        if |digits| matches!(digits[0], b'0'..=b'3') && !is_flat(digits) && long(&digits[..10]) % 511 == long(&digits[10..]);
        yes ["numéro fiscal 3023217600053", "30 23 217 600 053"]
        no ["3023217600054"]

    fr_siret: FrBusiness, LABELLED, [Fr]
        from "INSEE, SIREN and SIRET: Luhn"
        like ["999 999 999", "999999999", "99999999999999", "999 999 999 99999"]
        if |digits| !is_flat(digits) && luhn(digits);
        yes ["SIREN 732 829 320"]
        no ["732 829 320", "SIREN 732 829 321"]

    fr_passport: Passport, SHAPED, [Passport]
        from "ANTS: two digits, two letters, five digits"
        like ["99AA99999"]
        if any;
        yes ["passeport 10CV28144"]
        no ["10CV28144"]

    es_nif: EsNif, STRONG, [Es, Identity]
        from "Real Decreto 1553/2005: the number modulo 23 names the letter"
        like ["99999999A", "99999999-A", "99999999 A", "9999999A", "9999999-A", "99.999.999-A", "99.999.999A"]
        if |text| nif_letter(&text[..text.len() - 1]) == text[text.len() - 1];
        yes ["12345678Z", "DNI: 55555555-K", "1111111-G"]
        no ["12345678A", "DNI 55555555-L"]

    es_nie: EsNie, STRONG, [Es, Identity]
        from "Orden INT/2058/2008: X, Y, Z count 0, 1, 2"
        like ["A9999999A", "A9999999-A", "A-9999999-A", "A99999999A"]
        if is_nie;
        yes ["X9613851N", "Mi NIE es Y8063915-Z"]
        no ["Y8063915Q", "W8063915Q"]

    es_cif: EsCif, CHECKED, [Es, Vat]
        from "Orden EHA/451/2008: digits doubled as in Luhn; a digit or a letter checks"
        like ["A9999999*", "A-9999999*", "A-9999999-*"]
        if is_cif;
        yes ["A58818501", "CIF Q2818002D"]
        no ["A58818502"]

    es_social_security: EsSocialSecurity, CHECKED, [Es]
        from "TGSS, número de afiliación: modulo 97"
        like ["999999999999", "99 99999999 99", "99/99999999/99", "99-99999999-99"]
        if |digits| !is_flat(digits) && (1..=66).contains(&number(&digits[..2])) && affiliation(digits) == long(&digits[10..]);
        yes ["seguridad social 281234567840"]
        no ["281234567841"]

    es_passport: Passport, SHAPED, [Passport]
        from "Ministerio del Interior: three letters and six digits"
        like ["AAA999999"]
        if any;
        yes ["Mi pasaporte es aaa123456"]
        no ["AAA123456"]

    it_fiscal_code: ItFiscalCode, STRONG, [It]
        from "Agenzia delle Entrate, DM 23/12/1976: positions weighted by tables; digits may be letters (omocodia)"
        like ["AAAAAA**A**A***A", "AAA AAA **A** A***A"]
        if is_fiscal_code;
        yes ["RSSMRA85T10A562S", "codice fiscale RSSMRA85T10A562S", "mio RSS MRA 85T10 A562S"]
        no ["RSSMRA85T10A562T", "ABCDEFGHIJKLMNOP"]

    it_fiscal_code_shape: ItFiscalCode, TELLING, [It]
        from "Agenzia delle Entrate, DM 23/12/1976; one slip does not make it harmless"
        like ["AAAAAA99A99A999A"]
        if |text| b"ABCDEHLMPRST".contains(&text[8]) && matches!(number(&text[9..11]), 1..=31 | 41..=71);
        yes ["RSSMRA85T10A562T"]
        no ["RSSMRA85Z10A562T"]

    it_vat: ItVat, CHECKED, [It, Vat]
        from "Agenzia delle Entrate, DPR 633/72: Luhn, the office in the eighth to tenth digit"
        like ["99999999999", "AA99999999999", "AA 99999999999"]
        if is_partita_iva;
        yes ["P. IVA 00743110157", "IT00743110157"]
        no ["00743110158", "00000000000"]

    it_vat_prefixed: ItVat, STRONG, [It, Vat]
        from "Agenzia delle Entrate, DPR 633/72: with the country's code in the European Union"
        like ["AA99999999999", "AA 99999999999"]
        if |text| text.starts_with(b"IT") && is_partita_iva(text);
        yes ["for IT00743110157, please"]
        no ["for IT00743110158, please", "for XT00743110157, please"]

    it_identity_card: IdentityCard, SHAPED, [It, Identity]
        from "Ministero dell'Interno: electronic card, two letters, five digits, two letters; on paper two letters, seven digits"
        like ["AA99999AA", "AA9999999", "AA 9999999", "9999999AA"]
        if any;
        yes ["carta d'identità CA00000AA"]
        no ["CA00000AA"]

    it_licence: DrivingLicence, SHAPED, [Licence]
        from "MIT, patente di guida: two letters, seven digits, a letter; or U1 and eight more"
        like ["AA9999999A", "A9*******A"]
        if |text| digits(text) >= 4;
        yes ["patente AA0123456B"]
        no ["AA0123456B"]

    pt_nif: PtNif, COMMON, [Pt]
        from "Autoridade Tributária, NIF: weights 9 to 2, modulus 11"
        like ["999999999", "999 999 999"]
        if is_pt_nif;
        yes ["NIF 123456789"]
        no ["contribuinte 123456788", "123456789"]

    pt_nif_vat: PtNif, STRONG, [Pt, Vat]
        from "Autoridade Tributária, NIF: with the country's code in the European Union"
        like ["AA999999999", "AA 999999999"]
        if |text| text.starts_with(b"PT") && is_pt_nif(&text[2..]);
        yes ["PT123456789"]
        no ["PT123456788", "PX123456789"]

    gr_amka: GrAmka, STRONG, [Gr]
        from "IDIKA, AMKA: date of birth, Luhn"
        like ["99999999999"]
        if |digits| is_ddmmyy(digits) && luhn(digits) && !is_flat(digits);
        yes ["AMKA 01013099997"]
        no ["01013099998"]
}

fn is_nir(text: &[u8]) -> bool {
    let (corsica, department) = match text[6] {
        b'A' if text[5] == b'2' => (true, 19),
        b'B' if text[5] == b'2' => (true, 18),
        b'0'..=b'9' => (false, number(&text[5..7])),
        _ => return false,
    };
    let month = number(&text[3..5]);
    let born = matches!(text[0], b'1'..=b'4' | b'7' | b'8') && matches!(month, 1..=12 | 20..=42 | 50..=99);
    let rest = long(&text[..5]) * 100_000_000 + u64::from(department) * 1_000_000 + long(&text[7..13]);
    born && (corsica || department != 0) && 97 - rest % 97 == long(&text[13..])
}

fn nif_letter(digits: &[u8]) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[(number(digits) % 23) as usize]
}

fn is_nie(text: &[u8]) -> bool {
    let Some(first) = b"XYZ".iter().position(|letter| *letter == text[0]) else { return false };
    let last = text.len() - 1;
    let digits = [&[b'0' + first as u8], &text[1..last]].concat();
    nif_letter(&digits) == text[last]
}

fn is_cif(text: &[u8]) -> bool {
    let digits = &text[1..8];
    let sum: u32 = digits.iter().enumerate().map(|(at, byte)| twice(value(*byte), at % 2 == 0)).sum();
    let check = (10 - sum % 10) % 10;
    let by_letter = text[8] == b"JABCDEFGHI"[check as usize];
    let by_digit = u32::from(text[8].wrapping_sub(b'0')) == check;
    match text[0] {
        b'A' | b'B' | b'E' | b'H' => by_digit,
        b'K' | b'P' | b'Q' | b'S' | b'N' | b'W' | b'R' => by_letter,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'L' | b'M' | b'U' | b'V' => by_letter || by_digit,
        _ => false,
    }
}

/// A number below ten million joins its province as if it had seven digits.
fn affiliation(digits: &[u8]) -> u64 {
    let (province, serial) = (long(&digits[..2]), long(&digits[2..10]));
    let joined = if serial < 10_000_000 { province * 10_000_000 + serial } else { province * 100_000_000 + serial };
    joined % 97
}

fn is_fiscal_code(text: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let digits = [6, 7, 9, 10, 12, 13, 14];
    let digit = |byte: u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(&byte);
    let order = |byte: u8| if byte.is_ascii_digit() { value(byte) } else { u32::from(byte - b'A') };
    let weigh = |(at, byte): (usize, &u8)| if at % 2 == 0 { ODD[order(*byte) as usize] } else { order(*byte) };
    let sum: u32 = text[..15].iter().enumerate().map(weigh).sum();
    digits.into_iter().all(|at| digit(text[at]))
        && b"ABCDEHLMPRST".contains(&text[8])
        && sum % 26 == u32::from(text[15] - b'A')
}

fn is_partita_iva(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"IT").unwrap_or(text);
    let office = number(&digits[7..digits.len().min(10)]);
    digits.len() == 11 && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && !is_flat(digits) && luhn(digits)
}

fn is_pt_nif(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    matches!(digits[0], b'1'..=b'3' | b'5' | b'6' | b'8' | b'9') && check == value(digits[8])
}
