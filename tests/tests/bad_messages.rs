//! Whatever a platform hands in has a kind answer, and a disclosure in it always reaches a human's
//! list. The real binary, its own flows, the practice channel over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Context, Result, ensure};
use end_to_end::house::{Plan, command};
use end_to_end::no_words_in;
use end_to_end::practice::PracticeChild;
use serde_json::{Value, json};
use std::time::Duration;

/// A sentence that the rules hold to be urgent.
const TOLD: &str = "I don't want to live any more";
/// What a child hears at once when a human is asked for.
const HUMAN: &str = "a real person";
/// The welcome flow's first question.
const FIRST_QUESTION: &str = "Is it safe for you to write right now?";

/// The audit log of a house that is down.
async fn audit(plan: &Plan) -> Result<Vec<Value>> {
    let (config, data) = (plan.config_file(), plan.data());
    let place = ["--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let done = command(&[&["audit", "show"], &place[..]].concat()).await?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// How many lines tell of this.
fn count(log: &[Value], action: &str, fact: &str, value: &str) -> usize {
    let tells = |line: &&Value| {
        line["entry"]["action"] == action && (fact.is_empty() || line["entry"]["facts"][fact] == value)
    };
    log.iter().filter(tells).count()
}

/// Stops the house; each of so many children is on a human's list as urgent, nobody else is, and
/// neither logs nor audit hold a word of theirs.
async fn check_asked(plan: &Plan, house: end_to_end::house::House, children: usize) -> Result<Vec<Value>> {
    house.kill().await?;
    let log = audit(plan).await?;
    let (raised, asked) = (count(&log, "risk_raised", "to", "urgent"), count(&log, "handoff_requested", "", ""));
    ensure!(
        raised == children && asked == children,
        "{raised} raised and {asked} asked for, of {children} children"
    );
    let whole: String = log.iter().map(Value::to_string).collect();
    for text in [plan.logs()?, whole] {
        ensure!(!text.contains("panicked"), "it panicked");
        no_words_in(&text, [&TOLD])?;
    }
    Ok(log)
}

/// One message that holds a disclosure in some form, and what is answered besides the call for a human.
struct Case {
    child: &'static str,
    sent: Value,
    also: &'static str,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disclosure_in_any_form_reaches_a_human() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(folder.path())?;
    let house = plan.start().await?;
    let long = format!("{} {TOLD}", "we had pasta again and i did my homework. ".repeat(1_900));
    ensure!(long.len() > 79_000, "longer than what is kept of a message");
    let case = |child, sent, also| Case { child, sent, also };
    let cases = [
        case("long", json!({"text": long}), "very long message"),
        case("edits", json!({"edit": {"of": "never-came", "text": TOLD}}), ""),
        case("caption", json!({"file": {"name": "a.jpg", "media": "image", "size": 9, "caption": TOLD}}), ""),
        case("name", json!({"file": {"name": TOLD, "media": "image"}}), ""),
        case("label", json!({"choice": {"value": "no-such-button", "label": TOLD}}), ""),
        case("rtl", json!({"text": format!("\u{202E}\u{200F}שלום\u{202C} {TOLD} 😭😭\u{200D}")}), ""),
        case("wide", json!({"text": "Ｉ ｄｏｎ'ｔ ｗａｎｔ ｔｏ ｌｉｖｅ ａｎｙ ｍｏｒｅ 🖤"}), ""),
        case("nul", json!({"text": format!("\u{0}\u{7}\u{1B}[2J {TOLD}\u{FFFF}")}), ""),
    ];
    let children = cases.len() + 3;
    for case in cases {
        let child = PracticeChild::new(&house.base, case.child);
        child.act("m1", case.sent).await?;
        child.wait_for_words(HUMAN).await?;
        child.wait_for_words(case.also).await?;
    }

    // Bytes that aren't text: what can be read of them is read.
    let child = PracticeChild::new(&house.base, "latin");
    let bytes = [&b"\xFF\xFEj'ai mal\xE9 \xC3 "[..], TOLD.as_bytes(), b" \x80\xF5"].concat();
    ensure!(child.write_bytes("m1", bytes).await? == 202, "not taken");
    child.wait_for_words(HUMAN).await?;

    // Said in an edit of a message that was harmless.
    let child = PracticeChild::new(&house.base, "changed");
    child.write("m1", "hello").await?;
    child.wait_for_words(FIRST_QUESTION).await?;
    child.act("e1", json!({"edit": {"of": "m1", "text": TOLD}})).await?;
    child.wait_for_words(HUMAN).await?;

    // Told and taken back: it was told. The house stays with the child.
    let child = PracticeChild::new(&house.base, "takes-back");
    child.write("m1", TOLD).await?;
    child.act("r1", json!({"redact": {"of": "m1"}})).await?;
    let shown = child.wait_for_words(HUMAN).await?;
    child.write("m2", "i can't sleep").await?;
    child.wait_for(shown.len() + 1).await?;

    check_asked(&plan, house, children).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_answered_kindly() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(folder.path())?;
    let house = plan.start().await?;
    let cases: [(&str, Value, &str); 6] = [
        ("empty", json!({"text": ""}), "came through empty"),
        ("blank", json!({"text": " \n\t "}), "came through empty"),
        ("button", json!({"choice": "no-such-button"}), FIRST_QUESTION),
        ("file", json!({"file": {"name": "a.bin", "media": "file", "size": 1}}), "I don't open files here"),
        ("emoji", json!({"text": "😀🏳️‍🌈👨‍👩‍👧‍👦"}), FIRST_QUESTION),
        ("rtl", json!({"text": "\u{202E}مرحبا\u{202C} שלום"}), FIRST_QUESTION),
    ];
    for (name, sent, answer) in cases {
        let child = PracticeChild::new(&house.base, name);
        child.act("m1", sent).await?;
        child.wait_for_words(answer).await?;
        // The talk goes on from there.
        child.wait_for_words(FIRST_QUESTION).await?;
    }

    let child = PracticeChild::new(&house.base, "junk");
    ensure!(child.write_bytes("m1", (0..=255).cycle().take(4_096).collect()).await? == 202, "not taken");
    child.wait_for_words(FIRST_QUESTION).await?;

    // A button of this question, pressed again when its question is long gone; then one of no question.
    let child = PracticeChild::new(&house.base, "presses");
    child.write("m1", "hello").await?;
    child.wait_for_words(FIRST_QUESTION).await?;
    let safe = child.buttons().await?.first().cloned().context("no button")?;
    child.act("m2", json!({"choice": safe})).await?;
    let before = child.wait_for_words("How old are you?").await?;
    child.act("m3", json!({"choice": safe})).await?;
    child.act("m4", json!({"choice": "nonsense"})).await?;
    let after = child.wait_for(before.len() + 1).await?;
    ensure!(!after.concat().contains("real person from"), "a wrong button asks for nobody: {after:?}");

    // Nothing of these is a message; each is refused with words a child can read.
    let child = PracticeChild::new(&house.base, "refused");
    for (body, status, words) in [
        (b"{\"child\":".to_vec(), 400, "couldn't be read"),
        (b"{\"child\":\"a b\",\"id\":\"1\",\"text\":\"x\"}".to_vec(), 400, "couldn't be read"),
        (vec![b'x'; 1024 * 1024 + 1], 413, "smaller pieces"),
    ] {
        let (found, say) = child.post("/practice/api/send", body).await?;
        ensure!(found == status && say.contains(words), "{found} {say} instead of {status} {words}");
    }
    let (found, say) = child.post("/practice/api/send?child=refused&id=m1", vec![b'x'; 1024 * 1024 + 1]).await?;
    ensure!(found == 413 && say.contains("smaller pieces"), "{found} {say}");
    // In smaller pieces it is heard.
    child.write("m2", TOLD).await?;
    child.wait_for_words(HUMAN).await?;

    house.kill().await?;
    let log = audit(&plan).await?;
    ensure!(count(&log, "risk_raised", "", "") == 1, "only one child told of anything");
    ensure!(!plan.logs()?.contains("panicked"), "it panicked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_of_one_child_are_one_talk() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(folder.path())?;
    let house = plan.start().await?;
    let (phone, tablet) = (PracticeChild::new(&house.base, "kim"), PracticeChild::new(&house.base, "kim"));
    for number in 0..3 {
        let (on_phone, on_tablet) = (format!("p{number}"), format!("t{number}"));
        let (a, b) = tokio::join!(phone.write(&on_phone, "hello"), tablet.write(&on_tablet, "hello"));
        a?;
        b?;
    }
    tablet.write("t9", TOLD).await?;
    let on_phone = phone.wait_for_words(HUMAN).await?;
    let on_tablet = tablet.wait_for_words(HUMAN).await?;
    ensure!(on_phone.iter().filter(|text| text.contains(HUMAN)).count() == 1, "called once: {on_phone:?}");
    ensure!(on_tablet.starts_with(&on_phone) || on_phone.starts_with(&on_tablet), "both devices show the same");
    let log = check_asked(&plan, house, 1).await?;
    ensure!(count(&log, "opened", "", "") == 1, "one talk");
    ensure!(count(&log, "received", "", "") == 7, "every message is kept");
    Ok(())
}

/// Ten thousand messages of one account, by many hands, with one disclosure among them. What is
/// refused for now is sent again, as the page does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_messages_hide_no_disclosure() -> Result<()> {
    const MESSAGES: usize = 10_000;
    const HANDS: usize = 64;
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(folder.path())?;
    let house = plan.start().await?;
    let mut hands = tokio::task::JoinSet::new();
    for hand in 0..HANDS {
        let child = PracticeChild::new(&house.base, "loud");
        hands.spawn(async move {
            for number in (hand..MESSAGES).step_by(HANDS) {
                let text = if number == 7_001 { TOLD.to_owned() } else { format!("lol {number}") };
                let body = json!({"child": child.name, "id": format!("m{number}"), "text": text});
                while !child.try_send(&body).await {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    // Meanwhile another child is served.
    let other = PracticeChild::new(&house.base, "quiet");
    other.write("m1", "hello").await?;
    other.wait_for_words(FIRST_QUESTION).await?;
    while let Some(done) = hands.join_next().await {
        done?;
    }
    let loud = PracticeChild::new(&house.base, "loud");
    let shown = loud.wait_for_words(HUMAN).await?;
    ensure!(shown.iter().any(|text| text.contains("I can't answer each one")), "a kind word: {shown:?}");
    ensure!(shown.len() < 200, "the child isn't flooded in turn: {} messages", shown.len());
    // The talk can go on only when all before it was taken.
    loud.write("last", TOLD).await.context("the last message")?;
    house.kill().await?;
    let house = plan.start().await?;
    wait_until_all_taken(&plan, MESSAGES + 1).await?;
    let log = check_asked(&plan, house, 1).await?;
    ensure!(count(&log, "opened", "", "") == 2, "one talk for each child");
    ensure!(count(&log, "received", "", "") == MESSAGES + 2, "every message is kept");
    Ok(())
}

/// Looks beside the running house until every message has its turn.
async fn wait_until_all_taken(plan: &Plan, messages: usize) -> Result<()> {
    let all_taken = async {
        loop {
            if count(&audit(plan).await?, "received", "", "") > messages {
                return Ok(());
            }
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(180), all_taken).await;
    done.unwrap_or_else(|_| anyhow::bail!("not all of {messages} messages had their turn"))
}
