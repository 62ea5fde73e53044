//! What tells of a person's health: two terms, or one that is said of somebody.

use crate::Class;
use crate::part::part;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::words::Topic;

/// How far apart two terms may stand and still be about one thing.
const APART: usize = 300;
/// How far before a term a word may stand that says whose it is.
const WHOSE: usize = 80;

/// Whose it is: somebody who speaks, or a patient.
const PEOPLE: [&str; 26] = [
    "i",
    "my",
    "me",
    "i'm",
    "i've",
    "am",
    "his",
    "her",
    "he",
    "she",
    "patient",
    "diagnosed",
    "diagnosis",
    "suffers",
    "suffering",
    "treated",
    "treatment",
    "prescribed",
    "prescription",
    "symptoms",
    "history",
    "husband",
    "wife",
    "son",
    "daughter",
    "mother",
];

/// Marks the terms where there are enough of them, or where one is said of somebody.
pub(crate) fn terms(scan: &mut Scan<'_>) {
    let is_term = |(start, end, topic)| (topic == Topic::Health).then_some((start, end));
    let mut terms: Vec<(usize, usize)> = scan.context.words().filter_map(is_term).collect();
    // `hypothyroid` is one term, and not also `thyroid`.
    terms.dedup_by(|next, term| {
        let is_one = next.0 < term.1;
        if is_one {
            *term = (term.0.min(next.0), next.1);
        }
        is_one
    });
    for (at, (start, end)) in terms.iter().enumerate() {
        let word = part(scan.text, *start..*end);
        let beside = |other: Option<&(usize, usize)>| {
            other.is_some_and(|(from, to)| {
                let apart = from.max(start).saturating_sub(*to.min(end));
                apart <= APART && !part(scan.text, *from..*to).eq_ignore_ascii_case(word)
            })
        };
        let two = beside(at.checked_sub(1).and_then(|at| terms.get(at))) || beside(terms.get(at + 1));
        if two || is_of_somebody(scan.text, *start, *end) {
            scan.add(*start..*end, Class::HealthTerm, "health_term", STRONG, &[]);
        }
    }
}

fn is_of_somebody(text: &str, start: usize, end: usize) -> bool {
    let from = text.ceil_char_boundary(start.saturating_sub(WHOSE));
    let to = text.floor_char_boundary(end + WHOSE / 2);
    let words = |part: &str| {
        part.split(|char: char| !char.is_alphanumeric() && char != '\'')
            .any(|word| PEOPLE.iter().any(|person| person.eq_ignore_ascii_case(word)))
    };
    words(part(text, from..start)) || words(part(text, end..to))
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn two_terms_tell_and_so_does_one_with_its_person() {
        let terms = |text| found(text).iter().filter(|(class, _)| *class == Class::HealthTerm).count();
        assert_eq!(terms("Metformin for diabetes"), 2);
        assert_eq!(terms("I have asthma"), 1);
        assert_eq!(terms("asthma is the subject of this page"), 0);
        assert_eq!(terms("a depression in the ground; depression of the key"), 0, "one term twice");
        assert_eq!(terms("hypothyroidism is the subject of this page"), 0, "one term within another");
        assert_eq!(
            found("hypothyroidism, diabetes"),
            [(Class::HealthTerm, "hypothyroid"), (Class::HealthTerm, "diabetes")]
        );
    }
}
