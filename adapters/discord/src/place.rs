//! Where to read on from: the cursor that the inbox commits together with what was handed in.
//!
//! It holds the gateway sessions with the last event committed of each, so that Discord repeats what
//! followed; up to where all talks are filled; and the talks themselves, because Discord lists them nowhere.
//! The inbox seals it: ids of people stand in it. Read next: `receive.rs`.

use domain::Cursor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Talks remembered, the last active ones. Of others, what came while we were away and no session could
/// be resumed is read when their child writes again.
const TALKS: usize = 2_000;
/// Milliseconds of the first second of 2015, from which Discord's ids count.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;

/// A gateway session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Its name.
    pub(crate) id: String,
    /// Where to resume it.
    pub(crate) url: String,
    /// The last event that was handed in and committed.
    pub(crate) seq: u64,
}

/// The place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Every message up to this id is committed, in every talk.
    pub(crate) filled_to: u64,
    /// The newest message handed in.
    pub(crate) seen_to: u64,
    /// No talk had a gap when this was committed: a session that goes on brings all the rest.
    pub(crate) whole: bool,
    /// How many shards the sessions are of.
    pub(crate) shards: u32,
    /// By shard.
    pub(crate) sessions: BTreeMap<u32, Session>,
    /// Channel and person, the last active ones last.
    pub(crate) talks: Vec<(u64, u64)>,
}

/// The shape kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    filled_to: u64,
    seen_to: u64,
    whole: bool,
    shards: u32,
    sessions: BTreeMap<u32, Session>,
    talks: String,
}

impl Place {
    /// As kept; `None` when it is of another version or damaged.
    pub(crate) fn read(cursor: &Cursor) -> Option<Self> {
        let kept: Kept = serde_json::from_str(&cursor.0).ok().filter(|kept: &Kept| kept.v == 1)?;
        let talk = |pair: &str| {
            let (channel, user) = pair.split_once('.')?;
            Some((u64::from_str_radix(channel, 16).ok()?, u64::from_str_radix(user, 16).ok()?))
        };
        Some(Self {
            filled_to: kept.filled_to,
            seen_to: kept.seen_to,
            whole: kept.whole,
            shards: kept.shards,
            sessions: kept.sessions,
            talks: kept.talks.split(' ').filter_map(talk).collect(),
        })
    }

    /// To be kept.
    pub(crate) fn write(&self) -> Cursor {
        let talks: Vec<String> =
            self.talks.iter().map(|(channel, user)| format!("{channel:x}.{user:x}")).collect();
        let kept = Kept {
            v: 1,
            filled_to: self.filled_to,
            seen_to: self.seen_to,
            whole: self.whole,
            shards: self.shards,
            sessions: self.sessions.clone(),
            talks: talks.join(" "),
        };
        Cursor(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// A talk was active.
    pub(crate) fn active(&mut self, channel: u64, user: u64) {
        self.talks.retain(|(known, _)| *known != channel);
        self.talks.push((channel, user));
        let surplus = self.talks.len().saturating_sub(TALKS);
        self.talks.drain(..surplus);
    }

    /// The person in a talk.
    pub(crate) fn user_of(&self, channel: u64) -> Option<u64> {
        self.talks.iter().find(|(known, _)| *known == channel).map(|(_, user)| *user)
    }

    /// The talk with a person.
    pub(crate) fn talk_with(&self, user: u64) -> Option<u64> {
        self.talks.iter().find(|(_, known)| *known == user).map(|(channel, _)| *channel)
    }
}

/// The smallest id that Discord could give at this time.
pub(crate) fn id_at(millis: i64) -> u64 {
    u64::try_from(millis.saturating_sub(DISCORD_EPOCH)).unwrap_or(0) << 22
}

/// When an id was given, in milliseconds since 1970.
pub(crate) fn millis_of(id: u64) -> i64 {
    i64::try_from(id >> 22).unwrap_or(0) + DISCORD_EPOCH
}

/// An id this much older, never below zero.
pub(crate) fn earlier(id: u64, millis: u64) -> u64 {
    id.saturating_sub(millis << 22)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let session = Session { id: "s".into(), url: "wss://a".into(), seq: 7 };
        let mut place = Place { filled_to: 1, seen_to: 2, shards: 1, ..Place::default() };
        place.sessions.insert(0, session);
        place.active(10, 20);
        place.active(11, 21);
        place.active(10, 20);
        assert_eq!(place.talks, [(11, 21), (10, 20)]);
        assert_eq!(Place::read(&place.write()), Some(place));
    }

    #[test]
    fn a_cursor_of_another_kind_is_no_place() {
        for odd in ["", "17", "{}", r#"{"v":2}"#] {
            assert_eq!(Place::read(&Cursor(odd.to_owned())), None, "{odd}");
        }
    }

    #[test]
    fn only_the_last_active_talks_are_remembered() {
        let mut place = Place::default();
        for talk in 0..3_000 {
            place.active(talk, talk);
        }
        assert_eq!((place.talks.len(), place.talks[0]), (TALKS, (1_000, 1_000)));
        assert!(place.write().0.len() < 65_536);
    }

    #[test]
    fn ids_tell_the_time() {
        let at = 1_767_225_600_123;
        assert_eq!(millis_of(id_at(at)), at);
        assert_eq!(millis_of(earlier(id_at(at), 1_000)), at - 1_000);
        assert_eq!(earlier(5, 1), 0);
    }
}
