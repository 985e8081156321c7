//! The desk with a few invented conversations in memory, to look at it: `cargo run -p desk --example preview`.
//!
//! `/preview/kim?to=/desk&lang=fr` signs in without a password. Never for a real service.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::{Cookies, Door, router};
use domain::{
    AgeBand, AlarmKind, Category, CounsellorId, Event, HandoffEvent, Lang, MessageId, RefusalReason, Role, Urgency,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{MustChange, People, Session};
use support::*;

#[tokio::main]
async fn main() {
    let house = House::new();
    let kim = house.person("kim", "Kim", Role::Counsellor).await;
    let lea = house.person("lea", "Léa", Role::Counsellor).await;
    house.person("sam", "Sam", Role::Supervisor).await;
    house.person("root", "Robin", Role::Admin).await;
    house.person_with("new", "Noa", Role::Counsellor, MustChange::Yes).await;
    house.heartbeat(kim).await;
    seed(&house, kim, lea).await;
    let preview = Router::new()
        .route("/preview/{login}", get(enter))
        .route("/preview-child/{id}", post(child_writes))
        .with_state(house.clone());
    let app = router(house.parts(Cookies::Plain)).merge(preview);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:7788").await.expect("port 7788 is free");
    println!("http://127.0.0.1:7788/preview/kim?to=/desk (people: kim lea sam root new; password: {PASSWORD})");
    axum::serve(listener, app).await.expect("serving works");
}

/// Signs in by name.
async fn enter(
    State(house): State<Arc<House>>,
    Path(login): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let who = house.store.login(&login).await.unwrap().expect("a person of the preview");
    let token = format!("preview-{login}");
    let session = Session {
        token_hash: Sha256::digest(token.as_bytes()).into(),
        counsellor: who.counsellor.id,
        created_at: house.now(),
        expires_at: house.now().plus(Duration::from_secs(43_200)),
    };
    house.store.put_session(session).await.unwrap();
    let lang = query.get("lang").map_or("en", String::as_str);
    let to = query.get("to").map_or("/desk", String::as_str).to_owned();
    let to = match to.strip_prefix("row:") {
        // The n-th row of the board.
        Some(place) => {
            let board = store::DeskReads::board(&*house.store).await.unwrap();
            format!("/desk/c/{}", board[place.parse::<usize>().unwrap()].id)
        }
        None => to,
    };
    let cookies = AppendHeaders([
        (header::SET_COOKIE, format!("desk={token}; Path=/; HttpOnly; SameSite=Strict")),
        (header::SET_COOKIE, format!("desk-lang={lang}; Path=/; HttpOnly; SameSite=Strict")),
    ]);
    (cookies, Redirect::to(&to)).into_response()
}

/// A child writes one more message.
async fn child_writes(State(house): State<Arc<House>>, Path(id): Path<String>, words: String) {
    let id = id.parse().unwrap();
    let number = house.state(id).await.messages + 1;
    house.add(id, vec![wrote(number, &words)]).await;
}

async fn seed(house: &Arc<House>, kim: CounsellorId, lea: CounsellorId) {
    // An earlier talk of the first child, closed.
    house
        .child(
            1,
            Lang::EN,
            vec![
                (90_000, wrote(1, "hi")),
                (89_990, asked_for_human()),
                (89_980, queued()),
                (89_900, accepted(lea)),
                (89_800, counsellor(2, lea, "Hi, I'm Léa.")),
                (89_800, hand(HandoffEvent::FirstWords { message: MessageId(2) })),
                (89_790, sent(2)),
                (89_790, hand(HandoffEvent::Introduced)),
                (88_000, hand(HandoffEvent::Finished)),
                (87_900, hand(HandoffEvent::WrappedUp { by: lea, reason: domain::CloseReason::Helped })),
            ],
        )
        .await;
    let words = "i cant do this anymore. i dont want to live any more";
    let urgent = vec![
        (
            420,
            bot(1, "Hello. I'm an automatic helper of Helpline 116. A person can join us. What brings you here?"),
        ),
        (418, sent(1)),
        (300, wrote(2, "hey")),
        (298, bot(3, "How old are you? You can skip this.")),
        (298, sent(3)),
        (260, wrote(4, "13")),
        (260, age(AgeBand::From10To13)),
        (200, wrote(5, words)),
        (200, found(5, Category::Suicide, Urgency::Urgent, words, "dont want to live any more")),
        (200, found(5, Category::Distress, Urgency::Soon, words, "cant do this anymore")),
        (200, raised(Urgency::Urgent, "suicide.en.3")),
        (200, requested(Category::Suicide)),
        (200, queued()),
        (
            200,
            phrase(
                6,
                "urgent_now",
                "Thank you for telling me. What you wrote matters. I'm a computer, so I'm asking a real person from Helpline 116 to come and talk with you. If you are in danger now, call 112.",
            ),
        ),
        (198, sent(6)),
        (198, Event::ResourcesGiven { resources: vec!["ch.147".into()] }),
        (
            140,
            phrase(
                7,
                "holding_1",
                "You're still in the queue. Nobody has forgotten you. You can write more here while you wait.",
            ),
        ),
        (139, sent(7)),
        (120, wrote(8, "ok")),
        (12, offered(&[kim])),
    ];
    house.child(1, Lang::EN, urgent).await;

    let words = "il est derrière la porte et il crie, j'ai peur";
    let emergency = vec![
        (70, wrote(1, words)),
        (70, found(1, Category::ViolenceNow, Urgency::Emergency, words, "il est derrière la porte")),
        (70, raised(Urgency::Emergency, "violence_now.fr.1")),
        (70, requested(Category::ViolenceNow)),
        (70, queued()),
        (
            69,
            phrase(
                2,
                "emergency_now",
                "Si toi ou quelqu'un près de toi est en danger maintenant, appelle le 112. J'appelle tout de suite une personne pour toi. Reste ici avec moi.",
            ),
        ),
        (68, sent(2)),
    ];
    let emergency = house.child(2, Lang::FR, emergency).await;
    house.alarm(emergency, AlarmKind::Supervisor).await;

    let words = "everyone at school laughs at me and they made a group chat about me";
    let live = vec![
        (1_900, bot(1, "Hello. What brings you here?")),
        (1_899, sent(1)),
        (1_800, wrote(2, words)),
        (1_800, found(2, Category::Bullying, Urgency::Soon, words, "laughs at me")),
        (1_800, found(2, Category::Cyberbullying, Urgency::Soon, words, "made a group chat about me")),
        (1_800, raised(Urgency::Soon, "bullying.en.3")),
        (1_790, requested(Category::Bullying)),
        (1_790, queued()),
        (1_500, accepted(kim)),
        (1_499, phrase(3, "counsellor_reading", "Kim from Helpline 116 is here and is reading what you wrote.")),
        (1_498, sent(3)),
        (
            1_400,
            counsellor(
                4,
                kim,
                "Hi, I'm Kim. Thank you for writing. That sounds really lonely.\nWhen did it begin?",
            ),
        ),
        (1_400, hand(HandoffEvent::FirstWords { message: MessageId(4) })),
        (1_399, sent(4)),
        (1_399, hand(HandoffEvent::Introduced)),
        (1_200, wrote(5, "since september. my frend stopped sitting with me")),
        (1_200, hand(HandoffEvent::WentLive)),
        (
            1_150,
            Event::Edited {
                message: Some(MessageId(5)),
                inbox: domain::InboxSeq(6),
                text: "since september. my best friend stopped sitting with me".into(),
            },
        ),
        (1_100, wrote(6, "please dont tell my mum")),
        (1_090, Event::Redacted { message: Some(MessageId(6)), inbox: domain::InboxSeq(7) }),
        (1_000, counsellor(7, kim, "I see that you took a message back. That's all right.")),
        (
            990,
            Event::Delivered {
                message: MessageId(7),
                outcome: domain::DeliveryOutcome::Unknown { reason: domain::UnknownReason::TimedOut },
            },
        ),
        (
            900,
            Event::Noted {
                by: Some(kim),
                text: "Asks not to involve the mother yet. Ask about a trusted adult at school.".into(),
            },
        ),
        (300, counsellor(8, kim, "Is there an adult at school you like?")),
    ];
    house.child(3, Lang::EN, live).await;

    let refused = vec![
        (3_000, wrote(1, "my parents fight all the time")),
        (2_990, asked_for_human()),
        (2_990, queued()),
        (2_000, accepted(lea)),
        (1_900, counsellor(2, lea, "Hello, I'm Léa.")),
        (1_900, hand(HandoffEvent::FirstWords { message: MessageId(2) })),
        (
            1_899,
            Event::Delivered {
                message: MessageId(2),
                outcome: domain::DeliveryOutcome::Refused { reason: RefusalReason::Unreachable },
            },
        ),
    ];
    house.child(4, Lang::EN, refused).await;
    let routine = vec![(2_400, wrote(1, "عندي سؤال عن المدرسة")), (2_390, asked_for_human()), (2_390, queued())];
    house.child(5, "ar".parse().unwrap(), routine).await;
    house.child(6, Lang::FR, vec![(40, bot(1, "Bonjour.")), (39, sent(1)), (20, wrote(2, "salut"))]).await;
}
