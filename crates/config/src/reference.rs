//! Every key of the settings file, for people: the source of `docs/src/reference/config.md`.
//!
//! Tests compare this table with what the reader accepts and with the defaults in code, both ways.

use std::fmt::Write as _;

/// One key.
struct Key {
    /// Section, as in the file; empty for the top.
    section: &'static str,
    name: &'static str,
    /// The default as written in the file; `None` when the key has none.
    default: Option<&'static str>,
    /// A value, as written in the file.
    example: &'static str,
    meaning: &'static str,
}

const fn key(
    section: &'static str,
    name: &'static str,
    default: Option<&'static str>,
    example: &'static str,
    meaning: &'static str,
) -> Key {
    Key { section, name, default, example, meaning }
}

const TOP: &str = "";
const HELPLINE: &str = "[helpline]";
const FLOWS: &str = "[flows]";
const HOURS: &str = "[hours]";
const PEOPLE: &str = "[people]";
const ACCOUNT: &str = "[[account]]";
/// Sections of one platform's keys; in a file they are `[[account]]` too.
const ON_DISCORD: &str = "[[account]] on Discord";
const ON_TELEGRAM: &str = "[[account]] on Telegram";
const ON_MATRIX: &str = "[[account]] on Matrix";
const PAGER: &str = "[pager]";
const LOG: &str = "[log]";
const URGENT: &str = "[deadlines.urgent]";

#[rustfmt::skip]
const KEYS: &[Key] = &[
    key(TOP, "listen", Some("\"127.0.0.1:8080\""), "\"127.0.0.1:8080\"", "Address and port of the desk and the practice page. It has no TLS of its own: beyond this machine put a proxy before it."),
    key(TOP, "data", Some("\"var\""), "\"/var/lib/passerelle\"", "Folder of the database and all else that is kept."),
    key(TOP, "key_file", Some("\"var/master.key\""), "\"/etc/passerelle/master.key\"", "File with the master key, by default in the data folder. Without it nobody can read what is kept. Keep a copy apart from the backups."),
    key(HELPLINE, "name", None, "\"Acme Helpline\"", "Needed. The name that children see."),
    key(HELPLINE, "country", None, "\"FR\"", "Needed. Two capital letters (ISO 3166); chooses local help when the child named no country."),
    key(HELPLINE, "emergency_numbers", None, "[\"112\"]", "Needed. Numbers as a child dials them, the most general first. Told to a child in danger."),
    key(HELPLINE, "langs", Some("[\"en\", \"fr\"]"), "[\"en\", \"fr\"]", "Languages that children can choose."),
    key(HELPLINE, "default_lang", None, "\"fr\"", "The language until a child has chosen; one of `langs`, by default the first."),
    key(HELPLINE, "email", None, "\"team@example.org\"", "Where grown-ups can reach the helpline."),
    key(FLOWS, "dir", None, "\"flows\"", "A folder of flows instead of the shipped ones."),
    key(FLOWS, "extra", Some("[]"), "[\"our-flows\"]", "Further folders of flows."),
    key(HOURS, "time_zone", None, "\"Europe/Paris\"", "Where the times below are shown by a clock on the wall, summer time included; a name from the IANA list. UTC if neither this nor `utc_offset` is written."),
    key(HOURS, "utc_offset", None, "\"+01:00\"", "Instead of `time_zone`: a fixed offset from UTC, without summer time."),
    key(HOURS, "monday", None, "[\"14:00-22:00\"]", "Spans in which the doors are open; an end before its start is on the next day; `[]` is a closed day. A day that isn't written is open."),
    key(HOURS, "tuesday", None, "[\"14:00-22:00\"]", "As Monday."),
    key(HOURS, "wednesday", None, "[\"14:00-22:00\"]", "As Monday."),
    key(HOURS, "thursday", None, "[\"14:00-22:00\"]", "As Monday."),
    key(HOURS, "friday", None, "[\"14:00-02:00\"]", "As Monday."),
    key(HOURS, "saturday", None, "[\"10:00-12:00\", \"14:00-02:00\"]", "As Monday."),
    key(HOURS, "sunday", None, "[]", "As Monday."),
    key(PEOPLE, "most_each", Some("3"), "2", "Children whom one counsellor has at once, 1 to 10."),
    key(URGENT, "offer", Some("10"), "5", "Seconds from asking to the first offer, when somebody is free."),
    key(URGENT, "widen", Some("45"), "30", "Seconds until everyone free is asked."),
    key(URGENT, "supervisor", Some("120"), "60", "Seconds until the supervisor is told."),
    key(URGENT, "pager", Some("300"), "120", "Seconds until the pager rings."),
    key(ACCOUNT, "platform", None, "\"practice\"", "Needed. `discord`, `telegram`, `matrix`, `practice` (a page to try it in a browser) or `terminal`."),
    key(ACCOUNT, "name", None, "\"practice\"", "The account's name here, by default the platform's: letters, digits, `-`, `_`, `.`. Don't change it later: conversations belong to it."),
    key(ON_DISCORD, "token_file", None, "\"/etc/passerelle/discord.token\"", "A file with the bot's token and nothing else. This or `token_env`."),
    key(ON_DISCORD, "token_env", None, "\"DISCORD_TOKEN\"", "The name of an environment variable with the token. This or `token_file`."),
    key(ON_DISCORD, "shards", None, "1", "Connections to the gateway, by default as many as Discord advises. One is enough up to 2,500 servers."),
    key(ON_DISCORD, "api_url", None, "\"https://discord.com\"", "Another API server, for tests. `http://` only on this machine."),
    key(ON_TELEGRAM, "token_file", None, "\"/etc/passerelle/telegram.token\"", "A file with the bot's token and nothing else. This or `token_env`."),
    key(ON_TELEGRAM, "token_env", None, "\"TELEGRAM_TOKEN\"", "The name of an environment variable with the token. This or `token_file`."),
    key(ON_TELEGRAM, "receive", None, "\"webhook\"", "`polling` (the default: we ask, no address of our own is needed) or `webhook` (Telegram calls us)."),
    key(ON_TELEGRAM, "public_url", None, "\"https://bot.example.org\"", "For a webhook: where Telegram reaches this house. The path after it is ours."),
    key(ON_TELEGRAM, "secret_file", None, "\"/etc/passerelle/telegram.webhook\"", "For a webhook: a file with the secret that Telegram shows with each call, 1 to 256 letters, digits, `_` and `-`."),
    key(ON_TELEGRAM, "api_url", None, "\"https://api.telegram.org\"", "A Bot API server of your own instead of Telegram's. `http://` only on this machine."),
    key(ON_MATRIX, "homeserver", None, "\"https://matrix.example.org\"", "Needed. `http://` only on this machine."),
    key(ON_MATRIX, "user", None, "\"@helpline:example.org\"", "Needed."),
    key(ON_MATRIX, "password_file", None, "\"/etc/passerelle/matrix.password\"", "A file with the password and nothing else. This or `token_file`."),
    key(ON_MATRIX, "token_file", None, "\"/etc/passerelle/matrix.token\"", "A file with an access token and nothing else. This or `password_file`."),
    key(ON_MATRIX, "device_name", None, "\"Passerelle\"", "The name that this device shows to others, by default `Passerelle`."),
    key(ON_MATRIX, "allow_unencrypted", None, "false", "`true` answers in rooms without end-to-end encryption too, where the server's owner can read along. By default they are refused."),
    key(PAGER, "command", None, "[\"notify-on-call\", \"--loud\"]", "A program and its arguments, run when nobody comes. It gets urgency and waiting time, never a child's words."),
    key(LOG, "level", Some("\"info\""), "\"info\"", "`error`, `warn`, `info`, `debug` or `trace`. No level shows a child's words."),
    key(LOG, "file", None, "\"/var/log/passerelle.log\"", "Logs go into this file too."),
    key(LOG, "format", Some("\"json\""), "\"json\"", "The form of the file: `json` or `human`. Standard error is always for people."),
];

