//! Every shape in which Discord may tell of a child, good and odd.

use super::*;
use serde_json::json;

const OWN: u64 = 9;
const CHANNEL: u64 = 5;
const CHILD: u64 = 7;

fn told(more: Value) -> Value {
    let mut message = json!({
        "id": "4194304000", "channel_id": "5", "type": 0, "content": "", "attachments": [], "flags": 0,
        "author": {"id": "7", "bot": false}, "edited_timestamp": null,
    });
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

/// As one line: what would be handed in, with the keys.
fn line(heard: &[Heard]) -> String {
    let one = |heard: &Heard| {
        assert_eq!((heard.channel, heard.user), (CHANNEL, CHILD));
        let key = heard.dedupe.replace("4194304000", "id");
        let text = |text: &Option<Confidential<String>>| text.as_ref().map_or("-", |text| text.text()).to_owned();
        let body = match &heard.body {
            InboundBody::Text { text } => format!("text {}", text.text()),
            InboundBody::Edit { of, text } => format!("edit {} {}", of.0.replace("4194304000", "id"), text.text()),
            InboundBody::Redaction { of } => format!("redaction {}", of.0.replace("4194304000", "id")),
            InboundBody::Attachment { media, name, size, caption } => {
                format!("{media} {} {size:?} {}", text(name), text(caption))
            }
            InboundBody::Unreadable { why } => format!("unreadable {why}"),
            other => panic!("unexpected {other:?}"),
        };
        format!("{key}: {body}")
    };
    heard.iter().map(one).collect::<Vec<_>>().join(" | ")
}

#[track_caller]
fn check(more: Value, expected: &str) {
    assert_eq!(line(&message(&told(more), OWN, None)), expected);
}

#[test]
fn words_files_and_stickers() {
    check(json!({"content": "hello"}), "id: text hello");
    check(json!({"content": "a reply", "type": 19}), "id: text a reply");
    let photo = json!({"filename": "p.jpg", "content_type": "image/jpeg", "size": 12});
    check(json!({"attachments": [photo]}), "id: image p.jpg Some(12) -");
    check(json!({"attachments": [photo], "content": "look"}), "id: image p.jpg Some(12) look");
    check(
        json!({"attachments": [photo, {"filename": "x", "description": "my room"}], "content": "two"}),
        "id: image p.jpg Some(12) two | id#1: file x None my room",
    );
    let voice = json!({"filename": "voice-message.ogg", "content_type": "audio/ogg", "size": 3});
    check(json!({"attachments": [voice], "flags": 1 << 13}), "id: voice voice-message.ogg Some(3) -");
    check(json!({"sticker_items": [{"id": "1", "name": "Sad cat"}]}), "id: sticker Sad cat None -");
}

#[test]
fn what_a_child_passes_on_is_read_too() {
    let passed = json!([{"message": {"content": "you will regret it", "attachments": []}}]);
    check(json!({"message_snapshots": passed}), "id: text you will regret it");
    check(json!({"poll": {"question": {"text": "am I ugly"}}}), "id: text am I ugly");
}

#[test]
fn odd_shapes_are_handed_in_as_unreadable() {
    check(json!({"content": 17}), "id: unreadable malformed");
    check(json!({"attachments": "none"}), "id: unreadable malformed");
    check(json!({"type": 99, "content": "", "shiny": {}}), "id: unreadable unknown_type");
    check(json!({"type": 3}), "id: unreadable unknown_type");
    check(json!({"content": "words of a new kind", "type": 99}), "id: text words of a new kind");
}

#[test]
fn others_words_and_notices_are_not_taken() {
    check(json!({"content": "in a server", "guild_id": "1"}), "");
    check(json!({"content": "our own", "author": {"id": "9"}}), "");
    check(json!({"content": "another bot", "author": {"id": "8", "bot": true}}), "");
    check(json!({"content": "", "type": 6}), "");
    for nothing in [json!(null), json!({}), json!([]), json!("text"), json!({"id": "1"})] {
        assert_eq!(message(&nothing, OWN, None), []);
        assert_eq!(update(&nothing, OWN, None), []);
        assert_eq!(delete(&nothing, Some(CHILD)), []);
        assert_eq!(ask(&nothing), None);
    }
}

#[test]
fn edits_are_told_from_unfurled_links() {
    let edit = |more| line(&update(&told(more), OWN, None));
    let at = "2026-01-01T00:00:00+00:00";
    assert_eq!(edit(json!({"content": "new", "edited_timestamp": at})), format!("id#edit-{at}: edit id new"));
    assert_eq!(edit(json!({"content": "same", "embeds": [{}]})), "");
    assert_eq!(
        edit(json!({"content": null, "edited_timestamp": at})),
        format!("id#edit-{at}: unreadable malformed")
    );
    // A part of a message, without its author: the talk says whose it is.
    let part = json!({"id": "4194304000", "channel_id": "5", "content": "new", "edited_timestamp": at});
    assert_eq!(line(&update(&part, OWN, Some(CHILD))), format!("id#edit-{at}: edit id new"));
}

#[test]
fn an_edit_made_while_we_were_away_is_found_on_the_message() {
    let edited = told(json!({"content": "new", "edited_timestamp": "T"}));
    assert_eq!(line(&missed(&edited, OWN, None, false)), "id: text new | id#edit-T: edit id new");
    assert_eq!(line(&missed(&edited, OWN, None, true)), "id: text new");
}

#[test]
fn a_message_taken_back_is_named() {
    let gone = json!({"id": "4194304000", "channel_id": "5"});
    assert_eq!(line(&delete(&gone, Some(CHILD))), "id#deleted: redaction id");
    assert_eq!(delete(&gone, None), []);
}

fn asked(more: Value) -> Value {
    let mut asked = json!({
        "id": "77", "token": "t", "type": 2, "channel_id": "5", "user": {"id": "7"}, "locale": "fr",
        "context": 1, "channel": {"type": 1},
    });
    for (name, value) in more.as_object().unwrap() {
        asked[name] = value.clone();
    }
    asked
}

#[test]
fn commands_here_and_elsewhere() {
    let here = ask(&asked(json!({}))).unwrap();
    assert_eq!(here.kind, AskKind::CommandHere { channel: CHANNEL });
    assert_eq!((here.user, here.lang), (CHILD, Some(Lang::FR)));
    let member = json!({"guild_id": "1", "user": null, "member": {"user": {"id": "7"}}, "context": 0});
    let there = ask(&asked(member)).unwrap();
    assert_eq!((there.user, there.kind), (CHILD, AskKind::CommandElsewhere));
    // In a talk between others, where the app may be used too: not ours.
    let elsewhere = ask(&asked(json!({"context": 2}))).unwrap();
    assert_eq!(elsewhere.kind, AskKind::CommandElsewhere);
}

#[test]
fn a_press_brings_back_value_and_label() {
    let button = json!({"type": 2, "custom_id": "0:yes", "label": "Yes"});
    let menu = json!({"type": 3, "custom_id": "menu-0", "options": [{"label": "Later", "value": "1:later:on"}]});
    let shown = json!({"components": [{"components": [button]}, {"components": [menu]}]});
    let check = |data: Value, expected: InboundBody| {
        let press = ask(&asked(json!({"type": 3, "data": data, "message": shown}))).unwrap();
        assert_eq!(press.kind, AskKind::Press { channel: CHANNEL, chosen: expected });
    };
    let choice = |value: &str, label: Option<&str>| InboundBody::Choice {
        value: value.to_owned(),
        label: label.map(Confidential::from),
    };
    check(json!({"custom_id": "0:yes"}), choice("yes", Some("Yes")));
    check(json!({"custom_id": "menu-0", "values": ["1:later:on"]}), choice("later:on", Some("Later")));
    check(json!({"custom_id": "not ours"}), choice("not ours", None));
    check(json!({}), unreadable("malformed"));
}

/// Every value inside, by its place.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), found))
        }
        _ => {}
    }
}

