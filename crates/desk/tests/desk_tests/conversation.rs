//! A conversation from offer to close, its card, its transcript, what is audited.

use crate::browser::Browser;
use crate::support::*;
use axum::http::StatusCode;
use domain::{
    AgeBand, Category, CloseReason, DeclineReason, DeskCommand, Event, Feedback, InboxSeq, Lang, MessageId,
    RefusalCode, Role, StageName, Urgency,
};
use store::{DeskReads, Turns};

#[tokio::test]
async fn from_offer_to_close_with_plain_forms_alone() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let id = house
        .child(
            1,
            Lang::EN,
            vec![(9, wrote(1, "hello?")), (9, asked_for_human()), (9, queued()), (8, offered(&[kim]))],
        )
        .await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    let path = format!("/desk/c/{id}");
    let page = browser.get(&path).await;
    assert!(page.has("hello?") && page.has("id=\"accept\"") && !page.has("id=\"reply\""));
    assert_eq!(browser.act(&format!("{path}/accept"), &[]).await.to(), path);

    let page = browser.get(&path).await;
    assert!(!page.has("id=\"accept\"") && page.has("id=\"reply\""));
    let key = page.field("client_key");
    let say = [("text", "Hi, I'm Kim."), ("client_key", key.as_str())];
    browser.act(&format!("{path}/say"), &say).await;
    browser.act(&format!("{path}/say"), &say).await;
    let page = browser.get(&path).await;
    assert_eq!(
        page.body.matches("Hi, I&#39;m Kim.").count() + page.body.matches("Hi, I'm Kim.").count(),
        1,
        "a double press is one message"
    );
    assert!(page.has("delivery sent") && page.has("introduced"));

    browser.act(&format!("{path}/note"), &[("text", "calm voice")]).await;
    assert!(browser.get(&path).await.has("calm voice"));
    browser.act(&format!("{path}/finish"), &[("feedback", "dont_ask")]).await;
    let page = browser.get(&path).await;
    assert!(page.has("id=\"wrap-up\"") && !page.has("id=\"reply\""));
    let close = [("reason", "referred"), ("note", "school nurse")];
    assert_eq!(browser.act(&format!("{path}/wrap-up"), &close).await.to(), "/desk");
    assert_eq!(house.state(id).await.stage.name(), StageName::Closed);
    assert!(house.store.board().await.unwrap().is_empty());

    let said = DeskCommand::Say { text: "Hi, I'm Kim.".into(), client_key: key };
    let expected = [
        DeskCommand::Accept,
        said.clone(),
        said,
        DeskCommand::Note { text: "calm voice".into() },
        DeskCommand::Finish { feedback: Feedback::DontAsk },
        DeskCommand::WrapUp { reason: CloseReason::Referred, note: Some("school nurse".into()) },
    ];
    assert_eq!(house.commands(), expected);
}

#[tokio::test]
async fn declining_and_giving_back_carry_their_meaning() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let id = house.child(1, Lang::EN, vec![(9, asked_for_human()), (9, queued()), (8, offered(&[kim]))]).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    let path = format!("/desk/c/{id}");
    assert_eq!(
        browser.act(&format!("{path}/decline"), &[("reason", "nonsense")]).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(browser.act(&format!("{path}/decline"), &[("reason", "language")]).await.to(), "/desk");
    browser.act(&format!("{path}/accept"), &[]).await;
    assert_eq!(browser.act(&format!("{path}/give-back"), &[]).await.to(), "/desk");
    assert_eq!(house.state(id).await.stage.name(), StageName::Queued);
    let expected =
        [DeskCommand::Decline { reason: DeclineReason::Language }, DeskCommand::Accept, DeskCommand::GiveBack];
    assert_eq!(house.commands(), expected);
}