/// Keys that stand for another one: of each pair a file has one.
const SECOND_WAYS: &[(&str, &str)] =
    &[(HOURS, "utc_offset"), (ON_DISCORD, "token_env"), (ON_TELEGRAM, "token_env"), (ON_MATRIX, "token_file")];

/// The page `docs/src/reference/config.md`.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Settings\n\n<!-- Generated from crates/config/src/reference.rs by `make docs`. Change it there. -->\n\n\
         One file, `passerelle.toml`. An unknown key is refused, and every fault is shown with its line and column.\n\
         Paths are taken from the file's own folder. Secrets stand in files of their own.\n\
         Opening hours that are missing or can't be read count as *open*, with a warning at every start.\n\
         A deadline can only be shortened; the floors are in the code, and a longer one is refused.\n\
         `[deadlines.routine]`, `[deadlines.soon]` and `[deadlines.emergency]` have the same keys as\n\
         `[deadlines.urgent]`.\n",
    );
    let mut section = None;
    for key in KEYS {
        if section != Some(key.section) {
            section = Some(key.section);
            let title = if key.section.is_empty() { "Top of the file" } else { key.section };
            let _ = write!(page, "\n## {title}\n\n| key | default | meaning |\n|---|---|---|\n");
        }
        let default = key.default.map_or("–".to_owned(), |default| format!("`{default}`"));
        let _ = writeln!(page, "| `{}` | {default} | {} |", key.name, key.meaning);
    }
    page.push_str("\n## A whole file\n\n```toml\n");
    page.push_str(&file(|key| (!SECOND_WAYS.contains(&(key.section, key.name))).then_some(key.example)));
    page.push_str("```\n");
    page
}

/// A settings file with a value for each key for which `value` has one.
fn file(value: impl Fn(&Key) -> Option<&'static str>) -> String {
    let mut text = String::new();
    let mut section = TOP;
    for key in KEYS {
        let Some(value) = value(key) else { continue };
        if section != key.section {
            section = key.section;
            match section.split_once(" on ") {
                Some((header, platform)) => {
                    let _ = write!(text, "\n{header}\nplatform = \"{}\"\n", platform.to_lowercase());
                }
                None => {
                    let _ = write!(text, "\n{section}\n");
                }
            }
        }
        let _ = writeln!(text, "{} = {value}", key.name);
    }
    text
}

#[cfg(test)]
#[path = "reference_tests.rs"]
mod tests;
