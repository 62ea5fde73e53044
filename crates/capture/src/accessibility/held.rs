//! What a field holds, as far as it lies around the caret.

use std::time::Instant;

use understudy_core::backend::Held;
use zeroize::Zeroizing;

use super::bus::{Object, property_of};
use crate::dbus::{Call, Connection, Message, Result};

pub(super) const TEXT: &str = "org.a11y.atspi.Text";

/// How much is asked for, in characters: half of it before the caret, where the field has as much.
const AROUND: i32 = 4096;
/// The longest text that is taken, in bytes.
const LONGEST: usize = 16 << 10;

/// Asks a field; `None` where it has no caret, where it does not answer in time, and where it answers with more than it was asked for.
pub(super) fn read(connection: &mut Connection, object: &Object, deadline: Instant) -> Result<Option<Held>> {
    let calls = ["CaretOffset", "CharacterCount"].map(|name| object.get(TEXT, name));
    let answers = connection.ask(&calls, deadline)?;
    let numbers: Vec<i32> = answers.iter().flatten().filter_map(number).collect();
    let &[caret, count] = numbers.as_slice() else { return Ok(None) };
    let Some((start, end)) = around(caret, count) else { return Ok(None) };
    let get = Call::new(&object.peer, &object.path, TEXT, "GetText").with("ii", |body| {
        body.i32(start);
        body.i32(end);
    });
    let answer = connection.ask(&[get], deadline)?.pop().flatten();
    let text = answer.as_ref().and_then(|answer| answer.values("s")?.string());
    let fits =
        |text: &&str| text.len() <= LONGEST && i32::try_from(text.chars().count()).is_ok_and(|n| n <= end - start);
    Ok(text.filter(fits).map(|text| Held::new(Zeroizing::new(text.to_owned()))))
}

/// From which character to which; `None` where there is no caret.
fn around(caret: i32, count: i32) -> Option<(i32, i32)> {
    if !(0..=count).contains(&caret) {
        return None;
    }
    let start = (caret - AROUND / 2).min(count - AROUND).max(0);
    Some((start, count.min(start + AROUND)))
}

fn number(answer: &Message) -> Option<i32> {
    property_of(answer, "i")?.i32()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_lies_around_the_caret_and_within_the_text() {
        assert_eq!(around(0, 0), Some((0, 0)));
        assert_eq!(around(3, 10), Some((0, 10)));
        assert_eq!(around(4096, 4096), Some((0, 4096)));
        assert_eq!(around(5000, 10_000), Some((2952, 7048)));
        assert_eq!(around(0, 10_000), Some((0, 4096)));
        assert_eq!(around(10_000, 10_000), Some((5904, 10_000)));
        assert_eq!(around(i32::MAX, i32::MAX), Some((i32::MAX - 4096, i32::MAX)));
        for (caret, count) in [(-1, 10), (11, 10), (0, -1), (i32::MIN, i32::MIN)] {
            assert_eq!(around(caret, count), None, "{caret} of {count}");
        }
    }
}
