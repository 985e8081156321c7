//! The queue: order, sections, who may open what, alarms.

use crate::browser::Browser;
use crate::support::*;
use axum::http::StatusCode;
use domain::{AlarmKind, Category, ConversationId, Lang, Role, Urgency};
use std::sync::Arc;

/// Where each conversation stands in a text, in order.
fn order(body: &str, ids: &[ConversationId]) -> Vec<usize> {
    let mut places: Vec<(usize, usize)> = ids
        .iter()
        .enumerate()
        .map(|(number, id)| (body.find(&format!("id=\"row-{id}\"")).expect("the row is there"), number))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, number)| number).collect()
}

async fn waiting(house: &Arc<House>, child: u64, ago: i64, urgency: Urgency) -> ConversationId {
    let events = vec![(ago, raised(urgency, "r")), (ago, requested(Category::Distress)), (ago, queued())];
    house.child(child, Lang::EN, events).await
}

#[tokio::test]
async fn rows_stand_by_urgency_then_by_wait_and_hold_no_words() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let soon = waiting(&house, 1, 500, Urgency::Soon).await;
    let urgent_new = waiting(&house, 2, 10, Urgency::Urgent).await;
    let urgent_old = waiting(&house, 3, 20, Urgency::Urgent).await;
    house.add(urgent_old, vec![wrote(1, "my secret words")]).await;
    let page = Browser::signed_in(&house, "kim").await.get("/desk").await;
    assert_eq!(order(&page.body, &[soon, urgent_new, urgent_old]), [2, 1, 0]);
    assert!(!page.has("my secret words"));
    assert!(page.has("Urgent") && page.has("<svg class=\"shape\""), "urgency by word and by shape");
}

#[tokio::test]
async fn a_counsellor_sees_every_row_but_may_open_only_what_is_theirs_to_open() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let lea = house.person("lea", "Léa", Role::Counsellor).await;
    house.person("sam", "Sam", Role::Supervisor).await;
    house.person("root", "Robin", Role::Admin).await;
    let start = || vec![(9, wrote(1, "secret")), (9, asked_for_human()), (9, queued())];
    let with = |event| {
        let mut events = start();
        events.push((8, event));
        events
    };
    let waiting = house.child(1, Lang::EN, start()).await;
    let offered_kim = house.child(2, Lang::EN, with(offered(&[kim]))).await;
    let offered_lea = house.child(3, Lang::EN, with(offered(&[lea]))).await;
    let kims = house.child(4, Lang::EN, with(accepted(kim))).await;
    let leas = house.child(5, Lang::EN, with(accepted(lea))).await;
    let with_bot = house.child(6, Lang::EN, vec![(9, wrote(1, "secret"))]).await;
    let all = [waiting, offered_kim, offered_lea, kims, leas, with_bot];

    let check = async |login: &str, allowed: &[bool; 6]| {
        let mut browser = Browser::signed_in(&house, login).await;
        let queue = browser.get("/desk").await;
        for (id, allowed) in all.iter().zip(allowed) {
            let row = queue.has(&format!("id=\"row-{id}\""));
            assert_eq!(row, login != "root", "{login} sees each row, the administrator none");
            assert_eq!(queue.has(&format!("id=\"open-{id}\" href=")), *allowed, "{login}: link");
            let expected = if *allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
            for path in [format!("/desk/c/{id}"), format!("/desk/c/{id}/live")] {
                let page = browser.get(&path).await;
                assert_eq!((page.status, page.has("secret")), (expected, *allowed), "{login} {path}");
            }
        }
    };
    check("kim", &[true, true, false, true, false, false]).await;
    check("lea", &[true, false, true, false, true, false]).await;
    check("sam", &[true; 6]).await;
    check("root", &[false; 6]).await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_actions_on_foreign_conversations_never_reach_the_door() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let lea = house.person("lea", "Léa", Role::Counsellor).await;
    house.person("root", "Robin", Role::Admin).await;
    let leas = house.child(1, Lang::EN, vec![(9, asked_for_human()), (9, queued()), (8, accepted(lea))]).await;
    let mut kim = Browser::signed_in(&house, "kim").await;
    assert_eq!(kim.get("/desk/c/00000000-0000-0000-0000-000000000000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(kim.get("/desk/c/..%2f..").await.status, StatusCode::NOT_FOUND);
    let key = ("client_key", "abcdefgh");
    let mut root = Browser::signed_in(&house, "root").await;
    for (action, fields) in [
        ("accept", vec![]),
        ("say", vec![("text", "hi"), key]),
        ("note", vec![("text", "hi")]),
        ("finish", vec![("feedback", "ask")]),
        ("wrap-up", vec![("reason", "helped")]),
        ("give-back", vec![]),
        ("decline", vec![("reason", "busy")]),
        ("erase", vec![("sure", "yes")]),
        ("alarms-seen", vec![]),
    ] {
        let path = format!("/desk/c/{leas}/{action}");
        assert_eq!(kim.act(&path, &fields).await.status, StatusCode::FORBIDDEN, "kim {action}");
        let csrf = root.get("/desk/password").await.field("csrf");
        let mut with_csrf = fields.clone();
        with_csrf.push(("csrf", &csrf));
        assert_eq!(root.post(&path, &with_csrf).await.status, StatusCode::FORBIDDEN, "root {action}");
    }
    assert_eq!(house.submitted.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn an_offer_is_shown_on_every_page_with_its_reason() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    house.person("lea", "Léa", Role::Counsellor).await;
    let events = vec![(9, requested(Category::Suicide)), (9, queued()), (8, offered(&[kim]))];
    let id = house.child(1, Lang::EN, events).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    for path in ["/desk", "/desk/head", "/desk/help"] {
        let page = browser.get(path).await;
        assert!(page.has(&format!("data-offer=\"{id}\"")) && page.has("Safety rule: Suicide"), "{path}");
    }
    let mut lea = Browser::signed_in(&house, "lea").await;
    assert!(!lea.get("/desk/head").await.has(&format!("data-offer=\"{id}\"")));
}

#[tokio::test]
async fn alarms_stand_at_the_top_for_supervisors_until_seen() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    house.person("sam", "Sam", Role::Supervisor).await;
    let id = waiting(&house, 1, 200, Urgency::Urgent).await;
    house.alarm(id, AlarmKind::Supervisor).await;
    let mut sam = Browser::signed_in(&house, "sam").await;
    let mark = format!("data-alarm=\"{id}:");
    assert!(sam.get("/desk/head").await.has(&mark));
    assert!(!Browser::signed_in(&house, "kim").await.get("/desk/head").await.has(&mark));
    assert_eq!(sam.act(&format!("/desk/c/{id}/alarms-seen"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!sam.get("/desk/head").await.has(&mark));
}
