//! `30s`, `10m`, `2h`, `3d`: lengths of time as people write them.
//!
//! Read next: `step.rs`.

use super::reader::Reader;
use crate::Code;
use crate::yaml::Node;
use std::time::Duration;

/// Longest span in a flow: a week.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

impl Reader<'_> {
    pub(crate) fn duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        let text = self.text(node, what)?;
        let span = parse(&text.value).filter(|span| !span.is_zero() && *span <= LONGEST);
        if span.is_none() {
            let shown: String = text.value.chars().take(40).collect();
            self.tell(
                text.pos,
                Code::BadDuration,
                format!("{what} is `{shown}`"),
                "a number with s, m, h or d right behind it, from 1s to 7d",
            );
            self.hint("for example `10m` for ten minutes or `2h` for two hours");
        }
        span
    }
}

fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_nothing_else() {
        assert_eq!(parse("10m"), Some(Duration::from_secs(600)));
        assert_eq!(parse("2h"), Some(Duration::from_secs(7_200)));
        for wrong in ["", "m", "10", "1.5h", "-3m", "10 m", "10µ", "99999999999999999999s", "9999999999999999999d"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
