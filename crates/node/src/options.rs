//! JavaScript's options, and what core and capture make of them.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use napi_derive::napi;
use understudy_capture::synthetic::{Part, Synthetic, SyntheticOptions as Options};
use understudy_core::backend::Platform;
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::frame::Size;
use understudy_core::pipeline::Config;
use understudy_core::policy::{Authors, Layer, Policy, Rules};
use understudy_core::receipt::Receipt;
use understudy_core::recipient::PublicKey;
use understudy_core::sign::VerifyKey;
use understudy_core::track::{Track, Tracks};

use crate::identity::parse_recipients;

/// Pictures a second, where nothing else is asked for.
const MAX_FPS: u32 = 30;

/// What to record, and where to.
#[napi(object, object_to_js = false)]
pub struct RecorderOptions {
    /// The text of receipt.json.
    pub receipt: String,
    /// The recording's own folder: made here, or empty.
    pub folder: String,
    /// What to record; default: all that the receipt covers.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub tracks: Option<Vec<String>>,
    /// Applications that leave nothing: on X11 either part of WM_CLASS, whatever its case.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub exclude: Option<Vec<String>>,
    /// Applications in which typed text may be kept although nothing tells what kind of field it goes to; named as in `exclude`.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub trusted: Option<Vec<String>>,
    /// Layers of policy beside the floor.
    #[napi(ts_type = "ReadonlyArray<PolicyLayer>")]
    pub policy: Option<Vec<PolicyLayer>>,
    /// Keys of organisations whose layers count: Ed25519, in hexadecimal.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub policy_keys: Option<Vec<String>>,
    /// Pictures a second at most: 1 to 240, default 30.
    pub max_fps: Option<f64>,
    /// How long what was recorded may gather before it is sealed, in milliseconds: 0 to 400, default 400.
    pub flush: Option<f64>,
    /// How many bytes of pictures may wait in memory until what was typed before them has been judged: 0 to 1,073,741,824, default
    /// 50,331,648.
    pub hold_bytes: Option<f64>,
    /// Which tracks to read while they are recorded; the receipt must allow each. Default: none, and no live tap.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub live: Option<Vec<String>>,
    /// To whom it is meant to be released; the receipt must name each. Default: whoever it names.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub recipients: Option<Vec<String>>,
    /// Has it released by itself when it stops; receipt and policy must both allow it. Default: no.
    pub direct: Option<DirectOptions>,
    /// An X display such as `:1`; default: that of the environment.
    pub display: Option<String>,
    /// The keys that pause and resume, such as `Ctrl+Alt+Shift+P`; default: those. Empty: none.
    pub hotkey: Option<String>,
    /// Records a scripted desktop instead of this machine's.
    pub synthetic: Option<SyntheticOptions>,
}

/// A recording that is released by itself when it stops.
#[napi(object, object_to_js = false)]
pub struct DirectOptions {
    /// Folder of the contributor's identity.
    pub identity: String,
    /// To whom; the receipt must name each. Default: whoever it is meant to be released to.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub to: Option<Vec<String>>,
    /// Names of people and machines that titles are not to tell.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub names: Vec<String>,
}

/// A layer of policy.
#[napi(object, object_to_js = false)]
pub struct PolicyLayer {
    /// What it is called where something is wrong with it.
    pub name: String,
    /// The text of its file.
    pub text: String,
}

/// A scripted desktop: someone types, clicks, scrolls and drags in two or three applications. The same options, the same script.
#[napi(object, object_to_js = false)]
pub struct SyntheticOptions {
    /// Another seed, another text: a whole number, default 1.
    pub seed: Option<f64>,
    /// Pixels: 64 to 7680, default 1280.
    pub width: Option<f64>,
    /// Pixels: 64 to 4320, default 720.
    pub height: Option<f64>,
    /// Pictures a second that it draws at most: 1 to 240, default 30.
    pub fps: Option<f64>,
    /// How long the script is: more than 0, at most 86,400, default 10. Afterwards the desktop stands still.
    pub seconds: Option<f64>,
    /// Plays as fast as it is recorded, on its own clock; default: in real time.
    pub asap: Option<bool>,
    /// Every picture differs from the one before; default false.
    pub animate: Option<bool>,
    /// For tests: the display is lost after this many milliseconds of the script.
    pub fail_at: Option<f64>,
    /// For tests: a thread of the recorder panics.
    pub panic_at: Option<SyntheticPanic>,
}

