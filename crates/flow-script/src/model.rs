//! A checked flow, as the engine walks it. Made only by the loader; every promise the checker
//! proves holds for every value of these types that the loader returns.
//!
//! Read next: `load.rs`, then `engine/src/walk.rs`.

use domain::{AgeBand, Category, FlowHash, FlowId, Lang, ResourceId, StepId, TeamId, Urgency, VarName};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a flow is played for. A pack has exactly one flow for each required role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowRole {
    /// The first words to a child.
    Welcome,
    /// Company while a human is awaited.
    Waiting,
    /// Suicide and self-harm.
    Suicide,
    /// Violence, abuse and sexual harm.
    Abuse,
    /// Any other worry.
    Worry,
    /// Nobody on duty.
    OutOfHours,
    /// After the talk.
    Feedback,
}

impl FlowRole {
    /// All required roles.
    pub const ALL: [Self; 7] =
        [Self::Welcome, Self::Waiting, Self::Suicide, Self::Abuse, Self::Worry, Self::OutOfHours, Self::Feedback];

    /// The name in flow files (`plays: suicide`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Waiting => "waiting",
            Self::Suicide => "suicide",
            Self::Abuse => "abuse",
            Self::Worry => "worry",
            Self::OutOfHours => "out_of_hours",
            Self::Feedback => "feedback",
        }
    }

    /// From the name in a flow file.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A text in every language of the flow. Places like `{name}` are filled from variables; the
/// built-in places are `{helpline}` and `{emergency}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub BTreeMap<Lang, String>);

impl Text {
    /// The text in a language; the nearest there is when that language is missing (the loader
    /// reports missing translations, so this is a last resort).
    pub fn get(&self, lang: Lang, base: Lang) -> &str {
        self.0
            .get(&lang)
            .or_else(|| self.0.get(&lang.primary()))
            .or_else(|| self.0.get(&base))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

/// Where a step goes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A step of the same flow.
    Step(StepId),
    /// The beginning of another flow; this one isn't returned to.
    Flow(FlowId),
}

/// One flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its name.
    pub id: FlowId,
    /// SHA-256 over the flow file and its translations.
    pub hash: FlowHash,
    /// What it is played for, if it has a role.
    pub plays: Option<FlowRole>,
    /// For people: what it is.
    pub title: String,
    /// The practice or source it follows.
    pub follows: String,
    /// The language it was written in.
    pub base: Lang,
    /// Languages it is complete in.
    pub langs: Vec<Lang>,
    /// Where it begins.
    pub start: StepId,
    /// Its steps.
    pub steps: BTreeMap<StepId, Step>,
    /// The steps' order in the file, for reading and drawing.
    pub order: Vec<StepId>,
}

impl Flow {
    /// A step by name.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.get(id)
    }
}

/// One step and where it leads when it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// Line in the flow file, from 1.
    pub line: usize,
    /// A conversation may move to a newer version here.
    pub safe_point: SafePoint,
    /// What it does.
    pub kind: StepKind,
}

/// May a running conversation move to a newer version of the flow at this step?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SafePoint {
    /// It may.
    Yes,
    /// It stays on the version it began with.
    #[default]
    No,
}

/// What a step does. `next` is where it goes when done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// Says something.
    Say {
        /// The words.
        text: Text,
        /// Then.
        next: Target,
    },
    /// Asks with choices; each choice leads somewhere.
    Ask {
        /// The question.
        text: Text,
        /// The choices, in order.
        choices: Vec<ChoiceStep>,
        /// Where the chosen value is kept.
        save: Option<VarName>,
        /// An answer that fits none.
        other: Other,
        /// No answer.
        silence: Silence,
    },
    /// Asks for words, a number, an age or a region.
    AskText {
        /// The question.
        text: Text,
        /// What is asked for.
        kind: AskKind,
        /// Where the answer is kept.
        save: VarName,
        /// Then.
        next: Target,
        /// An answer of the wrong kind.
        other: Other,
        /// No answer.
        silence: Silence,
    },
    /// Chooses a way by conditions, first match wins.
    Branch {
        /// The ways.
        cases: Vec<Case>,
        /// When none holds.
        otherwise: Target,
    },
    /// Gives a variable a value.
    Set {
        /// Which.
        name: VarName,
        /// What.
        value: Literal,
        /// Then.
        next: Target,
    },
    /// Goes elsewhere.
    Goto(Target),
    /// Plays another flow and comes back.
    Call {
        /// Which.
        flow: FlowId,
        /// Then.
        next: Target,
    },
    /// Waits, or goes on when the child writes.
    Pause {
        /// How long.
        span: Duration,
        /// Then.
        next: Target,
    },
    /// Gives contacts from the resources directory for the child's country.
    Resources {
        /// Words before the list.
        text: Text,
        /// Kinds to list, e.g. `emergency`, `helpline`, `suicide`.
        kinds: Vec<String>,
        /// Then.
        next: Target,
    },
    /// A note for counsellors.
    Note {
        /// The words (flow's base language).
        text: String,
        /// Then.
        next: Target,
    },
    /// Asks for a human; while one is awaited the flow goes on at `next`.
    Handoff(Handoff),
    /// A safe end: says where else help is. At high urgency the engine hands off instead (F10).
    End(End),
}

