//! One flow's words in one language: each text with the words it is translated from, in the order
//! in which a person reads the flow.
//!
//! Read next: `po.rs`.

use crate::load::written_pack;
use crate::pack::WrittenFlow;
use crate::sources::source_hash;
use crate::{Diagnostic, HouseLangs};
use domain::{FlowId, Lang};
use std::path::{Path, PathBuf};

/// What is between the several ways to say a choice; no such way can hold it.
pub(crate) const ALSO: &str = " | ";

/// All words of a flow in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The flow.
    pub flow: FlowId,
    /// Translated from.
    pub base: Lang,
    /// Translated to.
    pub lang: Lang,
    /// The texts, in reading order.
    pub units: Vec<Unit>,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Where it stands, such as `steps/age/choices/adult/label`. Ends in `also` for the other ways
    /// to say a choice, which are separated by ` | ` and needn't be as many as in the source.
    pub slot: String,
    /// The words now in the flow's own language.
    pub source: String,
    /// The words in the other language; empty when missing.
    pub words: String,
    /// How the two stand to each other.
    pub state: UnitState,
}

/// How a translation stands to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitState {
    /// There are no words.
    Missing,
    /// The source changed after it was translated.
    Stale,
    /// There are words, and nobody noted from what they were translated.
    Unstamped,
    /// Translated from what stands there now.
    Fresh,
}

impl UnitState {
    /// For people and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Unstamped => "unstamped",
            Self::Fresh => "fresh",
        }
    }
}

/// How much of a flow is translated to a language. Other ways to say a choice don't count: they
/// are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The flow.
    pub flow: FlowId,
    /// The language.
    pub lang: Lang,
    /// Texts in all.
    pub texts: usize,
    /// Without words.
    pub missing: usize,
    /// Whose source changed.
    pub stale: usize,
    /// Of which nobody noted the source.
    pub unstamped: usize,
}

impl Completeness {
    /// Nothing is missing and nothing is stale.
    pub const fn is_whole(&self) -> bool {
        self.missing == 0 && self.stale == 0
    }
}

/// The words of every flow in these files, in a language; flows written in it are left out.
///
/// # Errors
/// When a file can't be read. What `flow check` finds beyond that doesn't matter here: a pack that
/// is only half translated is what translators need.
pub fn catalogues(
    files: &[(PathBuf, String)],
    root: &Path,
    lang: Lang,
) -> Result<Vec<Catalogue>, Vec<Diagnostic>> {
    let pack = written_pack(root, files, &HouseLangs::new([]))?;
    Ok(pack.flows.iter().filter(|flow| flow.raw.base != lang).map(|flow| catalogue(flow, lang)).collect())
}

/// How far each flow is, in each language; a language that a flow is written in is left out.
///
/// # Errors
/// As [`catalogues`].
pub fn completeness(
    files: &[(PathBuf, String)],
    root: &Path,
    langs: &[Lang],
) -> Result<Vec<Completeness>, Vec<Diagnostic>> {
    let mut table = Vec::new();
    for lang in langs {
        for catalogue in catalogues(files, root, *lang)? {
            let texts = || catalogue.units.iter().filter(|unit| !unit.is_also());
            let count = |state| texts().filter(|unit| unit.state == state).count();
            table.push(Completeness {
                flow: catalogue.flow.clone(),
                lang: *lang,
                texts: texts().count(),
                missing: count(UnitState::Missing),
                stale: count(UnitState::Stale),
                unstamped: count(UnitState::Unstamped),
            });
        }
    }
    Ok(table)
}

impl Unit {
    /// Other ways to say a choice.
    pub fn is_also(&self) -> bool {
        self.slot.ends_with("/also")
    }
}

fn catalogue(flow: &WrittenFlow, lang: Lang) -> Catalogue {
    let translation = flow.translation(lang);
    let mut units = Vec::new();
    for text in flow.texts() {
        let words = translation.and_then(|translation| translation.words.get(&text.slot));
        let kept = translation.and_then(|translation| translation.sources.get(&text.slot));
        let state = match (words, kept) {
            (None, _) => UnitState::Missing,
            (Some(_), None) => UnitState::Unstamped,
            (Some(_), Some(kept)) if kept.value == source_hash(&text.text.value) => UnitState::Fresh,
            (Some(_), Some(_)) => UnitState::Stale,
        };
        let words = words.map(|words| words.value.clone()).unwrap_or_default();
        units.push(Unit { slot: text.slot.clone(), source: text.text.value.clone(), words, state });
        let choice =
            flow.steps().iter().flat_map(|step| step.choices()).find(|choice| choice.label.slot == text.slot);
        if let Some(choice) = choice {
            let joined = |list: &[crate::raw::At<String>]| {
                list.iter().map(|said| said.value.as_str()).collect::<Vec<_>>().join(ALSO)
            };
            let words = translation.and_then(|translation| translation.also.get(&choice.also_slot));
            let words = words.map(|(_, list)| joined(list)).unwrap_or_default();
            let state = if words.is_empty() { UnitState::Missing } else { UnitState::Fresh };
            units.push(Unit { slot: choice.also_slot.clone(), source: joined(&choice.also), words, state });
        }
    }
    Catalogue { flow: FlowId::new(flow.raw.id.value.clone()), base: flow.raw.base, lang, units }
}
