//! Poland, Czechia, Slovakia, Romania, Bulgaria, Croatia, Slovenia, Russia.

use crate::check::{is_day, is_flat, is_yymmdd, long, mod11_10, number, place, value, weighted};
use crate::rule::rules;

rules! {
    pl_pesel: PlPesel, STRONG, [Pl]
        from "MSWiA, PESEL: weights 1 3 7 9, date of birth with the century in the month"
        like ["99999999999"]
        if is_pesel;
        yes ["44051401458", "My pesel is 02070803628."]
        no ["44051401459", "pesel 44131401458"]

    pl_nip: PlNip, CHECKED, [Pl, Vat]
        from "Ministerstwo Finansów, NIP: weights 6 5 7 2 3 4 5 6 7, modulus 11"
        like ["999-999-99-99", "999-99-99-999", "9999999999"]
        if |digits| !is_flat(digits) && weighted(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(digits[9]);
        yes ["NIP 526-00-01-246", "526-000-12-46"]
        no ["NIP 526-00-01-247"]

    pl_nip_vat: PlNip, STRONG, [Pl, Vat]
        from "Ministerstwo Finansów, NIP: with the country's code in the European Union"
        like ["AA9999999999", "AA 9999999999"]
        if |text| text.starts_with(b"PL") && weighted(&text[2..], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(text[11]) && !is_flat(&text[2..]);
        yes ["PL5260001246"]
        no ["PL5260001247", "PX5260001246"]

    pl_identity_card: IdentityCard, CHECKED, [Pl, Identity]
        from "MSWiA, dowód osobisty: three letters, six digits, weights 7 3 1 9 7 3 1 7 3"
        like ["AAA999999", "AAA 999999"]
        if is_dowod;
        yes ["dowód ABA300000", "ABA300000"]
        no ["ABA400000"]

    cz_rodne_cislo: CzRodneCislo, STRONG, [Cz]
        from "Zákon 133/2000 Sb.: divisible by 11, date of birth (women: month plus 50)"
        like ["999999/9999"]
        if is_rodne_cislo;
        yes ["736028/5163", "rodné číslo 736028/5163"]
        no ["736028/5164"]

    cz_rodne_cislo_plain: CzRodneCislo, COMMON, [Cz]
        from "Zákon 133/2000 Sb."
        like ["9999999999"]
        if is_rodne_cislo;
        yes ["rodné číslo 7360285163"]
        no ["7360285163"]

    ro_cnp: RoCnp, STRONG, [Ro]
        from "OUG 97/2005: weights 2 7 9 1 4 6 3 5 8 2 7 9, modulus 11, date of birth"
        like ["9999999999999"]
        if is_cnp;
        yes ["CNP 1630615123457", "2961109383471"]
        no ["1630615123458"]

    bg_egn: BgEgn, CHECKED, [Bg]
        from "ESGRAON: weights 2 4 8 5 10 9 7 3 6, modulus 11, the century in the month"
        like ["9999999999"]
        if is_egn;
        yes ["EGN 7523169263"]
        no ["EGN 7523169264"]

    hr_oib: HrOib, COMMON, [Hr]
        from "Zakon o OIB: ISO/IEC 7064 MOD 11,10"
        like ["99999999999"]
        if |digits| !is_flat(digits) && mod11_10(digits);
        yes ["OIB 33392005961"]
        no ["OIB 33392005962", "33392005961"]

    si_emso: SiEmso, STRONG, [Si]
        from "Zakon o centralnem registru prebivalstva: weights 7 6 5 4 3 2 twice, modulus 11, date of birth"
        like ["9999999999999"]
        if is_emso;
        yes ["EMŠO 0101006500006"]
        no ["0101006500007"]

    ru_inn: RuInn, COMMON, [Ru]
        from "FNS, INN: modulus 11, two checks for people"
        like ["999999999999", "9999999999"]
        if is_inn;
        yes ["INN 500100732259", "инн 7830002293", "ИНН 7830002293"]
        no ["INN 500100732250"]

    ru_snils: RuSnils, STRONG, [Ru]
        from "SFR, SNILS: weights 9 to 1, modulus 101"
        like ["999-999-999 99", "999-999-999-99"]
        if is_snils;
        yes ["112-233-445 95"]
        no ["112-233-445 96"]
}

fn is_pesel(digits: &[u8]) -> bool {
    let month = number(&digits[2..4]) % 20;
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    is_day(number(&digits[..2]), month, number(&digits[4..6])) && sum.is_multiple_of(10) && !is_flat(digits)
}

fn is_dowod(text: &[u8]) -> bool {
    let sum: u32 = text.iter().zip([7, 3, 1, 9, 7, 3, 1, 7, 3]).map(|(byte, weight)| place(*byte) * weight).sum();
    sum.is_multiple_of(10)
}

fn is_rodne_cislo(digits: &[u8]) -> bool {
    let month = match number(&digits[2..4]) {
        month @ 71..=82 => month - 70,
        month @ 51..=62 => month - 50,
        month @ 21..=32 => month - 20,
        month => month,
    };
    is_day(number(&digits[..2]), month, number(&digits[4..6])) && long(digits).is_multiple_of(11) && !is_flat(digits)
}

fn is_cnp(digits: &[u8]) -> bool {
    // A rest of ten is written as 1.
    let check = match weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        rest => rest,
    };
    is_yymmdd(&digits[1..7]) && digits[0] != b'0' && check == value(digits[12])
}

fn is_egn(digits: &[u8]) -> bool {
    let month = match number(&digits[2..4]) {
        month @ 41..=52 => month - 40,
        month @ 21..=32 => month - 20,
        month => month,
    };
    let check = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    is_day(number(&digits[..2]), month, number(&digits[4..6])) && check == value(digits[9])
}

fn is_emso(digits: &[u8]) -> bool {
    let year = number(&digits[4..7]);
    let year = if year > 800 { 1000 + year } else { 2000 + year };
    let check = (11 - weighted(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    is_day(year, number(&digits[2..4]), number(&digits[..2])) && check == value(digits[12])
}

fn is_inn(digits: &[u8]) -> bool {
    let checks = |weights: &[u32], at: usize| weighted(digits, weights) % 11 % 10 == value(digits[at]);
    let sound = match digits.len() {
        10 => checks(&[2, 4, 10, 3, 5, 9, 4, 6, 8], 9),
        _ => checks(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 10) && checks(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11),
    };
    sound && !is_flat(digits)
}

fn is_snils(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    sum % 101 % 100 == number(&digits[9..]) && !is_flat(digits)
}
