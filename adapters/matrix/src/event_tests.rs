//! Each shape of event, and what the house makes of it.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const PEOPLE: People<'static> = People { own: "@bot:s", contact: "@child:s" };

fn read(kind: &str, content: Value) -> Meaning {
    meaning(&json!({"type": kind, "sender": "@child:s", "event_id": "$1", "content": content}), PEOPLE)
}

fn text(words: &str) -> Meaning {
    Meaning::Body(InboundBody::Text { text: Confidential::from(words) })
}

fn member(whose: &str, by: &str, now: &str, before: &str) -> Meaning {
    meaning(
        &json!({"type": "m.room.member", "sender": by, "state_key": whose, "event_id": "$1",
            "content": {"membership": now}, "unsigned": {"prev_content": {"membership": before}}}),
        PEOPLE,
    )
}

#[test]
fn words_of_every_kind_are_words() {
    for kind in ["m.text", "m.emote", "org.example.new"] {
        assert_eq!(read("m.room.message", json!({"msgtype": kind, "body": "hello"})), text("hello"), "{kind}");
    }
    assert_eq!(read("m.room.message", json!({"body": "no type"})), text("no type"));
    assert_eq!(read("m.room.message", json!({"msgtype": "m.text", "body": ""})), text(""));
    assert_eq!(
        read("m.room.message", json!({"msgtype": "m.text", "body": " ", "formatted_body": "<b>help</b>"})),
        text("<b>help</b>")
    );
    assert_eq!(
        read("m.room.message", json!({"msgtype": "m.location", "body": "I am here", "geo_uri": "geo:1,2"})),
        text("I am here\ngeo:1,2")
    );
}

#[test]
fn our_own_words_quoted_in_a_reply_are_left_out_and_the_childs_never() {
    let reply = |body: &str| {
        read(
            "m.room.message",
            json!({"msgtype": "m.text", "body": body, "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}),
        )
    };
    assert_eq!(reply("> <@bot:s> Do you feel safe?\n> Tell me\n\nno"), text("no"));
    for kept in ["> <@child:s> me before\n\nstill", "> my own line\n\nmore", "> <@bot:s> quote only", "plain"] {
        assert_eq!(reply(kept), text(kept));
    }
}

#[test]
fn edits_redactions_and_reactions_name_their_message() {
    let of = ExternalId("$0".to_owned());
    let edit = json!({"msgtype": "m.text", "body": "* new", "m.new_content": {"msgtype": "m.text", "body": "new"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}});
    assert_eq!(
        read("m.room.message", edit),
        Meaning::Body(InboundBody::Edit { of: of.clone(), text: Confidential::from("new") })
    );
    for event in [json!({"content": {"redacts": "$0"}}), json!({"redacts": "$0", "content": {}})] {
        let mut event = event;
        event["type"] = json!("m.room.redaction");
        event["sender"] = json!("@child:s");
        assert_eq!(meaning(&event, PEOPLE), Meaning::Body(InboundBody::Redaction { of: of.clone() }));
    }
    assert_eq!(
        read("m.reaction", json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": "2️⃣"}})),
        Meaning::Reaction { of: "$0".to_owned(), key: "2️⃣".to_owned() }
    );
}

#[test]
fn files_are_named_not_fetched() {
    let file = json!({"msgtype": "m.image", "body": "look", "filename": "a.jpg", "info": {"size": 9}});
    assert_eq!(
        read("m.room.message", file),
        Meaning::Body(InboundBody::Attachment {
            media: "image".to_owned(),
            name: Some(Confidential::from("a.jpg")),
            size: Some(9),
            caption: Some(Confidential::from("look")),
        })
    );
    let Meaning::Body(InboundBody::Attachment { name, caption, .. }) =
        read("m.room.message", json!({"msgtype": "m.file", "body": "b.pdf"}))
    else {
        panic!("a file is an attachment");
    };
    assert_eq!((name, caption), (Some(Confidential::from("b.pdf")), None));
}

#[test]
fn only_the_child_is_heard() {
    let says = |who: &str, kind: &str| {
        meaning(&json!({"type": kind, "sender": who, "content": {"msgtype": "m.text", "body": "x"}}), PEOPLE)
    };
    assert_eq!(says("@bot:s", "m.room.message"), Meaning::Nothing);
    assert_eq!(says("@friend:s", "m.room.message"), Meaning::SomeoneElse);
    assert_eq!(says("@friend:s", "m.room.encrypted"), Meaning::SomeoneElse);
    assert_eq!(says("@friend:s", "m.reaction"), Meaning::Nothing);
    assert_eq!(read("m.room.message", json!({"msgtype": "m.notice", "body": "beep"})), Meaning::Nothing);
}

#[test]
fn coming_and_going() {
    let left = Meaning::Body(InboundBody::Left);
    for (whose, by, now, before, expected) in [
        ("@bot:s", "@child:s", "invite", "", Meaning::WeWereInvited),
        ("@bot:s", "@bot:s", "join", "invite", Meaning::WeJoined),
        ("@bot:s", "@bot:s", "join", "join", Meaning::Nothing),
        ("@bot:s", "@bot:s", "leave", "join", Meaning::Nothing),
        ("@bot:s", "@child:s", "leave", "join", left.clone()),
        ("@bot:s", "@child:s", "ban", "join", left.clone()),
        ("@child:s", "@child:s", "leave", "join", left.clone()),
        ("@child:s", "@child:s", "join", "leave", Meaning::Body(InboundBody::Joined)),
        ("@child:s", "@child:s", "join", "join", Meaning::Nothing),
        ("@child:s", "@child:s", "join", "", Meaning::Nothing),
        ("@friend:s", "@friend:s", "leave", "join", Meaning::Nothing),
    ] {
        assert_eq!(member(whose, by, now, before), expected, "{whose} {now} by {by}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_what_programs_say_is_not() {
    let why = |why: &str| Meaning::Body(InboundBody::Unreadable { why: why.to_owned() });
    assert_eq!(read("m.room.message", json!("not an object")), why("malformed"));
    assert_eq!(read("m.room.message", json!({"msgtype": "m.text", "body": 7})), why("unknown_type"));
    assert_eq!(read("m.room.message", json!({})), why("malformed"));
    assert_eq!(read("m.room.redaction", json!({})), why("malformed"));
    assert_eq!(read("m.reaction", json!({"m.relates_to": []})), why("malformed"));
    assert_eq!(read("org.example.poll", json!({"question": "?"})), why("unknown_type"));
    assert_eq!(read("m.call.invite", json!({})), why("unknown_type"));
    assert_eq!(read("m.room.encrypted", json!({})), Meaning::Undecryptable);
    for kind in ["m.call.candidates", "m.key.verification.start", "m.dummy"] {
        assert_eq!(read(kind, json!({})), Meaning::Nothing, "{kind}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "body",
        "msgtype",
        "m.relates_to",
        "rel_type",
        "event_id",
        "key",
        "m.new_content",
        "info",
        "size",
        "redacts",
        "membership",
        "m.in_reply_to",
        "filename",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(vec!["m.text", "m.replace", "m.image", "> <@bot:s>", "> <@bot:s>\n\n", "", "m."])
            .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.clone().prop_map(String::from), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_shape_makes_it_panic(
        content in any_json(),
        kind in prop::sample::select(vec!["m.room.message", "m.reaction", "m.room.member", "m.room.redaction", "x"]),
    ) {
        let _ = read(kind, content.clone());
        let _ = meaning(&content, PEOPLE);
    }
}
