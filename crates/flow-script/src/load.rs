//! Loads a pack of flows: finds the files, reads them, checks them, builds the library.
//!
//! It must never return a library in which a check failed, and never panic, whatever is in the
//! files. Read next: `read/mod.rs`, then `check/mod.rs`.

use crate::example_model::Example;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::read::{read_example, read_flow, read_resources, read_translation};
use crate::yaml::{FILE_BYTES, Node, parse};
use crate::{Code, Diagnostic, FlowLibrary, Place, Severity, build, check};
use domain::{FlowHash, Lang, Urgency};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a helpline's house wants of its flows.
#[derive(Debug, Clone)]
pub struct HouseLangs {
    /// Languages that every flow must be complete in.
    pub enabled: Vec<Lang>,
    /// How urgent some words are to the safety rules, which this room may not see.
    alarm: Option<fn(&str) -> Urgency>,
}

impl HouseLangs {
    /// A house that speaks these languages.
    pub fn new(enabled: impl IntoIterator<Item = Lang>) -> Self {
        Self { enabled: enabled.into_iter().collect(), alarm: None }
    }

    /// Lets the checks ask the safety rules about the words of an answer.
    #[must_use]
    pub fn with_alarm(mut self, alarm: fn(&str) -> Urgency) -> Self {
        self.alarm = Some(alarm);
        self
    }
}

/// A pack that passed every check.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The flows and contacts.
    pub library: FlowLibrary,
    /// What could be better.
    pub warnings: Vec<Diagnostic>,
    /// The example conversations, in the order of their files.
    pub examples: Vec<Example>,
}

/// Loads all flows under a folder.
///
/// # Errors
/// Everything that is wrong, errors first, each with its place. Files that can't be read count.
pub fn load_pack(dir: &Path, house: &HouseLangs) -> Result<Pack, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut told = Vec::new();
    collect(dir, 0, &mut files, &mut told);
    if told.is_empty() { load_under(dir, &files, house) } else { Err(told) }
}

/// The files of a pack under a folder, read but not looked into.
///
/// # Errors
/// Each file that can't be read.
pub fn pack_files(dir: &Path) -> Result<Vec<(PathBuf, String)>, Vec<Diagnostic>> {
    let (mut files, mut told) = (Vec::new(), Vec::new());
    collect(dir, 0, &mut files, &mut told);
    if told.is_empty() { Ok(files) } else { Err(told) }
}

