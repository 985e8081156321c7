//! What goes out to translators comes back word for word, in both forms, and what changed shows.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{FlowId, Lang};
use flow_script::{
    Catalogue, HouseLangs, Unit, UnitState, catalogues, completeness, from_po, from_xliff, load_pack_from,
    shipped, stamped, to_po, to_xliff, translation_file,
};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn files() -> Vec<(PathBuf, String)> {
    shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
}

fn es() -> Lang {
    "es".parse().unwrap()
}

#[test]
fn the_shipped_words_come_back_as_they_went() {
    for catalogue in catalogues(&files(), Path::new(""), Lang::FR).unwrap() {
        for (form, back) in [("po", from_po(&to_po(&catalogue))), ("xliff", from_xliff(&to_xliff(&catalogue)))] {
            let mut back = back.unwrap();
            // Being exported and read again is being looked at: words without a note count as fresh.
            for (unit, before) in back.units.iter_mut().zip(&catalogue.units) {
                assert_ne!(unit.state, UnitState::Unstamped);
                unit.state = before.state;
            }
            assert_eq!(back, catalogue, "{form}");
        }
    }
}

#[test]
fn an_import_gives_the_same_flow_again_and_notes_the_sources() {
    let mut changed = files();
    for catalogue in catalogues(&files(), Path::new(""), Lang::FR).unwrap() {
        let back = from_po(&to_po(&catalogue)).unwrap();
        let path = PathBuf::from(catalogue.flow.as_str()).join("fr.yaml");
        let file = changed.iter_mut().find(|(known, _)| *known == path).unwrap();
        file.1 = translation_file(&back, Some(&file.1));
    }
    let house = HouseLangs::new([Lang::EN, Lang::FR]);
    let (before, after) = (load_pack_from(&files(), &house).unwrap(), load_pack_from(&changed, &house).unwrap());
    for flow in before.library.flows() {
        let again = after.library.current(&flow.id).unwrap();
        assert_eq!(again.steps, flow.steps, "{}", flow.id);
    }
    for row in completeness(&changed, Path::new(""), &[Lang::FR]).unwrap() {
        assert!(row.is_whole() && row.unstamped == 0, "{row:?}");
    }
}

#[test]
fn a_changed_source_is_stale_and_a_new_one_is_missing() {
    let mut changed = files();
    let path = PathBuf::from("worry/fr.yaml");
    let catalogue = |files: &[(PathBuf, String)]| {
        let mut all = catalogues(files, Path::new(""), Lang::FR).unwrap();
        all.retain(|catalogue| catalogue.flow.as_str() == "worry");
        all.pop().unwrap()
    };
    let stamped = translation_file(&from_po(&to_po(&catalogue(&changed))).unwrap(), None);
    changed.iter_mut().find(|(known, _)| *known == path).unwrap().1 = stamped;
    let flow = changed.iter_mut().find(|(known, _)| *known == Path::new("worry/flow.yaml")).unwrap();
    flow.1 = flow.1.replace("No worry is too small.", "Every worry counts.");
    let after = catalogue(&changed);
    let state = |slot: &str| after.units.iter().find(|unit| unit.slot == slot).unwrap().state;
    assert_eq!(state("steps/welcome/say"), UnitState::Stale);
    assert_eq!(state("steps/about/ask"), UnitState::Fresh);
    // Stale stays stale through the translators' tools, until somebody looks at it.
    for back in [from_po(&to_po(&after)).unwrap(), from_xliff(&to_xliff(&after)).unwrap()] {
        changed.iter_mut().find(|(known, _)| *known == path).unwrap().1 = translation_file(&back, None);
        assert_eq!(
            catalogue(&changed).units.iter().find(|unit| unit.slot == "steps/welcome/say").unwrap().state,
            UnitState::Stale
        );
    }
    let row = &completeness(&changed, Path::new(""), &[Lang::FR]).unwrap();
    let row = row.iter().find(|row| row.flow.as_str() == "worry").unwrap();
    assert_eq!((row.missing, row.stale, row.unstamped), (0, 1, 0));
    let none = &completeness(&files(), Path::new(""), &["sw".parse().unwrap()]).unwrap()[0];
    assert_eq!(none.missing, none.texts);
}

#[test]
fn stamping_notes_the_sources_and_keeps_every_remark() {
    let catalogue = catalogues(&files(), Path::new(""), Lang::FR).unwrap();
    let catalogue = catalogue.iter().find(|catalogue| catalogue.flow.as_str() == "worry").unwrap();
    let (_, text) = shipped().iter().find(|(path, _)| *path == "worry/fr.yaml").unwrap();
    let text = text.replace("  tell:", "  # a remark of the translator\n  tell:");
    let once = stamped(catalogue, &text);
    assert!(once.contains("  # a remark of the translator\n  tell:"), "{once}");
    assert!(once.contains("\nsources:\n  steps/welcome/say: "), "{once}");
    assert_eq!(stamped(catalogue, &once), once);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    for (text, part) in [
        ("msgid \"a\nmsgstr \"b\"", "line 1"),
        ("msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"b\"", "no `X-Flow`"),
        ("\"lonely\"", "without a keyword"),
        ("msgfoo \"a\"", "`msgfoo`"),
    ] {
        let told = from_po(text).unwrap_err().to_string();
        assert!(told.contains(part), "{told}");
    }
    for (text, part) in [
        ("<xliff>", "no `<file>`"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]>", "document type"),
        ("<file original=\"x\">", "source-language"),
        ("<a", "without its `>`"),
        ("&nbsp;", "unknown"),
    ] {
        let told = from_xliff(text).unwrap_err().to_string();
        assert!(told.contains(part), "{told}");
    }
}

fn text() -> impl Strategy<Value = String> {
    // Anything a text can hold, with what is special in PO, XML and YAML more often.
    let special = prop::sample::select(vec![
        "\"", "\\", "\\n", "<b>", "&amp;", "&", "#", ": ", "{name}", "%s", "é", "عربي", "👍", "msgid", "]]>",
    ]);
    prop::collection::vec(prop_oneof![special.prop_map(ToOwned::to_owned), "\\PC{1,6}"], 1..6)
        .prop_map(|parts| parts.concat().trim().to_owned())
        .prop_filter("words", |text| !text.is_empty())
}

fn unit() -> impl Strategy<Value = Unit> {
    let state = prop::sample::select(vec![UnitState::Missing, UnitState::Stale, UnitState::Fresh]);
    ("[a-z_]{1,8}", text(), text(), state).prop_map(|(step, source, words, state)| {
        let words = if state == UnitState::Missing { String::new() } else { words };
        Unit { slot: format!("steps/{step}/say"), source, words, state }
    })
}

proptest! {
    #[test]
    fn any_words_come_back_as_they_went(units in prop::collection::vec(unit(), 0..6)) {
        let catalogue = Catalogue { flow: FlowId::new("any"), base: Lang::EN, lang: es(), units };
        prop_assert_eq!(&from_po(&to_po(&catalogue)).unwrap(), &catalogue);
        prop_assert_eq!(&from_xliff(&to_xliff(&catalogue)).unwrap(), &catalogue);
    }

    #[test]
    fn any_file_is_answered(text in "(<|>|/|&|;|\"|'|=|xliff|file|source|target| |\n|msgid|msgstr|#|\\\\|x){0,60}") {
        let _ = from_po(&text);
        let _ = from_xliff(&text);
    }
}
