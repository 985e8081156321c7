//! The same child on two apps: linked by the child's word only, shown, taken back, refused to others.

use crate::browser::Browser;
use crate::support::*;
use axum::http::StatusCode;
use domain::{ConversationId, CounsellorId, Lang, Role};
use std::sync::Arc;
use store::{Audit as _, Links as _};

async fn held_by(house: &Arc<House>, child: u64, by: CounsellorId) -> ConversationId {
    let events = vec![
        (9, wrote(1, "hello?")),
        (9, asked_for_human()),
        (9, queued()),
        (8, offered(&[by])),
        (8, accepted(by)),
    ];
    house.child(child, Lang::EN, events).await
}

#[tokio::test]
async fn a_counsellor_links_with_the_childs_word_and_takes_it_back() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let (here, there) = (held_by(&house, 1, kim).await, held_by(&house, 2, kim).await);
    let mut browser = Browser::signed_in(&house, "kim").await;
    let path = format!("/desk/c/{here}");
    assert!(browser.get(&path).await.has("id=\"link\"") && browser.get(&path).await.has("Nothing is linked."));

    let address = format!("https://desk.example.org/desk/c/{there}");
    let without_word = [("other", address.as_str())];
    assert_eq!(browser.act(&format!("{path}/link"), &without_word).await.status, StatusCode::BAD_REQUEST);
    assert!(house.store.linked(here, 5).await.unwrap().is_empty());

    let with_word = [("other", address.as_str()), ("said", "yes")];
    assert_eq!(browser.act(&format!("{path}/link"), &with_word).await.to(), path);
    let page = browser.get(&path).await;
    assert!(page.has("Linked by") && page.has("Kim") && page.has("Take the link back"));
    assert!(browser.get(&format!("/desk/c/{there}")).await.has("Take the link back"), "seen from both ends");

    let number = house.store.linked(here, 5).await.unwrap()[0].number.to_string();
    assert_eq!(browser.act(&format!("{path}/unlink"), &[("link", &number)]).await.to(), path);
    assert!(browser.get(&path).await.has("Nothing is linked."));
    let lines = house.store.audit(Some(here), 0, 100).await.unwrap();
    let told: Vec<&str> =
        lines.iter().map(|line| line.entry.action.as_str()).filter(|a| a.ends_with("linked")).collect();
    assert_eq!(told, ["linked", "unlinked"]);
    assert!(lines.iter().all(|line| !format!("{:?}", line.entry.facts).contains(&there.to_string())));
}

#[tokio::test]
async fn what_is_not_clear_or_not_theirs_is_refused() {
    let house = House::new();
    let (kim, lou) =
        (house.person("kim", "Kim", Role::Counsellor).await, house.person("lou", "Lou", Role::Counsellor).await);
    let (here, there) = (held_by(&house, 1, kim).await, held_by(&house, 2, lou).await);
    let mut browser = Browser::signed_in(&house, "kim").await;
    let path = format!("/desk/c/{here}/link");
    for unclear in ["", "abc", "zzzz", "ffffffff", &here.to_string()] {
        let status = browser.act(&path, &[("other", unclear), ("said", "yes")]).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{unclear}");
    }
    let theirs = format!("/desk/c/{there}/link");
    let status = browser.act(&theirs, &[("other", &here.to_string()), ("said", "yes")]).await.status;
    assert_eq!(status, StatusCode::FORBIDDEN, "Lou has that child");
    assert!(house.store.linked(here, 5).await.unwrap().is_empty());
}
