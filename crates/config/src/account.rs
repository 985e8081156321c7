//! `[[account]]`: the helpline's accounts on platforms, one function a platform.
//!
//! A secret never stands in the settings: a file or the environment holds it, and neither is read
//! here. Read next: `check.rs`.

use crate::check::{Checked, DEVICE_NAME, bad};
use crate::error::{Source, Warning};
use crate::raw::RawAccount;
use crate::{Account, AccountOn, Discord, Matrix, MatrixSecret, Telegram, TelegramReceive, Token};
use domain::AccountId;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// Discord's own advice stays far below: one shard carries 2,500 servers.
const MOST_SHARDS: u32 = 1_000;
const PLATFORMS: &str = "\"discord\", \"telegram\", \"matrix\", \"practice\" or \"terminal\"";

pub(crate) fn accounts(
    source: Source<'_>,
    folder: &Path,
    raw: Vec<Spanned<RawAccount>>,
    warnings: &mut Vec<Warning>,
) -> Checked<Vec<Account>> {
    let mut accounts: Vec<Account> = Vec::new();
    for raw in raw {
        let span = raw.span();
        let raw = raw.into_inner();
        let name_span = raw.name.as_ref().map_or(raw.platform.span(), Spanned::span);
        let account = account(source, folder, span, raw, warnings)?;
        if accounts.iter().any(|other| other.id == account.id) {
            let found = format!("a second account named `{}`", account.id);
            return Err(source.wrong(name_span, found, "a name of its own: name = \"…\""));
        }
        accounts.push(account);
    }
    if accounts.is_empty() {
        accounts.push(Account { id: AccountId::new("practice"), on: AccountOn::Practice });
    }
    Ok(accounts)
}

fn account(
    source: Source<'_>,
    folder: &Path,
    span: Range<usize>,
    raw: RawAccount,
    warnings: &mut Vec<Warning>,
) -> Checked<Account> {
    let name = raw.name.as_ref().unwrap_or(&raw.platform);
    // It becomes a folder and part of an address.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.get_ref().is_empty() || name.get_ref().starts_with('.') || !name.get_ref().chars().all(plain) {
        return Err(bad(source, name, "letters, digits, `-`, `_` and `.`, not beginning with a dot"));
    }
    let id = AccountId::new(name.get_ref().as_str());
    let platform = raw.platform.get_ref().clone();
    refuse_foreign_keys(source, &platform, &raw)?;
    let here = Here { source, folder, span, platform: &platform };
    let on = match platform.as_str() {
        "practice" => AccountOn::Practice,
        "terminal" => AccountOn::Terminal,
        "matrix" => AccountOn::Matrix(matrix(here, raw, warnings)?),
        "telegram" => AccountOn::Telegram(telegram(here, raw)?),
        "discord" => AccountOn::Discord(discord(here, raw)?),
        _ => return Err(bad(source, &raw.platform, PLATFORMS)),
    };
    Ok(Account { id, on })
}

/// A key, where it stands if it does, and the platforms that know it.
type Key = (&'static str, Option<Range<usize>>, &'static [&'static str]);

/// A key that means nothing on this platform is a mistake that would be found too late.
fn refuse_foreign_keys(source: Source<'_>, platform: &str, raw: &RawAccount) -> Checked<()> {
    fn at<T>(key: &Option<Spanned<T>>) -> Option<Range<usize>> {
        key.as_ref().map(Spanned::span)
    }
    let keys: [Key; 12] = [
        ("homeserver", at(&raw.homeserver), &["matrix"]),
        ("user", at(&raw.user), &["matrix"]),
        ("password_file", at(&raw.password_file), &["matrix"]),
        ("token_file", at(&raw.token_file), &["matrix", "telegram", "discord"]),
        ("token_env", at(&raw.token_env), &["telegram", "discord"]),
        ("device_name", at(&raw.device_name), &["matrix"]),
        ("allow_unencrypted", at(&raw.allow_unencrypted), &["matrix"]),
        ("api_url", at(&raw.api_url), &["telegram", "discord"]),
        ("receive", at(&raw.receive), &["telegram"]),
        ("public_url", at(&raw.public_url), &["telegram"]),
        ("secret_file", at(&raw.secret_file), &["telegram"]),
        ("shards", at(&raw.shards), &["discord"]),
    ];
    for (key, there, platforms) in keys {
        if let Some(span) = there
            && !platforms.contains(&platform)
            && PLATFORMS.contains(&format!("\"{platform}\""))
        {
            let found = format!("`{key}` on a {platform} account");
            return Err(source.wrong(
                span,
                found,
                format!("`{key}` on a {} account only", platforms.join(" or ")),
            ));
        }
    }
    Ok(())
}

/// Where in the file an account stands.
struct Here<'a> {
    source: Source<'a>,
    folder: &'a Path,
    span: Range<usize>,
    platform: &'a str,
}

impl Here<'_> {
    fn missing(&self, what: &str) -> crate::ConfigError {
        let at = self.span.start..self.span.start;
        let article = if self.platform.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        self.source.wrong(at, format!("{article} {} account without {what}", self.platform), what.to_owned())
    }

    fn file(&self, file: Spanned<PathBuf>) -> PathBuf {
        self.folder.join(file.into_inner())
    }

    /// An address of our own choosing: TLS everywhere but on this machine.
    fn address(&self, address: Spanned<String>) -> Checked<String> {
        if is_https_or_local(address.get_ref()) {
            Ok(address.into_inner())
        } else {
            Err(bad(self.source, &address, "https://…, or http:// on this machine"))
        }
    }

    fn token(&self, file: Option<Spanned<PathBuf>>, env: Option<Spanned<String>>) -> Checked<Token> {
        match (file, env) {
            (Some(file), None) => Ok(Token::File(self.file(file))),
            (None, Some(env)) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                // A token put here by mistake must not be shown in the error.
                if env.get_ref().is_empty() || !env.get_ref().chars().all(plain) {
                    let expected = "the name of an environment variable, for example \"TELEGRAM_TOKEN\"";
                    return Err(self.source.wrong(env.span(), "something that isn't a name", expected));
                }
                Ok(Token::Env(env.into_inner()))
            }
            (None, None) => Err(self.missing("token_file = \"…\" or token_env = \"…\"")),
            (Some(_), Some(env)) => {
                Err(self.source.wrong(env.span(), "both token_file and token_env", "one of them"))
            }
        }
    }
}