#[tokio::test]
async fn a_refused_message_comes_back_with_its_words_and_a_reason() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let id = house.child(1, Lang::EN, vec![(9, asked_for_human()), (9, queued()), (8, accepted(kim))]).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    let path = format!("/desk/c/{id}/say");
    let say = [("text", "long thought about words"), ("client_key", "key-12345")];
    for (code, status) in [
        (RefusalCode::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
        (RefusalCode::WrongStage, StatusCode::CONFLICT),
        (RefusalCode::TooLong, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        *house.refuse.lock().unwrap() = Some(code);
        let page = browser.act(&path, &say).await;
        assert_eq!(page.status, status);
        assert!(page.has(">long thought about words</textarea>") && page.has("id=\"refusal\""), "{code:?}");
    }
    browser.headers.push(("x-desk", "live".into()));
    *house.refuse.lock().unwrap() = Some(RefusalCode::TakenByAnother);
    let line = browser.act(&path, &say).await;
    assert_eq!(line.status, StatusCode::CONFLICT);
    assert!(line.body.starts_with('{') && line.has("A colleague has this child already."));
    let bad = [("text", "x"), ("client_key", "\"><script>")];
    assert_eq!(browser.act(&path, &bad).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_card_tells_why_how_urgent_what_was_found_and_what_was_promised() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let lea = house.person("lea", "Léa", Role::Counsellor).await;
    let earlier = vec![
        (9_000, asked_for_human()),
        (9_000, queued()),
        (8_999, accepted(lea)),
        (8_998, hand(domain::HandoffEvent::Finished)),
        (8_997, hand(domain::HandoffEvent::WrappedUp { by: lea, reason: CloseReason::Helped })),
    ];
    let before = house.child(1, Lang::EN, earlier).await;
    let words = "hello. i dont want to be here anymore";
    let id = house
        .child(
            1,
            Lang::FR,
            vec![
                (200, age(AgeBand::From10To13)),
                (200, wrote(1, words)),
                (200, found(1, Category::Suicide, Urgency::Urgent, words, "dont want to be here")),
                (200, raised(Urgency::Urgent, "suicide.en.3")),
                (200, requested(Category::Suicide)),
                (200, queued()),
                (199, phrase(2, "urgent_now", "A person is coming.")),
                (198, Event::ResourcesGiven { resources: vec!["ch.147".into()] }),
                (10, offered(&[kim])),
            ],
        )
        .await;
    let page = Browser::signed_in(&house, "kim").await.get(&format!("/desk/c/{id}")).await;
    for expected in [
        "Safety rule: Suicide",
        "suicide.en.3@1",
        "<bdi>dont want to be here</bdi>",
        "about themself, now",
        "<mark class=\"hard\">dont want to be here</mark>",
        "10 to 13",
        "Français",
        "147 – Pro Juventute",
        "A person is coming.",
        "that a person is being called",
        "3 min",
        "closed",
        "Léa",
    ] {
        assert!(page.has(expected), "the card lacks: {expected}");
    }
    assert!(!page.has(&format!("/desk/c/{before}")), "an earlier talk is told, not opened, for counsellors");
}

#[tokio::test]
async fn every_opening_is_audited_and_an_open_page_renews_itself_without_noise() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let id = house.child(1, Lang::EN, vec![(9, wrote(1, "secret")), (9, asked_for_human()), (9, queued())]).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    browser.get(&format!("/desk/c/{id}/live")).await;
    assert_eq!(house.views(), 1, "nobody reads words by the side door unnoticed");
    browser.get(&format!("/desk/c/{id}/live")).await;
    assert_eq!(house.views(), 1);
    browser.get(&format!("/desk/c/{id}")).await;
    browser.get(&format!("/desk/c/{id}")).await;
    assert_eq!(house.views(), 3);
}

#[tokio::test]
async fn no_word_is_shown_when_the_look_cannot_be_noted() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let id = house.child(1, Lang::EN, vec![(9, wrote(1, "secret")), (9, asked_for_human()), (9, queued())]).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    for path in [format!("/desk/c/{id}"), format!("/desk/c/{id}/live")] {
        *house.refuse_view.lock().unwrap() = Some(RefusalCode::Unavailable);
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!page.has("secret"), "{path}");
    }
}

#[tokio::test]
async fn the_page_shows_exactly_what_both_sides_said_in_order() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let events = vec![
        (9, wrote(1, "one")),
        (9, bot(2, "two")),
        (9, wrote(3, "three\n  lines & <more>")),
        (9, asked_for_human()),
        (9, queued()),
        (9, accepted(kim)),
        (9, counsellor(4, kim, "four")),
        (9, wrote(5, "five")),
    ];
    let id = house.child(1, Lang::EN, events).await;
    let page = Browser::signed_in(&house, "kim").await.get(&format!("/desk/c/{id}")).await;
    let lines = page.body.split("id=\"lines\"").nth(1).unwrap().split("</ol>").next().unwrap();
    let said: Vec<&str> = lines
        .split("class=\"words\"")
        .skip(1)
        .map(|rest| rest.split_once('>').unwrap().1.split("</p>").next().unwrap())
        .collect();
    assert_eq!(said, ["one", "two", "three\n  lines &amp; &lt;more&gt;", "four", "five"]);
}

