//! The main job on real parts: real Synapse, an encrypted room, a child on a client that others
//! wrote, a counsellor in headless Chromium.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Result, ensure};
use end_to_end::browser::Driver;
use end_to_end::desk::Counsellor;
use end_to_end::house::{HELPLINE, Plan};
use end_to_end::matrix::{MatrixChild, Synapse};
use end_to_end::no_words_in;

const CHILD: [&str; 4] =
    ["hello", "I don't want to live any more", "ok im here", "i wrote this while you were gone"];
const COUNSELLOR: [&str; 3] =
    ["Hello, I'm Sam. I read what you wrote.", "Take care. You can come back any time.", "I'm back with you."];

fn plan(folder: &std::path::Path, synapse: &Synapse) -> Result<Plan> {
    let secret = folder.join("bot-password");
    std::fs::write(&secret, "bot-secret")?;
    let mut plan = Plan::new(folder)?;
    plan.config = format!(
        "{HELPLINE}[[account]]\nname = \"matrix\"\nplatform = \"matrix\"\nhomeserver = \"{}\"\nuser = \"@bot:localhost\"\npassword_file = \"{}\"\n",
        synapse.url,
        secret.display()
    );
    Ok(plan)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_in_an_encrypted_room_reaches_a_counsellor() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let synapse = Synapse::start(&["bot:bot-secret", "ana:ana-secret"]).await?;
    let plan = plan(folder.path(), &synapse)?;
    let house = plan.start().await?;
    let one_time = house.password.clone().unwrap();
    let driver = Driver::start().await?;
    let desk = driver.open(&[]).await?;
    let sam = Counsellor::first_sign_in(&desk, &house.base, &one_time).await?;

    let mut ana = MatrixChild::sign_in(&synapse.url, "ana", "ana-secret").await?;
    ana.invite("@bot:localhost").await?;
    let mut saw = ana.read_until("Is it safe").await?;
    ana.write(CHILD[0]).await?;
    saw.extend(ana.read_until("Is it safe").await?);
    ana.write(CHILD[1]).await?;
    saw.extend(ana.read_until("real person from Test Helpline").await?);

    sam.take_offer().await?;
    let card = desk.text("#talk").await?;
    ensure!(card.contains("Urgent") && card.contains(CHILD[1]), "the card doesn't say why: {card}");
    sam.say(COUNSELLOR[0]).await?;
    saw.extend(ana.read_until(COUNSELLOR[0]).await?);
    ana.write(CHILD[2]).await?;
    desk.wait_for_text("#lines", CHILD[2]).await?;

    // Killed in the middle of the talk; the child goes on writing meanwhile.
    house.kill().await?;
    ana.write(CHILD[3]).await?;
    let house = plan.start().await?;
    let sam = Counsellor::sign_in_again(&desk, &house.base, sam).await?;
    desk.wait_for_text("#lines", CHILD[3]).await?;
    sam.say(COUNSELLOR[2]).await?;
    saw.extend(ana.read_until(COUNSELLOR[2]).await?);
    sam.say(COUNSELLOR[1]).await?;
    saw.extend(ana.read_until(COUNSELLOR[1]).await?);
    saw.extend(ana.read_rest(2).await?);
    desk.wait_for_script("return !document.querySelector('#lines .delivery.waiting')").await?;
    let transcript = sam.transcript().await?;
    sam.close("helped").await?;

    let child_lines: Vec<&str> = transcript
        .iter()
        .filter(|(who, words)| who == "child" && !words.is_empty())
        .map(|(_, words)| words.as_str())
        .collect();
    ensure!(child_lines == CHILD, "the child's words in the transcript: {child_lines:?}");
    // The adapter adds the choices as numbered lines below the words.
    let shown: Vec<&str> = saw.iter().map(|body| body.split("\n\n1. ").next().unwrap_or(body)).collect();
    let told: Vec<&str> =
        transcript.iter().filter(|(who, _)| who != "child").map(|(_, words)| words.as_str()).collect();
    ensure!(told.len() == shown.len(), "told {told:#?}\nshown {shown:#?}");
    for (told, shown) in told.iter().zip(&shown) {
        ensure!(shown.starts_with(told), "told {told:?}, shown {shown:?}");
    }
    let introduced = told.iter().position(|words| *words == COUNSELLOR[0]).unwrap();
    ensure!(
        told[introduced + 1..] == [COUNSELLOR[2], COUNSELLOR[1]],
        "the bot spoke after the introduction: {told:#?}"
    );

    desk.close().await?;
    house.kill().await?;
    no_words_in(&plan.logs()?, CHILD[1..].iter().chain(&COUNSELLOR))?;
    ensure!(!plan.logs()?.contains("@ana:localhost"), "a platform id stands in a log");
    Ok(())
}
