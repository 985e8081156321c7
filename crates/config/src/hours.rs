//! When the doors are open. What can't be read, or isn't written, is open.
//!
//! A helpline must never be closed by a slip of the keyboard, so every doubt ends at [`Hours::Always`]
//! or at an open day, with a warning. Times are those of a clock on the wall in the helpline's time zone,
//! summer time included; the table of zones is compiled in. Read next: `raw.rs`.

use crate::error::{Source, Warning, split};
use crate::raw::{OnlyHours, RawHours};
use domain::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::ops::Range;
use toml::Spanned;

/// Days by name, Monday first.
pub(crate) const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;

/// When the doors are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// At all times; also when the hours can't be read.
    Always,
    /// By the week.
    Weekly(Weekly),
}

/// Opening times of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    zone: Zone,
    /// Open spans in minutes since Monday 00:00 local time; an end may lie in the next week.
    open: Vec<Range<i64>>,
}

/// Whose wall clock the times are on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Zone {
    /// Always so many minutes ahead of UTC.
    Fixed(i64),
    /// A place, with its summer time.
    Place(TimeZone),
}

impl Zone {
    /// Minutes ahead of UTC at a moment.
    fn ahead(&self, at: Timestamp) -> i64 {
        match self {
            Self::Fixed(minutes) => *minutes,
            // A moment that no calendar knows has no summer time either.
            Self::Place(zone) => jiff::Timestamp::from_millisecond(at.millis())
                .map_or(0, |at| i64::from(zone.to_offset(at).seconds()).div_euclid(60)),
        }
    }
}

impl Hours {
    /// Are the doors open at this moment?
    pub fn is_open(&self, at: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly(weekly) => weekly.is_open(at),
        }
    }
}

impl Weekly {
    /// Are the doors open at this moment?
    pub fn is_open(&self, at: Timestamp) -> bool {
        // 1 January 1970 was a Thursday, three days after a Monday.
        let minutes = at.millis().div_euclid(60_000) + self.zone.ahead(at) + 3 * DAY;
        let now = minutes.rem_euclid(WEEK);
        self.open.iter().any(|span| span.contains(&now) || span.contains(&(now + WEEK)))
    }
}

/// Reads the `[hours]` of a file. Never fails: what is broken is open, and said.
pub(crate) fn read(source: Source<'_>, warnings: &mut Vec<Warning>) -> Hours {
    let raw = match toml::from_str::<OnlyHours>(source.text) {
        Ok(OnlyHours { hours: Some(raw) }) => raw,
        Ok(OnlyHours { hours: None }) => return Hours::Always,
        Err(error) => {
            let (found, expected) = split(error.message());
            warnings.push(open_anyway(source, error.span().unwrap_or(0..0), &found, &expected));
            return Hours::Always;
        }
    };
    match weekly(source, &raw.into_inner(), warnings) {
        Ok(weekly) => Hours::Weekly(weekly),
        Err(warning) => {
            warnings.push(warning);
            Hours::Always
        }
    }
}

fn open_anyway(source: Source<'_>, span: Range<usize>, found: &str, expected: &str) -> Warning {
    source.warning(
        span,
        format!("hours can't be read: {found}; expected {expected}. The helpline counts as open at all times"),
    )
}

fn weekly(source: Source<'_>, raw: &RawHours, warnings: &mut Vec<Warning>) -> Result<Weekly, Warning> {
    let broken = |text: &Spanned<String>, expected: &str| {
        open_anyway(source, text.span(), &format!("`{}`", text.get_ref()), expected)
    };
    let zone = match (&raw.time_zone, &raw.utc_offset) {
        (Some(_), Some(text)) => return Err(broken(text, "either `time_zone` or `utc_offset`")),
        (Some(text), None) => {
            let zone = TimeZoneDatabase::bundled().get(text.get_ref());
            Zone::Place(zone.map_err(|_| broken(text, "a time zone such as `Europe/Paris`"))?)
        }
        (None, Some(text)) => {
            Zone::Fixed(offset(text.get_ref()).ok_or_else(|| broken(text, "an offset such as `+01:00`"))?)
        }
        (None, None) => Zone::Fixed(0),
    };
    let mut open = Vec::new();
    for (number, (name, day)) in DAYS.into_iter().zip(raw.days()).enumerate() {
        let midnight = i64::try_from(number).unwrap_or(0) * DAY;
        let Some(spans) = day else {
            let what = format!("no hours for {name}: open all day. Write `{name} = []` for a closed day");
            warnings.push(source.warning(0..0, what));
            open.push(midnight..midnight + DAY);
            continue;
        };
        for text in spans {
            let (from, to) = span(text.get_ref()).ok_or_else(|| broken(text, "a span such as `14:00-22:00`"))?;
            open.push(midnight + from..midnight + to);
        }
    }
    if open.is_empty() {
        let what = "no open hour in the whole week: the helpline counts as open at all times";
        return Err(source.warning(0..0, what));
    }
    Ok(Weekly { zone, open })
}

/// `+01:00` as minutes.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return (text == "Z").then_some(0),
    };
    let minutes = clock(rest)?;
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// `22:00-02:00` as minutes since that day's midnight; an earlier end is on the next day.
fn span(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (clock(from.trim())?, clock(to.trim())?);
    let to = if to <= from { to + DAY } else { to };
    (from < DAY).then_some((from, to))
}

