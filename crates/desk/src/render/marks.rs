//! Small signs: urgency by word, shape and colour; times that the browser turns local.
//!
//! Read next: `board.rs`.

use crate::words::{Tongue, W};
use domain::{Timestamp, Urgency};
use maud::{Markup, html};
use std::time::Duration;

/// Urgency in a word, a shape and a colour: none of them alone.
pub(crate) fn urgency(t: Tongue, urgency: Urgency) -> Markup {
    html! {
        span.urgency.(urgency.name()) { (shape(urgency)) " " (t.urgency(urgency)) }
    }
}

fn shape(urgency: Urgency) -> Markup {
    html! {
        svg.shape viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            @match urgency {
                Urgency::Emergency => {
                    path d="M8 .8 15.6 14.6H.4z" {}
                    path.cut d="M7 5.4h2v5H7zM7 11.4h2v2H7z" {}
                }
                Urgency::Urgent => path d="M8 .6 15.4 8 8 15.4.6 8z" {},
                Urgency::Soon => circle cx="8" cy="8" r="6.2" {},
                Urgency::Routine => path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 2.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z" {},
            }
        }
    }
}

/// How long something has lasted; counted on by the page's script.
pub(crate) fn wait(since: Timestamp, now: Timestamp) -> Markup {
    html! {
        time.wait datetime=(iso(since)) data-since=(since.millis()) { (span_text(now.since(since))) }
    }
}

/// An hour and minute, UTC until the script makes it local.
pub(crate) fn clock(at: Timestamp) -> Markup {
    html! { time.clock datetime=(iso(at)) data-at=(at.millis()) { (&iso(at)[11..16]) " UTC" } }
}

/// A day with hour and minute.
pub(crate) fn day(at: Timestamp) -> Markup {
    html! { time.day datetime=(iso(at)) data-at=(at.millis()) { (&iso(at)[..10]) " " (&iso(at)[11..16]) " UTC" } }
}

/// `42 s`, `4 min`, `1 h 05`, `3 d 4 h`: the same signs in every language of the desk.
pub(crate) fn span_text(span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..172_800 => format!("{hours} h {:02}", minutes % 60),
        _ => format!("{} × 24 h", hours / 24),
    }
}

/// The language's own name, marked as that language.
pub(crate) fn language(lang: domain::Lang) -> Markup {
    html! { span lang=(lang.as_str()) { (lang.autonym()) } }
}

/// A short name for a conversation that people can say aloud.
pub(crate) fn code(id: domain::ConversationId) -> String {
    id.as_uuid().simple().to_string()[..4].to_uppercase()
}

/// A label and its value in a list of facts.
pub(crate) fn fact(t: Tongue, label: W, value: &Markup) -> Markup {
    html! { div { dt { (t.w(label)) } dd { (value) } } }
}

/// RFC 3339 in UTC, to the second.
pub(crate) fn iso(at: Timestamp) -> String {
    let seconds = at.millis().div_euclid(1_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// Year, month and day of a day counted from 1970-01-01 (proleptic Gregorian; years 0 to 9999).
fn civil(days: i64) -> (i64, i64, i64) {
    let mut year = 1970 + days.div_euclid(366);
    let mut left = days - days_before(year);
    while left >= year_length(year) {
        left -= year_length(year);
        year += 1;
    }
    let february = if year_length(year) == 366 { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}

const fn year_length(year: i64) -> i64 {
    if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 366 } else { 365 }
}

const fn days_before(year: i64) -> i64 {
    let before = year - 1;
    let leaps = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    (year - 1970) * 365 + leaps - 477
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days_and_year_ends() {
        let check = |millis: i64, expected: &str| assert_eq!(iso(Timestamp::from_millis(millis)), expected);
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_399_999, "2000-02-28T23:59:59Z");
        check(951_782_400_000, "2000-02-29T00:00:00Z");
        check(1_735_689_599_000, "2024-12-31T23:59:59Z");
        check(1_735_689_600_000, "2025-01-01T00:00:00Z");
        check(1_795_441_249_000, "2026-11-23T13:40:49Z");
        check(-1_000, "1969-12-31T23:59:59Z");
    }

    #[test]
    fn waits_read_short() {
        let check = |seconds, expected: &str| assert_eq!(span_text(Duration::from_secs(seconds)), expected);
        check(0, "0 s");
        check(59, "59 s");
        check(60, "1 min");
        check(3_599, "59 min");
        check(3_900, "1 h 05");
        check(200_000, "2 × 24 h");
    }
}