/// Sixteen hexadecimal digits that name a pack by its files. Example conversations don't count:
/// no child hears them.
pub fn pack_hash(files: &[(PathBuf, String)], root: &Path) -> String {
    let mut known: Vec<(String, &str)> = files
        .iter()
        .map(|(path, text)| {
            (path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/"), text.as_str())
        })
        .filter(|(path, _)| !path.contains("/examples/"))
        .collect();
    known.sort();
    let mut hash = Sha256::new();
    for (path, text) in known {
        hash.update(format!("{}:{path}{}:", path.len(), text.len()));
        hash.update(text);
    }
    let mut name = hex::encode(hash.finalize());
    name.truncate(16);
    name
}

/// A pack as it is written, for what works on words alone.
pub(crate) fn written_pack(
    root: &Path,
    files: &[(PathBuf, String)],
    house: &HouseLangs,
) -> Result<WrittenPack, Vec<Diagnostic>> {
    let (pack, mut told) = read_all(root, files, house);
    told.retain(|diagnostic| diagnostic.severity() == Severity::Error);
    if told.is_empty() {
        return Ok(pack);
    }
    finish(&mut told, files);
    Err(told)
}

/// Loads the flows in these files; paths are counted from the pack's folder.
///
/// # Errors
/// As [`load_pack`].
pub fn load_pack_from(files: &[(PathBuf, String)], house: &HouseLangs) -> Result<Pack, Vec<Diagnostic>> {
    load_under(Path::new(""), files, house)
}

/// Loads the pack that is built into the binary.
///
/// # Errors
/// When a language is enabled that the shipped flows don't speak.
pub fn load_shipped(house: &HouseLangs) -> Result<Pack, Vec<Diagnostic>> {
    let files: Vec<_> =
        crate::shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    load_pack_from(&files, house)
}

/// A folder of flows, a flow's folder, its examples.
const FOLDERS_DEEP: usize = 3;

fn collect(dir: &Path, depth: usize, files: &mut Vec<(PathBuf, String)>, told: &mut Vec<Diagnostic>) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return told.push(unreadable(dir, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if path.is_dir() && depth + 1 < FOLDERS_DEEP {
            collect(&path, depth + 1, files, told);
        } else if is_yaml {
            match read_file(&path) {
                Ok(text) => files.push((path, text)),
                Err(diagnostic) => told.push(diagnostic),
            }
        }
    }
}

fn read_file(path: &Path) -> Result<String, Diagnostic> {
    let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if size > FILE_BYTES as u64 {
        let place = Place { file: path.to_path_buf(), ..Place::default() };
        let found = format!("this file has {size} bytes");
        return Err(Diagnostic::new(place, Code::FileTooLarge, found, format!("at most {FILE_BYTES} bytes")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        let start = good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&good[start..]).chars().count() + 1;
        let place = Place { file: path.to_path_buf(), line, column, length: 1 };
        Diagnostic::new(place, Code::Syntax, "a byte here is not UTF-8 text", "a text file saved as UTF-8")
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let place = Place { file: path.to_path_buf(), ..Place::default() };
    Diagnostic::new(place, Code::Syntax, format!("this can't be read: {error}"), "a file that this user may read")
}

fn load_under(root: &Path, files: &[(PathBuf, String)], house: &HouseLangs) -> Result<Pack, Vec<Diagnostic>> {
    let (pack, mut told) = read_all(root, files, house);
    let whole = told.iter().all(|diagnostic| diagnostic.severity() == Severity::Warning);
    let reading = if whole { check::Reading::Whole } else { check::Reading::Broken };
    told.extend(check::check(&pack, reading));
    finish(&mut told, files);
    let errors = told.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    if errors {
        return Err(told);
    }
    match build::build(&pack) {
        Some(library) => Ok(Pack { library, warnings: told, examples: pack.examples }),
        None => Err(vec![Diagnostic::new(
            Place { file: root.to_path_buf(), ..Place::default() },
            Code::LeadsNowhere,
            "the pack passed its checks but can't be built; this is a fault in the checker",
            "a report to the maintainers, with the flow files",
        )]),
    }
}

/// One flow's folder.
#[derive(Default)]
struct Folder<'a> {
    flow: Option<(&'a Path, &'a str)>,
    translations: Vec<(&'a Path, &'a str, Lang)>,
    examples: Vec<(&'a Path, &'a str)>,
}

fn read_all(root: &Path, files: &[(PathBuf, String)], house: &HouseLangs) -> (WrittenPack, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let mut pack = WrittenPack { enabled: house.enabled.clone(), alarm: house.alarm, ..WrittenPack::default() };
    pack.resources_file = root.join("resources.yaml");
    let mut folders: BTreeMap<String, Folder<'_>> = BTreeMap::new();
    for (path, text) in files {
        let inside = path.strip_prefix(root).unwrap_or(path);
        let parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["resources.yaml"] => {
                if let Some(node) = tree(path, text, &mut told) {
                    let (resources, wrong) = read_resources(path, &node);
                    pack.resources = resources;
                    told.extend(wrong);
                }
            }
            [flow, "flow.yaml"] => folders.entry((*flow).to_owned()).or_default().flow = Some((path, text)),
            [flow, "examples", name] if name.ends_with(".yaml") => {
                folders.entry((*flow).to_owned()).or_default().examples.push((path, text));
            }
            [flow, name] => match name.strip_suffix(".yaml").and_then(|stem| stem.parse::<Lang>().ok()) {
                Some(lang) => folders.entry((*flow).to_owned()).or_default().translations.push((path, text, lang)),
                None => told.push(stray_file(path)),
            },
            _ => told.push(stray_file(path)),
        }
    }
    for (name, folder) in folders {
        read_folder(&name, &folder, &mut pack, &mut told);
    }
    (pack, told)
}

fn read_folder(name: &str, folder: &Folder<'_>, pack: &mut WrittenPack, told: &mut Vec<Diagnostic>) {
    let Some((file, text)) = folder.flow else {
        let place = Place { file: PathBuf::from(name), ..Place::default() };
        let found = format!("the folder `{name}` has no `flow.yaml`");
        told.push(Diagnostic::new(place, Code::MissingKey, found, "the flow in its own language, in `flow.yaml`"));
        return;
    };
    let mut hash = Sha256::new();
    hash.update(b"flow 1\n");
    let raw = tree(file, text, told).and_then(|node| {
        node.hash_into(&mut hash);
        let (raw, wrong) = read_flow(file, name, &node);
        told.extend(wrong);
        raw
    });
    let mut translations = Vec::new();
    let mut in_order = folder.translations.clone();
    in_order.sort_by_key(|(_, _, lang)| *lang);
    for (file, text, lang) in in_order {
        if let Some(node) = tree(file, text, told) {
            hash.update(format!("language {lang}\n"));
            // What was translated from what is for translators; children hear only the words.
            node.without("sources").hash_into(&mut hash);
            let (translation, wrong) = read_translation(file, lang, &node);
            told.extend(wrong);
            translations.push(translation);
        }
    }
    for (file, text) in &folder.examples {
        if let Some(node) = tree(file, text, told) {
            let (example, wrong) = read_example(file, name, &node);
            told.extend(wrong);
            pack.examples.extend(example);
        }
    }
    let hash = FlowHash::new(hex::encode(hash.finalize()));
    pack.flows.extend(raw.map(|raw| WrittenFlow { raw, hash, translations }));
}

fn tree(file: &Path, text: &str, told: &mut Vec<Diagnostic>) -> Option<Node> {
    parse(file, text).map_err(|diagnostic| told.push(diagnostic)).ok()
}

fn stray_file(path: &Path) -> Diagnostic {
    let place = Place { file: path.to_path_buf(), ..Place::default() };
    Diagnostic::new(
        place,
        Code::UnknownValue,
        "this file has no place in a pack of flows",
        "`resources.yaml`, `FLOW/flow.yaml`, `FLOW/LANGUAGE.yaml` such as `fr.yaml`, or `FLOW/examples/NAME.yaml`",
    )
}

/// More than this at once helps nobody; the rest is told when these are mended.
const MOST_TOLD: usize = 500;

/// Puts what was told in the order of the files, errors first, with the lines to underline.
fn finish(told: &mut Vec<Diagnostic>, files: &[(PathBuf, String)]) {
    told.sort_by(|a, b| (a.severity(), &a.place, a.code).cmp(&(b.severity(), &b.place, b.code)));
    told.dedup();
    told.truncate(MOST_TOLD);
    let mut lines: BTreeMap<&Path, Vec<&str>> = BTreeMap::new();
    for diagnostic in told {
        let Some((path, text)) = files.iter().find(|(path, _)| *path == diagnostic.place.file) else { continue };
        let lines = lines.entry(path).or_insert_with(|| text.lines().collect());
        let line = diagnostic.place.line.checked_sub(1).and_then(|number| lines.get(number));
        diagnostic.source_line = line.map(|line| line.chars().take(160).collect());
    }
}
