//! India, Korea, Japan, China, Taiwan, Hong Kong, Singapore, Thailand, Malaysia, Indonesia, the Philippines, Pakistan, Israel,
//! the Emirates, Turkey.

use crate::check::{is_day, is_flat, is_yymmdd, long, luhn, number, place, value, verhoeff, weighted};
use crate::rule::{any, rules};

rules! {
    in_aadhaar: InAadhaar, STRONG, [In]
        from "UIDAI, Aadhaar numbering scheme: Verhoeff, the first digit 2 to 9"
        like ["9999 9999 9999", "9999-9999-9999"]
        if is_aadhaar;
        yes ["2341 2341 2346", "Aadhaar 2341-2341-2346"]
        no ["2341 2341 2347", "1234 1234 1234", "DE00 0731 2341 2341 2346 95", "2341 2341 2346 1234"]

    in_aadhaar_plain: InAadhaar, CHECKED, [In]
        from "UIDAI, Aadhaar numbering scheme: Verhoeff"
        like ["999999999999"]
        if is_aadhaar;
        yes ["234123412346"]
        no ["234123412347"]

    in_pan: InPan, STRONG, [In]
        from "Income Tax Department: five letters, the fourth the kind of holder, four digits, a letter"
        like ["AAAAA9999A"]
        if |text| b"ABCFGHJLPT".contains(&text[3]);
        yes ["AAAPA1234A", "my pan is abcpe5678f"]
        no ["AAAXA1234A"]

    in_pan_labelled: InPan, LABELLED, [In]
        from "Income Tax Department: five letters, four digits, a letter"
        like ["AAAAA9999A"]
        if any;
        yes ["PAN ABCDE1234F"]
        no ["ABCDE1234F"]

    in_gstin: InGstin, STRONG, [In]
        from "GSTN: state, PAN, entity, Z, check modulo 36"
        like ["99AAAAA9999A*A*"]
        if is_gstin;
        yes ["27AAPFU0939F1ZV"]
        no ["27AAPFU0939F1ZW"]

    in_gstin_shape: InGstin, TELLING, [In]
        from "GSTN: state, PAN, entity, Z, check; one slip does not make it harmless"
        like ["99AAAAA9999A*A*"]
        if |text| matches!(number(&text[..2]), 1..=38 | 97) && text[13] == b'Z';
        yes ["27AAPFU0939F1ZW"]
        no ["99AAPFU0939F1ZV"]

    in_voter: InVoter, SHAPED, [In]
        from "Election Commission of India, EPIC: three letters, seven digits"
        like ["AAA9999999"]
        if any;
        yes ["voter id KSD1287349"]
        no ["KSD1287349"]

    in_passport: Passport, SHAPED, [Passport]
        from "Ministry of External Affairs: a letter and seven digits"
        like ["A9999999", "A9 99999"]
        if any;
        yes ["passport J8369854"]
        no ["J8369854"]

    in_registration: VehicleRegistration, TELLING, [Vehicle]
        from "Central Motor Vehicles Rules 1989, rule 50: state, district, series, number"
        like ["AA99AA9999", "AA-99-AA-9999", "AA 99 AA 9999", "AA99A9999", "AA99 AA 9999", "AA99AAA9999", "AA9AAA9999", "AA9AA9999", "AA9A9999"]
        if |text| STATES.contains(&[text[0], text[1]]);
        yes ["KA53ME3456", "MH 12 AB 1234"]
        no ["ZZ53ME3456"]

    kr_rrn: KrRrn, STRONG, [Kr]
        from "주민등록법 시행규칙 §2: date of birth, sex and century (1 to 4); since October 2020 the rest is random"
        like ["999999-9999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'1'..=b'4');
        yes ["960121-1234567", "주민등록번호 900101-1234568"]
        no ["961321-1234567", "960121-5234567"]

    kr_rrn_plain: KrRrn, STRONG, [Kr]
        from "주민등록법 시행규칙 §2: weights 2 to 9 and 2 to 5, modulus 11"
        like ["9999999999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'1'..=b'4') && is_rrn(digits);
        yes ["9001011234568"]
        no ["9001011234569"]

    kr_rrn_random: KrRrn, TELLING, [Kr]
        from "주민등록법 시행규칙 §2, amended October 2020: no check any more"
        like ["9999999999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'1'..=b'4');
        yes ["9601211234567"]
        no ["9613211234567"]

    kr_frn: KrFrn, STRONG, [Kr]
        from "출입국관리법 시행규칙 §47: as a resident's, with 5 to 8 for sex and century"
        like ["999999-9999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'5'..=b'8');
        yes ["960121-5234567", "외국인등록번호 900101-6234568"]
        no ["961321-5234567", "960121-1234567"]

    kr_frn_plain: KrFrn, STRONG, [Kr]
        from "출입국관리법 시행규칙 §47: weights 2 to 9 and 2 to 5, modulus 11, two more"
        like ["9999999999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'5'..=b'8') && is_rrn(digits);
        yes ["9001015234561"]
        no ["9001015234566", "9001011234568"]

    kr_frn_random: KrFrn, TELLING, [Kr]
        from "출입국관리법 시행규칙 §47, since October 2020: no check any more"
        like ["9999999999999"]
        if |digits| is_yymmdd(digits) && matches!(digits[6], b'5'..=b'8');
        yes ["9601215234567"]
        no ["9613215234567", "9601211234567"]

    kr_brn: KrBrn, STRONG, [Kr]
        from "국세청, 사업자등록번호: weights 1 3 7 1 3 7 1 3 5"
        like ["999-99-99999"]
        if is_brn;
        yes ["120-81-47521"]
        no ["120-81-47522"]

    kr_brn_plain: KrBrn, CHECKED, [Kr]
        from "국세청, 사업자등록번호"
        like ["9999999999"]
        if is_brn;
        yes ["1208147521"]
        no ["1208147522"]

    kr_licence: DrivingLicence, STRONG, [Licence]
        from "도로교통공단: region 11 to 28, year, serial, check"
        like ["99-99-999999-99"]
        if |digits| (11..=28).contains(&number(&digits[..2]));
        yes ["11-23-456789-01"]
        no ["10-23-456789-01"]

    kr_passport: Passport, SHAPED, [Passport]
        from "외교부: M, S, R, O, D and eight digits, or from 2021 three digits, a letter, four digits"
        like ["A99999999", "A999A9999"]
        if |text| b"MSRODG".contains(&text[0]);
        yes ["여권 M123A4567", "passport M12345678"]
        no ["M123A4567"]

    jp_my_number: JpMyNumber, COMMON, [Jp]
        from "総務省令第85号: weights 6 5 4 3 2 7 6 5 4 3 2, modulus 11"
        like ["999999999999", "9999 9999 9999", "9999-9999-9999"]
        if is_my_number;
        yes ["マイナンバー 123456789018"]
        no ["マイナンバー 123456789019", "123456789018"]

    cn_id: CnId, STRONG, [Cn]
        from "GB 11643-1999: region, date of birth, ISO/IEC 7064 MOD 11-2"
        like ["99999999999999999*", "999999 99999999 999*"]
        if is_cn_id;
        yes ["11010519491231002X", "身份证440524188001010014"]
        no ["110105194912310021"]

    tw_id: TwId, STRONG, [Tw]
        from "內政部, 國民身分證: the letter as two digits, weights 1 9 8 7 6 5 4 3 2 1 1"
        like ["A999999999"]
        if is_tw_id;
        yes ["A123456789"]
        no ["A123456788"]

    hk_id: HkId, SHAPED, [Hk]
        from "Immigration Department: one letter or two, six digits, a check modulo 11"
        like ["A999999*", "AA999999*"]
        if is_hk_id;
        yes ["HKID G123456A"]
        no ["HKID G1234566"]

    hk_id_written: HkId, STRONG, [Hk]
        from "Immigration Department: the check stands in brackets on the card"
        like ["A999999(*)", "AA999999(*)"]
        if is_hk_id;
        yes ["A123456(3)", "HKID C668668(9)"]
        no ["A123456(4)", "f123456(x)"]

    sg_nric: SgNric, STRONG, [Sg]
        from "ICA, NRIC and FIN: weights 2 7 6 5 4 3 2, letters by series"
        like ["A9999999A"]
        if is_nric;
        yes ["S2740116C", "NRIC T1234567J", "F2346401L"]
        no ["S2740116D"]

    sg_nric_shape: SgNric, TELLING, [Sg]
        from "ICA, NRIC and FIN: the letters around seven digits"
        like ["A9999999A"]
        if |text| b"STFGM".contains(&text[0]);
        yes ["T1234567Z", "NRIC S2740116D"]
        no ["A1234567Z"]

    sg_uen: SgUen, CHECKED, [Sg]
        from "ACRA, UEN: businesses nnnnnnnnX, companies yyyynnnnnX, others TyyPQnnnnX"
        like ["99999999A", "999999999A", "A99AA9999A"]
        if is_uen;
        yes ["UEN 53125226D", "T16RF0037C", "201434292D"]
        no ["53125226"]

    th_id: ThId, STRONG, [Th]
        from "กรมการปกครอง: weights 13 to 2, modulus 11, the first digit 1 to 8"
        like ["9-9999-99999-99-9", "9 9999 99999 99 9"]
        if is_th_id;
        yes ["3-4567-89012-34-7", "so 1-2345-67890-12-1"]
        no ["3-4567-89012-34-8"]

    th_id_plain: ThId, STRONG, [Th]
        from "กรมการปกครอง: weights 13 to 2, modulus 11, the first digit 1 to 8"
        like ["9999999999999"]
        if |digits| is_th_id(digits) && !is_moment(digits);
        yes ["id 3456789012347"]
        no ["0234567890124", "at 1234567890121"]

    th_id_moment: ThId, CHECKED, [Th]
        from "กรมการปกครอง: weights 13 to 2, modulus 11; of a clock's milliseconds one in eleven passes"
        like ["9999999999999"]
        if |digits| is_th_id(digits) && is_moment(digits);
        yes ["My Thai ID is 1234567890121", "1234567890121"]
        no ["at 1234567890121", "1234567890122"]

    my_nric: MyNric, STRONG, [My]
        from "JPN, MyKad: date of birth, place of birth (its list of codes), serial"
        like ["999999-99-9999"]
        if |digits| is_yymmdd(digits) && matches!(number(&digits[6..8]), 1..=16 | 21..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99);
        yes ["890305-08-5123", "so MyKad 890305-08-5123", "for 890305-14-5123 again"]
        no ["891305-08-5123", "890305-18-5123"]

    my_nric_plain: MyNric, SHAPED, [My]
        from "JPN, MyKad: date of birth, place, serial"
        like ["999999999999", "999999 99 9999"]
        if |digits| is_yymmdd(digits) && number(&digits[6..8]) != 0;
        yes ["ic_number=890305085123"]
        no ["890305085123 rows", "MyKad 891305085123"]

    id_nik: IdNik, COMMON, [Id]
        from "Dukcapil, NIK: region, date of birth (women: day plus 40), serial"
        like ["9999999999999999"]
        if is_nik;
        yes ["NIK 3171011708900001"]
        no ["3171011708900001"]

    ph_tin: PhTin, LABELLED, [Ph, Identity]
        from "BIR: nine digits, three or five more for the branch"
        like ["999-999-999", "999-999-999-999", "999-999-999-99999", "999999999", "999999999999"]
        if any;
        yes ["TIN: 000-123-456-001"]
        no ["000-123-456-001"]

    pk_cnic: PkCnic, TELLING, [Pk]
        from "NADRA, CNIC: region, serial, sex"
        like ["99999-9999999-9"]
        if |digits| matches!(digits[0], b'1'..=b'8');
        yes ["35202-1234567-1"]
        no ["05202-1234567-1"]

    il_id: IlId, COMMON, [Il]
        from "רשות האוכלוסין: nine digits, Luhn"
        like ["999999999", "99999999-9"]
        if |digits| luhn(digits) && !is_flat(digits);
        yes ["teudat zehut 123456782", "teudat_zehut=123456782"]
        no ["123456782"]

    ae_id: AeId, STRONG, [Ae]
        from "ICP, Emirates ID: 784, year of birth, Luhn"
        like ["999-9999-9999999-9"]
        if |digits| digits.starts_with(b"784") && (1900..2100).contains(&number(&digits[3..7]));
        yes ["784-1984-1234567-9"]
        no ["785-1984-1234567-9"]

    tr_id: TrId, STRONG, [Tr, Identity]
        from "Nüfus ve Vatandaşlık İşleri: two checks over odd and even digits"
        like ["99999999999"]
        if is_tr_id;
        yes ["10000000146", "Türk kimlik numarası 36493665440"]
        no ["10000000145", "02531814694"]

    tr_registration: VehicleRegistration, TELLING, [Vehicle]
        from "Karayolları Trafik Yönetmeliği: province 01 to 81, letters, number"
        like ["99 A 9999", "99 A 99999", "99 AA 999", "99 AA 9999", "99 AAA 99", "99 AAA 999", "99 AAA 9999", "99 A 99", "99 A 999"]
        if |text| (1..=81).contains(&number(&text[..2]));
        yes ["34 ABC 1234", "Plaka 06 JK 567"]
        no ["99 ABC 123"]
}

const STATES: [[u8; 2]; 38] = [
    *b"AN", *b"AP", *b"AR", *b"AS", *b"BR", *b"CG", *b"CH", *b"DD", *b"DL", *b"DN", *b"GA", *b"GJ", *b"HP", *b"HR",
    *b"JH", *b"JK", *b"KA", *b"KL", *b"LA", *b"LD", *b"MH", *b"ML", *b"MN", *b"MP", *b"MZ", *b"NL", *b"OD", *b"OR",
    *b"PB", *b"PY", *b"RJ", *b"SK", *b"TN", *b"TR", *b"TS", *b"UK", *b"UP", *b"WB",
];

fn is_aadhaar(digits: &[u8]) -> bool {
    let palindrome = digits.iter().eq(digits.iter().rev());
    matches!(digits[0], b'2'..=b'9') && !palindrome && verhoeff(digits)
}

fn is_gstin(text: &[u8]) -> bool {
    let weigh = |(at, byte): (usize, &u8)| {
        let product = place(*byte) * if at % 2 == 0 { 1 } else { 2 };
        product / 36 + product % 36
    };
    let sum: u32 = text[..14].iter().enumerate().map(weigh).sum();
    matches!(number(&text[..2]), 1..=38 | 97) && text[13] == b'Z' && (36 - sum % 36) % 36 == place(text[14])
}

fn is_rrn(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let resident = (11 - rest) % 10;
    let foreigner = (13 - rest) % 10;
    let last = value(digits[12]);
    if matches!(digits[6], b'5'..=b'8') { last == foreigner || last == resident } else { last == resident }
}

fn is_brn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + value(digits[8]) * 5 / 10;
    !is_flat(digits) && (10 - sum % 10) % 10 == value(digits[9])
}

fn is_my_number(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest <= 1 { 0 } else { 11 - rest };
    !is_flat(digits) && check == value(digits[11])
}

fn is_cn_id(text: &[u8]) -> bool {
    let sum = weighted(text, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let born = is_day(number(&text[6..10]), number(&text[10..12]), number(&text[12..14]));
    born && (1800..2100).contains(&number(&text[6..10])) && b"10X98765432"[(sum % 11) as usize] == text[17]
}

fn is_tw_id(text: &[u8]) -> bool {
    const PLACES: [u32; 26] =
        [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33];
    let area = PLACES[usize::from(text[0] - b'A')];
    let sum = area / 10 + area % 10 * 9 + weighted(&text[1..], &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(text[1], b'1' | b'2' | b'8' | b'9') && sum.is_multiple_of(10)
}

fn is_hk_id(text: &[u8]) -> bool {
    let letters = text.len() - 7;
    let first = if letters == 2 { place(text[0]) * 9 + place(text[1]) * 8 } else { 36 * 9 + place(text[0]) * 8 };
    let check = match text[text.len() - 1] {
        b'A' => 10,
        digit @ b'0'..=b'9' => value(digit),
        _ => return false,
    };
    (first + weighted(&text[letters..], &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11)
}

fn is_nric(text: &[u8]) -> bool {
    let sum = weighted(&text[1..], &[2, 7, 6, 5, 4, 3, 2]);
    let (offset, letters) = match text[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    letters[((sum + offset) % 11) as usize] == text[8]
        // The series M has been published both ways.
        || text[0] == b'M' && b"XWUTRQPNJLK"[((sum + 3) % 11) as usize] == text[8]
}

fn is_uen(text: &[u8]) -> bool {
    const COMPANY: [u32; 9] = [10, 8, 6, 4, 9, 7, 5, 3, 1];
    match text.len() {
        9 => b"XMKECAWLJDB"[(weighted(text, &[10, 4, 9, 3, 8, 2, 7, 1]) % 11) as usize] == text[8],
        _ if text[0].is_ascii_digit() => b"ZKCMDNERGWH"[(weighted(text, &COMPANY) % 11) as usize] == text[9],
        _ => matches!(text[0], b'R' | b'S' | b'T') && is_other_entity(text),
    }
}

fn is_other_entity(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let place = |byte: u8| ALPHABET.iter().position(|letter| *letter == byte).unwrap_or(0);
    let sum: usize = text.iter().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]).map(|(byte, weight)| place(*byte) * weight).sum();
    ALPHABET[(sum + 11 - 5) % 11] == text[9]
}

/// Whether it would be a time between 2001 and 2036 in milliseconds.
fn is_moment(digits: &[u8]) -> bool {
    (1_000_000_000_000..2_100_000_000_000).contains(&long(digits))
}

fn is_th_id(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(digits[0], b'1'..=b'8') && (10..=96).contains(&number(&digits[1..3])) && check % 10 == value(digits[12])
}

fn is_nik(digits: &[u8]) -> bool {
    let day = number(&digits[6..8]);
    let born = is_day(number(&digits[10..12]), number(&digits[8..10]), if day > 40 { day - 40 } else { day });
    born && (11..=94).contains(&number(&digits[..2])) && long(&digits[12..]) != 0
}

fn is_tr_id(digits: &[u8]) -> bool {
    let digit = |at: usize| value(digits[at]);
    let odd = digit(0) + digit(2) + digit(4) + digit(6) + digit(8);
    let even = digit(1) + digit(3) + digit(5) + digit(7);
    let sum: u32 = digits[..10].iter().map(|byte| value(*byte)).sum();
    digits[0] != b'0' && (odd * 7 + 100 - even) % 10 == digit(9) && sum % 10 == digit(10)
}
