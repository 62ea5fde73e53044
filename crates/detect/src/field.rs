//! What a field asks for, by what it is called: of a form, the label is not typed.

use super::context::Context;
use super::fold::Folded;
use super::words::Topic;

/// What no shape tells, or only a few digits do: without its label, nobody knows it for what it is.
const ASKED: [Topic; 13] = [
    Topic::Password,
    Topic::Pin,
    Topic::Code,
    Topic::Cvv,
    Topic::Expiry,
    Topic::Secret,
    Topic::Account,
    Topic::Ssn,
    Topic::Identity,
    Topic::Passport,
    Topic::Licence,
    Topic::Birth,
    Topic::Record,
];
/// A name that is longer says more than what the field is for.
const LONGEST: usize = 256;

/// Whether a field of this name asks for something that is sensitive whatever it looks like: a password, a code, an account, a passport.
pub fn asks_for_secret(name: &str) -> bool {
    let name = name.get(..name.floor_char_boundary(LONGEST)).unwrap_or_default();
    let folded = Folded::of(name);
    let context = Context::new(folded.as_ref().map_or(name, |folded| &folded.text));
    let topics: Vec<Topic> = context.words().map(|(_, _, topic)| topic).collect();
    let is_code = |topic: &Topic| *topic == Topic::Code && topics.contains(&Topic::NotACode);
    topics.iter().any(|topic| ASKED.contains(topic) && !is_code(topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_ask_for_what_is_secret() {
        for name in [
            "Password",
            "Current password",
            "One-time code",
            "Enter the verification code",
            "2FA",
            "PIN",
            "CVV",
            "Security code",
            "Expires",
            "Expiration date (MM/YY)",
            "Valid thru",
            "API key",
            "Account number",
            "Social Security Number",
            "Passport no.",
            "Date of birth",
            "Geburtsdatum",
            "パスワード",
            "Member ID",
            "date\u{a0}de\u{a0}naissance",
            "security_code",
            "dateOfBirth",
        ] {
            assert!(asks_for_secret(name), "{name}");
        }
        assert!(asks_for_secret(&format!("Password {}", "x".repeat(100_000))));
    }

    #[test]
    fn other_labels_do_not() {
        for name in [
            "",
            "Address and search bar",
            "Search",
            "Message",
            "Promo code",
            "Zip code",
            "Source code",
            "Subject",
            "Notes",
            "Cell reference",
            "Comment",
            "Title",
            "Find in page",
            "Spinner",
        ] {
            assert!(!asks_for_secret(name), "{name}");
        }
    }
}
