//! A layer as a file, both directions: docs/policy.md.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::rules::{Exclude, MAX_FPS, MAX_NAMES, Names, Rules, address, application, names};
use crate::canonical;
use crate::detect::{Class, Mode};
use crate::error::{Error, ErrorKind, Result};
use crate::sign::{self, Document, Hash, SignKey, VerifyKey};
use crate::track::{Track, Tracks};

const SCHEMA: &str = "understudy.policy/1";
/// Most bytes of a layer.
const MAX_BYTES: usize = 256 * 1024;
/// Most layers beside the floor and the recording's own.
pub const MAX_LAYERS: usize = 16;
/// Most problems of a layer that are told.
const MAX_PROBLEMS: usize = 16;
/// What is the contributor's own, and no policy can set.
const CONTROLS: [&str; 6] = ["pause", "resume", "forget", "review", "withdraw", "release"];

/// Who should have signed a contributor's layer, and why it is somebody else: most often the same person under another pseudonym.
const ONCE_MORE: &str = "who signed the receipt: a contributor's layer is signed again for each controller and 30 days (understudy policy sign)";

/// Whose a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The organisation's that runs the host.
    Organisation,
    /// The person's who is recorded.
    Contributor,
    /// The host's, for one recording.
    Recording,
}

impl Whose {
    const ALL: [Self; 3] = [Self::Organisation, Self::Contributor, Self::Recording];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Contributor => "contributor",
            Self::Recording => "recording",
        }
    }
}

/// Whether a layer is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// By its author.
    Holds(VerifyKey),
    /// Nobody signed it.
    Missing,
    /// Somebody else did, or it was altered since.
    Broken,
}

/// Who may write layers.
#[derive(Clone, Debug, Default)]
pub struct Authors {
    /// Keys of organisations, as the host names them.
    pub organisations: Vec<VerifyKey>,
    /// The contributor's pseudonym, as the receipt names it.
    pub contributor: Option<VerifyKey>,
}

/// A layer that was read. One that was not understood lets nothing be captured.
#[derive(Clone, Debug)]
pub struct Layer {
    pub(super) name: String,
    pub(super) whose: Option<Whose>,
    pub(super) signed: Signed,
    pub(super) problems: Vec<String>,
    digest: Hash,
    rules: Rules,
}

impl Layer {
    /// Reads a layer: JSON in any spacing and order. `name` is what it is called where something is wrong with it.
    pub fn read(name: impl Into<String>, bytes: &[u8]) -> Self {
        let mut members = Members::parse(bytes);
        let digest = members.digest();
        members.schema();
        let whose = members.whose();
        let signed = members.signed(bytes);
        let rules = members.rules();
        let problems = members.end();
        let rules = if problems.is_empty() { rules } else { Rules::nothing() };
        Self { name: name.into(), whose, signed, problems, digest, rules }
    }

    /// Whether a draft is of the contributor's own layer, which is signed under their pseudonym, as their receipt is.
    pub fn is_contributors(draft: &[u8]) -> bool {
        Members::parse(draft).whose() == Some(Whose::Contributor)
    }

    /// Signs a layer in its author's name: the bytes of the file, in canonical JSON with a line feed.
    ///
    /// # Errors
    /// `PolicyInvalid` when it is not understood.
    pub fn sign(draft: &[u8], key: &SignKey) -> Result<Vec<u8>> {
        let Members { mut members, problems } = Members::parse(draft);
        if let Some(problem) = problems.first() {
            return Err(Error::new(ErrorKind::PolicyInvalid, format!("the layer: {problem}")));
        }
        members.remove("signature");
        members.insert("author".into(), Value::String(key.public().to_string()));
        let mut signed = key.sign(Document::Policy, &members)?;
        signed.push(b'\n');
        // Whatever cannot be agreed to is not signed either.
        Self::read("the layer", &signed).digest()?;
        Ok(signed)
    }

