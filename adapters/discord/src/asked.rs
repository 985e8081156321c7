//! Answers commands and presses within Discord's three seconds, however slow the house is.
//!
//! A command's true answer follows the commit. When that takes too long, Discord is told to show "thinking"
//! to the one who asked, which claims nothing, and the true answer replaces it later. Everything is shown
//! to the one who asked alone. The lines are built-in phrases. Read next: `receive.rs`.

use crate::event::{Ask, AskKind, ask};
use crate::rest::{Failure, Rest};
use crate::settings::{Pace, pause};
use domain::{Clock, Confidential, Lang, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use serenity::http::Route;
use serenity::model::id::{ApplicationId, InteractionId};
use speech::{Phrase, PhraseValues};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Only the one who asked sees it.
const PRIVATE: u64 = 1 << 6;
/// Discord's codes: already answered, not known (any more).
const ANSWERED_BEFORE: u64 = 40_060;
/// An interaction's token works for this long.
const TOKEN_LASTS: Duration = Duration::from_secs(15 * 60);
/// Tries to post an answer.
const TRIES: usize = 3;
/// See [`Desk::repeated`].
const REPEATED_MOST: usize = 1_000;
/// Between two of them.
const BETWEEN: Duration = Duration::from_millis(300);

/// Where commands and presses are answered.
#[derive(Debug, Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    rest: Arc<Rest>,
    clock: Arc<dyn Clock>,
    phrases: PhraseValues,
    pace: Pace,
    doors: Mutex<HashMap<u64, Door>>,
    repeated: Mutex<HashSet<u64>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// The answer to a person's last command, which can still be changed.
#[derive(Debug, Clone)]
struct Door {
    application: u64,
    token: Confidential<String>,
    lang: Lang,
    at: Timestamp,
    /// The answer stands.
    answered: bool,
    /// A message to the person was refused meanwhile.
    closed: bool,
}

/// How it went with what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is committed.
    Committed,
    /// The talk with the person couldn't be opened; nothing was handed in.
    NotOpened,
}

/// An answer that waits for the commit.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) ask: Ask,
    done: oneshot::Sender<Outcome>,
}

impl Pending {
    /// The answer may go out.
    pub(crate) fn settle(self, outcome: Outcome) {
        // Nobody waits any more when the answer's time is over.
        let _late = self.done.send(outcome);
    }
}

impl Desk {
    pub(crate) fn new(rest: Arc<Rest>, clock: Arc<dyn Clock>, phrases: PhraseValues, pace: Pace) -> Self {
        Self(Arc::new(Inner { rest, clock, phrases, pace, doors: Mutex::default(), repeated: Mutex::default() }))
    }

    /// Takes an interaction in at the moment it comes, before any queue. The answer is on its way from now.
    pub(crate) fn receive(&self, data: &Value) -> Option<Pending> {
        let ask = ask(data)?;
        let application = crate::event::id_at(data, "/application_id").unwrap_or(0);
        let (done, waits) = oneshot::channel();
        let (desk, asked) = (self.clone(), ask.clone());
        // Apart from everything else: it must go on also when receiving is being started again.
        tokio::spawn(async move { desk.answer(application, asked, waits).await });
        Some(Pending { ask, done })
    }

    async fn answer(&self, application: u64, ask: Ask, mut waits: oneshot::Receiver<Outcome>) {
        let in_time = tokio::time::timeout(self.0.pace.defer, &mut waits).await;
        if !matches!(ask.kind, AskKind::CommandHere { .. } | AskKind::CommandElsewhere) {
            // 6: nothing to see changes; the talk itself goes on by messages.
            self.call_back(&ask, &json!({"type": 6})).await;
            return;
        }
        let (outcome, deferred) = match in_time {
            Ok(Ok(outcome)) => (outcome, false),
            // Slow, or receiving was ended: "thinking", for the one who asked alone.
            early => {
                let called = self.call_back(&ask, &json!({"type": 5, "data": {"flags": PRIVATE}})).await;
                let late = match early {
                    Ok(_) => None,
                    Err(_) => tokio::time::timeout(TOKEN_LASTS, waits).await.ok().and_then(Result::ok),
                };
                let Some(outcome) = late else {
                    // Discord repeats the command to a session that goes on, and that answers it.
                    if called == Called::Done {
                        self.or_else_try_again(application, &ask).await;
                    }
                    return;
                };
                (outcome, true)
            }
        };
        let lang = ask.lang.unwrap_or(Lang::EN);
        let phrase = match outcome {
            Outcome::Committed => Phrase::WriteInPrivate,
            Outcome::NotOpened => Phrase::TryAgainSoon,
        };
        let words = phrase.say(lang, &self.0.phrases);
        let answer = json!({"type": 4, "data": {
            "content": words.text(), "flags": PRIVATE, "allowed_mentions": {"parse": []},
        }});
        // Answered before: a repeat after a restart. Its words are put in place of what stands there.
        if deferred || self.call_back(&ask, &answer).await == Called::AnsweredBefore {
            self.repeated().insert(ask.id);
            self.rewrite(application, &ask.token, words.text()).await;
        }
        if outcome == Outcome::Committed {
            self.answered(application, &ask, lang).await;
        }
    }

