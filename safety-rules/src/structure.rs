//! Who, when, said or denied, meant or exaggerated: what the sentence tells about a hit (S5).
//!
//! Structure may move a finding one step, never remove it, and each step is listed. In doubt it does
//! nothing. Read next: `screen.rs`.

use crate::compile::{Cue, Rule, Rulebook};
use crate::matcher::Hit;
use crate::roles::{Role, Roles};
use crate::table::Rises;
use crate::tokens::Tokens;
use domain::{Category, Move, Person, Polarity, TimeRef, Urgency};
use std::ops::Range;

/// What the sentence tells about a hit.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) person: Person,
    pub(crate) time: TimeRef,
    pub(crate) polarity: Polarity,
    pub(crate) urgency: Urgency,
    pub(crate) moves: Vec<Move>,
}

/// Words on either side of a hit in which "last year" or "tonight" belongs to it.
const NEAR: usize = 10;
/// Words before a hit in which its subject is looked for.
const SUBJECT_REACH: usize = 6;

/// Everything known about one reading while its hits are judged.
pub(crate) struct Sentences<'a> {
    tokens: &'a Tokens,
    cues: Vec<(Cue, Range<usize>)>,
    lang: u8,
    denial_reach: usize,
}

impl<'a> Sentences<'a> {
    /// Reads a sentence as one language does. Rules of each language judge by their own.
    pub(crate) fn new(book: &'a Rulebook, tokens: &'a Tokens, lang: u8) -> Self {
        let hits = book.cues.find(tokens, 1 << lang);
        let cues = hits.iter().map(|hit| (book.cue_of[hit.phrase as usize], hit.from..hit.to + 1)).collect();
        Self { tokens, cues, lang, denial_reach: book.denial_reach[usize::from(lang)] }
    }

    fn roles(&self, at: usize) -> Roles {
        self.tokens.list[at].roles
    }

    fn is(&self, at: usize, role: Role) -> bool {
        self.roles(at).is(self.lang, role)
    }

    /// Judges one hit.
    pub(crate) fn judge(&self, rule: &Rule, hit: Hit) -> Judged {
        let span = hit.from..hit.to + 1;
        let polarity = if self.denied(&span, hit) { Polarity::Negated } else { Polarity::Affirmed };
        let person = self.person(&span);
        let time = self.time(&span);
        let mut judged = Judged { person, time, polarity, urgency: rule.row.urgency, moves: Vec::new() };
        if let Some(because) = self.why_lower(rule, &span, &judged) {
            judged.step(because, lower(judged.urgency));
        } else if time == TimeRef::Now && rule.row.rises_now == Rises::WhenNow && !person.is_another() {
            judged.step("now", Urgency::Emergency.min(higher(judged.urgency)));
        }
        judged
    }

