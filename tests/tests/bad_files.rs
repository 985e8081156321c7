//! Files that can't be used as they are: exit code 2, a message that says where, what was found and
//! what is expected; never a panic, nothing lost, and with the right file it starts again.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Context, Result, ensure};
use end_to_end::house::{HELPLINE, PRACTICE, Plan, binary, command};
use end_to_end::practice::PracticeChild;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A house that isn't refused would run for ever; a refusal comes sooner than this.
const REFUSED_WITHIN: Duration = Duration::from_secs(60);

/// Runs a house that must be refused.
async fn run(plan: &Plan) -> Result<Output> {
    std::fs::write(plan.config_file(), &plan.config)?;
    let child = Command::new(binary()?)
        .args(["run", "--config"])
        .arg(plan.config_file())
        .arg("--data")
        .arg(plan.data())
        .args(["--listen", &format!("127.0.0.1:{}", plan.port)])
        .args(&plan.more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    Ok(tokio::time::timeout(REFUSED_WITHIN, child.wait_with_output()).await.context("it runs")??)
}

/// The answer is the exit code, all these words, and no panic.
fn check(done: &Output, code: i32, words: &[&str]) -> Result<()> {
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    ensure!(!said.contains("panicked"), "it panicked: {said}");
    ensure!(done.status.code() == Some(code), "exit code {:?} instead of {code}: {said}", done.status.code());
    for word in words {
        ensure!(said.contains(word), "it doesn't say \"{word}\": {said}");
    }
    Ok(())
}

/// Every file under a folder, whole. The lock is empty and the log is the house's own.
fn bytes_of(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "lock") {
                files.insert(path.clone(), std::fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// A house in which one child was answered, stopped in good order.
async fn used(folder: &Path) -> Result<(Plan, Vec<String>)> {
    let plan = Plan::new(folder)?;
    let mut house = plan.start().await?;
    let child = PracticeChild::new(&house.base, "kim");
    child.write("m1", "hello").await?;
    let shown = child.wait_for(3).await?;
    stop(&mut house).await?;
    Ok((plan, shown))
}

/// As an operator stops it: SIGTERM.
async fn stop(house: &mut end_to_end::house::House) -> Result<()> {
    let pid = house.pid().context("it has ended")?;
    Command::new("kill").arg(pid.to_string()).status().await?;
    ensure!(house.ended().await?.success(), "it didn't stop in good order");
    Ok(())
}

/// It starts, and what the child was shown is still there.
async fn starts_again(plan: &Plan, shown: &[String]) -> Result<()> {
    let mut house = plan.start().await?;
    let child = PracticeChild::new(&house.base, "kim");
    ensure!(child.shown().await? == shown, "what the child was shown is gone");
    stop(&mut house).await
}

/// A pack that needs nothing, with one flow replaced.
fn pack(folder: &Path, name: &str, text: &str) -> Result<()> {
    for role in ["welcome", "waiting", "suicide", "abuse", "worry", "out_of_hours", "feedback"] {
        // Where a human is awaited already, a wait comes first.
        let first = if matches!(role, "waiting" | "out_of_hours") { "  quiet:\n    pause: 5m\n" } else { "" };
        let whole = format!(
            "flow: {role}\ntitle: Test\nplays: {role}\nlanguage: en\nfollows: nothing\nsteps:\n{first}  human:\n    handoff: {{ reason: test }}\n"
        );
        std::fs::create_dir_all(folder.join(role))?;
        let text = if role == name { text.to_owned() } else { whole };
        std::fs::write(folder.join(role).join("flow.yaml"), text)?;
    }
    Ok(())
}

fn flow(name: &str, steps: &str) -> String {
    format!("flow: {name}\ntitle: Test\nplays: {name}\nlanguage: en\nfollows: nothing\nsteps:\n{steps}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_that_cannot_be_used_is_refused_by_the_checker_and_at_the_start() -> Result<()> {
    let human = "  human:\n    handoff: { reason: test }\n";
    let set_unsafe = "  a:\n    set: { urgency: routine }\n";
    let cases = [
        ("welcome", flow("welcome", "  a:\n    say: \"no closing mark\n"), "error[F001]", ":8:"),
        (
            "welcome",
            flow("welcome", &format!("  a:\n    say: Hi\n    goto: humann\n{human}")),
            "error[F007]",
            ":9:",
        ),
        ("welcome", flow("welcome", &format!("  a:\n    say: Hi {{nick}}\n{human}")), "error[F020]", ":8:"),
        ("welcome", flow("welcome", "  a:\n    say: Hi\n    goto: a\n"), "error[F0", ":7:"),
        (
            "welcome",
            flow("welcome", &format!("  a:\n    say: Hi\n    mute: suicide\n{human}")),
            "error[F029]",
            ":9:",
        ),
        ("welcome", flow("welcome", &format!("{set_unsafe}{human}")), "error[F029]", ":8:"),
        (
            "suicide",
            flow("suicide", "  a:\n    say: Hi\n  bye:\n    end: Bye.\n    resources: emergency\n"),
            "error[F030]",
            ":9:",
        ),
        ("welcome", flow("welcome", "  a:\n    say: Hi\n  bye:\n    end: Bye.\n"), "error[F040]", ":9:"),
        ("welcome", flow("welcome", &format!("  a:\n    sya: Hi\n{human}")), "error[F0", ":8:"),
    ];
    for (name, text, code, line) in cases {
        let folder = tempfile::tempdir()?;
        let flows = folder.path().join("flows");
        pack(&flows, name, &text)?;
        let place = format!("{name}/flow.yaml{line}");
        let words = [code, place.as_str(), "expected: "];
        let checked = command(&["flow", "check", "--langs", "en", "--flows", flows.to_str().unwrap()]).await?;
        check(&checked, 2, &words).with_context(|| format!("flow check of\n{text}"))?;
        let tested = command(&["flow", "test", "--langs", "en", "--flows", flows.to_str().unwrap()]).await?;
        check(&tested, 2, &words).with_context(|| format!("flow test of\n{text}"))?;
        let mut plan = Plan::new(folder.path())?;
        plan.config = format!("{HELPLINE}langs = [\"en\"]\n[flows]\ndir = \"{}\"\n{PRACTICE}", flows.display());
        check(&run(&plan).await?, 2, &words).with_context(|| format!("run with\n{text}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_cannot_be_used_say_where_and_why() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (mut plan, shown) = used(folder.path()).await?;
    let good = plan.config.clone();
    let before = bytes_of(&plan.data())?;
    let wrong: [(String, &[&str]); 6] = [
        (format!("{HELPLINE}colour = 1\n{PRACTICE}"), &["passerelle.toml:5:1", "`colour`", "expected", "`langs`"]),
        (format!("{HELPLINE}langs = 3\n{PRACTICE}"), &["passerelle.toml:5:9", "integer", "expected"]),
        (
            format!("{HELPLINE}[deadlines.urgent]\nsupervisor = 121\n{PRACTICE}"),
            &["passerelle.toml:6:14", "121 s for urgent, longer than the safety floor", "expected at most 120 s"],
        ),
        (
            format!("{HELPLINE}[[account]]\nname = \"x\"\nplatform = \"fax\"\n"),
            &["passerelle.toml:7:12", "fax", "expected"],
        ),
        ("[helpline\n".to_owned(), &["passerelle.toml:1:", "expected"]),
        (PRACTICE.to_owned(), &["passerelle.toml:", "helpline", "expected"]),
    ];
    for (config, words) in wrong {
        plan.config = config;
        check(&run(&plan).await?, 2, words).with_context(|| plan.config.clone())?;
    }
    check(&command(&["run", "--config", "/nowhere/p.toml"]).await?, 2, &["/nowhere/p.toml", "No such file"])?;
    ensure!(bytes_of(&plan.data())? == before, "a refused start changed the data");
    plan.config = good;
    starts_again(&plan, &shown).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_cannot_be_used_costs_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (plan, shown) = used(folder.path()).await?;
    let key_file = plan.data().join("master.key");
    let key = std::fs::read(&key_file).context("the key lies in the folder named by --data")?;
    let zeros = "0".repeat(64);
    let not_hex = format!("zz{}", "0".repeat(62));
    let wrong: [(Option<&str>, &[&str]); 5] = [
        (Some("abc"), &["master.key", "found 3 characters", "expected 64 hexadecimal characters"]),
        (Some(""), &["master.key", "found 0", "expected 64 hexadecimal characters"]),
        (Some(&not_hex), &["master.key:1:1", "not hexadecimal", "expected 64 hexadecimal characters"]),
        (Some(&zeros), &["passerelle.sqlite", "sealed with another master key"]),
        (None, &["master.key", "the key file is missing", "restore it from your backup"]),
    ];
    for (text, words) in wrong {
        match text {
            Some(text) => std::fs::write(&key_file, text)?,
            None => std::fs::remove_file(&key_file)?,
        }
        let before = bytes_of(&plan.data())?;
        check(&run(&plan).await?, 2, words).with_context(|| format!("key {text:?}"))?;
        let (config, data) = (plan.config_file(), plan.data());
        let audit = ["audit", "verify", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
        check(&command(&audit).await?, 2, words).with_context(|| format!("audit with key {text:?}"))?;
        ensure!(bytes_of(&plan.data())? == before, "a refused start with key {text:?} changed the data");
    }
    std::fs::write(&key_file, &key)?;
    starts_again(&plan, &shown).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_used_is_left_as_it_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (plan, shown) = used(folder.path()).await?;
    let database = plan.data().join("passerelle.sqlite");
    let good = std::fs::read(&database)?;
    for left in ["passerelle.sqlite-wal", "passerelle.sqlite-shm"] {
        ensure!(!plan.data().join(left).exists(), "{left} stays after a stop in good order");
    }
    // The version stands in four bytes at 60, the program's mark at 68, the kind of file at 0.
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let half = good[..good.len() / 2].to_vec();
    let wrong: [(&str, Vec<u8>, &[&str]); 5] = [
        (
            "newer",
            changed(60, &[0, 0, 0, 99]),
            &["version 99", "this program knows versions up to", "newer program"],
        ),
        ("another program's", changed(68, b"abcd"), &["belongs to another program"]),
        ("no database", b"a letter to my grandmother, in plain text".to_vec(), &["not a database", "expected"]),
        ("overwritten", changed(100, &[0x5A; 3_000]), &["database"]),
        ("cut in half", half, &["database"]),
    ];
    for (name, bytes, words) in wrong {
        std::fs::write(&database, &bytes)?;
        let words = [&["passerelle.sqlite"], words].concat();
        check(&run(&plan).await?, 2, &words).with_context(|| format!("a database that is {name}"))?;
        ensure!(std::fs::read(&database)? == bytes, "a refused database ({name}) was changed");
        for left in ["passerelle.sqlite-wal", "passerelle.sqlite-shm"] {
            let left = plan.data().join(left);
            ensure!(!left.exists() || std::fs::metadata(&left)?.len() == 0, "{} was written", left.display());
        }
    }
    std::fs::write(&database, &good)?;
    starts_again(&plan, &shown).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_cannot_be_used_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (plan, shown) = used(folder.path()).await?;
    // Somebody else listens there.
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let busy = Plan { port: taken.local_addr()?.port(), ..plan.clone() };
    check(&run(&busy).await?, 2, &["can't listen on 127.0.0.1:", "in use", "--listen"])?;
    // A file stands where the folder should be; a folder in which nobody can make anything.
    std::fs::write(folder.path().join("letter"), "not a folder")?;
    for place in [folder.path().join("letter"), folder.path().join("letter/below"), PathBuf::from("/proc/house")] {
        let text = place.to_str().unwrap();
        let done = command(&["run", "--data", text, "--listen", "127.0.0.1:0"]).await?;
        check(&done, 2, &[text, "can't be made"])?;
    }
    ensure!(std::fs::read_to_string(folder.path().join("letter"))? == "not a folder", "the file was changed");
    // A second house on the same folder would answer the same children.
    let mut first = plan.start().await?;
    let second = Plan { port: end_to_end::house::free_port()?, ..plan.clone() };
    check(&run(&second).await?, 2, &["another passerelle runs on", "stop it first"])?;
    let child = PracticeChild::new(&first.base, "kim");
    ensure!(child.shown().await? == shown, "the first house goes on");
    stop(&mut first).await?;
    starts_again(&plan, &shown).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_flows_pass_their_checks_and_examples() -> Result<()> {
    check(&command(&["flow", "check"]).await?, 0, &["nothing to mend"])?;
    let tested = command(&["flow", "test"]).await?;
    check(&tested, 0, &["ok ", " 0 failed"])?;
    let folder = tempfile::tempdir()?;
    check(
        &command(&["flow", "check", "--flows", folder.path().join("none").to_str().unwrap()]).await?,
        2,
        &["none", "expected: "],
    )?;
    check(&command(&["flow", "try", "welcom"]).await?, 2, &["there is no flow `welcom`", "welcome"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_example_that_differs_fails_and_says_where() -> Result<()> {
    let folder = tempfile::tempdir()?;
    pack(folder.path(), "welcome", &flow("welcome", "  human:\n    handoff: { reason: test }\n"))?;
    let examples = folder.path().join("welcome/examples");
    std::fs::create_dir_all(&examples)?;
    let example = "name: says what it never says\nlanguage: en\nturns:\n  - child: \"hello\"\n  - bot_says: \"good evening\"\n";
    std::fs::write(examples.join("en_wrong.yaml"), example)?;
    let tested = command(&["flow", "test", "--langs", "en", "--flows", folder.path().to_str().unwrap()]).await?;
    check(&tested, 1, &["DIFFERS", "en_wrong.yaml:5", "good evening", "1 failed"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rules_explain_themselves_and_screen_lines() -> Result<()> {
    check(&command(&["rules", "explain", "I don't want to live any more"]).await?, 0, &["suicide", "urgent"])?;
    check(&command(&["rules", "table"]).await?, 0, &["sha256 ", "emergency"])?;
    check(&command(&["rules", "screen"]).await?, 2, &["--jsonl"])?;

    let good =
        "{\"id\":\"a\",\"text\":\"I want to die\"}\n{\"id\":\"b\",\"text\":\"my cat is funny\",\"lang\":\"en\"}\n";
    let done = screen(good.as_bytes()).await?;
    check(&done, 0, &[])?;
    let lines: Vec<serde_json::Value> =
        String::from_utf8(done.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(lines.len() == 2, "one line for each: {lines:?}");
    ensure!(
        lines[0]["id"] == "a" && lines[0]["tier"] == "hard" && lines[0]["urgency"] == "urgent",
        "{}",
        lines[0]
    );
    let finding = &lines[0]["findings"][0];
    ensure!(
        finding["category"].is_string() && finding["rule"].is_string() && !finding["span"].is_null(),
        "{finding}"
    );
    ensure!(lines[1]["id"] == "b" && lines[1]["tier"] == "none" && lines[1]["findings"] == serde_json::json!([]));

    // A line that can't be read costs nothing but itself: the disclosure after it is still found.
    let mut mixed = b"no json\n\xFF\xFE\n{\"id\":\"c\"}\n".to_vec();
    mixed.extend_from_slice(good.as_bytes());
    let done = screen(&mixed).await?;
    check(&done, 2, &["\"tier\":\"hard\"", "3 of 5 lines could not be read"])?;
    ensure!(done.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() == 5, "a line each");
    Ok(())
}

/// `rules screen --jsonl` with these bytes.
async fn screen(bytes: &[u8]) -> Result<Output> {
    let mut child = Command::new(binary()?)
        .args(["rules", "screen", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    stdin.write_all(bytes).await?;
    drop(stdin);
    Ok(tokio::time::timeout(REFUSED_WITHIN, child.wait_with_output()).await.context("it doesn't end")??)
}