fn is_https_or_local(address: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let on_this_machine = local.iter().any(|start| {
        let rest = address.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    address.starts_with("https://") || on_this_machine
}

fn matrix(here: Here<'_>, raw: RawAccount, warnings: &mut Vec<Warning>) -> Checked<Matrix> {
    let homeserver = raw.homeserver.ok_or_else(|| here.missing("homeserver = \"https://…\""))?;
    let homeserver = here.address(homeserver)?;
    let user = raw.user.ok_or_else(|| here.missing("user = \"@helpline:example.org\""))?;
    let secret = match (raw.password_file, raw.token_file) {
        (Some(file), None) => MatrixSecret::PasswordFile(here.file(file)),
        (None, Some(file)) => MatrixSecret::TokenFile(here.file(file)),
        (None, None) => return Err(here.missing("password_file = \"…\" or token_file = \"…\"")),
        (Some(_), Some(file)) => {
            return Err(here.source.wrong(file.span(), "both password_file and token_file", "one of them"));
        }
    };
    let allow_unencrypted = raw.allow_unencrypted.as_ref().is_some_and(|allow| *allow.get_ref());
    if let (true, Some(key)) = (allow_unencrypted, &raw.allow_unencrypted) {
        let what = "answers in rooms without end-to-end encryption: the server's owner can read along";
        warnings.push(here.source.warning(key.span(), what));
    }
    Ok(Matrix {
        homeserver,
        user: user.into_inner(),
        secret,
        device_name: raw.device_name.map_or_else(|| DEVICE_NAME.to_owned(), Spanned::into_inner),
        allow_unencrypted,
    })
}

fn telegram(here: Here<'_>, raw: RawAccount) -> Checked<Telegram> {
    let token = here.token(raw.token_file, raw.token_env)?;
    let api_url = raw.api_url.map(|url| here.address(url)).transpose()?;
    let polling = "polling".to_owned();
    let how = raw.receive.as_ref().map_or(&polling, Spanned::get_ref).as_str();
    let receive = match (how, raw.public_url, raw.secret_file) {
        ("polling", None, None) => TelegramReceive::Polling,
        ("polling", Some(url), _) => {
            return Err(here.source.wrong(url.span(), "`public_url` without a webhook", "receive = \"webhook\""));
        }
        ("polling", None, Some(file)) => {
            return Err(here.source.wrong(
                file.span(),
                "`secret_file` without a webhook",
                "receive = \"webhook\"",
            ));
        }
        ("webhook", Some(url), Some(file)) => {
            TelegramReceive::Webhook { public_url: here.address(url)?, secret_file: here.file(file) }
        }
        ("webhook", None, _) => return Err(here.missing("public_url = \"https://…\" for its webhook")),
        ("webhook", _, None) => return Err(here.missing("secret_file = \"…\" for its webhook")),
        _ => {
            return Err(raw.receive.map_or_else(
                || here.missing("receive = \"polling\""),
                |receive| bad(here.source, &receive, "\"polling\" or \"webhook\""),
            ));
        }
    };
    Ok(Telegram { token, api_url, receive })
}

fn discord(here: Here<'_>, raw: RawAccount) -> Checked<Discord> {
    let token = here.token(raw.token_file, raw.token_env)?;
    let api_url = raw.api_url.map(|url| here.address(url)).transpose()?;
    if let Some(shards) = &raw.shards
        && !(1..=MOST_SHARDS).contains(shards.get_ref())
    {
        let expected = format!("1 to {MOST_SHARDS}, or no `shards` to do as Discord advises");
        return Err(here.source.wrong(shards.span(), shards.get_ref().to_string(), expected));
    }
    Ok(Discord { token, api_url, shards: raw.shards.map(Spanned::into_inner) })
}
