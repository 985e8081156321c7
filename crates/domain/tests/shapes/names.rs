//! The tag of each variant. No wildcard: a new variant doesn't compile until it is named here.

use domain::{Event, HandoffEvent, HandoffReason};

macro_rules! tags {
    ($list:ident, $name:ident, $type:ident, $count:literal: $($variant:ident = $tag:literal),+ $(,)?) => {
        pub(crate) const $list: [&str; $count] = [$($tag),+];

        pub(crate) const fn $name(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => $tag),+ }
        }
    };
}

tags!(EVENTS, event, Event, 24:
    Opened = "opened", Received = "received", Edited = "edited", Redacted = "redacted", LeftChat = "left_chat",
    Found = "found", RiskRaised = "risk_raised", Said = "said", Delivered = "delivered", AtStep = "at_step",
    BotDone = "bot_done", NotUnderstood = "not_understood", Reminded = "reminded", VariableSet = "variable_set",
    LangChosen = "lang_chosen", AgeBandSaid = "age_band_said", ResourcesGiven = "resources_given",
    Noted = "noted", Handoff = "handoff", TimerArmed = "timer_armed", TimerCleared = "timer_cleared",
    LimitHit = "limit_hit", WrapUpNoted = "wrap_up_noted", Viewed = "viewed",
);

tags!(HANDOFFS, handoff, HandoffEvent, 23:
    Requested = "requested", Queued = "queued", NobodyOnDuty = "nobody_on_duty", SomebodyCame = "somebody_came",
    Offered = "offered", Declined = "declined", OfferExpired = "offer_expired", Widened = "widened",
    SupervisorTold = "supervisor_told", PagerRang = "pager_rang", HeldCompany = "held_company",
    Accepted = "accepted", FirstWords = "first_words", Introduced = "introduced", WentLive = "went_live",
    CounsellorLost = "counsellor_lost", GivenBack = "given_back", Finished = "finished", Reopened = "reopened",
    WrappedUp = "wrapped_up", Parked = "parked", Returned = "returned", ChildLeft = "child_left",
);

tags!(REASONS, reason, HandoffReason, 12:
    Rule = "rule", ChildAsked = "child_asked", Flow = "flow", NotUnderstood = "not_understood",
    ChildSilent = "child_silent", ChildLeft = "child_left", DeletionAsked = "deletion_asked", Limit = "limit",
    FlowBroken = "flow_broken", CounsellorLost = "counsellor_lost", CounsellorReturned = "counsellor_returned",
    TakenUp = "taken_up",
);
