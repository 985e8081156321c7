//! Forms from elsewhere, strict headers, static files, health, languages.

use crate::browser::Browser;
use crate::support::{House, PASSWORD};
use axum::http::StatusCode;
use domain::Role;

#[tokio::test]
async fn a_form_without_its_token_or_from_another_site_does_nothing() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut kim = Browser::signed_in(&house, "kim").await;
    let duty = [("duty", "busy")];
    assert_eq!(kim.post("/desk/duty", &duty).await.status, StatusCode::FORBIDDEN);
    assert_eq!(kim.post("/desk/duty", &[("csrf", "0000"), ("duty", "busy")]).await.status, StatusCode::FORBIDDEN);

    let mut lea = {
        house.person("lea", "Léa", Role::Counsellor).await;
        Browser::signed_in(&house, "lea").await
    };
    let others = lea.get("/desk").await.field("csrf");
    let stolen = [("csrf", others.as_str()), ("duty", "busy")];
    assert_eq!(kim.post("/desk/duty", &stolen).await.status, StatusCode::FORBIDDEN, "another session's token");

    kim.headers.push(("sec-fetch-site", "cross-site".into()));
    assert_eq!(kim.act("/desk/duty", &duty).await.status, StatusCode::FORBIDDEN);
    kim.headers.pop();
    kim.headers.push(("origin", "https://evil.test".into()));
    assert_eq!(kim.act("/desk/duty", &duty).await.status, StatusCode::FORBIDDEN);
    kim.headers.pop();
    assert!(!kim.get("/desk").await.has("id=\"duty-busy\" name=\"duty\" value=\"busy\" aria-pressed=\"true\""));
    assert_eq!(kim.act("/desk/duty", &duty).await.status, StatusCode::SEE_OTHER);
    assert!(kim.get("/desk").await.has("id=\"duty-busy\" name=\"duty\" value=\"busy\" aria-pressed=\"true\""));
}

#[tokio::test]
async fn signing_in_needs_our_own_form_too() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut browser = Browser::new(&house);
    let fields = [("login", "kim"), ("password", PASSWORD)];
    assert_eq!(browser.post("/desk/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut kim = Browser::signed_in(&house, "kim").await;
    for path in
        ["/", "/health", "/desk", "/desk/sign-in", "/desk/nothing/here", "/desk/c/xyz", "/desk/static/desk.css"]
    {
        let answer = kim.get(path).await;
        let header = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        let expected = if path.contains("static") { "no-cache" } else { "no-store" };
        assert_eq!(header("cache-control"), expected, "{path}");
        assert!(!answer.has(" style=") && !answer.has("<script>"), "{path}: nothing inline");
    }
}

#[tokio::test]
async fn static_files_are_named_by_their_content_and_then_kept_for_ever() {
    let house = House::new();
    let mut browser = Browser::new(&house);
    let page = browser.get("/desk/sign-in").await.body;
    let start = page.find("/desk/static/desk.css?v=").expect("the style is linked");
    let address = page[start..].split('"').next().unwrap().to_owned();
    let style = browser.get(&address).await;
    assert_eq!(style.status, StatusCode::OK);
    assert_eq!(style.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    let wav = browser.get("/desk/alert.wav").await;
    assert_eq!((wav.status, wav.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "audio/wav"));
    assert_eq!(browser.get("/desk/static/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn health_is_json_and_the_front_door_shows_both_ways() {
    let house = House::new();
    let mut browser = Browser::new(&house);
    assert_eq!(browser.get("/health").await.body, "{\"channels\":[],\"status\":\"ok\"}");
    let root = browser.get("/").await;
    assert!(root.has("href=\"/desk\"") && root.has("href=\"/practice\""));
}

#[tokio::test]
async fn the_desk_speaks_the_browsers_language_until_the_person_chooses() {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut kim = Browser::signed_in(&house, "kim").await;
    kim.headers.push(("accept-language", "fr-CH,fr;q=0.9".into()));
    let french = kim.get("/desk").await;
    assert!(french.has("<html lang=\"fr\" dir=\"ltr\">") && french.has("Disponible"));
    let answer = kim.act("/desk/language", &[("to", "en"), ("back", "https://evil.test")]).await;
    assert_eq!(answer.to(), "/desk", "never to another site");
    assert!(kim.get("/desk").await.has("<html lang=\"en\" dir=\"ltr\">"));
}
