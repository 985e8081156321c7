//! Nothing a child controls can break out of its place.

use crate::browser::Browser;
use crate::support::*;
use domain::{Category, Confidential, Event, InboxSeq, Lang, MessageId, Role, Speaker, Urgency};

const NASTY: [&str; 4] = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\"><a href=\"javascript:alert(3)\">x</a>' onmouseover='alert(4)",
    "\u{202e}evil\u{202d}\u{2067} txt.exe \u{0}\u{1b}[31m",
    "</textarea></template></title><!-- ]]> {{7*7}} &lt;b&gt;",
];

#[tokio::test]
async fn words_of_a_child_stay_words_wherever_they_are_shown() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let long = "W".repeat(20_000);
    for nasty in NASTY.into_iter().chain([long.as_str()]) {
        let first = nasty.split_inclusive(|_| true).next().unwrap();
        let by = Speaker::Flow { flow: "welcome".into(), step: "hello".into() };
        let echo = Event::Said {
            message: MessageId(9),
            by,
            text: nasty.into(),
            choices: vec![("a".into(), nasty.into())],
            client_key: None,
        };
        let attachment = Event::Received {
            message: MessageId(2),
            inbox: InboxSeq(2),
            external: None,
            text: Confidential::from(nasty),
            kind: "attachment".into(),
        };
        let events = vec![
            (9, wrote(1, nasty)),
            (9, found(1, Category::Distress, Urgency::Soon, nasty, first)),
            (9, attachment),
            (9, Event::Edited { message: Some(MessageId(1)), inbox: InboxSeq(3), text: nasty.into() }),
            (9, Event::Edited { message: None, inbox: InboxSeq(4), text: nasty.into() }),
            (9, Event::Noted { by: None, text: nasty.into() }),
            (9, Event::LimitHit { limit: nasty.into() }),
            (9, echo),
            (9, asked_for_human()),
            (9, queued()),
            (8, offered(&[kim])),
        ];
        let id = house.child(long.len() as u64 + nasty.len() as u64, Lang::EN, events).await;
        let mut browser = Browser::signed_in(&house, "kim").await;
        for path in [format!("/desk/c/{id}"), format!("/desk/c/{id}/live"), "/desk".into(), "/desk/head".into()] {
            let page = browser.get(&path).await;
            assert!(page.status.is_success(), "{path}");
            for never in ["<script>", "<img", "<a href=\"javascript", "</textarea></template>", "<!-- ]]>", "<b>"]
            {
                assert!(!page.has(never), "{path} lets {never} through");
            }
        }
        let page = browser.get(&format!("/desk/c/{id}")).await;
        // Right-to-left and other overrides are shut in: each text has its own direction.
        assert!(page.has("<p class=\"words\" lang=\"en\" dir=\"auto\">"));
        assert!(page.has("<bdi>"));
        // What is shown is exactly what was written.
        let shown = page.body.replace("<mark class=\"soft\">", "").replace("</mark>", "");
        let escaped = nasty.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(shown.contains(&format!("dir=\"auto\">{escaped}</p>")), "the words are whole");
    }
}

#[tokio::test]
async fn a_name_typed_at_sign_in_stays_text() {
    let house = House::new();
    let mut browser = Browser::new(&house);
    let page = browser.sign_in("\"><script>alert(1)</script>", "x").await;
    assert!(!page.has("<script>alert"));
}
