//! Recall and false alarms on the project's own corpus, per language and category, held to the bars.
//!
//! These are the lines the rules were written beside: they show a drop, not how good the rules are.
//! Read next: `properties.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Category, Tier};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Default, Clone, Copy)]
struct Count {
    all: u32,
    found: u32,
    named: u32,
    hard: u32,
}

impl Count {
    fn share(self) -> f64 {
        f64::from(self.found) / f64::from(self.all.max(1))
    }

    fn hard_share(self) -> f64 {
        f64::from(self.hard) / f64::from(self.all.max(1))
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.found += other.found;
        self.named += other.named;
        self.hard += other.hard;
    }
}

/// The corpus has grown past the rules: for these cells, the share of explicit lines found, and found
/// hard, when the new lines came. Neither may fall. A cell that reaches its bar comes off the list.
const NOT_YET: &[(&str, &str, f64, f64)] = &[
    ("en", "asks_human", 0.67, 0.00),
    ("en", "bullying", 0.50, 0.06),
    ("en", "child_labour", 0.07, 0.00),
    ("en", "child_marriage", 0.36, 0.33),
    ("en", "conflict_disaster", 0.03, 0.03),
    ("en", "cyberbullying", 0.50, 0.06),
    ("en", "distress", 0.70, 0.03),
    ("en", "domestic_violence", 0.50, 0.00),
    ("en", "eating", 0.56, 0.00),
    ("en", "emotional_abuse", 0.46, 0.03),
    ("en", "fgm", 0.06, 0.03),
    ("en", "grooming", 0.43, 0.10),
    ("en", "harmful_contact", 0.03, 0.03),
    ("en", "hate", 0.26, 0.00),
    ("en", "image_abuse", 0.56, 0.50),
    ("en", "medical_emergency", 0.73, 0.70),
    ("en", "neglect", 0.50, 0.03),
    ("en", "physical_abuse", 0.62, 0.06),
    ("en", "radicalisation", 0.13, 0.06),
    ("en", "runaway", 0.60, 0.50),
    ("en", "scam", 0.10, 0.03),
    ("en", "self_harm", 0.93, 0.87),
    ("en", "sextortion", 0.58, 0.54),
    ("en", "sexual_abuse", 0.75, 0.68),
    ("en", "sexual_exploitation", 0.41, 0.41),
    ("en", "substance", 0.60, 0.03),
    ("en", "suicide", 1.00, 0.94),
    ("en", "trafficking", 0.20, 0.17),
    ("en", "violence_now", 0.53, 0.53),
    ("en", "violence_to_others", 0.46, 0.40),
    ("fr", "asks_human", 0.70, 0.00),
    ("fr", "bullying", 0.46, 0.03),
    ("fr", "child_labour", 0.06, 0.00),
    ("fr", "child_marriage", 0.36, 0.30),
    ("fr", "conflict_disaster", 0.10, 0.06),
    ("fr", "cyberbullying", 0.63, 0.06),
    ("fr", "distress", 0.66, 0.03),
    ("fr", "domestic_violence", 0.46, 0.06),
    ("fr", "eating", 0.56, 0.00),
    ("fr", "emotional_abuse", 0.50, 0.00),
    ("fr", "fgm", 0.00, 0.00),
    ("fr", "grooming", 0.53, 0.13),
    ("fr", "harmful_contact", 0.07, 0.03),
    ("fr", "hate", 0.23, 0.03),
    ("fr", "image_abuse", 0.56, 0.50),
    ("fr", "medical_emergency", 0.80, 0.76),
    ("fr", "neglect", 0.56, 0.06),
    ("fr", "physical_abuse", 0.77, 0.16),
    ("fr", "radicalisation", 0.10, 0.03),
    ("fr", "runaway", 0.53, 0.46),
    ("fr", "scam", 0.06, 0.03),
    ("fr", "self_harm", 0.91, 0.83),
    ("fr", "sextortion", 0.50, 0.50),
    ("fr", "sexual_abuse", 0.75, 0.71),
    ("fr", "sexual_exploitation", 0.48, 0.48),
    ("fr", "substance", 0.50, 0.00),
    ("fr", "trafficking", 0.20, 0.17),
    ("fr", "violence_now", 0.60, 0.50),
    ("fr", "violence_to_others", 0.50, 0.43),
];

