//! Canada, Mexico, Brazil, Argentina, Chile.

use crate::check::{is_flat, is_yymmdd, luhn, place, value, weighted};
use crate::rule::{any, rules};

rules! {
    br_cpf: BrCpf, STRONG, [Br]
        from "Receita Federal, CPF: two checks modulo 11"
        like ["999.999.999-99", "999 999 999 99", "999999999-99"]
        if is_cpf;
        yes ["529.982.247-25", "CPF 111.444.777-35"]
        no ["529.982.247-26", "111.111.111-11"]

    br_cpf_plain: BrCpf, CHECKED, [Br]
        from "Receita Federal, CPF: two checks modulo 11"
        like ["99999999999"]
        if is_cpf;
        yes ["52998224725"]
        no ["52998224726"]

    br_cnpj: BrCnpj, STRONG, [Br]
        from "Receita Federal, CNPJ: two checks modulo 11"
        like ["99.999.999/9999-99", "99999999/9999-99", "99999999999999"]
        if is_cnpj;
        yes ["11.222.333/0001-81", "CNPJ 11222333000181"]
        no ["11.222.333/0001-82"]

    ca_sin: CaSin, STRONG, [Ca]
        from "Employment and Social Development Canada: Luhn; no number begins with 8"
        like ["999 999 999", "999-999-999"]
        if is_sin;
        yes ["SIN 130 692 544", "347-677-452"]
        no ["130 692 545", "111 111 111", "830 692 547"]

    ca_sin_plain: CaSin, CHECKED, [Ca]
        from "Employment and Social Development Canada: Luhn"
        like ["999999999"]
        if is_sin;
        yes ["social insurance 130692544", "469317481"]
        no ["130692545"]

    ca_passport: Passport, SHAPED, [Passport]
        from "IRCC: two letters and six digits; from 2023 a letter, six digits, two letters"
        like ["AA999999", "A999999AA"]
        if any;
        yes ["passport A123456AB", "passport AB123456"]
        no ["A123456AB"]

    ca_postal_code: PostalCode, TELLING, [Postal]
        from "Canada Post, Addressing Guidelines: no D, F, I, O, Q, U; no W or Z first"
        like ["A9A 9A9", "A9A-9A9"]
        if |text| !b"WZ".contains(&text[0]) && text.iter().all(|byte| !b"DFIOQU".contains(byte));
        yes ["M5H 1J9"]
        no ["D5H 1J9", "Z5H 1J9"]

    mx_curp: MxCurp, STRONG, [Mx]
        from "RENAPO, Instructivo normativo de la CURP: date of birth, sex, state, modulo 10"
        like ["AAAA999999AAAAAA*9"]
        if is_curp;
        yes ["HEGG560427MVZRRL04"]
        no ["HEGG560427MVZRRL05"]

    mx_rfc: MxRfc, CHECKED, [Mx]
        from "SAT, RFC: four letters (three for a business), a date, three characters"
        like ["AAAA999999***", "AAA999999***", "AAAA-999999-***"]
        if |text| is_yymmdd(&text[text.len() - 9..]);
        yes ["RFC GODE561231GR8"]
        no ["GODE561331GR8"]

    ar_cuit: ArCuit, STRONG, [Ar]
        from "AFIP, CUIT and CUIL: weights 5 4 3 2 7 6 5 4 3 2, modulus 11"
        like ["99-99999999-9"]
        if is_cuit;
        yes ["20-26756539-3", "CUIT 30-50001091-2"]
        no ["20-26756539-4"]

    ar_cuit_plain: ArCuit, COMMON, [Ar]
        from "AFIP, CUIT and CUIL"
        like ["99999999999"]
        if is_cuit;
        yes ["CUIT 20267565393"]
        no ["20267565393"]

    cl_rut: ClRut, STRONG, [Cl]
        from "Registro Civil, RUT: weights 2 to 7 from the right, modulus 11"
        like ["99.999.999-*", "9.999.999-*", "99999999-*"]
        if is_rut;
        yes ["12.345.678-5", "RUT 12345678-5"]
        no ["12.345.678-6"]

    cl_rut_plain: ClRut, COMMON, [Cl]
        from "Registro Civil, RUT: older numbers have seven digits; forms leave out what separates"
        like ["9999999-*", "9999999*", "99999999*"]
        if is_rut;
        yes ["RUT 8864999-0", "rut: 123456785"]
        no ["RUT 8864999-1", "8864999-0 rows"]
}

fn is_cpf(digits: &[u8]) -> bool {
    let check = |weights: &[u32]| (weighted(digits, weights) * 10) % 11 % 10;
    !is_flat(digits)
        && check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]) == value(digits[9])
        && check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == value(digits[10])
}

fn is_cnpj(digits: &[u8]) -> bool {
    let check = |weights: &[u32]| (weighted(digits, weights) * 10) % 11 % 10;
    !is_flat(digits)
        && check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == value(digits[12])
        && check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == value(digits[13])
}

fn is_sin(digits: &[u8]) -> bool {
    digits[0] != b'8' && digits[0] != b'0' && !is_flat(digits) && luhn(digits)
}

fn is_curp(text: &[u8]) -> bool {
    // The alphabet has an Ñ between N and O.
    let place = |byte: u8| place(byte) + u32::from(byte > b'N');
    let sum: u32 = text[..17].iter().zip(2..).map(|(byte, at)| place(*byte) * (20 - at)).sum();
    is_yymmdd(&text[4..10]) && matches!(text[10], b'H' | b'M' | b'X') && (10 - sum % 10) % 10 == value(text[17])
}

fn is_cuit(digits: &[u8]) -> bool {
    let kind = matches!(&digits[..2], b"20" | b"23" | b"24" | b"25" | b"26" | b"27" | b"30" | b"33" | b"34");
    let check = 11 - weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    kind && check % 11 == value(digits[10])
}

fn is_rut(text: &[u8]) -> bool {
    let (last, rest) = (text[text.len() - 1], &text[..text.len() - 1]);
    let weights = [2, 3, 4, 5, 6, 7].iter().cycle();
    let sum: u32 = rest.iter().rev().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum();
    b"0K987654321"[(sum % 11) as usize] == last && !is_flat(rest)
}