#[tokio::test]
async fn edits_and_what_was_taken_back_stay_visible_and_marked() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let edit = Event::Edited { message: Some(MessageId(1)), inbox: InboxSeq(8), text: "second wording".into() };
    let redaction = Event::Redacted { message: Some(MessageId(2)), inbox: InboxSeq(9) };
    let events = vec![
        (9, wrote(1, "first wording")),
        (8, edit),
        (7, wrote(2, "gone words")),
        (6, redaction),
        (5, asked_for_human()),
        (5, queued()),
    ];
    let id = house.child(1, Lang::EN, events).await;
    let page = Browser::signed_in(&house, "kim").await.get(&format!("/desk/c/{id}")).await;
    for expected in
        ["first wording", "Changed by the child to", "second wording", "gone words", "Taken back by the child"]
    {
        assert!(page.has(expected), "{expected}");
    }
}

#[tokio::test]
async fn a_supervisor_deletes_words_only_after_the_childs_wish_was_recorded() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    house.person("sam", "Sam", Role::Supervisor).await;
    let id = house.child(1, Lang::EN, vec![(9, wrote(1, "secret")), (9, asked_for_human()), (9, queued())]).await;
    let mut sam = Browser::signed_in(&house, "sam").await;
    let path = format!("/desk/c/{id}");
    assert_eq!(sam.act(&format!("{path}/erase"), &[("sure", "yes")]).await.status, StatusCode::FORBIDDEN);
    sam.act(&format!("{path}/accept"), &[]).await;
    sam.act(&format!("{path}/finish"), &[("feedback", "dont_ask")]).await;
    assert_eq!(sam.act(&format!("{path}/wrap-up"), &[("reason", "deletion_asked")]).await.to(), path);
    assert!(sam.get(&path).await.has("id=\"erase\""));
    let mut kim = Browser::signed_in(&house, "kim").await;
    assert_eq!(kim.act(&format!("{path}/erase"), &[("sure", "yes")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(sam.act(&format!("{path}/erase"), &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(sam.act(&format!("{path}/erase"), &[("sure", "yes")]).await.to(), "/desk");
    assert!(house.store.events(id, 0, 10).await.is_err());
    let gone = sam.get(&path).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(!gone.has("secret"));
}

#[tokio::test]
async fn a_supervisor_closes_the_record_of_somebody_who_left_and_finds_whom_to_delete() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    house.person("lou", "Lou", Role::Counsellor).await;
    house.person("sam", "Sam", Role::Supervisor).await;
    let ended = vec![
        (9, wrote(1, "please delete")),
        (9, asked_for_human()),
        (9, queued()),
        (8, accepted(kim)),
        (7, hand(domain::HandoffEvent::Finished)),
    ];
    let id = house.child(1, Lang::EN, ended).await;
    let (path, row) = (format!("/desk/c/{id}"), format!("row-{id}"));
    let mut lou = Browser::signed_in(&house, "lou").await;
    assert_eq!(lou.get(&path).await.status, StatusCode::FORBIDDEN);
    let mut sam = Browser::signed_in(&house, "sam").await;
    let page = sam.get(&path).await;
    assert!(page.has("id=\"wrap-up\"") && !page.has("id=\"say\"") && !page.has("id=\"erase\""));
    assert_eq!(sam.act(&format!("{path}/wrap-up"), &[("reason", "deletion_asked")]).await.to(), path);
    let queue = sam.get("/desk").await;
    assert!(queue.has("section-erase") && queue.has(&row), "another supervisor finds it, too");
    assert!(!lou.get("/desk").await.has(&row), "nobody else");
    assert!(sam.get(&path).await.has("id=\"erase\""));
    sam.act(&format!("{path}/erase"), &[("sure", "yes")]).await;
    assert!(!sam.get("/desk").await.has("section-erase"));
}
