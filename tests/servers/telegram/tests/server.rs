//! What the server promises by itself: the description is kept, and each trap of the platform is there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use std::time::Duration;
use telegram_server::{Door, Fault, Spec, TelegramServer};

/// Calls a method with JSON; gives the status and the answer.
async fn call(server: &TelegramServer, method: &str, args: Value) -> (u16, Value) {
    let url = format!("{}/bot{}/{method}", server.url(), server.token());
    let answer = reqwest::Client::new().post(url).json(&args).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn numbers(server: &TelegramServer, args: Value) -> Vec<i64> {
    let (status, answer) = call(server, "getUpdates", args).await;
    assert_eq!(status, 200, "{answer}");
    answer["result"].as_array().unwrap().iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}

#[test]
fn every_method_has_the_described_parameters() {
    if let Some(spec) = Spec::from_environment() {
        assert_eq!(spec.differences(), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_gone_only_when_a_higher_offset_is_asked_for() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    child.says("one");
    child.says("two");
    let first = numbers(&server, json!({})).await;
    assert_eq!(first.len(), 2);
    assert_eq!(numbers(&server, json!({})).await, first, "asking confirms nothing");
    assert_eq!(numbers(&server, json!({"offset": first[0]})).await, first, "nor does the same number");
    assert_eq!(numbers(&server, json!({"offset": first[1]})).await, first[1..]);
    assert_eq!(numbers(&server, json!({"offset": first[1] + 1})).await, [0; 0]);
    child.says("three");
    child.says("four");
    assert_eq!(
        numbers(&server, json!({"offset": -1})).await,
        [first[1] + 2],
        "a negative offset forgets the rest"
    );
    child.says("five");
    assert_eq!(numbers(&server, json!({"limit": 1})).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_kept_for_a_day() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    child.says("old");
    server.advance(Duration::from_secs(24 * 60 * 60 - 1));
    child.says("new");
    assert_eq!(numbers(&server, json!({})).await.len(), 2);
    server.advance(Duration::from_secs(1));
    assert_eq!(numbers(&server, json!({})).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_waits_until_something_comes_and_the_earlier_of_two_hears_409() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    let poll = || call(&server, "getUpdates", json!({"timeout": 30}));
    let (first, second) = tokio::join!(poll(), async {
        server.wait_until("the first poll", |server| server.polls_open() == 1).await;
        let (second, ()) = tokio::join!(poll(), async {
            server.wait_until("the end of the first", |server| server.calls("getUpdates").len() == 1).await;
            child.says("hello");
        });
        second
    });
    assert_eq!(first.0, 409);
    assert!(first.1["description"].as_str().unwrap().contains("terminated by other getUpdates"));
    assert_eq!(second.1["result"][0]["message"]["text"], "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_and_polling_exclude_each_other_and_pushes_are_repeated_in_order() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    let (sender, mut pushed) = tokio::sync::mpsc::unbounded_channel();
    let fails = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(2));
    let door = Door::open(move |body, secret| {
        let left =
            fails.fetch_update(std::sync::atomic::Ordering::SeqCst, std::sync::atomic::Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        let update: Value = serde_json::from_slice(&body).unwrap();
        sender.send((update["message"]["text"].as_str().unwrap().to_owned(), secret)).unwrap();
        async move { if left.is_ok() { 500 } else { 204 } }
    });
    let door = door.await;
    let (status, answer) = call(&server, "setWebhook", json!({"url": "http://example.org/"})).await;
    assert_eq!(status, 400, "{answer}");
    let set = json!({"url": door.url(), "secret_token": "abc"});
    assert_eq!(call(&server, "SETWEBHOOK", set).await.0, 200, "names come in any case");
    let (status, answer) = call(&server, "getUpdates", json!({})).await;
    assert_eq!((status, answer["error_code"].as_u64()), (409, Some(409)));
    child.says("one");
    child.says("two");
    let mut seen = Vec::new();
    while seen.len() < 4 {
        let (text, secret) = pushed.recv().await.unwrap();
        assert_eq!(secret.as_deref(), Some("abc"));
        seen.push(text);
    }
    assert_eq!(seen, ["one", "one", "one", "two"]);
    server.wait_until("all was taken", |server| server.pending() == 0).await;
    assert_eq!(call(&server, "deleteWebhook", json!({})).await.0, 200);
    assert_eq!(numbers(&server, json!({})).await, [0; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_described_is_refused_loudly() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    child.starts();
    let chat = child.id();
    let buttons = |rows: usize, columns: usize| {
        let row = vec![json!({"text": "b", "callback_data": "d"}); columns];
        json!({"inline_keyboard": vec![row; rows]})
    };
    for (method, args, why) in [
        ("sendMessage", json!({"chat_id": chat, "text": "a", "colour": "red"}), "unknown parameter"),
        ("sendMessage", json!({"chat_id": chat, "text": 5}), "wrong type"),
        ("sendMessage", json!({"chat_id": chat}), "required"),
        ("sendMessage", json!({"chat_id": chat, "text": "x".repeat(4_097)}), "message is too long"),
        ("sendMessage", json!({"chat_id": chat, "text": "😢".repeat(2_049)}), "message is too long"),
        ("sendMessage", json!({"chat_id": chat, "text": " "}), "message text is empty"),
        ("sendMessage", json!({"chat_id": 5, "text": "a"}), "chat not found"),
        ("sendMessage", json!({"chat_id": chat, "text": "a", "reply_markup": buttons(1, 9)}), "too long"),
        ("sendMessage", json!({"chat_id": chat, "text": "a", "reply_markup": buttons(26, 4)}), "too long"),
        ("sendChatAction", json!({"chat_id": chat, "action": "sleeping"}), "wrong parameter action"),
        ("answerCallbackQuery", json!({"callback_query_id": "no"}), "query is too old"),
        ("setMyCommands", json!({"commands": [{"command": "NO", "description": "x"}]}), "BOT_COMMAND_INVALID"),
        ("getFile", json!({"file_id": "no"}), "wrong file_id"),
        ("deleteMessage", json!({"chat_id": chat, "message_id": 999}), "not found"),
        ("fly", json!({}), "Not Found"),
    ] {
        let (status, answer) = call(&server, method, args).await;
        assert!(status >= 400 && answer["ok"] == false, "{method} {answer}");
        assert!(answer["description"].as_str().unwrap().contains(why), "{answer} should say {why}");
    }
    assert_eq!(server.violations().len(), 4, "{:?}", server.violations());
    let stranger = server.person("Nobody");
    let (status, _) = call(&server, "sendMessage", json!({"chat_id": stranger.id(), "text": "a"})).await;
    assert_eq!(status, 403, "a bot can't write first");
    let wrong = reqwest::get(format!("{}/bot700000001:wrong/getMe", server.url())).await.unwrap();
    assert_eq!(wrong.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_misbehaves_as_asked_and_a_lost_answer_was_done() {
    let server = TelegramServer::start().await;
    let child = server.person("Ana");
    child.starts();
    let send = || call(&server, "sendMessage", json!({"chat_id": child.id(), "text": "words"}));
    server.faults("sendMessage", Fault::TooMany(9), 1);
    let (status, answer) = send().await;
    assert_eq!((status, answer["parameters"]["retry_after"].as_u64()), (429, Some(9)));
    server.faults("sendMessage", Fault::CutAfter, 1);
    let url = format!("{}/bot{}/sendMessage", server.url(), server.token());
    let form = [("chat_id", child.id().to_string()), ("text", "as a form".to_owned())];
    assert!(reqwest::Client::new().post(&url).form(&form).send().await.is_err());
    assert_eq!(child.shown()[0].text, "as a form");
    server.down().await;
    assert!(reqwest::Client::new().post(&url).form(&form).send().await.unwrap_err().is_connect());
    server.up();
    assert_eq!(send().await.0, 200);
    assert_eq!(child.shown().len(), 2);
}
