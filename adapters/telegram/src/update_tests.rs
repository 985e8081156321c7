//! What each kind of update means.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn child() -> Value {
    json!({"id": 55, "type": "private", "first_name": "Ana"})
}

fn person() -> Value {
    json!({"id": 55, "is_bot": false, "first_name": "Ana", "language_code": "pt-br"})
}

fn read(kind: &str, content: Value) -> Meaning {
    meaning(&AccountId::new("telegram"), &json!({"update_id": 9, kind: content}))
}

fn one(kind: &str, content: Value) -> Inbound {
    match read(kind, content) {
        Meaning::Child { mut items, .. } if items.len() == 1 => items.remove(0),
        other => panic!("one thing was expected, not {other:?}"),
    }
}

#[test]
fn a_message_keeps_who_where_when_and_which() {
    let item =
        one("message", json!({"message_id": 7, "date": 100, "chat": child(), "from": person(), "text": "hi"}));
    assert_eq!((item.contact.expose(), item.chat.expose()), ("55", "55"));
    assert_eq!(item.dedupe, DedupeKey("9-7".to_owned()));
    assert_eq!(item.external, Some(ExternalId("7".to_owned())));
    assert_eq!(item.sent_at, Some(Timestamp::from_millis(100_000)));
    assert_eq!(item.client_lang.map(|lang| lang.to_string()), Some("pt-br".to_owned()));
}

#[test]
fn two_things_in_one_update_have_two_keys() {
    let content = json!({"message_id": 7, "chat": child(), "text": "/start hello"});
    let Meaning::Child { items, .. } = read("message", content) else { panic!() };
    let keys: Vec<&str> = items.iter().map(|item| item.dedupe.0.as_str()).collect();
    assert_eq!(keys, ["9-7", "9-7-1"]);
}

#[test]
fn an_edit_names_its_message_and_each_edit_has_its_own_key() {
    let edit = |date: i64| {
        one("edited_message", json!({"message_id": 7, "edit_date": date, "chat": child(), "text": "new"}))
    };
    let of = ExternalId("7".to_owned());
    assert!(edit(5).body == InboundBody::Edit { of, text: Confidential::from("new") });
    assert_ne!(edit(5).dedupe, edit(6).dedupe);
}

#[test]
fn a_press_is_read_even_when_its_message_is_gone() {
    let query = json!({"id": "q1", "from": person(), "chat_instance": "i", "data": "=yes"});
    let Meaning::Child { items, press } = read("callback_query", query) else { panic!() };
    assert_eq!(press.as_deref(), Some("q1"));
    assert_eq!(items[0].chat.expose(), "55");
    assert!(matches!(&items[0].body, InboundBody::Choice { value, .. } if value == "yes"));
}

#[test]
fn blocking_is_leaving_and_unblocking_is_coming() {
    let status = |status: &str| {
        let member = json!({"status": status, "user": {"id": 1}});
        one("my_chat_member", json!({"chat": child(), "from": person(), "date": 5, "new_chat_member": member}))
            .body
    };
    assert!(status("kicked") == InboundBody::Left);
    assert!(status("member") == InboundBody::Joined);
    assert!(matches!(status("new word"), InboundBody::Unreadable { .. }));
}

#[test]
fn a_new_sign_under_a_message_is_told_and_one_taken_back_is_nothing() {
    let sign = |emoji: &str| json!({"type": "emoji", "emoji": emoji});
    let react = |old: Value, new: Value| {
        let content = json!({"chat": child(), "user": person(), "message_id": 7, "date": 5, "old_reaction": old, "new_reaction": new});
        match read("message_reaction", content) {
            Meaning::Child { items, .. } => items,
            other => panic!("unexpected {other:?}"),
        }
    };
    let items = react(json!([sign("👍")]), json!([sign("👍"), sign("😢")]));
    let of = ExternalId("7".to_owned());
    assert_eq!(items.len(), 1);
    assert!(items[0].body == InboundBody::Reaction { of, sign: Confidential::from("😢") });
    assert_eq!(items[0].contact.expose(), "55");
    assert_eq!(react(json!([sign("👍")]), json!([])), []);
}

#[test]
fn groups_are_left_and_other_kinds_are_not_ours() {
    let group = json!({"id": -9, "type": "group", "title": "Class"});
    assert_eq!(read("message", json!({"chat": group, "text": "hi"})), Meaning::Group(-9));
    assert_eq!(read("my_chat_member", json!({"chat": {"id": -9}, "new_chat_member": {}})), Meaning::Group(-9));
    let out = json!({"chat": group, "new_chat_member": {"status": "left"}});
    assert_eq!(read("my_chat_member", out), Meaning::NotOurs, "we are out already");
    assert_eq!(read("channel_post", json!({"chat": group, "text": "hi"})), Meaning::NotOurs);
    assert_eq!(read("inline_query", json!({"from": person(), "query": "x"})), Meaning::NotOurs);
    let bot = json!({"id": 56, "is_bot": true});
    assert_eq!(read("message", json!({"chat": child(), "from": bot, "text": "hi"})), Meaning::NotOurs);
}

#[test]
fn strange_updates_are_told_where_a_child_can_be_seen_and_never_fatal() {
    let unreadable = |kind, content| matches!(one(kind, content).body, InboundBody::Unreadable { .. });
    assert!(unreadable("telepathy", json!({"chat": child(), "thought": 1})));
    assert!(unreadable("telepathy", json!({"from": person()})));
    assert!(unreadable("damaged", json!({"chat": {"id": 55}})));
    assert!(unreadable("message", json!({"message_id": "seven", "chat": {"id": 55}, "text": 5})));
    assert_eq!(read("telepathy", json!({"nobody": true})), Meaning::NotOurs);
    assert_eq!(read("message", json!("what")), Meaning::NotOurs);
    assert_eq!(meaning(&AccountId::new("telegram"), &json!([1])), Meaning::NotOurs);
}

#[test]
fn what_we_ask_for_and_what_is_not_ours_do_not_overlap() {
    assert!(KINDS.iter().all(|kind| !NOT_OURS.contains(kind)));
}

/// Any JSON with the names that we look for, in any place.
fn strange() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 24] = [
        "update_id",
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "message_reaction",
        "damaged",
        "chat",
        "from",
        "user",
        "id",
        "type",
        "text",
        "caption",
        "photo",
        "rich_message",
        "poll",
        "data",
        "reply_markup",
        "inline_keyboard",
        "callback_data",
        "new_chat_member",
        "new_reaction",
        "date",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "private|group|/start.{0,3}|=?.{0,5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let name = proptest::sample::select(&NAMES[..]).prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..6).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_update_panics_and_each_thing_has_a_key_of_its_own(update in strange()) {
        if let Meaning::Child { items, .. } = meaning(&AccountId::new("telegram"), &update) {
            let keys: std::collections::BTreeSet<_> = items.iter().map(|item| item.dedupe.0.clone()).collect();
            prop_assert_eq!(keys.len(), items.len());
        }
    }
}