/// For tests: which thread panics, and when.
#[napi(object, object_to_js = false)]
pub struct SyntheticPanic {
    /// The thread's part.
    #[napi(ts_type = "'watcher' | 'hook' | 'capturer'")]
    pub part: String,
    /// Milliseconds of the script.
    pub time: f64,
}

/// What [`understudy_core::pipeline::Recorder::start`] takes.
pub(crate) struct Start {
    pub(crate) config: Config,
    pub(crate) folder: PathBuf,
    /// What the live tap is to give.
    pub(crate) live: Option<Tracks>,
    pub(crate) direct: Option<Direct>,
    pub(crate) platform: Box<dyn Platform>,
    /// To ask it whether it has ended.
    pub(crate) synthetic: Option<Synthetic>,
}

/// What is to be released by itself.
pub(crate) struct Direct {
    pub(crate) identity: PathBuf,
    pub(crate) to: Vec<PublicKey>,
    pub(crate) names: Vec<String>,
}

impl Direct {
    fn parse(options: DirectOptions, recipients: &[PublicKey]) -> Result<Self> {
        let to = options.to.map_or_else(|| Ok(recipients.to_vec()), |to| parse_recipients(&to))?;
        Ok(Self { identity: options.identity.into(), to, names: options.names })
    }
}

impl TryFrom<RecorderOptions> for Start {
    type Error = Error;

    fn try_from(options: RecorderOptions) -> Result<Self> {
        let receipt = Receipt::parse(options.receipt.as_bytes())?;
        let recipients = options.recipients.as_deref().map(parse_recipients).transpose()?;
        receipt.permit_recipients(recipients.as_deref().unwrap_or_default())?;
        let meant = recipients.as_deref().unwrap_or_else(|| receipt.recipients());
        let direct = options.direct.map(|options| Direct::parse(options, meant)).transpose()?;
        let tracks = match &options.tracks {
            Some(names) => parse_tracks(names)?,
            None => receipt.tracks(),
        };
        let live = options.live.as_deref().map(parse_tracks).transpose()?;
        let mut authors = Authors { contributor: Some(receipt.signer()), organisations: Vec::new() };
        authors.organisations = parse_keys(options.policy_keys.unwrap_or_default())?;
        let layers = read_layers(options.policy.unwrap_or_default());
        let most = Config::MAX_FLUSH.as_millis() as u64;
        let flush = whole("flush", options.flush, 0..=most)?.map_or(Config::MAX_FLUSH, Duration::from_millis);
        let most = Config::MAX_HOLD_BYTES as u64;
        let hold_bytes = whole("holdBytes", options.hold_bytes, 0..=most)?;
        let max_fps = whole("maxFps", options.max_fps, 1..=240)?.map_or(MAX_FPS, |fps| fps as u32);
        let synthetic = options.synthetic.map(Options::try_from).transpose()?.map(Synthetic::new);
        let (name, platform): (_, Box<dyn Platform>) = match &synthetic {
            Some(synthetic) => ("synthetic", Box::new(synthetic.clone())),
            None => {
                let hotkey = options.hotkey.as_deref().unwrap_or(understudy_capture::HOTKEY);
                let hotkey = Some(hotkey).filter(|keys| !keys.is_empty());
                (native_name(), understudy_capture::native(options.display, hotkey)?)
            }
        };
        let request = Rules::request()
            .of_tracks(tracks)
            .at_most(max_fps)
            .excluding(options.exclude.unwrap_or_default())?
            .trusting(options.trusted.unwrap_or_default())?;
        let request = if direct.is_some() { request.released_directly() } else { request };
        let config = Config {
            receipt,
            tracks,
            policy: Policy::merge(request, &layers, &authors)?,
            max_fps,
            flush,
            platform: name.into(),
            on_change: None,
            live: None,
            heartbeat: None,
            direct: None,
            hold_bytes: hold_bytes.map_or(Config::HOLD_BYTES, |bytes| bytes as usize),
        };
        Ok(Self { config, live, direct, folder: options.folder.into(), platform, synthetic })
    }
}

