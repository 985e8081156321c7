//! Shapes that are written down for ever: events, stages, findings, a whole state.
//!
//! `snapshots/` pins how they are written today; a change there is deliberate and additive.
//! `../kept/v1/` holds lines as the first version wrote them: never edited, always readable.
//! A new variant needs an example here; the compiler names the place.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod examples;
mod names;

use domain::{Conversation, Event, HandoffEvent, Stage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt::Debug;

fn lines<T: Serialize>(values: &[T]) -> String {
    values.iter().map(|value| serde_json::to_string(value).unwrap() + "\n").collect()
}

/// Every line kept by the first version still means what it meant.
fn still_readable<T: DeserializeOwned + PartialEq + Debug>(kept: &str, meant: &[T]) {
    let read: Vec<T> = kept.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(read.len(), meant.len());
    for (read, meant) in read.iter().zip(meant) {
        assert_eq!(read, meant);
    }
}

#[test]
fn events_are_written_as_ever() {
    insta::assert_snapshot!("events", lines(&examples::events()));
}

#[test]
fn handoff_events_are_written_as_ever() {
    insta::assert_snapshot!("handoff_events", lines(&examples::handoff_events()));
}

#[test]
fn stages_are_written_as_ever() {
    insta::assert_snapshot!("stages", lines(&examples::stages()));
}

#[test]
fn a_state_is_written_as_ever() {
    insta::assert_json_snapshot!("conversation", examples::conversation());
}

#[test]
fn what_the_first_version_kept_is_read_as_it_was_meant() {
    still_readable(include_str!("../kept/v1/events.jsonl"), &examples::events());
    still_readable(include_str!("../kept/v1/handoff_events.jsonl"), &examples::handoff_events());
    still_readable(include_str!("../kept/v1/stages.jsonl"), &examples::stages());
    still_readable(include_str!("../kept/v1/conversation.jsonl"), &[examples::conversation()]);
}

#[test]
fn every_shape_comes_back_as_it_was_written() {
    fn back<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T]) {
        still_readable(&lines(values), values);
    }
    back::<Event>(&examples::events());
    back::<HandoffEvent>(&examples::handoff_events());
    back::<Stage>(&examples::stages());
    back::<Conversation>(&[examples::conversation()]);
}

#[test]
fn every_variant_has_an_example() {
    let events: BTreeSet<_> = examples::events().iter().map(names::event).collect();
    assert_eq!(events, names::EVENTS.into_iter().collect());
    let handoffs: BTreeSet<_> = examples::handoff_events().iter().map(names::handoff).collect();
    assert_eq!(handoffs, names::HANDOFFS.into_iter().collect());
    let stages: BTreeSet<_> = examples::stages().iter().map(|stage| stage.name().name()).collect();
    assert_eq!(stages.len(), domain::StageName::ALL.len());
    let reasons: BTreeSet<_> = examples::reasons().iter().map(names::reason).collect();
    assert_eq!(reasons, names::REASONS.into_iter().collect());
}
