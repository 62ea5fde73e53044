use proptest::prelude::*;

use super::*;
use crate::detect::Mode;
use crate::error::ErrorKind;
use crate::event::App;
use crate::sign::{SignKey, VerifyKey};
use crate::track::Track;

fn app(id: &str, instance: &str) -> App {
    App { id: id.into(), instance: instance.into() }
}

fn read(text: &str) -> Layer {
    Layer::read("layer", text.as_bytes())
}

/// A layer of the recording's, with these members.
fn layer(members: &str) -> Layer {
    read(&format!(r#"{{"schema": "understudy.policy/1", "layer": "recording", {members}}}"#))
}

fn merged(members: &[&str]) -> Policy {
    let layers: Vec<Layer> = members.iter().map(|members| layer(members)).collect();
    Policy::merge(Rules::request(), &layers, &Authors::default()).expect("merges")
}

#[test]
fn an_application_is_trusted_by_either_of_its_names_and_only_if_it_is_asked_for() {
    let policy = Policy::excluding([]).expect("policy").trusting(["XTerm".into()]).expect("policy");
    assert!(policy.trusts(&app("XTerm", "build")) && policy.trusts(&app("Other", "xterm")));
    assert!(!policy.trusts(&app("xterm2", "")) && !policy.excludes(&app("XTerm", "build")));
    assert!(!Policy::default().trusts(&app("XTerm", "xterm")));
    assert!(Policy::default().trusting([String::new()]).is_err());
}

#[test]
fn no_layer_trusts_what_the_recording_did_not_ask_for() {
    let policy = merged(&[r#""trusted": ["xterm", "mousepad"]"#]);
    assert!(!policy.trusts(&app("XTerm", "xterm")));
    let asks = |names: &[&str]| Rules::request().trusting(names.iter().map(|name| (*name).to_owned())).expect("rules");
    let layers = [layer(r#""trusted": ["xterm", "mousepad"]"#)];
    let policy = Policy::merge(asks(&["xterm", "code"]), &layers, &Authors::default()).expect("merges");
    assert!(policy.trusts(&app("XTerm", "xterm")));
    assert!(!policy.trusts(&app("Mousepad", "mousepad")) && !policy.trusts(&app("Code", "code")));
}

#[test]
fn each_kind_of_rule_tightens_by_itself() {
    let editor = app("Mousepad", "mousepad");
    assert_eq!(merged(&[]).excludes_window(&editor, "notes"), None);
    assert_eq!(merged(&[r#""only": ["XTerm"]"#]).excludes_window(&editor, "notes"), Some(Excluded::NotListed));
    assert_eq!(merged(&[r#""only": ["mouse*"]"#]).excludes_window(&editor, "notes"), None);
    let exclude = |what: &str| merged(&[&format!(r#""exclude": {{{what}}}"#)]);
    assert!(exclude(r#""applications": ["MOUSEPAD"]"#).excludes(&editor));
    let titled = exclude(r#""titles": ["Payroll*"]"#);
    assert_eq!(titled.excludes_window(&editor, "Payroll 2026 - Mousepad"), Some(Excluded::Title));
    assert_eq!(titled.excludes_window(&editor, "On payroll - Mousepad"), None);
    let addressed = exclude(r#""addresses": ["hr.example.org"]"#);
    assert_eq!(addressed.excludes_window(&editor, "x - https://hr.example.org/a"), Some(Excluded::Address));
    let user = addressed.excludes_window(&editor, "https://me@www.hr.example.org:1/?q=a.b");
    assert_eq!(user, Some(Excluded::Address));
    assert_eq!(addressed.excludes_window(&editor, "https://example.org/hr"), None);
    let common = merged(&[r#""tracks": ["keyboard", "pointer"]"#, r#""tracks": ["pointer", "screen"]"#]).tracks();
    assert_eq!(common, [Track::Pointer].into_iter().collect());
    assert_eq!(merged(&[r#""maxFps": 5"#, r#""maxFps": 12"#]).max_fps(), 5);
    let counted = merged(&[r#""sensitive": ["ip_address"]"#]);
    assert!(counted.counts(Class::IpAddress) && counted.counts(Class::UsSsn) && !counted.counts(Class::MacAddress));
    assert!(!merged(&[r#""directRelease": true"#]).allows_direct_release(), "the recording did not ask for it");
}

#[test]
fn what_does_not_count_stands_in_nobodys_way() {
    let text = "the server is fe80::1ff:fe23:4567:890a, call (415) 555-0132";
    let found = |policy: Policy| policy.detector().find(text).into_iter().map(|it| it.class).collect::<Vec<_>>();
    assert_eq!(found(Policy::default()), [Class::Phone]);
    assert_eq!(found(merged(&[r#""sensitive": ["ip_address"]"#])), [Class::IpAddress, Class::Phone]);
}

#[test]
fn a_layer_that_is_not_understood_lets_nothing_be_captured_and_says_why() {
    for (text, why) in [
        ("", "JSON"),
        ("[]", "no JSON object"),
        (r#"{"layer": "recording"}"#, "\"schema\" is missing"),
        (r#"{"schema": "understudy.policy/2", "layer": "recording"}"#, "understudy.policy/1"),
        (r#"{"schema": "understudy.policy/1"}"#, "\"layer\" is missing"),
        (r#"{"schema": "understudy.policy/1", "layer": "floor"}"#, "\"layer\" is to be"),
        (
            r#"{"schema": "understudy.policy/1", "layer": "recording", "pause": false}"#,
            "\"pause\" is the contributor's own",
        ),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "Exclude": {}}"#, "\"Exclude\" is no known member"),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "exclude": {"urls": []}}"#, "\"urls\""),
        (
            r#"{"schema": "understudy.policy/1", "layer": "recording", "exclude": {"addresses": ["a b"]}}"#,
            "\"addresses\"",
        ),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "exclude": {"titles": [""]}}"#, "\"titles\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "tracks": ["screen", "screen"]}"#, "\"tracks\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "tracks": ["sound"]}"#, "\"tracks\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "maxFps": 0}"#, "\"maxFps\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "maxFps": 241}"#, "\"maxFps\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "detectors": "off"}"#, "\"detectors\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "sensitive": ["us_ssn"]}"#, "\"sensitive\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "directRelease": 1}"#, "\"directRelease\""),
        (r#"{"schema": "understudy.policy/1", "layer": "recording", "maxFps": 1, "maxFps": 9}"#, "twice"),
    ] {
        let layer = read(text);
        assert_eq!(layer.rules(), &Rules::nothing(), "{text}");
        assert!(layer.problems().iter().any(|problem| problem.contains(why)), "{text}: {:?}", layer.problems());
        let refused = Policy::merge(Rules::request(), &[layer], &Authors::default()).expect_err("is refused");
        assert_eq!(refused.kind(), ErrorKind::PolicyInvalid);
    }
    let long = format!(r#"{{"schema": "understudy.policy/1", "layer": "recording", "only": ["{}"]}}"#, "x".repeat(257));
    assert!(!read(&long).problems().is_empty());
    let many = format!(r#""only": [{}"a"]"#, "\"a\",".repeat(1024));
    assert!(!layer(&many).problems().is_empty());
}

#[test]
fn what_lets_nothing_be_captured_lets_nothing_be_captured() {
    let policy = Policy::new(Rules::nothing(), Rules::request());
    assert!(policy.tracks().is_empty() && policy.excludes(&app("XTerm", "xterm")));
    assert!(Class::OPTIONAL.into_iter().all(|class| policy.counts(class)));
    let request = Rules::request().trusting(["xterm".into()]).expect("rules");
    assert!(!Policy::new(Rules::nothing(), request).trusts(&app("XTerm", "xterm")));
}

#[test]
fn a_layer_counts_only_under_its_authors_signature() {
    let (ours, theirs) = (SignKey::random(), SignKey::random());
    let draft = |whose: &str| format!(r#"{{"layer": "{whose}", "schema": "understudy.policy/1", "maxFps": 5}}"#);
    let signed = |whose: &str| Layer::sign(draft(whose).as_bytes(), &ours).expect("signs");
    let merge = |bytes: &[u8], organisations: &[VerifyKey], contributor: Option<VerifyKey>| {
        let authors = Authors { organisations: organisations.to_vec(), contributor };
        Policy::merge(Rules::request(), &[Layer::read("org.json", bytes)], &authors).map(|policy| policy.max_fps())
    };
    let organisation = signed("organisation");
    assert_eq!(merge(&organisation, &[theirs.public(), ours.public()], None), Ok(5));
    assert!(merge(&organisation, &[theirs.public()], Some(ours.public())).is_err(), "another organisation's");
    assert!(merge(&organisation, &[], None).is_err(), "no key was named");
    assert!(merge(draft("organisation").as_bytes(), &[ours.public()], None).is_err(), "not signed");
    let altered = String::from_utf8(organisation.clone()).expect("text").replace(":5", ":9");
    assert!(merge(altered.as_bytes(), &[ours.public()], None).is_err(), "altered");
    let spaced = String::from_utf8(organisation).expect("text").replace(',', " ,\n ");
    assert_eq!(merge(spaced.as_bytes(), &[ours.public()], None), Ok(5), "spacing is not signed");
    let contributor = signed("contributor");
    assert_eq!(merge(&contributor, &[], Some(ours.public())), Ok(5));
    assert!(merge(&contributor, &[ours.public()], Some(theirs.public())).is_err(), "whoever signed the receipt");
    assert_eq!(merge(draft("recording").as_bytes(), &[], None), Ok(5), "the host's own needs no signature");
    assert_eq!(merge(&signed("recording"), &[], None), Ok(5));
    let altered = String::from_utf8(signed("recording")).expect("text").replace(":5", ":9");
    assert!(merge(altered.as_bytes(), &[], None).is_err(), "one that is there must hold");
    assert!(Layer::sign(br#"{"layer": "organisation", "schema": "understudy.policy/1", "forget": 1}"#, &ours).is_err());
    let many = vec![Layer::read("x", draft("recording").as_bytes()); MAX_LAYERS + 1];
    assert!(Policy::merge(Rules::request(), &many, &Authors::default()).is_err());
}

#[test]
fn a_receipt_is_good_only_with_the_layers_it_was_given_under() {
    use crate::identity::Identity;
    use crate::receipt::{Purpose, Receipt, Terms};
    let layers = [layer(r#""maxFps": 5"#), layer(r#""only": ["xterm"]"#), layer(r#""trusted": []"#)];
    let digests: Vec<Hash> = layers.iter().map(|layer| layer.digest().expect("understood")).collect();
    let identity = Identity::random();
    let recipients = vec![Identity::random().open_key().public()];
    let (tracks, purpose) = (Tracks::ALL, Purpose::AgentTraining);
    let terms = Terms { tracks, purpose, recipients, expires: 2, ..Terms::default() };
    let under = |layers: &[Hash]| Receipt::sign(&Terms { layers: layers.to_vec(), ..terms.clone() }, &identity);
    let receipt = under(&digests[..2]).expect("signs");
    assert!(receipt.permit_layers(&digests).is_ok() && receipt.permit_layers(&digests[..2]).is_ok());
    assert_eq!(receipt.permit_layers(&digests[1..]).map_err(|error| error.kind()), Err(ErrorKind::ReceiptScope));
    assert!(Receipt::sign(&terms, &identity).expect("signs").permit_layers(&[]).is_ok());
    assert!(under(&[digests[0], digests[0]]).is_err());
    let spaced = layer("  \"maxFps\":   5");
    assert_eq!(spaced.digest(), Ok(digests[0]), "spacing does not matter");
    assert!(layer(r#""pause": 1"#).digest().is_err(), "nobody can agree to what is not understood");
}

#[test]
fn the_digest_is_of_what_the_layers_say_together() {
    let [one, other] = [r#""maxFps": 5"#, r#""only": ["xterm"]"#];
    assert_eq!(merged(&[one, other]).hash(), merged(&[other, one, one]).hash());
    assert_ne!(merged(&[one]).hash(), merged(&[one, other]).hash());
    assert_ne!(Policy::default().hash(), Policy::excluding(["vault".into()]).expect("policy").hash());
}

#[test]
fn titles_are_judged_again_after_more_of_them_than_are_remembered() {
    let policy = Policy::default();
    let browser = app("Chromium", "chromium");
    for round in 0..2 {
        for number in 0..700 {
            assert_eq!(policy.excludes_window(&browser, &format!("page {number} - Chromium")), None, "{round}");
        }
        assert_eq!(policy.excludes_window(&browser, "Inbox - Gmail - Chromium"), Some(Excluded::Title));
    }
}

#[test]
fn a_title_of_thousands_of_parts_is_judged_like_any_other() {
    let browser = app("Chromium", "chromium");
    for text in [": ", "a - ", " | ", "a.", "a.b ", ".", "*", "\u{2068}"] {
        let long = text.repeat(64 * 1024 / text.len());
        assert_eq!(Policy::default().excludes_window(&browser, &format!("{long} - Chromium")), None, "{text}");
        let private = format!("{long} - Google Chrome (Incognito)");
        assert_eq!(Policy::default().excludes_window(&browser, &private), Some(Excluded::Title), "{text}");
    }
}

#[test]
fn the_report_of_what_is_refused_is_that_nothing_is_captured() {
    let key = SignKey::random();
    let draft = read(r#"{"schema": "understudy.policy/1", "layer": "organisation", "maxFps": 5}"#);
    let tracks = |organisations: &[VerifyKey]| {
        let authors = Authors { organisations: organisations.to_vec(), contributor: None };
        let report = Report::new(Rules::request(), std::slice::from_ref(&draft), &authors).expect("reports");
        let report: serde_json::Value = serde_json::from_slice(&report.encode().expect("encodes")).expect("is JSON");
        report["tracks"].as_array().expect("a list").iter().filter(|it| it["allowed"] == true).count()
    };
    assert_eq!((tracks(&[]), tracks(&[key.public()])), (4, 0), "nobody asked for a signature, and somebody did");
}

#[test]
fn what_is_no_json_is_not_signed_and_told_to_be_none() {
    let why = Layer::sign(b"{", &SignKey::random()).expect_err("is refused");
    assert!(why.message().contains("is not JSON"), "{}", why.message());
}

#[test]
fn the_report_names_the_layers_that_say_so() {
    let layers = [layer(r#""maxFps": 5, "exclude": {"titles": ["gmail", "payroll"]}"#), layer(r#""nonsense": 1"#)];
    let report = Report::new(Rules::request(), &layers, &Authors::default()).expect("reports");
    let report: serde_json::Value = serde_json::from_slice(&report.encode().expect("encodes")).expect("is JSON");
    assert_eq!(report["valid"], false);
    assert_eq!(report["layers"][1]["problems"][0], "\"nonsense\" is no known member");
    let by = |name: &str| {
        let mut all = report["exclude"].as_array().expect("a list").iter();
        all.find(|it| it["name"] == name && it["kind"] == "title").map(|it| it["by"].clone())
    };
    assert_eq!(by("gmail"), Some(serde_json::json!(["floor: mail and chat", "layer"])));
    assert_eq!(by("payroll"), Some(serde_json::json!(["layer"])));
    assert_eq!(report["tracks"][2], serde_json::json!({"track": "screen", "allowed": false, "by": ["layer"]}));
}

fn some_names() -> impl Strategy<Value = rules::Names> {
    let name = prop::sample::select(vec!["a", "b", "c", "a*", "*c", "example.org", "a.example.org", "example.*", "*"]);
    prop::collection::btree_set(name.prop_map(str::to_owned), 0..4)
}

fn some_lists() -> impl Strategy<Value = std::collections::BTreeSet<rules::Names>> {
    prop::collection::btree_set(some_names(), 0..3)
}

fn some_rules() -> impl Strategy<Value = Rules> {
    let exclude = (some_names(), some_names(), some_names()).prop_map(|(applications, titles, addresses)| {
        let addresses = addresses.into_iter().filter(|name| rules::address(name).is_some()).collect();
        rules::Exclude { applications, titles, addresses }
    });
    let tracks = prop::collection::vec(prop::sample::select(Track::ALL.to_vec()), 0..5);
    let classes = prop::collection::btree_set(prop::sample::select(Class::OPTIONAL.to_vec()), 0..3);
    let lists = (some_lists(), some_lists());
    (exclude, tracks, classes, lists, any::<bool>(), 1..=rules::MAX_FPS, any::<bool>()).prop_map(
        |(exclude, tracks, sensitive, (only, trusted), strict, max_fps, direct_release)| Rules {
            tracks: tracks.into_iter().collect(),
            exclude,
            only,
            trusted,
            detectors: if strict { Mode::Strict } else { Mode::Balanced },
            sensitive,
            max_fps,
            direct_release,
        },
    )
}

fn some_windows() -> impl Strategy<Value = Vec<(App, String)>> {
    let name = || prop::sample::select(vec!["a", "B", "c", "abc", "x", "mail.example.org", "example.net"]);
    let title = prop::collection::vec(name(), 0..4).prop_map(|parts| parts.join(" - "));
    prop::collection::vec(((name(), name()).prop_map(|(id, instance)| app(id, instance)), title), 1..8)
}

proptest! {
    #[test]
    fn merging_is_a_meet(a in some_rules(), b in some_rules(), c in some_rules()) {
        prop_assert_eq!(a.meet(&b), b.meet(&a));
        prop_assert_eq!(a.meet(&b).meet(&c), a.meet(&b.meet(&c)));
        prop_assert_eq!(a.meet(&a), a.clone());
        prop_assert_eq!(a.meet(&Rules::anything()), a);
    }

    #[test]
    fn an_added_layer_never_enlarges_what_is_captured(
        a in some_rules(), b in some_rules(), windows in some_windows(), text in "(ip 10\\.1\\.2\\.3 |ssn 219-09-1234 |[a-z ]){0,6}",
    ) {
        let (less, more) = (Policy::new(a.clone(), b), Policy::new(a, Rules::anything()));
        for (app, title) in &windows {
            prop_assert!(less.excludes_window(app, title).is_some() || more.excludes_window(app, title).is_none());
            prop_assert!(less.excludes(app) || !more.excludes(app));
            prop_assert!(!less.trusts(app) || more.trusts(app));
        }
        prop_assert!(more.tracks().covers(less.tracks()));
        prop_assert!(less.max_fps() <= more.max_fps());
        prop_assert!(!less.allows_direct_release() || more.allows_direct_release());
        prop_assert!(Class::OPTIONAL.into_iter().all(|class| less.counts(class) || !more.counts(class)));
        let covered = |policy: &Policy| policy.detector().find(&text).into_iter().flat_map(|it| it.span).collect::<std::collections::BTreeSet<_>>();
        prop_assert!(covered(&less).is_superset(&covered(&more)));
    }

    #[test]
    fn whatever_lets_nothing_be_captured_does_so_in_any_company(a in some_rules(), windows in some_windows()) {
        let policy = Policy::new(a, Rules::nothing());
        prop_assert!(policy.tracks().is_empty() && !policy.allows_direct_release());
        for (app, title) in &windows {
            prop_assert!(policy.excludes_window(app, title).is_some() && !policy.trusts(app));
        }
    }

    #[test]
    fn reading_never_fails_and_never_enlarges(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let layer = Layer::read("x", &bytes);
        prop_assert_eq!(layer.rules(), &Rules::nothing());
    }
}
