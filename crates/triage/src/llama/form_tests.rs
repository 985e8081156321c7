//! What the grammar allows can be read; what it doesn't, can't.
#![allow(clippy::unwrap_used)]

use super::*;
use domain::{ConversationId, Lang};

fn ask() -> Ask {
    let conversation = ConversationId::from_uuid(uuid::Uuid::from_u128(1));
    Ask { conversation, urgency: Urgency::Routine, lang: Lang::EN, told: Vec::new() }
}

fn check(written: &str) -> Option<Suggestion> {
    read(&ask(), &[MessageId(2), MessageId(5)], written)
}

const GOOD: &str = r#"{"urgency":"soon","categories":["bullying","distress"],"rests_on":[5],"lang":"en","age":"10_13","summary":"Others are mean.","questions":["Since when?"]}"#;

#[test]
fn a_filled_in_form_becomes_a_suggestion() {
    let suggestion = check(GOOD).unwrap();
    assert_eq!(suggestion.urgency_at_least, Urgency::Soon);
    assert_eq!(suggestion.categories, BTreeSet::from([Category::Bullying, Category::Distress]));
    assert_eq!(suggestion.rests_on, BTreeSet::from([MessageId(5)]));
    assert_eq!((suggestion.lang, suggestion.age), (Some(Lang::EN), Some(AgeBand::From10To13)));
    assert_eq!(suggestion.summary.unwrap().for_counsellor(), "Others are mean.");
    assert_eq!(suggestion.questions[0].for_counsellor(), "Since when?");
}

#[test]
fn anything_else_is_no_suggestion() {
    let long = format!("\"{}\"", "x".repeat(SUMMARY + 1));
    for (from, to) in [
        ("\"soon\"", "\"none\""),
        ("\"soon\"", "null"),
        ("\"bullying\"", "\"fun\""),
        ("\"bullying\"", "\"suicide\",\"grooming\",\"scam\",\"hate\""),
        ("[5]", "[]"),
        ("[5]", "[3]"),
        ("[5]", "[-5]"),
        ("\"en\"", "\"e\""),
        ("\"10_13\"", "\"unknown\""),
        ("\"Others are mean.\"", "\" \""),
        ("\"Others are mean.\"", "null"),
        ("\"Others are mean.\"", &long),
        ("[\"Since when?\"]", "[\"a\",\"b\",\"c\",\"d\"]"),
        ("\"lang\":\"en\",", ""),
        ("\"age\":\"10_13\",", ""),
        ("\"lang\":\"en\"", "\"lang\":\"en\",\"say\":\"hello\""),
        ("}", ""),
        ("}", "} and more"),
    ] {
        let bad = GOOD.replacen(from, to, 1);
        assert_ne!(bad, GOOD, "{from}");
        assert_eq!(check(&bad), None, "{bad}");
    }
    assert_eq!(check(""), None);
}

/// The largest and the smallest text that a rule allows.
fn samples(rule: &Rule) -> Vec<String> {
    let all = |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
    let words = |most: usize| format!("\"{}\"", "é".repeat(most));
    match rule {
        Rule::One(names) => all(names),
        Rule::OneOrNull(names) => [all(names), vec!["null".into()]].concat(),
        Rule::TwoLettersOrNull => vec!["null".into(), "\"fr\"".into(), "\"zz\"".into()],
        Rule::Some(names, most) => {
            let lists = all(names).chunks(*most).map(|some| format!("[{}]", some.join(","))).collect::<Vec<_>>();
            [lists, vec!["[]".into()]].concat()
        }
        Rule::Numbers(numbers) => {
            let all: Vec<_> = numbers.iter().map(u32::to_string).collect();
            vec![format!("[{}]", all[0]), format!("[{}]", all.join(","))]
        }
        Rule::Text(most) => vec!["\"a\"".into(), words(*most)],
        Rule::Texts(most, each) => vec!["[]".into(), format!("[{}]", vec![words(*each); *most].join(","))],
    }
}

#[test]
fn whatever_the_table_allows_is_read() {
    let numbers = [MessageId(2), MessageId(5)];
    let fields = fields(&numbers);
    let samples: Vec<Vec<String>> = fields.iter().map(|(_, rule)| samples(rule)).collect();
    for round in 0..samples.iter().map(Vec::len).max().unwrap() {
        let pairs: Vec<_> = fields
            .iter()
            .zip(&samples)
            .map(|((name, _), values)| format!("\"{name}\":{}", values[round % values.len()]))
            .collect();
        let written = format!("{{{}}}", pairs.join(","));
        assert!(check(&written).is_some(), "{written}");
    }
}

#[test]
fn the_grammar_names_every_category_urgency_and_message_and_nothing_else() {
    let grammar = grammar(&[MessageId(2), MessageId(5)]);
    for category in Category::ALL {
        assert!(grammar.contains(&format!(r#""\"{}\"""#, category.name())), "{}", category.name());
    }
    assert!(grammar.contains(r#"rests-on ::= "[" ("2" | "5") ("," ("2" | "5")){0,1} "]""#), "{grammar}");
    assert!(grammar.contains(r#"urgency ::= "\"routine\"" | "\"soon\"" | "\"urgent\"" | "\"emergency\"""#));
    assert!(grammar.contains(r#"char ::= [^"\\\x00-\x1F\x7F]"#), "{grammar}");
}