    /// At most one reason moves a finding down, and by one step.
    fn why_lower(&self, rule: &Rule, span: &Range<usize>, judged: &Judged) -> Option<&'static str> {
        let own_life = matches!(
            rule.category,
            Category::Suicide | Category::SelfHarm | Category::Eating | Category::Substance | Category::Runaway
        );
        let often_exaggerated = own_life || matches!(rule.category, Category::ViolenceToOthers);
        let is_emergency = rule.row.urgency == Urgency::Emergency;
        // Somebody else, tonight: the hour weighs as much as whose life it is, so it stays where it is.
        let at_once = judged.time == TimeRef::Now && rule.row.rises_now == Rises::WhenNow;
        let of_another = judged.person.is_another() && !at_once;
        if judged.polarity == Polarity::Negated {
            Some("negation")
        } else if own_life && !is_emergency && (of_another || self.quoted(span)) {
            Some("third_person")
        } else if often_exaggerated && self.exaggerated(span) {
            Some("figurative")
        } else if judged.person != Person::Oneself && !is_emergency && self.in_sentence(Cue::Topic, span) {
            Some("topic")
        } else if judged.time == TimeRef::Past && rule.row.severity != "past_attempt" && !is_emergency {
            Some("past")
        } else {
            None
        }
    }

    fn denied(&self, span: &Range<usize>, hit: Hit) -> bool {
        let real_denial = |at: usize| self.is(at, Role::Negator) && !self.covered(Cue::NotNegating, at);
        if hit.denied_at.is_some_and(real_denial) {
            return true;
        }
        let led_in = |(cue, place): &(Cue, Range<usize>)| {
            *cue == Cue::Negating
                && place.start < span.start
                && place.end + 1 >= span.start
                && place.end <= span.end
        };
        // French denies after the verb: "je me scarifie *plus*".
        let led_out = |(cue, place): &(Cue, Range<usize>)| {
            *cue == Cue::Negating
                && span.contains(&place.start)
                && place.end > span.end
                && real_denial(place.end - 1)
        };
        // "can't stop wanting to": the denial is itself denied, or is none.
        let is_none = |place: &Range<usize>| place.clone().any(|at| self.covered(Cue::NotNegating, at));
        if self.cues.iter().any(|cue| (led_in(cue) || led_out(cue)) && !is_none(&cue.1)) {
            return true;
        }
        if self.is(span.start, Role::Subject) || hit.denies {
            return false;
        }
        for at in (span.start.saturating_sub(self.denial_reach)..span.start).rev() {
            // The comma after "no" in "no, suicidal" stands before the next word.
            if self.tokens.list[at + 1].new_clause || self.is(at, Role::Subject) {
                return false;
            }
            if real_denial(at) {
                return true;
            }
        }
        false
    }

    fn person(&self, span: &Range<usize>) -> Person {
        let is_self = |at: usize| self.is(at, Role::Subject) || self.is(at, Role::Object);
        if span.clone().any(is_self) {
            return Person::Oneself;
        }
        if let Some(at) = span.clone().find(|at| self.roles(*at).is_another(self.lang)) {
            return self.who(at);
        }
        for at in (span.start.saturating_sub(SUBJECT_REACH)..span.start).rev() {
            if self.tokens.list[at + 1].new_sentence {
                break;
            }
            if is_self(at) {
                return Person::Oneself;
            }
            if self.roles(at).is_another(self.lang) || self.covered(Cue::Others, at) {
                return self.who(at);
            }
        }
        Person::Unclear
    }

    /// Which other person; a friend or sibling named just before stays the one meant by "she".
    fn who(&self, at: usize) -> Person {
        let near = (at.saturating_sub(SUBJECT_REACH)..=at).rev();
        for at in near {
            if self.is(at, Role::Sibling) {
                return Person::Sibling;
            }
            if self.is(at, Role::Friend) {
                return Person::Friend;
            }
        }
        Person::Other
    }

    /// Past only where the past stands closer than the present, and nothing says that it goes on.
    fn time(&self, span: &Range<usize>) -> TimeRef {
        let (past, now) = (self.distance(Cue::Past, span), self.distance(Cue::Now, span));
        match (past, now) {
            (Some(past), now) if now.is_none_or(|now| past < now) && !self.in_sentence(Cue::Still, span) => {
                TimeRef::Past
            }
            (_, Some(_)) => TimeRef::Now,
            _ if self.distance(Cue::Recent, span).is_some() => TimeRef::Recent,
            _ => TimeRef::Unclear,
        }
    }

    /// "she said: “i want to die”", "the song goes i want to die".
    fn quoted(&self, span: &Range<usize>) -> bool {
        let before = span.start.saturating_sub(SUBJECT_REACH)..span.start;
        let sung = self.cues.iter().any(|(cue, place)| *cue == Cue::Quote && before.contains(&(place.end - 1)));
        let said =
            self.tokens.list[span.start].quoted && before.clone().any(|at| self.roles(at).is_another(self.lang));
        sung || said
    }

    fn exaggerated(&self, span: &Range<usize>) -> bool {
        let touches = |(cue, place): &(Cue, Range<usize>)| {
            *cue == Cue::Figurative && place.start <= span.end + 2 && place.end + 2 >= span.start
        };
        let sentence = self.sentence(span);
        let has = |role| sentence.clone().any(|at| self.is(at, role));
        self.cues.iter().any(touches) || has(Role::Laugh) && has(Role::Trivial)
    }

    fn covered(&self, wanted: Cue, at: usize) -> bool {
        self.cues.iter().any(|(cue, place)| *cue == wanted && place.contains(&at))
    }

    fn in_sentence(&self, wanted: Cue, span: &Range<usize>) -> bool {
        let sentence = self.sentence(span);
        self.cues
            .iter()
            .any(|(cue, place)| *cue == wanted && place.start >= sentence.start && place.end <= sentence.end)
    }

    /// Words between a hit and the nearest such cue of its sentence, where it is near enough to belong to it.
    fn distance(&self, wanted: Cue, span: &Range<usize>) -> Option<usize> {
        let sentence = self.sentence(span);
        self.cues
            .iter()
            .filter(|(cue, place)| *cue == wanted && place.start >= sentence.start && place.end <= sentence.end)
            .map(|(_, place)| place.start.saturating_sub(span.end).max(span.start.saturating_sub(place.end)))
            .filter(|distance| *distance <= NEAR)
            .min()
    }

    fn sentence(&self, span: &Range<usize>) -> Range<usize> {
        let list = &self.tokens.list;
        let start = (0..=span.start).rev().find(|at| list[*at].new_sentence).unwrap_or(0);
        let end = (span.end..list.len()).find(|at| list[*at].new_sentence).unwrap_or(list.len());
        start..end
    }
}

impl Judged {
    fn step(&mut self, because: &str, to: Urgency) {
        if to != self.urgency {
            self.moves.push(Move { from: self.urgency, to, because: because.into() });
            self.urgency = to;
        }
    }
}

/// One step down; never below attention.
fn lower(urgency: Urgency) -> Urgency {
    match urgency {
        Urgency::Emergency => Urgency::Urgent,
        Urgency::Urgent | Urgency::Soon => Urgency::Soon,
        Urgency::Routine => Urgency::Routine,
    }
}

fn higher(urgency: Urgency) -> Urgency {
    match urgency {
        Urgency::Routine => Urgency::Soon,
        Urgency::Soon => Urgency::Urgent,
        Urgency::Urgent | Urgency::Emergency => Urgency::Emergency,
    }
}
