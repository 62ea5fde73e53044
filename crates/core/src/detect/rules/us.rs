//! The United States' numbers of people.

use crate::detect::check::number;
use crate::detect::rule::rules;

rules! {
    us_ssn: UsSsn, STRONG, [UsTax]
        from "Social Security Administration, POMS RM 10201.035: invalid numbers"
        like ["999-99-9999", "999 99 9999", "999.99.9999"]
        if is_ssn;
        yes ["078-05-1121", "my ssn is 536-90-4399, thanks"]
        no ["000-12-3456", "666-12-3456", "901-12-3456", "123-00-6789", "123-45-0000"]

    us_itin: UsItin, CHECKED, [UsTax]
        from "IRS, IRM 3.21.263: 9xx with 50-65, 70-88, 90-92 or 94-99 in the middle"
        like ["999-99-9999", "999 99 9999", "999999999"]
        if |digits| digits[0] == b'9' && matches!(number(&digits[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99);
        yes ["911-70-1234", "itin 911701234"]
        no ["911-89-1234", "811-70-1234"]
}

fn is_ssn(digits: &[u8]) -> bool {
    let (area, group, serial) = (number(&digits[..3]), number(&digits[3..5]), number(&digits[5..]));
    let published = matches!(digits, b"078051120" | b"219099999" | b"457555462");
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !published
}