/// A choice of an `ask`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceStep {
    /// Kept in the variable; sent with the button; at most 40 bytes.
    pub value: String,
    /// Shown.
    pub label: Text,
    /// Other ways to say it, per language.
    pub synonyms: BTreeMap<Lang, Vec<String>>,
    /// Where it leads.
    pub next: Target,
    /// A choice may raise urgency, never lower it.
    pub urgency_at_least: Urgency,
}

/// What an `ask_text` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskKind {
    /// Any words.
    Text,
    /// A whole number.
    Number,
    /// An age in years; also sets the age band.
    Age,
    /// A country or region.
    Region,
}

/// After an answer that fits none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// How often to ask again; at most 5.
    pub retries: u32,
    /// Said before asking again; the built-in phrase when `None`.
    pub say: Option<Text>,
    /// When retries are used up.
    pub then: NotUnderstood,
}

/// When retries are used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUnderstood {
    /// A human.
    Handoff,
    /// Another step (which itself reaches a human or safe end).
    Go(Target),
}

/// When the child doesn't answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Reminders, in order.
    pub reminders: Vec<Reminder>,
    /// How long after the last reminder (or the question) the end comes.
    pub after: Duration,
    /// The end. At high urgency the engine hands off whatever is written here.
    pub then: OnSilence,
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// After this long since the last words.
    pub after: Duration,
    /// The words.
    pub text: Text,
}

/// The end of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSilence {
    /// The talk rests until the child comes back.
    Park,
    /// A human looks.
    Handoff,
}

/// One way of a `branch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// When.
    pub when: Condition,
    /// Where.
    pub to: Target,
}

/// A condition: compare, and/or/not, contains. No code, no chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Compares a variable.
    Compare {
        /// Which.
        var: VarName,
        /// How.
        op: Compare,
        /// With what.
        value: Literal,
    },
    /// A variable's text contains another, letters' case aside.
    Contains {
        /// Which.
        var: VarName,
        /// What.
        text: String,
    },
    /// A variable has a value.
    IsSet(VarName),
    /// The child's age band is one of these.
    AgeBand(Vec<AgeBand>),
    /// The child's language is this.
    Lang(Lang),
    /// Rules found something of this category in this conversation.
    Found(Category),
    /// The conversation is at least this urgent.
    UrgencyAtLeast(Urgency),
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// It doesn't hold.
    Not(Box<Condition>),
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compare {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A value in a flow file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A handoff step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// A team.
    pub team: Option<TeamId>,
    /// At least this urgent; never lowers.
    pub urgency_at_least: Urgency,
    /// For the counsellor's card.
    pub reason: String,
    /// Said to the child; the built-in phrase when `None`.
    pub say: Option<Text>,
    /// What keeps the child company meanwhile; the waiting flow when `None`.
    pub next: Option<Target>,
}

/// A safe end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Last words, naming where else help is.
    pub text: Text,
    /// Contacts given with it.
    pub kinds: Vec<String>,
}

/// One contact of the resources directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the file.
    pub id: ResourceId,
    /// `emergency`, `helpline`, `suicide`, `abuse`, `reporting`, `health`, `legal`.
    pub kind: String,
    /// ISO 3166 two-letter country, upper case, or `*`.
    pub country: String,
    /// One line for the child, per language: name, number, hours.
    pub line: Text,
    /// Where the entry comes from.
    pub source: String,
    /// Date last checked, `YYYY-MM-DD`.
    pub checked: String,
}
