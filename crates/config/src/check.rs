//! From the file as written to settings that hold. One function a section; the first fault ends it.
//!
//! Read next: `account.rs`, `deadlines.rs`, `hours.rs`.

use crate::account::accounts;
use crate::deadlines::{Deadline, Deadlines, TooLong};
use crate::error::{ConfigError, Source, Warning};
use crate::raw::{RawConfig, RawDeadlines, RawHelpline, RawLog, RawPeople};
use crate::{Config, Flows, Helpline, Log, LogFormat, Pager, People, hours};
use domain::{Lang, Urgency};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

pub(crate) const NAME: &str = "Passerelle";
pub(crate) const COUNTRY: &str = "FR";
pub(crate) const EMERGENCY: &[&str] = &["112"];
pub(crate) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
pub(crate) const DATA: &str = "var";
pub(crate) const KEY_NAME: &str = "master.key";
pub(crate) const MOST_EACH: u32 = 3;
pub(crate) const LOG_LEVEL: &str = "info";
pub(crate) const DEVICE_NAME: &str = "Passerelle";
const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

pub(crate) type Checked<T> = Result<T, ConfigError>;

/// Checks a whole file.
pub(crate) fn check(path: &Path, text: &str) -> Checked<Config> {
    let source = Source { path, text };
    let raw: RawConfig = toml::from_str(text).map_err(|error| source.unreadable(&error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut warnings = Vec::new();
    let data = folder.join(raw.data.unwrap_or_else(|| PathBuf::from(DATA)));
    Ok(Config {
        helpline: helpline(source, raw.helpline)?,
        listen: listen(source, raw.listen, &mut warnings)?,
        key_file: raw.key_file.map_or_else(|| data.join(KEY_NAME), |file| folder.join(file)),
        data,
        flows: Flows {
            dir: raw.flows.dir.map(|dir| folder.join(dir)),
            extra: raw.flows.extra.iter().map(|dir| folder.join(dir)).collect(),
        },
        hours: hours::read(source, &mut warnings),
        people: people(source, &raw.people)?,
        deadlines: deadlines(source, &raw.deadlines)?,
        accounts: accounts(source, folder, raw.account, &mut warnings)?,
        pager: raw.pager.map(|pager| self::pager(source, pager.command)).transpose()?,
        log: log(source, folder, raw.log)?,
        warnings,
    })
}

fn helpline(source: Source<'_>, raw: Option<RawHelpline>) -> Checked<Helpline> {
    let Some(raw) = raw else {
        return Err(source.wrong(
            0..0,
            "no [helpline]",
            "a [helpline] with its name, country and emergency_numbers",
        ));
    };
    let name = needed(source, raw.name, "name = \"…\", the helpline's name as children see it, in [helpline]")?;
    let country = needed(source, raw.country, "country = \"FR\", two capital letters, in [helpline]")?;
    if country.get_ref().len() != 2 || !country.get_ref().bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(bad(source, &country, "two capital letters (ISO 3166), for example \"FR\""));
    }
    let numbers = needed(
        source,
        raw.emergency_numbers,
        "emergency_numbers = [\"112\"], as a child dials them, in [helpline]",
    )?;
    if numbers.get_ref().is_empty() {
        return Err(source.wrong(numbers.span(), "no emergency number", "at least one, for example [\"112\"]"));
    }
    for number in numbers.get_ref() {
        let dialled = number.get_ref().chars().filter(char::is_ascii_digit).count();
        if dialled < 2 || !number.get_ref().chars().all(|c| c.is_ascii_digit() || "+ -".contains(c)) {
            return Err(bad(source, number, "a number as a child dials it, for example \"112\""));
        }
    }
    let (langs, default_lang) = languages(source, raw.langs, raw.default_lang)?;
    if let Some(email) = &raw.email
        && !email.get_ref().contains('@')
    {
        return Err(bad(source, email, "an address, for example \"team@example.org\""));
    }
    Ok(Helpline {
        name: name.into_inner(),
        country: country.into_inner(),
        emergency_numbers: numbers.into_inner().into_iter().map(Spanned::into_inner).collect(),
        langs,
        default_lang,
        email: raw.email.map(Spanned::into_inner),
    })
}

fn languages(
    source: Source<'_>,
    langs: Option<Spanned<Vec<Spanned<String>>>>,
    default_lang: Option<Spanned<String>>,
) -> Checked<(Vec<Lang>, Lang)> {
    let tag = |text: &Spanned<String>| {
        text.get_ref().parse::<Lang>().map_err(|_| bad(source, text, "a language such as \"en\" or \"pt-br\""))
    };
    let langs = match langs {
        None => vec![Lang::EN, Lang::FR],
        Some(list) if list.get_ref().is_empty() => {
            return Err(source.wrong(list.span(), "no language", "at least one, for example [\"en\", \"fr\"]"));
        }
        Some(list) => list.get_ref().iter().map(tag).collect::<Checked<Vec<_>>>()?,
    };
    let first = langs.first().copied().unwrap_or(Lang::EN);
    match default_lang {
        None => Ok((langs, first)),
        Some(text) => {
            let lang = tag(&text)?;
            if !langs.contains(&lang) {
                return Err(bad(source, &text, "one of `langs`"));
            }
            Ok((langs, lang))
        }
    }
}

fn listen(source: Source<'_>, raw: Option<Spanned<String>>, warnings: &mut Vec<Warning>) -> Checked<SocketAddr> {
    let Some(text) = raw else { return Ok(LISTEN) };
    let Ok(listen) = text.get_ref().parse::<SocketAddr>() else {
        return Err(bad(source, &text, "an address and a port, for example \"127.0.0.1:8080\""));
    };
    if !listen.ip().is_loopback() {
        let what = "listens beyond this machine without encryption of its own: put a proxy with TLS before it";
        warnings.push(source.warning(text.span(), what));
    }
    Ok(listen)
}

fn people(source: Source<'_>, raw: &RawPeople) -> Checked<People> {
    let Some(most) = &raw.most_each else { return Ok(People { most_each: MOST_EACH }) };
    if !(1..=10).contains(most.get_ref()) {
        return Err(source.wrong(most.span(), most.get_ref().to_string(), "1 to 10 children at once"));
    }
    Ok(People { most_each: *most.get_ref() })
}

fn deadlines(source: Source<'_>, raw: &RawDeadlines) -> Checked<Deadlines> {
    let mut deadlines = Deadlines::default();
    let rungs = [
        (Urgency::Routine, &raw.routine),
        (Urgency::Soon, &raw.soon),
        (Urgency::Urgent, &raw.urgent),
        (Urgency::Emergency, &raw.emergency),
    ];
    for (urgency, rung) in rungs {
        let Some(rung) = rung else { continue };
        let wishes = [
            (Deadline::Offer, &rung.offer),
            (Deadline::Widen, &rung.widen),
            (Deadline::Supervisor, &rung.supervisor),
            (Deadline::Pager, &rung.pager),
        ];
        for (which, wish) in wishes {
            let Some(wish) = wish else { continue };
            let to = Duration::from_secs(*wish.get_ref());
            deadlines.shorten(urgency, which, to).map_err(|TooLong(floor)| {
                let found = format!("{} s for {}, longer than the safety floor", wish.get_ref(), urgency.name());
                source.wrong(wish.span(), found, format!("at most {} s", floor.as_secs()))
            })?;
        }
    }
    Ok(deadlines)
}

fn pager(source: Source<'_>, command: Spanned<Vec<String>>) -> Checked<Pager> {
    if command.get_ref().first().is_none_or(String::is_empty) {
        let expected = "a program and its arguments, for example [\"notify-on-call\", \"--loud\"]";
        return Err(source.wrong(command.span(), "an empty command", expected));
    }
    Ok(Pager { command: command.into_inner() })
}

fn log(source: Source<'_>, folder: &Path, raw: RawLog) -> Checked<Log> {
    let level = raw.level.map_or(Ok(LOG_LEVEL.to_owned()), |level| {
        let known = LEVELS.contains(&level.get_ref().as_str());
        known.then(|| level.get_ref().clone()).ok_or_else(|| bad(source, &level, &format!("one of {LEVELS:?}")))
    })?;
    let format = match &raw.format {
        None => LogFormat::Json,
        Some(format) => match format.get_ref().as_str() {
            "json" => LogFormat::Json,
            "human" => LogFormat::Human,
            _ => return Err(bad(source, format, "\"json\" or \"human\"")),
        },
    };
    Ok(Log { level, file: raw.file.map(|file| folder.join(file)), format })
}

fn needed<T>(source: Source<'_>, value: Option<Spanned<T>>, expected: &str) -> Checked<Spanned<T>> {
    value.ok_or_else(|| {
        let at = source.text.find("[helpline]").unwrap_or(0);
        source.wrong(at..at, "a key is missing", expected)
    })
}

/// An error that quotes the value.
pub(crate) fn bad(source: Source<'_>, text: &Spanned<String>, expected: &str) -> ConfigError {
    let quoted: String = text.get_ref().chars().take(60).collect();
    source.wrong(text.span(), format!("\"{quoted}\""), expected)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
