//! Counts for people: a table, a picture, and a comparison with the last release.
//!
//! It must never show a share without its interval. Read next: `../eval.rs`.

use super::{Count, Evaluation, Kind, wilson};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Cells of fewer lines are shown, not compared.
const GATED: u32 = 100;
const LIFE: &[&str] = &["suicide", "self_harm"];

fn cell(part: u32, count: Count) -> String {
    let (low, high) = wilson(part, count.all);
    format!("{:>5.3} [{low:.3}–{high:.3}] {:>4}", count.share(part), count.all)
}

/// Totals per language, then every category and label.
pub fn table(evaluation: &Evaluation) -> String {
    let mut out = String::from("found of all, with the Wilson 95 % interval and the number of lines\n\n");
    let _ = writeln!(
        out,
        "lang  {:<27} {:<27} {:<27} {:<27} {:<27} {:<27}",
        "suicide/self-harm explicit",
        "explicit",
        "implicit",
        "lookalikes hard",
        "ordinary alarms",
        "ordinary hard"
    );
    for lang in evaluation.langs() {
        let life = evaluation.total_of(&lang, Kind::Explicit, LIFE);
        let [explicit, implicit, lookalike, ordinary] =
            [Kind::Explicit, Kind::Implicit, Kind::Lookalike, Kind::Ordinary]
                .map(|kind| evaluation.total(&lang, kind));
        let _ = writeln!(
            out,
            "{lang:<5} {:<27} {:<27} {:<27} {:<27} {:<27} {:<27}",
            cell(life.found, life),
            cell(explicit.found, explicit),
            cell(implicit.found, implicit),
            cell(lookalike.hard, lookalike),
            cell(ordinary.found, ordinary),
            cell(ordinary.hard, ordinary),
        );
    }
    let explicit: Vec<f64> = evaluation
        .langs()
        .iter()
        .map(|lang| evaluation.total(lang, Kind::Explicit))
        .filter(|count| count.all > 0)
        .map(|count| count.share(count.found))
        .collect();
    let best = explicit.iter().copied().fold(0.0, f64::max);
    let worst = explicit.iter().copied().fold(1.0, f64::min);
    let _ = writeln!(out, "\nlanguage gap, explicit: {:.1} points", (best - worst) * 100.0);
    if !evaluation.disguised.is_empty() {
        let _ = writeln!(out, "\nkept in disguise, of explicit lines found as written");
        for ((lang, way), count) in &evaluation.disguised {
            let _ = writeln!(out, "{lang:<5} {:<16} {}", way.name(), cell(count.found, *count));
        }
    }
    let _ = writeln!(out, "\nlang category             label     found                       named  hard");
    for ((lang, category, kind), count) in &evaluation.cells {
        let _ = writeln!(
            out,
            "{lang:<4} {category:<20} {:<9} {:<27} {:.3}  {:.3}",
            kind.name(),
            cell(count.found, *count),
            count.share(count.named),
            count.share(count.hard),
        );
    }
    out
}

/// Bars of explicit and implicit recall per language, with their intervals.
pub fn svg(evaluation: &Evaluation) -> String {
    const LEFT: f64 = 60.0;
    const WIDE: f64 = 600.0;
    const ROW: f64 = 22.0;
    let rows: Vec<(String, &str, Count, u32)> = evaluation
        .langs()
        .into_iter()
        .flat_map(|lang| {
            let (explicit, implicit) =
                (evaluation.total(&lang, Kind::Explicit), evaluation.total(&lang, Kind::Implicit));
            [(lang.clone(), "#1f6f8b", explicit, explicit.found), (lang, "#99a8b2", implicit, implicit.found)]
        })
        .filter(|row| row.2.all > 0)
        .collect();
    let mut height = 40.0;
    let mut bars = String::new();
    for (lang, colour, count, part) in rows {
        let share = count.share(part);
        let (low, high) = wilson(part, count.all);
        let middle = height + ROW / 2.0 - 2.0;
        let _ = writeln!(
            bars,
            "<text x=\"8\" y=\"{:.0}\">{lang}</text><rect x=\"{LEFT}\" y=\"{height:.0}\" width=\"{:.1}\" height=\"{:.0}\" fill=\"{colour}\"/>\
             <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle:.0}\" y2=\"{middle:.0}\" stroke=\"#222\"/><text x=\"{:.0}\" y=\"{:.0}\">{share:.2} of {}</text>",
            middle + 4.0,
            share * WIDE,
            ROW - 4.0,
            LEFT + low * WIDE,
            LEFT + high * WIDE,
            LEFT + WIDE + 8.0,
            middle + 4.0,
            count.all,
        );
        height += ROW;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"780\" height=\"{:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Found per language: explicit dark, implicit light, lines show 95 % intervals</title>\n\
         <text x=\"8\" y=\"20\">Found per language: explicit dark, implicit light; the line is the 95 % interval</text>\n{bars}</svg>\n",
        height + 10.0
    )
}