/// `14:30` as minutes; `24:00` is the day's end.
fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Monday 2 March 2026 00:00 UTC.
    const MONDAY: i64 = 1_772_409_600_000;

    fn at(day: i64, hour: i64, minute: i64) -> Timestamp {
        Timestamp::from_millis(MONDAY + ((day * 24 + hour) * 60 + minute) * 60_000)
    }

    fn read_text(text: &str) -> (Hours, Vec<Warning>) {
        let mut warnings = Vec::new();
        let hours = read(Source { path: Path::new("p.toml"), text }, &mut warnings);
        (hours, warnings)
    }

    fn week(offset: &str, monday: &str, rest: &str) -> String {
        let others: String = DAYS[1..].iter().map(|day| format!("{day} = {rest}\n")).collect();
        format!("[hours]\nutc_offset = \"{offset}\"\nmonday = {monday}\n{others}")
    }

    #[test]
    fn the_week_is_followed() {
        let (hours, warnings) = read_text(&week("+01:00", r#"["14:00-22:00"]"#, "[]"));
        assert_eq!(warnings, []);
        assert!(!hours.is_open(at(0, 12, 59)) && hours.is_open(at(0, 13, 0)));
        assert!(hours.is_open(at(0, 20, 59)) && !hours.is_open(at(0, 21, 0)));
        assert!(!hours.is_open(at(1, 15, 0)) && hours.is_open(at(7, 13, 0)));
    }

    #[test]
    fn a_time_zone_follows_summer_time() {
        let text =
            week("x", r#"["14:00-22:00"]"#, "[]").replace("utc_offset = \"x\"", "time_zone = \"Europe/Paris\"");
        let (hours, warnings) = read_text(&text);
        assert_eq!(warnings, []);
        // Monday 2 March: UTC+1. Monday 30 March, the day after the change: UTC+2. Monday 26 October: UTC+1.
        for (day, opens) in [(0, 13), (28, 12), (28 + 30 * 7, 13)] {
            assert!(!hours.is_open(at(day, opens - 1, 59)) && hours.is_open(at(day, opens, 0)), "{day}");
            assert!(hours.is_open(at(day, opens + 7, 59)) && !hours.is_open(at(day, opens + 8, 0)), "{day}");
        }
    }

    #[test]
    fn on_the_night_of_the_change_the_wall_clock_counts() {
        let text = week("x", "[]", "[]")
            .replace("utc_offset = \"x\"", "time_zone = \"America/New_York\"")
            .replace("sunday = []", r#"sunday = ["01:00-04:00"]"#);
        let (hours, _) = read_text(&text);
        // Sunday 8 March 2026: 02:00 to 03:00 doesn't exist there; 01:00 is 06:00 UTC, 04:00 is 08:00 UTC.
        assert!(!hours.is_open(at(6, 5, 59)) && hours.is_open(at(6, 6, 0)));
        assert!(hours.is_open(at(6, 7, 59)) && !hours.is_open(at(6, 8, 0)));
    }

    #[test]
    fn a_span_over_midnight_and_over_the_week_holds() {
        let (hours, _) = read_text(&week("+00:00", r#"["22:00-02:00"]"#, "[]"));
        assert!(hours.is_open(at(0, 23, 0)) && hours.is_open(at(1, 1, 59)) && !hours.is_open(at(1, 2, 0)));
        let text = week("+00:00", "[]", "[]").replace("sunday = []", r#"sunday = ["22:00-03:00"]"#);
        let (hours, _) = read_text(&text);
        assert!(hours.is_open(at(6, 23, 0)) && hours.is_open(at(0, 2, 0)) && !hours.is_open(at(0, 3, 0)));
    }

    #[test]
    fn no_hours_is_always_open() {
        assert_eq!(read_text("listen = \"x\""), (Hours::Always, vec![]));
    }

    #[test]
    fn broken_hours_are_open_and_said() {
        let broken = [
            week("+01:00", r#"["14-22"]"#, "[]"),
            week("CET", r#"["14:00-22:00"]"#, "[]"),
            week("+01:00", r#"["14:00-22:00"]"#, "[]") + "time_zone = \"Europe/Paris\"\n",
            week("x", r#"["14:00-22:00"]"#, "[]").replace("utc_offset = \"x\"", "time_zone = \"Europe/Nowhere\""),
            week("x", r#"["14:00-22:00"]"#, "[]").replace("utc_offset = \"x\"", "time_zone = \"\""),
            week("x", r#"["14:00-22:00"]"#, "[]").replace("utc_offset = \"x\"", "time_zone = 1"),
            week("+01:00", "7", "[]"),
            week("+01:00", r#"["25:00-26:00"]"#, "[]"),
            week("+01:00", "[]", "[]"),
            "[hours]\nmondey = []\n".to_owned(),
            "hours = 3\n".to_owned(),
        ];
        for text in broken {
            let (hours, warnings) = read_text(&text);
            assert_eq!(hours, Hours::Always, "{text}");
            assert!(
                warnings.iter().any(|warning| warning.what.contains("counts as open")),
                "{text}: {warnings:?}"
            );
        }
    }

    #[test]
    fn the_warning_points_at_the_broken_span() {
        let (_, warnings) = read_text(&week("+01:00", r#"["14-22"]"#, "[]"));
        assert!(
            warnings[0].to_string().starts_with("p.toml:3:11: hours can't be read: `14-22`"),
            "{}",
            warnings[0]
        );
    }

    #[test]
    fn a_day_that_is_not_written_is_open() {
        let (hours, warnings) = read_text("[hours]\nmonday = []\n");
        assert!(!hours.is_open(at(0, 12, 0)) && hours.is_open(at(1, 12, 0)));
        assert_eq!(warnings.len(), 6);
    }
}
