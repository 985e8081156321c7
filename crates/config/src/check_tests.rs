//! Faults in a settings file: each is refused, and the message points at the place.

use super::*;
use crate::{AccountOn, Discord, MatrixSecret, Telegram, TelegramReceive, Token};

const HELPLINE: &str = "[helpline]\nname = \"Acme\"\ncountry = \"FR\"\nemergency_numbers = [\"112\"]\n";

fn load(text: &str) -> Checked<Config> {
    check(Path::new("p.toml"), text)
}

/// The message for a file of the helpline followed by this.
fn refused(rest: &str) -> String {
    load(&format!("{HELPLINE}{rest}")).expect_err(rest).to_string()
}

fn accepted(rest: &str) -> Config {
    load(&format!("{HELPLINE}{rest}")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_small_file_takes_all_defaults() {
    let config = accepted("");
    let mut expected = Config::default_for_run(Path::new("var"));
    expected.helpline.name = "Acme".to_owned();
    assert_eq!(config, expected);
}

#[test]
fn paths_are_taken_from_the_files_folder() {
    let config = check(Path::new("conf/p.toml"), &format!("data = \"d\"\n{HELPLINE}")).unwrap();
    assert_eq!((config.data, config.key_file), (PathBuf::from("conf/d"), PathBuf::from("conf/d/master.key")));
}

#[test]
fn a_longer_deadline_is_refused_and_a_shorter_one_taken() {
    assert_eq!(
        refused("[deadlines.urgent]\npager = 301\n"),
        "p.toml:6:9: 301 s for urgent, longer than the safety floor; expected at most 300 s"
    );
    assert!(refused("[deadlines.emergency]\nwiden = 5\n").contains("expected at most 0 s"));
    let config = accepted("[deadlines.urgent]\npager = 120\n[deadlines.soon]\npager = 900\n");
    assert_eq!(config.deadlines.pager_after(Urgency::Urgent), Some(Duration::from_secs(120)));
    assert_eq!(config.deadlines.pager_after(Urgency::Soon), Some(Duration::from_secs(900)));
    assert_eq!(config.deadlines.pager_after(Urgency::Emergency), Urgency::Emergency.pager_after());
}

#[test]
fn faults_point_at_their_place() {
    let cases = [
        ("[people]\nmost_each = 11\n", "p.toml:6:13: 11; expected 1 to 10"),
        ("[people]\nmost = 3\n", "p.toml:6:1: unknown field `most`; expected `most_each`"),
        ("[log]\nlevel = \"loud\"\n", "p.toml:6:9: \"loud\"; expected one of"),
        ("[pager]\ncommand = []\n", "p.toml:6:11: an empty command"),
        (
            "[[account]]\nplatform = \"fax\"\n",
            "p.toml:6:12: \"fax\"; expected \"discord\", \"telegram\", \"matrix\"",
        ),
        ("[[account]]\nplatform = \"practice\"\nuser = \"x\"\n", "p.toml:7:8: `user` on a practice account"),
        ("[[account]]\nplatform = \"practice\"\n[[account]]\nplatform = \"practice\"\n", "p.toml:8:12: a second"),
        ("[[account]]\nplatform = \"matrix\"\n", "a matrix account without homeserver"),
        ("[people\n", "p.toml:5:8: "),
    ];
    for (rest, expected) in cases {
        let message = refused(rest);
        assert!(message.contains(expected), "{rest}: {message}");
    }
}

#[test]
fn a_helpline_without_what_a_child_needs_is_refused() {
    let without = |line: &str| load(&HELPLINE.replace(line, "")).expect_err(line).to_string();
    assert!(without("name = \"Acme\"\n").contains("name = "));
    assert!(without("country = \"FR\"\n").contains("country = "));
    assert!(without("emergency_numbers = [\"112\"]\n").contains("emergency_numbers = "));
    assert!(load("").expect_err("empty").to_string().contains("no [helpline]"));
    let with = |from: &str, to: &str| load(&HELPLINE.replace(from, to)).expect_err(to).to_string();
    assert!(with("[\"112\"]", "[]").contains("4:21: no emergency number"));
    assert!(with("[\"112\"]", "[\"call us\"]").contains("4:22: \"call us\""));
    assert!(with("\"FR\"", "\"France\"").contains("3:11: \"France\""));
    assert!(refused("langs = [\"e\"]\n").contains("5:10: \"e\""));
    assert!(
        refused("langs = [\"en\"]\ndefault_lang = \"fr\"\n").contains("6:16: \"fr\"; expected one of `langs`")
    );
}

#[test]
fn a_matrix_account_never_signs_in_over_plain_http_elsewhere() {
    let account = |homeserver: &str| {
        format!(
            "[[account]]\nplatform = \"matrix\"\nhomeserver = \"{homeserver}\"\nuser = \"bot\"\npassword_file = \"pw\"\n"
        )
    };
    for elsewhere in ["http://example.org", "http://localhost.example.org", "example.org"] {
        assert!(refused(&account(elsewhere)).contains("expected https://"), "{elsewhere}");
    }
    for fine in ["https://example.org", "http://127.0.0.1:8008", "http://localhost:8008/"] {
        let config = accepted(&account(fine));
        let AccountOn::Matrix(matrix) = &config.accounts[0].on else { panic!("a matrix account") };
        assert!(!matrix.allow_unencrypted && config.warnings.is_empty());
        assert_eq!(matrix.secret, MatrixSecret::PasswordFile(PathBuf::from("pw")));
    }
    let both = format!("{}token_file = \"t\"\n", account("https://example.org"));
    assert!(refused(&both).contains("both password_file and token_file"));
    let open = format!("{}allow_unencrypted = true\n", account("https://example.org"));
    assert_eq!(accepted(&open).warnings.len(), 1);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_shown() {
    let text = format!("{HELPLINE}[[account]]\nplatform = \"matrix\"\npassword = \"hunter2\"\n");
    let error = load(&text).expect_err("no such key");
    assert!(error.to_string().contains("unknown field `password`"), "{error}");
    let shown = format!("{:?}", miette::Report::new(error));
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn the_line_is_shown_under_the_message() {
    let error = load(&format!("{HELPLINE}[people]\nmost_each = 11\n")).expect_err("too many");
    let shown = format!("{:?}", miette::Report::new(error));
    assert!(shown.contains("most_each = 11") && shown.contains("here"), "{shown}");
}

#[test]
fn broken_hours_do_not_stop_the_helpline() {
    let config = accepted("[hours]\nmonday = [\"9 to 5\"]\n");
    assert_eq!(config.hours, crate::Hours::Always);
    assert!(
        config.warnings[0].to_string().starts_with("p.toml:6:11: hours can't be read"),
        "{:?}",
        config.warnings
    );
}

#[test]
fn listening_beyond_this_machine_is_said() {
    let config = load(&format!("listen = \"0.0.0.0:80\"\n{HELPLINE}")).unwrap();
    assert_eq!(config.warnings.len(), 1);
}

fn on(rest: &str) -> String {
    format!("[[account]]\nplatform = {rest}")
}

#[test]
fn a_bot_needs_a_token_and_says_where_it_is() {
    for platform in ["telegram", "discord"] {
        let bot = |rest: &str| on(&format!("\"{platform}\"\n{rest}"));
        assert_eq!(
            refused(&bot("")),
            format!(
                "p.toml:5:1: a {platform} account without token_file = \"…\" or token_env = \"…\"; \
                 expected token_file = \"…\" or token_env = \"…\""
            )
        );
        assert!(
            refused(&bot("token_file = \"t\"\ntoken_env = \"T\"\n"))
                .contains("8:13: both token_file and token_env")
        );
        let by_mistake = refused(&bot("token_env = \"123:SECRET-abc\"\n"));
        assert!(by_mistake.contains("7:13") && !by_mistake.contains("SECRET"), "{by_mistake}");
        assert!(refused(&bot("token_file = \"t\"\napi_url = \"http://example.org\"\n")).contains("8:11"));
        assert!(
            refused(&bot("token_file = \"t\"\nhomeserver = \"https://x\"\n")).contains("on a matrix account only")
        );
        let config = accepted(&bot("token_env = \"TOKEN\"\napi_url = \"http://127.0.0.1:1\"\n"));
        let (token, api_url) = (Token::Env("TOKEN".into()), Some("http://127.0.0.1:1".to_owned()));
        let expected = match platform {
            "telegram" => AccountOn::Telegram(Telegram { token, api_url, receive: TelegramReceive::Polling }),
            _ => AccountOn::Discord(Discord { token, api_url, shards: None }),
        };
        assert_eq!(config.accounts[0].on, expected);
        assert!(config.warnings.is_empty());
    }
}

#[test]
fn a_webhook_needs_an_address_and_a_secret() {
    let bot = |rest: &str| on(&format!("\"telegram\"\ntoken_file = \"t\"\n{rest}"));
    let cases = [
        ("receive = \"push\"\n", "8:11: \"push\"; expected \"polling\" or \"webhook\""),
        ("receive = \"webhook\"\n", "without public_url"),
        ("receive = \"webhook\"\npublic_url = \"https://b.example.org\"\n", "without secret_file"),
        ("receive = \"webhook\"\npublic_url = \"http://b.example.org\"\nsecret_file = \"s\"\n", "9:14"),
        ("public_url = \"https://b.example.org\"\n", "8:14: `public_url` without a webhook"),
        ("secret_file = \"s\"\n", "8:15: `secret_file` without a webhook"),
        ("shards = 2\n", "`shards` on a discord account only"),
    ];
    for (rest, expected) in cases {
        let message = refused(&bot(rest));
        assert!(message.contains(expected), "{rest}: {message}");
    }
    let hook = "receive = \"webhook\"\npublic_url = \"https://b.example.org\"\nsecret_file = \"s\"\n";
    let AccountOn::Telegram(telegram) = &accepted(&bot(hook)).accounts[0].on else { panic!("telegram") };
    let secret_file = PathBuf::from("s");
    assert_eq!(
        telegram.receive,
        TelegramReceive::Webhook { public_url: "https://b.example.org".into(), secret_file }
    );
}

#[test]
fn an_accounts_name_can_be_a_folder_and_shards_have_bounds() {
    for name in ["", "..", "a/b", "é", "a b"] {
        assert!(refused(&on(&format!("\"practice\"\nname = \"{name}\"\n"))).contains("7:8"), "{name}");
    }
    for shards in [0, 1_001] {
        let bot = on(&format!("\"discord\"\ntoken_file = \"t\"\nshards = {shards}\n"));
        assert!(refused(&bot).contains("8:10"), "{shards}");
    }
}
