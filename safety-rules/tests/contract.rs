//! The forms others rely on: escalation table, JSON lines, explanation, screened input.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{AccountId, Category, Confidential, DedupeKey, Inbound, InboundBody, PlatformId, Urgency};
use safety_rules::escalation::{Script, required, table, table_hash};
use safety_rules::{Window, explain, jsonl, screen, screen_inbound, screen_inbound_in};

/// Changing the table changes this line: write beside it why.
/// First table of the project: follows the urgency ladder of the field's own guidance.
/// Then rows were added for child labour, genital mutilation, radicalisation, conflict, harmful contact
/// and scams, which had none; no row was changed.
const TABLE_HASH: &str = "299912f831c1483a265e06718bbd0d7d83660edf75617ef5537ac72c62db623a";

#[test]
fn the_escalation_table_is_changed_only_on_purpose() {
    assert_eq!(
        table_hash(),
        TABLE_HASH,
        "the escalation table changed; say why beside the pinned hash\n{}",
        table()
    );
}

#[test]
fn the_table_names_every_category_that_has_a_rule() {
    let text = table();
    for category in [Category::Suicide, Category::AsksHuman, Category::Sextortion, Category::Runaway] {
        assert!(text.contains(category.name()), "{}", category.name());
    }
}

#[test]
fn findings_ask_for_the_most_serious_script_and_urgency() {
    for (text, urgency, now, script) in [
        ("we had pasta", Urgency::Routine, false, None),
        ("i want a human", Urgency::Routine, true, None),
        ("i want to die", Urgency::Urgent, true, Some(Script::Suicide)),
        ("i just took all my pills", Urgency::Emergency, true, Some(Script::Emergency)),
        ("my mum leaves me alone for days", Urgency::Soon, false, Some(Script::Abuse)),
        ("i feel so empty", Urgency::Soon, false, Some(Script::Worry)),
        ("my mum leaves me alone for days and i want to die", Urgency::Urgent, true, Some(Script::Suicide)),
    ] {
        let found = required(&screen(text));
        assert_eq!((found.urgency, found.handoff_now, found.script), (urgency, now, script), "{text}");
    }
}

fn lines(input: &[u8]) -> (Vec<String>, jsonl::Summary) {
    let mut out = Vec::new();
    let summary = jsonl::screen_lines(input, &mut out).unwrap();
    (String::from_utf8(out).unwrap().lines().map(str::to_owned).collect(), summary)
}

#[test]
fn json_lines_keep_their_form() {
    let (out, summary) =
        lines(b"{\"id\":1,\"text\":\"hello\"}\n{\"id\":\"b\",\"text\":\"i want to die\",\"lang\":\"en\"}\n");
    assert_eq!(out[0], r#"{"id":1,"tier":"none","urgency":"routine","findings":[]}"#);
    assert_eq!(
        out[1],
        r#"{"id":"b","tier":"hard","urgency":"urgent","findings":[{"category":"suicide","rule":"suicide.wish.en.1","span":[2,13]}]}"#
    );
    assert_eq!(summary, jsonl::Summary { lines: 2, errors: 0 });
}

#[test]
fn a_malformed_line_is_answered_without_its_text_and_the_rest_goes_on() {
    let (out, summary) =
        lines(b"{\"id\":7,\"txt\":\"my secret\"}\nmy secret\n{\"id\":8,\"text\":3}\n{\"id\":9,\"text\":\"ok\"}");
    assert!(
        out[0].starts_with("{\"id\":7,\"error\":") && out[1].starts_with("{\"id\":null,\"error\":"),
        "{out:?}"
    );
    assert!(out[2].starts_with("{\"id\":8,\"error\":"), "{out:?}");
    assert!(out.iter().all(|line| !line.contains("my secret")));
    assert!(out[3].contains("\"tier\":\"none\""));
    assert_eq!(summary, jsonl::Summary { lines: 4, errors: 3 });
}

#[test]
fn invalid_utf8_is_read_as_well_as_it_can_be() {
    let (out, summary) = lines(b"{\"id\":1,\"text\":\"\xff i want to die \xfe\"}\n");
    assert!(out[0].contains("\"tier\":\"hard\""), "{out:?}");
    assert_eq!(summary.errors, 0);
}

#[test]
fn an_explanation_names_view_rule_reason_and_steps() {
    let text = explain("my friend wants to d1e").render();
    for wanted in
        ["leet undone", "suicide.wish.en.1", "third_person", "urgent → soon", "“wants to d1e”", "urgency soon"]
    {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

#[test]
fn debug_of_an_explanation_holds_no_words() {
    assert!(!format!("{:?}", explain("my secret is that i want to die")).contains("secret"));
}

fn inbound(body: InboundBody) -> Inbound {
    Inbound {
        account: AccountId::new("practice"),
        dedupe: DedupeKey("1".into()),
        contact: PlatformId::new("contact"),
        chat: PlatformId::new("chat"),
        external: None,
        sent_at: None,
        client_lang: None,
        body,
    }
}

#[test]
fn every_text_of_an_inbound_message_is_screened() {
    let words = || Confidential::from("i want to die");
    for body in [
        InboundBody::Text { text: words() },
        InboundBody::Edit { of: domain::ExternalId("1".into()), text: words() },
        InboundBody::Choice { value: "a".into(), label: Some(words()) },
        InboundBody::Attachment { media: "image".into(), name: Some(words()), size: None, caption: None },
        InboundBody::Attachment { media: "image".into(), name: None, size: None, caption: Some(words()) },
    ] {
        let screened = screen_inbound(inbound(body));
        assert_eq!(required(screened.findings()).urgency, Urgency::Urgent);
    }
    assert!(screen_inbound(inbound(InboundBody::Joined)).findings().is_empty());
}

#[test]
fn a_sentence_cut_into_bubbles_is_read_as_one() {
    let mut window = Window::default();
    window.push("hey".into());
    window.push("i want to".into());
    let screened = screen_inbound_in(inbound(InboundBody::Text { text: "die".into() }), &window);
    assert_eq!(required(screened.findings()).urgency, Urgency::Urgent);
    assert_eq!((screened.findings()[0].span.start, screened.findings()[0].span.end), (0, 3));
    window.push("i want to die".into());
    let later = screen_inbound_in(inbound(InboundBody::Text { text: "ok".into() }), &window);
    assert!(later.findings().is_empty(), "an earlier bubble is not found again: {:?}", later.findings());
}
