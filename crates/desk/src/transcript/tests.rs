//! What the transcript shows for each kind of event.

#![allow(clippy::unwrap_used)]
use super::*;
use domain::{
    AccountId, Category, ContactId, ConversationId, InboxSeq, Person, Platform, Polarity, Span, Tier, TimeRef,
    View,
};
use uuid::Uuid;

const KIM: CounsellorId = CounsellorId::from_uuid(Uuid::from_u128(7));

fn opened() -> Event {
    Event::Opened {
        contact: ContactId::from_uuid(Uuid::from_u128(1)),
        account: AccountId::new("practice"),
        platform: Platform::Practice,
        lang: Lang::EN,
    }
}

fn wrote(number: u32, words: &str) -> Event {
    Event::Received {
        message: MessageId(number),
        inbox: InboxSeq(i64::from(number)),
        external: None,
        text: words.into(),
        kind: "text".into(),
    }
}

fn said(number: u32, by: Speaker, words: &str) -> Event {
    Event::Said { message: MessageId(number), by, text: words.into(), choices: Vec::new(), client_key: None }
}

fn found(message: Option<u32>, rule: &str) -> Event {
    let finding = Finding {
        category: Category::Bullying,
        tier: Tier::Soft,
        urgency: Urgency::Soon,
        rule: rule.into(),
        version: 1,
        span: Span { start: 0, end: 2 },
        view: View::AsWritten,
        person: Person::Oneself,
        time: TimeRef::Now,
        polarity: Polarity::Affirmed,
        moves: Vec::new(),
    };
    Event::Found { message: message.map(MessageId), findings: vec![finding] }
}

fn edited(message: Option<u32>, words: &str) -> Event {
    Event::Edited { message: message.map(MessageId), inbox: InboxSeq(90), text: words.into() }
}

/// The transcript of these events, one word or two a line.
fn check(events: Vec<Event>, expected: &[&str]) {
    let id = ConversationId::from_uuid(Uuid::from_u128(2));
    let log: Vec<Recorded> = std::iter::once(opened())
        .chain(events)
        .zip(1_u64..)
        .map(|(event, seq)| Recorded { seq, at: Timestamp::from_millis(seq as i64 * 1_000), event })
        .collect();
    let state = Conversation::replay(id, log.iter().map(|one| (&one.event, one.at))).unwrap();
    let shown: Vec<String> = transcript(&log, &state).iter().skip(1).map(|line| brief(&line.kind)).collect();
    assert_eq!(shown, expected);
}

fn brief(kind: &LineKind) -> String {
    let words = |words: &ChildWords| {
        let rules: Vec<_> = words.findings.iter().map(|finding| finding.rule.as_str()).collect();
        if rules.is_empty() { words.text.text().to_owned() } else { format!("{}{rules:?}", words.text.text()) }
    };
    match kind {
        LineKind::Child { original, edits, taken_back, .. } => {
            let mut text = format!("child: {}", words(original));
            for (_, edit) in edits {
                text.push_str(&format!(" -> {}", words(edit)));
            }
            if taken_back.is_some() {
                text.push_str(" (taken back)");
            }
            text
        }
        LineKind::Out { by: Voice::Counsellor(_), text, delivery, .. } => {
            format!("counsellor: {} {delivery:?}", text.text())
        }
        LineKind::Out { text, delivery, .. } => format!("bot: {} {delivery:?}", text.text()),
        LineKind::Note { text, .. } => format!("note: {}", text.text()),
        LineKind::System(what) => format!("{what:?}"),
    }
}

fn bot() -> Speaker {
    Speaker::Flow { flow: "welcome".into(), step: "hello".into() }
}

#[test]
fn both_sides_stand_in_the_order_in_which_they_were_said() {
    check(
        vec![
            wrote(1, "hi"),
            said(2, bot(), "Hello!"),
            wrote(3, "ok"),
            said(4, Speaker::Counsellor { by: KIM }, "I'm Kim"),
        ],
        &["child: hi", "bot: Hello! Waiting", "child: ok", "counsellor: I'm Kim Waiting"],
    );
}

#[test]
fn an_edit_stands_beside_its_original_and_findings_beside_the_wording_they_are_about() {
    check(
        vec![wrote(1, "a"), found(Some(1), "r1"), edited(Some(1), "b"), found(Some(1), "r2")],
        &["child: a[\"r1\"] -> b[\"r2\"]"],
    );
}

#[test]
fn an_edit_without_original_is_a_line_of_its_own() {
    check(vec![edited(None, "b"), found(None, "r1"), edited(None, "c")], &["child: b[\"r1\"]", "child: c"]);
    check(vec![edited(Some(9), "b"), found(Some(9), "r1")], &["child: b[\"r1\"]"]);
}

#[test]
fn what_was_taken_back_stays_marked() {
    let redacted = |message| Event::Redacted { message, inbox: InboxSeq(91) };
    check(vec![wrote(1, "a"), redacted(Some(MessageId(1)))], &["child: a (taken back)"]);
    check(vec![redacted(None)], &["UnknownTakenBack"]);
    check(vec![redacted(Some(MessageId(5)))], &["UnknownTakenBack"]);
}

#[test]
fn each_outcome_of_a_delivery_is_told() {
    let outcome = |outcome| Event::Delivered { message: MessageId(1), outcome };
    check(vec![said(1, bot(), "x"), outcome(DeliveryOutcome::Sent { external: None })], &["bot: x Sent"]);
    let unknown = outcome(DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut });
    check(vec![said(1, bot(), "x"), unknown], &["bot: x Unknown(TimedOut)"]);
    let refused = outcome(DeliveryOutcome::Refused { reason: RefusalReason::ChatGone });
    check(vec![said(1, bot(), "x"), refused], &["bot: x Refused(ChatGone)", "Unreachable(ChatGone)"]);
}

#[test]
fn findings_about_a_message_of_ours_or_an_unknown_one_break_nothing() {
    check(
        vec![said(1, bot(), "x"), found(Some(1), "r"), found(Some(8), "r"), found(None, "r")],
        &["bot: x Waiting"],
    );
}

#[test]
fn inner_steps_are_left_out_and_notes_are_shown() {
    check(
        vec![
            Event::NotUnderstood,
            Event::Viewed { by: KIM },
            Event::Noted { by: Some(KIM), text: "n".into() },
            Event::RiskRaised { to: Urgency::Urgent, rule: None },
        ],
        &["note: n", "RiskRaised { to: Urgent, rule: None }"],
    );
}

#[test]
fn a_line_keeps_the_language_of_its_moment() {
    let id = ConversationId::from_uuid(Uuid::from_u128(2));
    let log: Vec<Recorded> = [opened(), wrote(1, "a"), Event::LangChosen { lang: Lang::FR }, wrote(2, "b")]
        .into_iter()
        .zip(1_u64..)
        .map(|(event, seq)| Recorded { seq, at: Timestamp::from_millis(0), event })
        .collect();
    let state = Conversation::replay(id, log.iter().map(|one| (&one.event, one.at))).unwrap();
    let langs: Vec<_> = transcript(&log, &state).iter().map(|line| line.lang.as_str().to_owned()).collect();
    assert_eq!(langs, ["en", "en", "fr", "fr"]);
}