    /// No repeat came, or none was kept: the child isn't left with "thinking".
    async fn or_else_try_again(&self, application: u64, ask: &Ask) {
        pause(self.0.pace.repeat).await;
        if !self.repeated().remove(&ask.id) {
            let words = Phrase::TryAgainSoon.say(ask.lang.unwrap_or(Lang::EN), &self.0.phrases);
            self.rewrite(application, &ask.token, words.text()).await;
        }
    }

    /// Commands answered by a repeat. Those that nobody asks after are forgotten now and then.
    fn repeated(&self) -> std::sync::MutexGuard<'_, HashSet<u64>> {
        let mut repeated = self.0.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        if repeated.len() > REPEATED_MOST {
            repeated.clear();
        }
        repeated
    }

    async fn call_back(&self, ask: &Ask, body: &Value) -> Called {
        let Some(id) = std::num::NonZeroU64::new(ask.id) else { return Called::Not };
        for _ in 0..TRIES {
            let route =
                Route::InteractionResponse { interaction_id: InteractionId::from(id), token: ask.token.text() };
            match self.0.rest.change(Method::POST, route, Some(body)).await {
                Ok(_) => return Called::Done,
                Err(Failure::Refused { code: ANSWERED_BEFORE, .. }) => return Called::AnsweredBefore,
                Err(Failure::Refused { status, code }) => {
                    tracing::warn!(status, code, "Discord didn't take the answer to a command or a press");
                    return Called::Not;
                }
                Err(Failure::Limited(wait)) => pause(wait.min(BETWEEN)).await,
                Err(_) => pause(BETWEEN).await,
            }
        }
        Called::Not
    }

    /// Puts other words in place of the answer.
    async fn rewrite(&self, application: u64, token: &Confidential<String>, words: &str) {
        let Some(application) = std::num::NonZeroU64::new(application) else { return };
        let body = json!({"content": words, "allowed_mentions": {"parse": []}});
        for _ in 0..TRIES {
            let route = Route::WebhookOriginalInteractionResponse {
                application_id: ApplicationId::from(application),
                token: token.text(),
            };
            match self.0.rest.change(Method::PATCH, route, Some(&body)).await {
                Ok(_) => return,
                Err(Failure::Refused { status, code }) => {
                    tracing::warn!(status, code, "Discord didn't take the answer to a command");
                    return;
                }
                Err(Failure::Limited(wait)) => pause(wait).await,
                Err(_) => pause(BETWEEN).await,
            }
        }
    }

    /// The answer stands. If a message was refused meanwhile, it is changed at once.
    async fn answered(&self, application: u64, ask: &Ask, lang: Lang) {
        let now = self.0.clock.now();
        let closed = {
            let mut doors = self.doors();
            doors.retain(|_, door| now.since(door.at) < TOKEN_LASTS);
            let closed = doors.get(&ask.user).is_some_and(|door| door.closed);
            let door = Door { application, token: ask.token.clone(), lang, at: now, answered: true, closed };
            doors.insert(ask.user, door);
            closed
        };
        if closed {
            self.say_closed(ask.user).await;
        }
    }

    /// A command of this person is about to be handed in.
    pub(crate) fn expect(&self, ask: &Ask) {
        let door = Door {
            application: 0,
            token: ask.token.clone(),
            lang: ask.lang.unwrap_or(Lang::EN),
            at: self.0.clock.now(),
            answered: false,
            closed: false,
        };
        self.doors().insert(ask.user, door);
    }

    /// A message to this person was refused: their app doesn't let us write. Where a command of theirs was
    /// answered in the last minutes, the answer now says what to do.
    pub(crate) fn refused(&self, user: u64) {
        let answered = {
            let mut doors = self.doors();
            let Some(door) = doors.get_mut(&user) else { return };
            door.closed = true;
            door.answered
        };
        if answered {
            let desk = self.clone();
            tokio::spawn(async move { desk.say_closed(user).await });
        }
    }

    async fn say_closed(&self, user: u64) {
        let Some(door) = self.doors().remove(&user) else { return };
        let words = Phrase::PrivateClosed.say(door.lang, &self.0.phrases);
        self.rewrite(door.application, &door.token, words.text()).await;
    }

    fn doors(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Door>> {
        self.0.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Called {
    Done,
    AnsweredBefore,
    Not,
}