#[test]
fn any_field_may_be_anything_and_nothing_is_dropped_in_silence() {
    let file = json!({"filename": "f", "content_type": "image/png", "size": 1, "description": "d"});
    let whole = told(json!({
        "content": "words", "attachments": [file], "sticker_items": [{"name": "s"}], "flags": 1 << 13,
        "edited_timestamp": "T", "message_snapshots": [{"message": {"content": "c", "attachments": [file]}}],
        "poll": {"question": {"text": "q"}}, "webhook_id": null, "guild_id": null,
    }));
    let press =
        asked(json!({"type": 3, "data": {"custom_id": "0:a", "values": ["1:b"]}, "message": {"components": [
            {"components": [{"custom_id": "0:a", "label": "A", "options": [{"value": "1:b", "label": "B"}]}]},
        ]}}));
    let odd = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(true),
        json!(""),
        json!("é\u{0}"),
        json!([]),
        json!([[]]),
        json!({}),
    ];
    let (mut of_message, mut of_press) = (Vec::new(), Vec::new());
    places(&whole, "", &mut of_message);
    places(&press, "", &mut of_press);
    // Without these nobody can tell whose words they are, or they are no child's.
    let needed = ["", "/id", "/channel_id", "/author/bot", "/guild_id", "/webhook_id"];
    for value in &odd {
        for at in &of_message {
            let mut message = whole.clone();
            *message.pointer_mut(at).unwrap() = value.clone();
            let heard = super::message(&message, OWN, Some(CHILD));
            assert!(!heard.is_empty() || needed.contains(&at.as_str()), "{at} as {value} hides a message");
            update(&message, OWN, Some(CHILD));
            delete(&message, Some(CHILD));
        }
        for at in &of_press {
            let mut press = press.clone();
            *press.pointer_mut(at).unwrap() = value.clone();
            ask(&press);
        }
    }
}
