//! The main job, entirely in Chromium: a child on the practice page, a counsellor at the desk.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Result, ensure};
use end_to_end::browser::{Browser, Driver};
use end_to_end::desk::Counsellor;
use end_to_end::house::{Plan, command};
use end_to_end::{no_words_in, pictures};

const CHILD: [&str; 3] = ["hello", "I don't want to live any more", "thank you for being here"];
const COUNSELLOR: [&str; 2] = ["Hello, I'm Sam. I read what you wrote.", "Take care. You can come back any time."];

async fn write(page: &Browser, text: &str) -> Result<()> {
    page.fill("#text", text).await?;
    page.press("\u{E007}").await?;
    page.wait_for_text("#log", text).await?;
    Ok(())
}

/// What the child's page shows: `me` or `them`, and the words.
async fn seen(page: &Browser) -> Result<Vec<(String, String)>> {
    let script = "return [...document.querySelectorAll('#log > li')]
        .map((l) => [l.className.includes('me') ? 'me' : 'them', l.querySelector('.words').textContent])";
    let value = page.run(script).await?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(value.as_array().unwrap().iter().map(|line| (text(&line[0]), text(&line[1]))).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_reaches_a_counsellor_in_two_browsers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan::new(folder.path())?;
    let house = plan.start().await?;
    let driver = Driver::start().await?;
    let (page, desk) = (driver.open(&[]).await?, driver.open(&[]).await?);

    let one_time = house.password.clone().unwrap();
    let sam = Counsellor::first_sign_in(&desk, &house.base, &one_time).await?;
    ensure!(desk.serious_barriers().await?.is_empty(), "queue: {:?}", desk.serious_barriers().await?);

    page.goto(&format!("{}/practice", house.base)).await?;
    ensure!(page.serious_barriers().await?.is_empty(), "practice: {:?}", page.serious_barriers().await?);
    write(&page, CHILD[0]).await?;
    page.find("#log .choices button").await?;
    pictures(&page, "practice").await?;
    write(&page, CHILD[1]).await?;
    page.wait_for_text("#log", "real person").await?;

    desk.wait_for_script("return !document.querySelector('#offers').hidden").await?;
    desk.wait_for_script("return document.title.startsWith('(1)')").await?;
    pictures(&desk, "queue").await?;
    sam.take_offer().await?;
    page.wait_for_text("#log", "is reading what you wrote").await?;
    let card = desk.text("#talk").await?;
    ensure!(card.contains("Urgent") && card.contains(CHILD[1]), "the card doesn't say why: {card}");
    sam.say(COUNSELLOR[0]).await?;
    page.wait_for_text("#log", COUNSELLOR[0]).await?;
    let introduced = seen(&page).await?.len();

    write(&page, CHILD[2]).await?;
    desk.wait_for_text("#lines", CHILD[2]).await?;
    ensure!(desk.serious_barriers().await?.is_empty(), "conversation: {:?}", desk.serious_barriers().await?);
    pictures(&desk, "conversation").await?;
    sam.say(COUNSELLOR[1]).await?;
    page.wait_for_text("#log", COUNSELLOR[1]).await?;
    desk.wait_for_script("return !document.querySelector('#lines .delivery.waiting')").await?;
    let transcript = sam.transcript().await?;
    sam.close("helped").await?;

    let child_saw = seen(&page).await?;
    let told: Vec<(String, String)> = transcript
        .iter()
        .map(|(who, words)| (if who == "child" { "me" } else { "them" }.to_owned(), words.clone()))
        .collect();
    ensure!(told == child_saw, "the transcript and the child's page differ:\n{told:#?}\n{child_saw:#?}");
    let after: Vec<&str> =
        child_saw[introduced..].iter().filter(|(who, _)| who == "them").map(|(_, words)| words.as_str()).collect();
    ensure!(after == [COUNSELLOR[1]], "after the introduction only the counsellor speaks: {after:?}");
    let introduction = &child_saw[introduced - 2].1;
    ensure!(introduction.contains("This is Sam"), "introduced by name: {introduction}");

    page.close().await?;
    desk.close().await?;
    house.kill().await?;
    // The greeting is also a step's name.
    no_words_in(&plan.logs()?, CHILD[1..].iter().chain(&COUNSELLOR))?;
    let (config, data) = (plan.config_file(), plan.data());
    let audit = ["audit", "show", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let log = String::from_utf8_lossy(&command(&audit).await?.stdout).into_owned();
    no_words_in(&log, CHILD[1..].iter().chain(&COUNSELLOR))?;
    for action in
        ["finding", "risk_raised", "handoff_requested", "offered", "accepted", "introduced", "viewed", "closed"]
    {
        ensure!(log.contains(&format!("\"action\":\"{action}\"")), "the audit log doesn't tell of {action}");
    }
    Ok(())
}
