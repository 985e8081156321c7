//! The cursor: the numbers of the updates committed last, as spans such as `7-9,12`.
//!
//! After a crash between the commit and the confirmation Telegram sends just these again. They are
//! known by number, one by one: a rule like "all up to here" would throw away words when Telegram
//! delivers in another order. Read next: `receive.rs`.

use domain::Cursor;
use std::collections::BTreeSet;

/// From the numbers of one batch; `None` when there are none.
pub(crate) fn write(numbers: impl Iterator<Item = i64>) -> Option<Cursor> {
    let numbers: BTreeSet<i64> = numbers.collect();
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let text: Vec<String> = spans.iter().map(|(first, last)| format!("{first}-{last}")).collect();
    (!text.is_empty()).then(|| Cursor(text.join(",")))
}

/// The spans of a kept cursor; what can't be read is left out, and comes again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Committed(Vec<(i64, i64)>);

impl Committed {
    pub(crate) fn read(cursor: &Cursor) -> Self {
        let span = |text: &str| {
            let (first, last) = text.split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        };
        Self(cursor.0.split(',').filter_map(span).collect())
    }

    pub(crate) fn has(&self, number: i64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_what_was_written_is_known() {
        let cursor = write([9, 7, 8, 12].into_iter()).unwrap();
        assert_eq!(cursor.0, "7-9,12-12");
        let known = Committed::read(&cursor);
        let numbers: Vec<i64> = (0..20).filter(|number| known.has(*number)).collect();
        assert_eq!(numbers, [7, 8, 9, 12]);
        assert_eq!(write(std::iter::empty()), None);
        assert_eq!(Committed::read(&Cursor("12".to_owned())), Committed::default());
    }
}
