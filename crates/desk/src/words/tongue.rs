//! Which language the desk speaks with this browser, and every table in that language.
//!
//! Read next: `en.rs`.

use super::{W, en, fr};
use crate::Cookies;
use crate::pages::ChangeRefused;
use crate::transcript::Delivery;
use crate::web::{DeskError, cookie, cookies};
use axum::http::{HeaderMap, header};
use domain::{
    AgeBand, AlarmKind, Category, ChannelState, ChannelTrouble, CloseReason, DeclineReason, DutyState,
    HandoffReason, Person, RefusalCode, RefusalReason, Role, StageName, TimeRef, Urgency,
};

/// A language of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    En,
    Fr,
}

/// Makes a method that looks into the table of the language.
macro_rules! tables {
    ($($name:ident($kind:ty) -> $answer:ty;)+) => {
        impl Tongue {
            $(pub(crate) fn $name(self, of: $kind) -> $answer {
                match self {
                    Self::En => en::$name(of),
                    Self::Fr => fr::$name(of),
                }
            })+
        }
    };
}

tables! {
    w(W) -> &'static str;
    urgency(Urgency) -> &'static str;
    category(Category) -> &'static str;
    stage(StageName) -> &'static str;
    age(AgeBand) -> &'static str;
    role(Role) -> &'static str;
    duty(DutyState) -> &'static str;
    decline(DeclineReason) -> &'static str;
    close(CloseReason) -> &'static str;
    refusal(RefusalCode) -> &'static str;
    refused_by_platform(RefusalReason) -> &'static str;
    delivery(Delivery) -> &'static str;
    person(Person) -> &'static str;
    time(TimeRef) -> &'static str;
    alarm(AlarmKind) -> &'static str;
    channel_state(ChannelState) -> &'static str;
    channel_trouble(ChannelTrouble) -> &'static str;
    error(DeskError) -> &'static str;
    error_help(DeskError) -> &'static str;
    change_refused(ChangeRefused) -> &'static str;
    reason(&HandoffReason) -> String;
    kind(&str) -> Option<&'static str>;
    promise(&str) -> Option<&'static str>;
}

impl Tongue {
    pub(crate) const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The tag in `lang` and in the cookie.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The language's own name.
    pub(crate) const fn autonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
        }
    }

    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.tag() == tag)
    }

    /// The person's own choice, else the browser's first language that the desk speaks, else English.
    pub(crate) fn of(headers: &HeaderMap, kept: Cookies) -> Self {
        if let Some(chosen) = cookie(headers, cookies::language(kept)).and_then(|tag| Self::from_tag(&tag)) {
            return chosen;
        }
        let wished =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best: Option<(u32, Self)> = None;
        for part in wished.split(',') {
            let mut fields = part.trim().split(';');
            let tag = fields.next().unwrap_or_default().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = fields
                .find_map(|field| field.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .map_or(1_000, |q| (q.clamp(0.0, 1.0) * 1_000.0) as u32);
            if let Some(tongue) = Self::from_tag(&tag)
                && best.is_none_or(|(known, _)| weight > known)
                && weight > 0
            {
                best = Some((weight, tongue));
            }
        }
        best.map_or(Self::En, |(_, tongue)| tongue)
    }

    /// Between a label and its value.
    pub(crate) const fn colon(self) -> &'static str {
        match self {
            Self::En => ": ",
            Self::Fr => "\u{a0}: ",
        }
    }

    /// A sentence with its one place, `{}`, filled.
    pub(crate) fn fill(self, word: W, value: &str) -> String {
        self.w(word).replacen("{}", value, 1)
    }
}