/// The counts as a file to compare a later version with.
pub fn baseline(evaluation: &Evaluation) -> String {
    let mut out = String::from("lang\tcategory\tlabel\tall\tfound\thard\n");
    for ((lang, category, kind), count) in &evaluation.cells {
        let _ =
            writeln!(out, "{lang}\t{category}\t{}\t{}\t{}\t{}", kind.name(), count.all, count.found, count.hard);
    }
    out
}

/// Something that got worse since the kept baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Drop {
    /// Where: language, category (`all` for the sum) and label.
    pub place: String,
    /// Share found before.
    pub before: f64,
    /// Share found now.
    pub now: f64,
}

/// Recall lower than in the baseline: per language and label, and in each cell of at least 100 lines.
/// Lines of the baseline that can't be read are skipped.
pub fn drops(evaluation: &Evaluation, baseline: &str) -> Vec<Drop> {
    let mut before: BTreeMap<(String, String, Kind), Count> = BTreeMap::new();
    for line in baseline.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [lang, category, label, all, found, hard] = cells[..] else { continue };
        let Some(kind) = Kind::ALL.iter().copied().find(|kind| kind.name() == label) else { continue };
        let number = |cell: &str| cell.parse().unwrap_or(0);
        let count = Count { all: number(all), found: number(found), hard: number(hard), named: 0 };
        before.insert((lang.into(), category.into(), kind), count);
    }
    let before = Evaluation { cells: before, ..Evaluation::default() };
    let mut drops = Vec::new();
    let mut compare = |place: String, was: Count, is: Count| {
        let (before, now) = (was.share(was.found), is.share(is.found));
        if was.all > 0 && is.all > 0 && now + 1e-9 < before {
            drops.push(Drop { place, before, now });
        }
    };
    for kind in [Kind::Explicit, Kind::Implicit] {
        for lang in before.langs() {
            let place = format!("{lang} all {}", kind.name());
            compare(place, before.total(&lang, kind), evaluation.total(&lang, kind));
        }
    }
    for ((lang, category, kind), was) in &before.cells {
        let recall = matches!(kind, Kind::Explicit | Kind::Implicit);
        if recall
            && was.all >= GATED
            && let Some(is) = evaluation.cells.get(&(lang.clone(), category.clone(), *kind))
        {
            compare(format!("{lang} {category} {}", kind.name()), *was, *is);
        }
    }
    drops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(found: u32) -> Evaluation {
        let mut evaluation = Evaluation::default();
        let key = ("en".to_owned(), "suicide".to_owned(), Kind::Explicit);
        evaluation.cells.insert(key, Count { all: 100, found, named: found, hard: found });
        evaluation
    }

    #[test]
    fn a_drop_is_named_and_a_rise_is_not() {
        let kept = baseline(&one(95));
        assert!(drops(&one(95), &kept).is_empty() && drops(&one(96), &kept).is_empty());
        let worse = drops(&one(94), &kept);
        assert_eq!(worse.len(), 2, "{worse:?}");
        assert_eq!(worse[0], Drop { place: "en all explicit".into(), before: 0.95, now: 0.94 });
    }

    #[test]
    fn table_and_picture_show_intervals() {
        assert!(table(&one(95)).contains("0.950 [0.888–0.978]"), "{}", table(&one(95)));
        assert!(svg(&one(95)).contains("0.95 of 100"));
    }
}
