//! Signing in, being locked out, changing the password, leaving.

use crate::browser::Browser;
use crate::support::{House, PASSWORD};
use axum::http::{StatusCode, header};
use desk::Cookies;
use domain::Role;
use std::time::Duration;
use store::{Audit, MustChange, People};

#[tokio::test]
async fn a_right_password_opens_the_desk_and_a_wrong_one_or_name_gives_the_same_answer() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::new(&house);
    assert_eq!(browser.get("/desk").await.to(), "/desk/sign-in");
    let wrong = browser.sign_in("kim", "not the password").await;
    let unknown = browser.sign_in("nobody", "not the password").await;
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
    assert_eq!(wrong.body.replace("\"kim\"", "\"nobody\""), unknown.body);
    let right = browser.sign_in("KIM", PASSWORD).await;
    assert_eq!((right.status, right.to()), (StatusCode::SEE_OTHER, "/desk"));
    assert!(browser.get("/desk").await.has("Kim"));
}

#[tokio::test]
async fn the_fifth_failure_begins_a_wait_in_which_even_the_right_password_is_refused() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::new(&house);
    for _ in 0..5 {
        browser.sign_in("kim", "wrong wrong wrong").await;
    }
    assert_eq!(browser.sign_in("kim", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.pass(Duration::from_secs(29));
    assert_eq!(browser.sign_in("kim", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.pass(Duration::from_secs(2));
    assert_eq!(browser.sign_in("kim", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.store.login("kim").await.unwrap().unwrap().failures, 0);
}

#[tokio::test]
async fn many_guesses_at_once_count_as_many() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let first = Browser::new(&house);
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let mut browser = first.other();
            tokio::spawn(async move { browser.sign_in("kim", "guess guess guess").await.status })
        })
        .collect();
    for one in tries {
        one.await.unwrap();
    }
    let login = house.store.login("kim").await.unwrap().unwrap();
    assert_eq!(login.failures, 5, "after the fifth nothing is checked until the wait is over");
    assert!(login.locked_until.is_some());
}

#[tokio::test]
async fn the_cookie_is_strict_and_its_token_is_kept_nowhere() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::with(&house, Cookies::Secure);
    let csrf = browser.get("/desk/sign-in").await.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("login", "kim"), ("password", PASSWORD)];
    let answer = browser.post("/desk/sign-in", &fields).await;
    let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.starts_with("__Host-desk="));
    for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = browser.jar["__Host-desk"].clone();
    assert_eq!(token.len(), 43, "256 bits");
    let lines = house.store.audit(None, 0, 100).await.unwrap();
    assert!(!format!("{lines:?}").contains(&token));
    assert!(!browser.get("/desk").await.has(&token), "no page shows it");
}

#[tokio::test]
async fn each_sign_in_is_a_new_session_and_ends_the_browsers_old_one() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    let old = browser.jar["desk"].clone();
    browser.sign_in("kim", PASSWORD).await;
    assert_ne!(browser.jar["desk"], old);
    browser.jar.insert("desk".into(), old);
    assert_eq!(browser.get("/desk").await.to(), "/desk/sign-in");
}

#[tokio::test]
async fn a_session_ends_after_a_shift_and_at_sign_out() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::signed_in(&house, "kim").await;
    let mut other = Browser::signed_in(&house, "kim").await;
    let token = browser.jar["desk"].clone();
    assert_eq!(browser.act("/desk/sign-out", &[]).await.to(), "/desk/sign-in");
    assert!(!browser.jar.contains_key("desk"));
    browser.jar.insert("desk".into(), token);
    assert_eq!(browser.get("/desk").await.to(), "/desk/sign-in", "the session is gone, not only the cookie");
    assert!(other.get("/desk").await.has("Kim"), "signing out here doesn't sign out there");
    house.pass(Duration::from_secs(12 * 3_600));
    assert_eq!(other.get("/desk").await.to(), "/desk/sign-in");
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_the_choice_of_a_new_one() {
    let house = House::new();
    let noa = house.person_with("noa", "Noa", Role::Counsellor, MustChange::Yes).await;
    let child = house
        .child(1, domain::Lang::EN, vec![(9, crate::support::asked_for_human()), (9, crate::support::queued())])
        .await;
    let mut browser = Browser::new(&house);
    assert_eq!(browser.sign_in("noa", PASSWORD).await.to(), "/desk/password");
    for path in ["/desk", "/desk/board", "/desk/events", &format!("/desk/c/{child}")] {
        assert_eq!(browser.get(path).await.to(), "/desk/password", "{path}");
    }
    assert!(house.beats.lock().unwrap().is_empty(), "nobody is on duty yet");
    let csrf = browser.get("/desk/password").await.field("csrf");
    let accept = format!("/desk/c/{child}/accept");
    assert_eq!(browser.post(&accept, &[("csrf", &csrf)]).await.to(), "/desk/password");

    let mut change = async |new: &str, again: &str| {
        browser.post("/desk/password", &[("csrf", &csrf), ("new", new), ("again", again)]).await
    };
    assert!(change("short", "short").await.has("shorter than 12"));
    assert!(change(PASSWORD, PASSWORD).await.has("not the old one"));
    assert!(change("four green paper boats", "four green paper boat").await.has("not the same"));
    assert_eq!(change("four green paper boats", "four green paper boats").await.to(), "/desk");
    assert!(browser.get("/desk").await.has("Noa"));
    assert_eq!(house.store.login("noa").await.unwrap().unwrap().counsellor.id, noa);
    assert_eq!(browser.other().sign_in("noa", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn changing_the_password_asks_for_the_old_one_and_ends_other_sessions() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut here = Browser::signed_in(&house, "kim").await;
    let mut there = Browser::signed_in(&house, "kim").await;
    let new = "four green paper boats";
    let wrong = here.act("/desk/password", &[("current", "wrong"), ("new", new), ("again", new)]).await;
    assert!(wrong.has("current password is wrong"));
    let right = here.act("/desk/password", &[("current", PASSWORD), ("new", new), ("again", new)]).await;
    assert_eq!(right.to(), "/desk");
    assert!(here.get("/desk").await.has("Kim"));
    assert_eq!(there.get("/desk").await.to(), "/desk/sign-in");
}