/// The same for all categories of a language together, by label.
const NOT_YET_TOGETHER: &[(&str, &str, f64)] =
    &[("en", "explicit", 0.47), ("en", "implicit", 0.18), ("fr", "explicit", 0.48), ("fr", "implicit", 0.19)];

/// Label → counts, for each (language, category).
type Table = BTreeMap<(String, String), BTreeMap<String, Count>>;

fn read() -> Table {
    let mut table = Table::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for lang in ["en", "fr"] {
        for file in std::fs::read_dir(root.join(lang)).unwrap() {
            let path = file.unwrap().path();
            let category = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let labels = table.entry((lang.to_owned(), category.clone())).or_default();
            for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate().skip(1) {
                let (text, label) = line.split_once('\t').unwrap_or_else(|| panic!("{path:?}:{}", number + 1));
                assert!(
                    ["explicit", "implicit", "lookalike", "ordinary"].contains(&label),
                    "{path:?}:{}",
                    number + 1
                );
                let findings = safety_rules::screen(text);
                let count = labels.entry(label.to_owned()).or_default();
                count.all += 1;
                count.found += u32::from(!findings.is_empty());
                count.named += u32::from(findings.iter().any(|finding| finding.category.name() == category));
                count.hard += u32::from(findings.iter().any(|finding| finding.tier == Tier::Hard));
            }
        }
    }
    table
}

#[test]
fn the_bars_hold_on_our_own_corpus() {
    let table = read();
    let mut report = String::from("lang category             label     found named  hard    of\n");
    let mut failures = Vec::new();
    let mut totals: BTreeMap<(String, String), Count> = BTreeMap::new();
    for ((lang, category), labels) in &table {
        for (label, count) in labels {
            report += &format!(
                "{lang:<4} {category:<20} {label:<9} {:>5} {:>5} {:>5} {:>5}\n",
                count.found, count.named, count.hard, count.all
            );
            totals.entry((lang.clone(), label.clone())).or_default().add(*count);
            let known = NOT_YET.iter().find(|(at, what, ..)| at == lang && what == category);
            if let Some((.., found, hard)) = known {
                if label == "explicit" && (count.share() < *found || count.hard_share() < *hard) {
                    failures.push(format!(
                        "{lang} {category}: explicit recall fell to {:.2}, hard {:.2}",
                        count.share(),
                        count.hard_share()
                    ));
                }
                continue;
            }
            let explicit_bar = if ["suicide", "self_harm"].contains(&category.as_str()) { 0.95 } else { 0.90 };
            if label == "explicit" && count.share() < explicit_bar {
                failures.push(format!("{lang} {category}: explicit recall {:.2}", count.share()));
            }
            let life = ["suicide", "self_harm"].contains(&category.as_str());
            if life && label == "explicit" && count.hard_share() < 0.95 {
                failures.push(format!("{lang} {category}: explicit hard recall {:.2}", count.hard_share()));
            }
            if life && label == "implicit" && count.share() < 0.40 {
                failures.push(format!("{lang} {category}: implicit recall {:.2}", count.share()));
            }
            if life && label == "lookalike" && count.hard_share() > 0.05 {
                failures.push(format!("{lang} {category}: lookalikes hard {:.2}", count.hard_share()));
            }
        }
    }
    for ((lang, label), count) in &totals {
        report += &format!(
            "{lang:<4} all                  {label:<9} {:>5} {:>5} {:>5} {:>5}\n",
            count.found, count.named, count.hard, count.all
        );
        let floor = NOT_YET_TOGETHER.iter().find(|(at, what, _)| at == lang && what == label);
        let bad = match (label.as_str(), floor) {
            (_, Some((.., floor))) => count.share() < *floor,
            ("explicit", None) => count.share() < 0.95,
            ("implicit", None) => count.share() < 0.40,
            ("lookalike", None) => count.hard_share() > 0.05,
            _ => count.share() > 0.005 || count.hard_share() > 0.001,
        };
        if bad {
            failures.push(format!("{lang} {label}: found {:.3}, hard {:.3}", count.share(), count.hard_share()));
        }
    }
    assert!(failures.is_empty(), "{report}\nunder the bar:\n{}", failures.join("\n"));
}

