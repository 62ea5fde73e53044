//! Sensitive values, made when they are needed: none of them is anybody's.

/// Numbers that follow from a seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

/// A value, and the pieces in which forms ask for it.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) groups: Vec<String>,
    /// Whether it is known wherever it is cut: it has a checksum and a length of its own.
    pub(super) is_checked: bool,
}

/// Any of them.
pub(super) fn value(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 | 1 => card(dice),
        2 => iban(dice),
        3 => grouped(ssn(dice), '-'),
        4 => grouped(phone(dice), ' '),
        _ if dice.below(4) == 0 => whole(token(dice)),
        _ => whole(mail(dice)),
    }
}

/// One that is known wherever it is cut.
pub(super) fn card(dice: &mut Dice) -> Value {
    let digits = format!("4{}", dice.digits(14));
    let sum: u32 =
        digits.bytes().rev().enumerate().map(|(at, digit)| doubled(u32::from(digit - b'0'), at % 2 == 0)).sum();
    let digits = format!("{digits}{}", (10 - sum % 10) % 10);
    let groups: Vec<String> =
        digits.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let between = dice.pick(&["", " ", "-"]);
    Value { text: groups.join(between), groups, is_checked: true }
}

fn doubled(digit: u32, doubles: bool) -> u32 {
    match digit * 2 {
        double if doubles => double / 10 + double % 10,
        _ => digit,
    }
}

fn iban(dice: &mut Dice) -> Value {
    let account = dice.digits(18);
    let remainder =
        format!("{account}131400").bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    let text = format!("DE{:02}{account}", 98 - remainder);
    let groups = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Value { text, groups, is_checked: true }
}

fn ssn(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:04}", 100 + dice.below(560), 10 + dice.below(80), 1000 + dice.below(9000))
}

fn phone(dice: &mut Dice) -> String {
    format!("+1 {} {} {}", dice.pick(&["212", "415", "617", "312"]), 220 + dice.below(300), 1000 + dice.below(9000))
}

fn mail(dice: &mut Dice) -> String {
    let names = ["pat.lee", "j_doe", "maria-luz", "k.okafor", "wei"];
    format!(
        "{}{}@{}.{}",
        dice.pick(&names),
        dice.below(1000),
        dice.pick(&["example", "mail.example"]),
        dice.pick(&["org", "com", "net"])
    )
}

fn token(dice: &mut Dice) -> String {
    let claims = format!("{{\"sub\":\"{}\",\"iat\":{}}}", dice.digits(10), dice.digits(10));
    let signature: Vec<u8> = (0..32).map(|_| dice.below(256) as u8).collect();
    [br#"{"alg":"HS256","typ":"JWT"}"#.as_slice(), claims.as_bytes(), &signature].map(base64url).join(".")
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let group = |chunk: &[u8]| {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        (0..=chunk.len()).map(move |at| char::from(ALPHABET[bits >> (18 - 6 * at) & 63])).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

fn grouped(text: String, between: char) -> Value {
    let groups = text.split(between).map(str::to_owned).collect();
    Value { text, groups, is_checked: false }
}

fn whole(text: String) -> Value {
    Value { groups: vec![text.clone()], text, is_checked: false }
}
