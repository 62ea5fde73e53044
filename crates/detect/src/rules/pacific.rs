//! Australia, New Zealand.

use crate::check::{is_flat, value, weighted};
use crate::rule::rules;

rules! {
    au_tfn: AuTfn, CHECKED, [Au]
        from "ATO, tax file number: weights 1 4 3 7 5 8 6 9 10, modulus 11"
        like ["999 999 999", "999999999", "999-999-999"]
        if |digits| !is_flat(digits) && weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11);
        yes ["876 543 210", "TFN 123456782"]
        no ["876 543 211"]

    au_medicare: AuMedicare, CHECKED, [Medicare]
        from "Services Australia: weights 1 3 7 9 twice, the first digit 2 to 6"
        like ["9999 99999 9", "9999999999", "9999 99999 9 9", "9999-99999-9"]
        if |digits| matches!(digits[0], b'2'..=b'6') && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == value(digits[8]);
        yes ["Medicare 2123 45670 1"]
        no ["2123 25870 1"]

    au_abn: AuAbn, STRONG, [Au]
        from "ABR, ABN format: less ten at the first digit, weights 10 1 3 … 19, modulus 89"
        like ["99 999 999 999", "99999999999", "99-999-999-999"]
        if is_abn;
        yes ["51 824 753 556", "ABN 53004085616"]
        no ["51 824 753 557"]

    au_acn: AuAcn, CHECKED, [Au]
        from "ASIC, ACN: weights 8 to 1, modulus 10"
        like ["999 999 999", "999999999"]
        if |digits| !is_flat(digits) && (10 - weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == value(digits[8]);
        yes ["ACN 004 085 616", "005 499 981"]
        no ["824 753 557"]

    nz_ird: NzIrd, COMMON, [Nz]
        from "Inland Revenue, RWT specification: two rounds of weights, modulus 11"
        like ["99-999-999", "999-999-999", "99999999", "999999999"]
        if is_ird;
        yes ["IRD 49-091-850", "IRD 136410132"]
        no ["49-091-850", "IRD 136410133"]
}

fn is_abn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    digits[0] != b'0' && (sum - 10).is_multiple_of(89)
}

fn is_ird(digits: &[u8]) -> bool {
    let (last, rest) = (value(digits[digits.len() - 1]), &digits[..digits.len() - 1]);
    let skip = 8 - rest.len();
    let check = |weights: [u32; 8]| (11 - weighted(rest, &weights[skip..]) % 11) % 11;
    let first = check([3, 2, 7, 6, 5, 4, 3, 2]);
    last == if first < 10 { first } else { check([7, 4, 3, 2, 5, 2, 7, 6]) }
}