    /// What it lets be captured.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The hash of its canonical JSON, its signature included, as receipts name it.
    ///
    /// # Errors
    /// `PolicyInvalid` when it is not understood: nobody can agree to that.
    pub fn digest(&self) -> Result<Hash> {
        match self.problems.is_empty() && self.signed != Signed::Broken {
            true => Ok(self.digest),
            false if self.problems.is_empty() => {
                Err(Error::new(ErrorKind::PolicyInvalid, format!("{}: its signature does not hold", self.name)))
            }
            false => Err(Error::new(ErrorKind::PolicyInvalid, self.told())),
        }
    }

    /// What is wrong with it, if anything.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Why it is not by whom it should be, if it is not. The floor is in here, and a recording's own layer is the host's.
    pub(super) fn unauthorized(&self, authors: &Authors) -> Option<String> {
        let (known, whom): (&[VerifyKey], _) = match self.whose? {
            Whose::Organisation => (&authors.organisations, "whoever it is whose key is named as the organisation's"),
            Whose::Contributor => (authors.contributor.as_slice(), ONCE_MORE),
            Whose::Recording if self.signed == Signed::Missing => return None,
            Whose::Recording => (&[], ""),
        };
        match self.signed {
            Signed::Missing => Some("it is not signed: `understudy policy sign` signs it".into()),
            Signed::Broken => Some("its signature does not hold: it was altered since it was signed".into()),
            Signed::Holds(author) if self.whose == Some(Whose::Recording) || known.contains(&author) => None,
            Signed::Holds(author) => Some(format!("it is signed by {author}, not by {whom}")),
        }
    }

    /// Its problems in one sentence.
    fn told(&self) -> String {
        format!("{}: {}", self.name, self.problems.join("; "))
    }
}

/// Refuses layers that do not hold.
pub(super) fn refused(layers: &[Layer], authors: &Authors) -> Result<()> {
    let invalid = |why: String| Err(Error::new(ErrorKind::PolicyInvalid, why));
    if layers.len() > MAX_LAYERS {
        return invalid(format!("there may be {MAX_LAYERS} layers of policy"));
    }
    for layer in layers {
        if !layer.problems.is_empty() {
            return invalid(format!("{}, so it lets nothing be captured", layer.told()));
        }
        if let Some(why) = layer.unauthorized(authors) {
            return invalid(format!("{}: {why}", layer.name));
        }
    }
    Ok(())
}

/// The members of a layer that were not read yet, and what is wrong so far.
struct Members {
    members: Map<String, Value>,
    problems: Vec<String>,
}

impl Members {
    fn parse(bytes: &[u8]) -> Self {
        let fits = bytes.len() <= MAX_BYTES;
        let value = fits.then(|| canonical::parse("it", bytes));
        let (members, problem) = match value {
            None => (Map::new(), Some(format!("it is longer than {MAX_BYTES} bytes"))),
            Some(Err(error)) => (Map::new(), Some(error.message().to_owned())),
            Some(Ok(Value::Object(members))) => (members, None),
            Some(Ok(_)) => (Map::new(), Some("it is no JSON object".to_owned())),
        };
        Self { members, problems: problem.into_iter().collect() }
    }

    /// Of all members, before any of them is read.
    fn digest(&mut self) -> Hash {
        let bytes = canonical::encode(&self.members).unwrap_or_else(|error| {
            self.problem(error.message());
            Vec::new()
        });
        sign::hash(&bytes)
    }