#[test]
fn every_category_of_the_first_version_has_lines_in_both_languages() {
    let table = read();
    for category in [
        Category::Suicide,
        Category::SelfHarm,
        Category::PhysicalAbuse,
        Category::EmotionalAbuse,
        Category::SexualAbuse,
        Category::Neglect,
        Category::DomesticViolence,
        Category::SexualExploitation,
        Category::Sextortion,
        Category::Grooming,
        Category::ImageAbuse,
        Category::ViolenceNow,
        Category::ViolenceToOthers,
        Category::MedicalEmergency,
        Category::Bullying,
        Category::Cyberbullying,
        Category::Runaway,
        Category::Distress,
        Category::Eating,
        Category::Substance,
        Category::AsksHuman,
    ] {
        for lang in ["en", "fr"] {
            let labels = &table[&(lang.to_owned(), category.name().to_owned())];
            assert!(labels["explicit"].all >= 11 && labels["lookalike"].all >= 8, "{lang} {}", category.name());
        }
    }
}

/// What children and what filters do to words; each must keep what was found.
fn disguises(text: &str) -> Vec<(&'static str, String)> {
    let spaced = text.chars().flat_map(|c| if c == ' ' { vec![' ', ' '] } else { vec![c, ' '] }).collect();
    let swap = |pairs: &[(char, char)]| -> String {
        text.chars().map(|c| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect()
    };
    let stretched = text.split(' ').map(|word| {
        let last = word.chars().last().filter(|c| c.is_alphabetic());
        last.map_or(word.to_owned(), |c| format!("{word}{c}{c}{c}"))
    });
    let zero_width = text.chars().flat_map(|c| [c, '\u{200b}']).collect();
    vec![
        ("upper case", text.to_uppercase()),
        ("leet", swap(&[('i', '1'), ('e', '3'), ('o', '0'), ('a', '4')])),
        ("spaced", spaced),
        ("stretched", stretched.collect::<Vec<_>>().join(" ")),
        ("zero width", zero_width),
        ("homoglyphs", swap(&[('a', 'а'), ('e', 'е'), ('o', 'о'), ('i', 'і'), ('c', 'с')])),
        ("full width", swap(&[('d', 'ｄ'), ('e', 'ｅ'), ('m', 'ｍ'), ('t', 'ｔ'), ('u', 'ｕ')])),
        ("no apostrophes", text.replace(['\'', '’'], "")),
        (
            "no accents",
            swap(&[
                ('é', 'e'),
                ('è', 'e'),
                ('ê', 'e'),
                ('à', 'a'),
                ('ç', 'c'),
                ('û', 'u'),
                ('î', 'i'),
                ('ô', 'o'),
            ]),
        ),
        ("emoji between", text.replace(' ', " 😭 ")),
        ("typo", one_slip(text)),
    ]
}

/// Swaps two letters inside the longest word.
fn one_slip(text: &str) -> String {
    let longest = text.split(' ').max_by_key(|word| word.chars().count()).unwrap_or_default();
    let mut letters: Vec<char> = longest.chars().collect();
    let middle = letters.len() / 2;
    if letters.len() >= 4 && letters[middle - 1].is_alphabetic() && letters[middle].is_alphabetic() {
        letters.swap(middle - 1, middle);
    }
    text.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}

#[test]
fn disguised_disclosures_are_still_found() {
    let mut kept: BTreeMap<&str, (u32, u32, Vec<String>)> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for path in ["en/suicide.tsv", "fr/suicide.tsv", "en/self_harm.tsv", "fr/self_harm.tsv"] {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        for line in text.lines().skip(1).filter_map(|line| line.strip_suffix("\texplicit")) {
            if safety_rules::screen(line).is_empty() {
                continue;
            }
            for (name, disguised) in disguises(line) {
                let entry = kept.entry(name).or_default();
                entry.1 += 1;
                if safety_rules::screen(&disguised).is_empty() {
                    entry.2.push(disguised);
                } else {
                    entry.0 += 1;
                }
            }
        }
    }
    for (name, (found, all, lost)) in &kept {
        let share = f64::from(*found) / f64::from(*all);
        assert!(share >= 0.97, "{name}: {found} of {all} kept; lost:\n{}", lost.join("\n"));
    }
}