impl TryFrom<SyntheticOptions> for Options {
    type Error = Error;

    fn try_from(options: SyntheticOptions) -> Result<Self> {
        let default = Self::default();
        let side = |name, value, most, default| Ok(whole(name, value, 64..=most)?.map_or(default, |side| side as u32));
        let width = side("synthetic.width", options.width, 7680, default.size.width)?;
        let height = side("synthetic.height", options.height, 4320, default.size.height)?;
        let part = |name: &str| match name {
            "watcher" => Ok(Part::Watcher),
            "hook" => Ok(Part::Hook),
            "capturer" => Ok(Part::Capturer),
            _ => Err(invalid("synthetic.panicAt.part must be one of watcher, hook, capturer")),
        };
        let panic_at =
            options.panic_at.map(|panic| Ok((part(&panic.part)?, millis("synthetic.panicAt.time", panic.time)?)));
        Ok(Self {
            seed: whole("synthetic.seed", options.seed, 0..=u64::from(u32::MAX))?.unwrap_or(default.seed),
            size: Size { width, height },
            fps: whole("synthetic.fps", options.fps, 1..=240)?.map_or(default.fps, |fps| fps as u32),
            duration: options.seconds.map_or(Ok(default.duration), seconds)?,
            asap: options.asap.unwrap_or(default.asap),
            animate: options.animate.unwrap_or(default.animate),
            fail_at: options.fail_at.map(|time| millis("synthetic.failAt", time)).transpose()?,
            panic_at: panic_at.transpose()?,
            ..default
        })
    }
}

/// Track names, as receipts and the command line have them.
pub(crate) fn parse_tracks(names: &[String]) -> Result<Tracks> {
    let unknown = |name: &str| invalid(format!("{name:?} is no track: use pointer, keyboard, screen, context"));
    names.iter().map(|name| Track::parse(name).ok_or_else(|| unknown(name))).collect()
}

/// Layers, read; one that is not understood lets nothing be captured.
pub(crate) fn read_layers(layers: Vec<PolicyLayer>) -> Vec<Layer> {
    layers.into_iter().map(|layer| Layer::read(layer.name, layer.text.as_bytes())).collect()
}

/// Public keys of authors, in hexadecimal.
pub(crate) fn parse_keys(keys: Vec<String>) -> Result<Vec<VerifyKey>> {
    let unknown = || invalid("a policy key is an Ed25519 public key: 64 lower-case hexadecimal digits");
    keys.iter().map(|key| VerifyKey::parse(key).ok_or_else(unknown)).collect()
}

/// JavaScript has one kind of number; what must be whole is checked, never rounded.
pub(crate) fn whole(name: &str, value: Option<f64>, range: RangeInclusive<u64>) -> Result<Option<u64>> {
    let Some(value) = value else { return Ok(None) };
    let (least, most) = (*range.start(), *range.end());
    if value.fract() == 0.0 && value >= least as f64 && value <= most as f64 {
        return Ok(Some(value as u64));
    }
    Err(invalid(format!("{name} must be a whole number from {least} to {most}, not {value}")))
}

/// A duration in whole milliseconds.
pub(crate) fn millis_of(name: &str, value: Option<f64>) -> Result<Option<Duration>> {
    Ok(whole(name, value, 0..=(1 << 53) - 1)?.map(Duration::from_millis))
}

fn seconds(value: f64) -> Result<Duration> {
    let most = 86_400.0;
    if value > 0.0 && value <= most {
        return Ok(Duration::from_secs_f64(value));
    }
    Err(invalid(format!("synthetic.seconds must be more than 0 and at most {most}, not {value}")))
}

fn millis(name: &str, value: f64) -> Result<Time> {
    let value = whole(name, Some(value), 0..=86_400_000)?.unwrap_or_default();
    Ok(Time::ZERO.after(Duration::from_millis(value)))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// What the header calls this system's way of capturing.
fn native_name() -> &'static str {
    match std::env::consts::OS {
        "linux" => "x11",
        other => other,
    }
}