    fn problem(&mut self, what: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(what.into());
        }
    }

    /// What a member says, if it is there and `read` understands it.
    fn take<T>(&mut self, name: &str, wanted: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.members.remove(name)?;
        let read = read(&value);
        if read.is_none() {
            self.problem(format!("{name:?} is to be {wanted}"));
        }
        read
    }

    fn schema(&mut self) {
        let is_ours = |value: &Value| (value.as_str() == Some(SCHEMA)).then_some(());
        if !self.members.contains_key("schema") && self.problems.is_empty() {
            self.problem(format!("\"schema\" is missing: it is to be {SCHEMA:?}"));
        }
        self.take("schema", &format!("{SCHEMA:?}"), is_ours);
    }

    fn whose(&mut self) -> Option<Whose> {
        let wanted = "one of \"organisation\", \"contributor\", \"recording\"";
        if !self.members.contains_key("layer") && self.problems.is_empty() {
            self.problem(format!("\"layer\" is missing: it is to be {wanted}"));
        }
        self.take("layer", wanted, |value| Whose::ALL.into_iter().find(|whose| value.as_str() == Some(whose.name())))
    }

    fn signed(&mut self, bytes: &[u8]) -> Signed {
        let is_signed = self.members.remove("signature").is_some();
        let author = self.take("author", "an Ed25519 public key in 64 hexadecimal digits", |value| {
            value.as_str().and_then(VerifyKey::parse)
        });
        match author {
            Some(author) if is_signed && sign::verify(Document::Policy, bytes, &author) => Signed::Holds(author),
            _ if is_signed => Signed::Broken,
            _ => Signed::Missing,
        }
    }

    fn rules(&mut self) -> Rules {
        let anything = Rules::anything();
        let list = "a list of track names, each once";
        Rules {
            tracks: self.take("tracks", list, tracks).unwrap_or(anything.tracks),
            exclude: self.exclude(),
            only: self.names("only", application).into_iter().collect(),
            trusted: self.names("trusted", application).into_iter().collect(),
            detectors: self.take("detectors", "\"balanced\" or \"strict\"", mode).unwrap_or(anything.detectors),
            sensitive: self.sensitive(),
            max_fps: self.take("maxFps", "a whole number from 1 to 240", fps).unwrap_or(anything.max_fps),
            direct_release: self
                .take("directRelease", "true or false", Value::as_bool)
                .unwrap_or(anything.direct_release),
        }
    }

    fn exclude(&mut self) -> Exclude {
        let wanted = "an object of lists: applications, titles, addresses";
        let members = self.take("exclude", wanted, |value| value.as_object().cloned()).unwrap_or_default();
        let mut inner = Self { members, problems: std::mem::take(&mut self.problems) };
        let exclude = Exclude {
            applications: inner.names("applications", application).unwrap_or_default(),
            titles: inner.names("titles", application).unwrap_or_default(),
            addresses: inner.names("addresses", address).unwrap_or_default(),
        };
        self.problems = inner.end();
        exclude
    }

    fn names(&mut self, member: &str, form: fn(&str) -> Option<String>) -> Option<Names> {
        let wanted = format!("a list of at most {MAX_NAMES} names of 1 to 256 bytes");
        self.take(member, &wanted, |value| {
            let list = value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
            names(list.collect::<Option<Vec<_>>>()?, member, form).ok()
        })
    }

    fn sensitive(&mut self) -> BTreeSet<Class> {
        let known: Vec<&str> = Class::OPTIONAL.iter().map(|class| class.name()).collect();
        let class = |value: &Value| Class::OPTIONAL.into_iter().find(|class| value.as_str() == Some(class.name()));
        let wanted = format!("a list of some of {}", known.join(", "));
        self.take("sensitive", &wanted, |value| value.as_array()?.iter().map(class).collect()).unwrap_or_default()
    }

    /// Whatever nobody asked for is not understood.
    fn end(mut self) -> Vec<String> {
        for name in std::mem::take(&mut self.members).keys() {
            let known: String = name.chars().take(64).collect();
            let is_control = CONTROLS.contains(&name.as_str());
            let why =
                if is_control { "is the contributor's own, and no policy can set it" } else { "is no known member" };
            self.problem(format!("{known:?} {why}"));
        }
        self.problems
    }
}

fn tracks(value: &Value) -> Option<Tracks> {
    let names = value.as_array()?;
    let tracks: Tracks = names.iter().map(|name| Track::parse(name.as_str()?)).collect::<Option<Tracks>>()?;
    (tracks.iter().count() == names.len()).then_some(tracks)
}

fn mode(value: &Value) -> Option<Mode> {
    [Mode::Balanced, Mode::Strict].into_iter().find(|mode| value.as_str() == Some(mode.name()))
}

fn fps(value: &Value) -> Option<u32> {
    let fps = u32::try_from(value.as_u64()?).ok()?;
    (1..=MAX_FPS).contains(&fps).then_some(fps)
}
