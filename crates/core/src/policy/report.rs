//! What layers say together, and which of them says it: what `understudy policy check` explains.

use std::collections::BTreeMap;

use serde::Serialize;

use super::layer::{Authors, Layer, Signed};
use super::rules::{Names, Rules};
use super::{Policy, floor};
use crate::canonical;
use crate::detect::Mode;
use crate::error::{Error, ErrorKind, Result};
use crate::track::Track;

/// What is told of layers. `by` are the names of the layers that say so.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    valid: bool,
    digest: String,
    layers: Vec<LayerReport>,
    tracks: Vec<TrackReport>,
    exclude: Vec<ExcludeReport>,
    only: Vec<ListReport>,
    trusted: Vec<ListReport>,
    detectors: Limit<&'static str>,
    sensitive: Vec<ExcludeReport>,
    max_fps: Limit<u32>,
    direct_release: Limit<bool>,
}

#[derive(Debug, Serialize)]
struct LayerReport {
    name: String,
    layer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    signature: &'static str,
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TrackReport {
    track: &'static str,
    allowed: bool,
    by: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ExcludeReport {
    kind: &'static str,
    name: String,
    by: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ListReport {
    applications: Vec<String>,
    by: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Limit<T> {
    value: T,
    by: Vec<String>,
}

/// Rules and whose they are.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) rules: Rules,
}

impl Report {
    /// What `layers` say on top of the floor, with `request` as the recording's own layer. Where no author is known, nobody is asked for
    /// a signature; one that does not hold is a problem in any case.
    ///
    /// # Errors
    /// `PolicyInvalid` for more than 16 layers.
    pub fn new(request: Rules, layers: &[Layer], authors: &Authors) -> Result<Self> {
        if layers.len() > super::MAX_LAYERS {
            return Err(Error::new(ErrorKind::PolicyInvalid, format!("there may be {} layers", super::MAX_LAYERS)));
        }
        let asked = !authors.organisations.is_empty() || authors.contributor.is_some();
        let told: Vec<LayerReport> = layers.iter().map(|layer| told(layer, authors, asked)).collect();
        let mut parts: Vec<Part> = floor::parts();
        // What recording refuses lets nothing be captured here.
        let says = |layer: &Layer, told: &LayerReport| match told.problems.is_empty() {
            true => layer.rules().clone(),
            false => Rules::nothing(),
        };
        let named =
            layers.iter().zip(&told).map(|(layer, told)| Part { name: layer.name.clone(), rules: says(layer, told) });
        parts.extend(named);
        parts.push(Part { name: "this recording".into(), rules: request });
        let rules = parts.iter().fold(Rules::anything(), |rules, part| rules.meet(&part.rules));
        let by = |says: &dyn Fn(&Rules) -> bool| -> Vec<String> {
            parts.iter().filter(|part| says(&part.rules)).map(|part| part.name.clone()).collect()
        };
        let unlimited = Rules::anything().max_fps;
        Ok(Self {
            valid: told.iter().all(|layer| layer.problems.is_empty()),
            digest: rules.hash()?.to_string(),
            layers: told,
            tracks: Track::ALL
                .into_iter()
                .map(|track| TrackReport {
                    track: track.name(),
                    allowed: rules.tracks.contains(track),
                    by: by(&|part| !part.tracks.contains(track)),
                })
                .collect(),
            exclude: excluded(&parts),
            only: lists(&parts, |rules| rules.only.iter()),
            trusted: lists(&parts, |rules| rules.trusted.iter()),
            detectors: Limit { value: rules.detectors.name(), by: by(&|part| part.detectors == Mode::Strict) },
            sensitive: rules
                .sensitive
                .iter()
                .map(|class| ExcludeReport {
                    kind: "class",
                    name: class.name().into(),
                    by: by(&|part| part.sensitive.contains(class)),
                })
                .collect(),
            max_fps: Limit {
                value: rules.max_fps,
                by: by(&|part| part.max_fps == rules.max_fps && part.max_fps < unlimited),
            },
            direct_release: Limit { value: rules.direct_release, by: by(&|part| !part.direct_release) },
        })
    }

    /// Its canonical JSON.
    pub fn encode(&self) -> Result<Vec<u8>> {
        canonical::encode(self)
    }
}

impl Policy {
    /// What this recording asks for on top of everything else.
    pub fn request(&self) -> &Rules {
        &self.0.request
    }
}

fn told(layer: &Layer, authors: &Authors, asked: bool) -> LayerReport {
    let author = match layer.signed {
        Signed::Holds(author) => Some(author.to_string()),
        Signed::Missing | Signed::Broken => None,
    };
    let (signature, must) = match layer.signed {
        Signed::Holds(_) => ("holds", asked),
        Signed::Missing => ("missing", asked),
        Signed::Broken => ("broken", true),
    };
    let unauthorized = must.then(|| layer.unauthorized(authors)).flatten();
    let problems = layer.problems.iter().cloned().chain(unauthorized).collect();
    LayerReport { name: layer.name.clone(), layer: layer.whose.map(|whose| whose.name()), author, signature, problems }
}

fn excluded(parts: &[Part]) -> Vec<ExcludeReport> {
    let mut by: BTreeMap<(&'static str, &str), Vec<String>> = BTreeMap::new();
    for Part { name, rules } in parts {
        let exclude = &rules.exclude;
        let kinds =
            [("application", &exclude.applications), ("title", &exclude.titles), ("address", &exclude.addresses)];
        for (kind, names) in kinds {
            names.iter().for_each(|excluded| by.entry((kind, excluded)).or_default().push(name.clone()));
        }
    }
    by.into_iter().map(|((kind, name), by)| ExcludeReport { kind, name: name.into(), by }).collect()
}

fn lists<'a, I: Iterator<Item = &'a Names>>(parts: &'a [Part], of: impl Fn(&'a Rules) -> I) -> Vec<ListReport> {
    let mut by: BTreeMap<&Names, Vec<String>> = BTreeMap::new();
    for part in parts {
        of(&part.rules).for_each(|names| by.entry(names).or_default().push(part.name.clone()));
    }
    by.into_iter().map(|(names, by)| ListReport { applications: names.iter().cloned().collect(), by }).collect()
}
