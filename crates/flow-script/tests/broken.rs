//! One broken file for each check: it must be told at the marked line, and nothing else with it.
//!
//! A file in `broken/` is a flow; `#### path` begins another file of the same pack, `#### without
//! NAME` leaves a flow out, `#### languages en fr` enables languages. `# <- here` marks the line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Lang, Urgency};
use flow_script::{Code, Diagnostic, FlowRole, HouseLangs, Severity, load_pack, load_pack_from};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Made here, since they would be large files.
const MADE: [Code; 2] = [Code::FileTooLarge, Code::TooManySteps];

/// A pack that is whole, with nothing to say.
fn whole() -> BTreeMap<PathBuf, String> {
    FlowRole::ALL
        .into_iter()
        .map(|role| {
            let name = role.name();
            // Where a human is awaited already, a wait comes first.
            let first = match role {
                FlowRole::Waiting | FlowRole::OutOfHours => "  quiet:\n    pause: 5m\n",
                _ => "",
            };
            let text = format!(
                "flow: {name}\ntitle: Test\nplays: {name}\nlanguage: en\nfollows: nothing\nsteps:\n{first}  human:\n    handoff: {{ reason: test }}\n"
            );
            (PathBuf::from(name).join("flow.yaml"), text)
        })
        .collect()
}

fn told(files: &BTreeMap<PathBuf, String>, langs: &[Lang]) -> Vec<Diagnostic> {
    let files: Vec<_> = files.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
    let alarm = |words: &str| if words.contains("grave") { Urgency::Urgent } else { Urgency::Routine };
    match load_pack_from(&files, &HouseLangs::new(langs.iter().copied()).with_alarm(alarm)) {
        Ok(pack) => pack.warnings,
        Err(told) => told,
    }
}

struct Case {
    files: BTreeMap<PathBuf, String>,
    langs: Vec<Lang>,
    /// The marked line; `None` when a whole file is meant.
    marked: Option<(PathBuf, usize)>,
}

fn read(text: &str) -> Case {
    let mut case = Case { files: whole(), langs: vec![Lang::EN], marked: None };
    let mut path = PathBuf::from("broken/flow.yaml");
    let mut content = String::new();
    for line in text.lines().chain(["#### languages"]) {
        if let Some(directive) = line.strip_prefix("#### ") {
            if !content.is_empty() {
                case.files.insert(path.clone(), std::mem::take(&mut content));
            }
            match directive.split_once(' ') {
                Some(("without", name)) => {
                    case.files.remove(&PathBuf::from(name).join("flow.yaml"));
                }
                Some(("languages", langs)) => {
                    case.langs = langs.split(' ').map(|lang| lang.parse().unwrap()).collect()
                }
                _ => path = PathBuf::from(directive),
            }
            if directive.ends_with("/fr.yaml") {
                case.langs = vec![Lang::EN, Lang::FR];
            }
            continue;
        }
        content.push_str(line);
        content.push('\n');
        if line.contains("# <- here") {
            case.marked = Some((path.clone(), content.lines().count()));
        }
    }
    case
}

fn broken_files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_whole_pack_has_nothing_wrong() {
    assert_eq!(told(&whole(), &[Lang::EN, Lang::FR]), []);
}

#[test]
fn each_broken_file_is_told_at_its_line_and_for_its_reason() {
    let mut wrong = Vec::new();
    for (name, text) in broken_files() {
        let expected = name.split('_').next().unwrap();
        let case = read(&text);
        let told = told(&case.files, &case.langs);
        let shown = || told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let warning = expected.starts_with('W');
        let others: BTreeSet<_> = told
            .iter()
            .filter(|diagnostic| warning || diagnostic.severity() == Severity::Error)
            .map(|diagnostic| diagnostic.code.name())
            .filter(|code| *code != expected && *code != "W004")
            .collect();
        let here = told.iter().any(|diagnostic| {
            let place = (diagnostic.place.file.clone(), diagnostic.place.line);
            let right_place = case
                .marked
                .as_ref()
                .map_or(diagnostic.place.line == 0 || expected == "F001", |marked| place == *marked);
            diagnostic.code.name() == expected && right_place
        });
        if !here || !others.is_empty() {
            wrong.push(format!("---- {name}: expected {expected} at {:?}, told:\n{}", case.marked, shown()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_has_a_broken_file() {
    let shown: BTreeSet<String> =
        broken_files().into_iter().map(|(name, _)| name.split('_').next().unwrap().to_owned()).collect();
    for code in Code::ALL.iter().filter(|code| !MADE.contains(code)) {
        assert!(shown.contains(code.name()), "no file in tests/broken for {code}");
    }
}

#[test]
fn files_and_flows_have_a_size() {
    let mut files = whole();
    files.insert("waiting/flow.yaml".into(), format!("# {}\n", "x".repeat(1_000_000)));
    assert!(told(&files, &[Lang::EN]).iter().any(|diagnostic| diagnostic.code == Code::FileTooLarge));
    let steps: String = (0..=2_000).map(|n| format!("  s{n}:\n    pause: 10m\n")).collect();
    let text = format!(
        "flow: waiting\ntitle: Long\nplays: waiting\nlanguage: en\nfollows: nothing\nsteps:\n{steps}  human:\n    handoff: {{ reason: test }}\n"
    );
    files.insert("waiting/flow.yaml".into(), text);
    let told = told(&files, &[Lang::EN]);
    assert!(told.iter().any(|diagnostic| diagnostic.code == Code::TooManySteps && diagnostic.place.line > 4_000));
}

#[test]
fn every_report_shows_the_line_what_was_found_and_what_is_expected() {
    let case = read(&broken_files().into_iter().find(|(name, _)| name == "F007_unknown_step").unwrap().1);
    let told = told(&case.files, &case.langs);
    let shown = told[0].to_string();
    for part in
        ["error[F007]", "broken/flow.yaml:11:11", "goto: humann", "^^^^^^", "expected:", "did you mean `human`?"]
    {
        assert!(shown.contains(part), "{part} isn't in:\n{shown}");
    }
}

#[test]
fn a_file_that_is_not_text_is_told_where() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in whole() {
        std::fs::create_dir_all(folder.path().join(&path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let house = HouseLangs::new([Lang::EN]);
    assert!(load_pack(folder.path(), &house).is_ok());
    std::fs::write(folder.path().join("waiting/flow.yaml"), b"flow: waiting\ntitle: \xff\n").unwrap();
    let told = load_pack(folder.path(), &house).unwrap_err();
    assert_eq!((told[0].code, told[0].place.line, told[0].place.column), (Code::Syntax, 2, 8));
    let told = load_pack(&folder.path().join("nowhere"), &house).unwrap_err();
    assert!(told[0].to_string().contains("can't be read"));
}
