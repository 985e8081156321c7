//! What a safety rule found in a text, with all that is needed to explain it later (S8, I9).
//!
//! A finding never holds the words, only where they stand. Read next: `event.rs`.

use crate::{RuleId, Tier, Urgency};
use serde::{Deserialize, Serialize};

macro_rules! categories {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a finding is about (S2). Names are kept for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Category {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Category {
            /// All categories, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in files, tables and on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

categories! {
    /// Wish to be dead, thoughts, plan, means, attempt, farewell.
    Suicide = "suicide",
    /// Hurting oneself without the wish to die being said.
    SelfHarm = "self_harm",
    /// Overdose, poisoning, heavy bleeding, not breathing, unconscious.
    MedicalEmergency = "medical_emergency",
    /// Hit, hurt or harmed by a person who should care for the child.
    PhysicalAbuse = "physical_abuse",
    /// Humiliated, threatened or terrorised by such a person.
    EmotionalAbuse = "emotional_abuse",
    /// Sexual acts or touching by anyone against the child's will or age.
    SexualAbuse = "sexual_abuse",
    /// No food, no care, left alone.
    Neglect = "neglect",
    /// Violence between adults at home.
    DomesticViolence = "domestic_violence",
    /// Sex or pictures for money, gifts or favours.
    SexualExploitation = "sexual_exploitation",
    /// An adult or stranger building trust for sexual ends.
    Grooming = "grooming",
    /// Threats to publish intimate pictures.
    Sextortion = "sextortion",
    /// Intimate pictures shared without consent.
    ImageAbuse = "image_abuse",
    /// Moved, held or sold.
    Trafficking = "trafficking",
    /// Forced or early marriage.
    ChildMarriage = "child_marriage",
    /// Work that harms or keeps from school.
    ChildLabour = "child_labour",
    /// Female genital mutilation.
    Fgm = "fgm",
    /// Repeated meanness by peers.
    Bullying = "bullying",
    /// The same, online.
    Cyberbullying = "cyberbullying",
    /// Attacked for who they are.
    Hate = "hate",
    /// Pulled toward a violent group.
    Radicalisation = "radicalisation",
    /// Ran away, about to, on the street, thrown out.
    Runaway = "runaway",
    /// Somebody violent here now, or about to be.
    ViolenceNow = "violence_now",
    /// A weapon, or a plan to hurt others.
    ViolenceToOthers = "violence_to_others",
    /// Alcohol and drugs.
    Substance = "substance",
    /// Not eating, purging, fear of weight.
    Eating = "eating",
    /// War, flight, disaster.
    ConflictDisaster = "conflict_disaster",
    /// Somebody unknown wants to meet or be sent things.
    HarmfulContact = "harmful_contact",
    /// Fraud, blackmail for money, scam.
    Scam = "scam",
    /// Deep distress without a named cause.
    Distress = "distress",
    /// The child asks for a human.
    AsksHuman = "asks_human",
}

/// Byte range in the original text, half open, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The reading of a text in which a rule matched (SAFETY views). A view may only add findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// As written, lower-cased.
    AsWritten,
    /// Unicode NFKC.
    Nfkc,
    /// UTS-39 confusables folded.
    Confusables,
    /// Leet undone: `k1ll` → `kill`.
    Leet,
    /// Stretched letters collapsed: `diiiie` → `die`.
    Collapsed,
    /// Single letters joined: `d i e` → `die`.
    Joined,
    /// Accents removed.
    Unaccented,
    /// Emoji read by name.
    Emoji,
    /// One wrong, missing, added or swapped letter put right: `siucidal` → `suicidal`.
    Misspelt,
}

/// Whose story it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// The one who writes.
    Oneself,
    /// A friend; still a disclosure, as for all others.
    Friend,
    /// A brother or sister.
    Sibling,
    /// Somebody else.
    Other,
    /// Can't be told.
    Unclear,
}

impl Person {
    /// Somebody else than the one who writes.
    pub const fn is_another(self) -> bool {
        matches!(self, Self::Friend | Self::Sibling | Self::Other)
    }
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeRef {
    /// Happening or about to.
    Now,
    /// Of the last days or weeks: not now, and not over either.
    Recent,
    /// Told of the past.
    Past,
    /// Can't be told.
    Unclear,
}

/// Said or denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Said.
    Affirmed,
    /// Denied. Still a finding.
    Negated,
}

/// One step by which sentence structure moved a finding; listed, never silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// From this urgency.
    pub from: Urgency,
    /// To this one, at most one step away.
    pub to: Urgency,
    /// Why, as a stable word: `negation`, `past`, `figurative`, `third_person`, `now`.
    pub because: String,
}

/// One rule's answer about one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub category: Category,
    /// What it asks for.
    pub tier: Tier,
    /// At least this urgent.
    pub urgency: Urgency,
    /// The rule.
    pub rule: RuleId,
    /// The rule's version.
    pub version: u16,
    /// Where it stands in the original text.
    pub span: Span,
    /// The reading in which it matched.
    pub view: View,
    /// Whose story.
    pub person: Person,
    /// When.
    pub time: TimeRef,
    /// Said or denied.
    pub polarity: Polarity,
    /// Steps by which structure moved it, in order.
    pub moves: Vec<Move>,
}
