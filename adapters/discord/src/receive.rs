//! Receives: every shard's events through one queue, each talk in its order, committed with its place.
//!
//! Discord acknowledges nothing. The place committed with each hand-in holds the gateway sessions, so that
//! Discord repeats what followed, and how far all talks were read, so that what no session repeats is read
//! from their history. While a talk's history is read, what comes live in it waits, and no other talk does.
//! It must never commit a place behind which something waits. Read next: `lane.rs`, then `gateway.rs`.

use crate::asked::{Desk, Outcome, Pending};
use crate::commands;
use crate::event::{self, AskKind, Heard};
use crate::gateway::{Identifies, News, Shard};
use crate::history;
use crate::lane::{Lanes, Waits};
use crate::place::{Place, id_at};
use crate::rest::{Failure, Rest};
use crate::settings::DiscordSettings;
use adapter_api::{AdapterError, Inbox};
use domain::{AccountId, Clock, DedupeKey, ExternalId, Inbound, InboundBody, PlatformId};
use serde_json::{Value, json};
use serenity::http::Route;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Events that may wait for the house. Then the connection only beats, and Discord keeps the rest.
const QUEUE: usize = 2_000;
/// Before the very first start, this much is read of a talk that a child goes on with.
const BEFORE_FIRST_START: i64 = 3_600_000;
/// Codes with which Discord refuses to open a talk for good.
const NOT_A_PERSON: u64 = 50_033;

/// What receiving needs.
pub(crate) struct Receiver<'a> {
    pub(crate) settings: &'a DiscordSettings,
    pub(crate) rest: Arc<Rest>,
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) intents: u64,
    pub(crate) identifies: Identifies,
}

/// A talk opened for a command in a server.
struct Opened {
    shard: u32,
    seq: u64,
    pending: Pending,
    talk: Result<u64, Failure>,
}

/// Where receiving stands.
struct State {
    place: Place,
    own: u64,
    lanes: Lanes,
    /// Looking a talk through, only older messages can have been missed.
    check_to: u64,
    /// The last event taken from each shard's queue.
    taken: BTreeMap<u32, u64>,
    /// Commands whose talk is being opened, by shard and event.
    opening: Vec<(u32, u64)>,
    batch: Vec<Inbound>,
    answers: Vec<Pending>,
    /// Something to commit, if only the place.
    news: bool,
    history: JoinSet<(u64, Vec<Value>)>,
    opened: JoinSet<Opened>,
}

impl Receiver<'_> {
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), AdapterError> {
        let cursor = self.inbox.cursor().await?;
        let place = cursor.as_ref().and_then(Place::read);
        if cursor.is_some() && place.is_none() {
            tracing::warn!(account = %self.settings.account, "the place to read on from isn't Discord's; beginning anew");
        }
        let mut place = place.unwrap_or_else(|| {
            let begin = id_at(self.clock.now().millis().saturating_sub(BEFORE_FIRST_START));
            Place { filled_to: begin, seen_to: begin, ..Place::default() }
        });
        let begun = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            begun = self.begin(&mut place) => begun,
        };
        let (own, mut shards, mut queue) = begun?;
        let mut registering = JoinSet::new();
        registering.spawn(commands::keep(Arc::clone(&self.rest), self.settings.pace.backfill));
        let mut state = State {
            // When the session goes on, it brings what followed, in order. If it doesn't, READY says so.
            lanes: Lanes::new(
                place.talks.iter().map(|(channel, _)| *channel),
                place.whole && place.sessions.contains_key(&0),
            ),
            check_to: 0,
            taken: place.sessions.iter().map(|(shard, session)| (*shard, session.seq)).collect(),
            place,
            own,
            opening: Vec::new(),
            batch: Vec::new(),
            answers: Vec::new(),
            news: false,
            history: JoinSet::new(),
            opened: JoinSet::new(),
        };
        loop {
            self.read_history(&mut state);
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                Some(ended) = shards.join_next() => return Err(ended.unwrap_or_else(|_panic| {
                    AdapterError::Unreachable("a shard's task ended by itself".to_owned())
                })),
                Some(read) = state.history.join_next() => {
                    if let Ok((channel, messages)) = read {
                        self.take_history(&mut state, channel, &messages);
                    }
                }
                Some(opened) = state.opened.join_next() => {
                    if let Ok(opened) = opened {
                        self.take_opened(&mut state, opened);
                    }
                }
                Some(news) = queue.recv() => {
                    self.take(&mut state, news);
                    // What else is there goes into the same commit.
                    while state.batch.len() < domain::limits::INBOX_BATCH
                        && let Ok(news) = queue.try_recv()
                    {
                        self.take(&mut state, news);
                    }
                }
            }
            self.commit(&mut state).await?;
        }
    }

    /// Asks for the gateway and starts the shards.
    async fn begin(
        &self,
        place: &mut Place,
    ) -> Result<(u64, JoinSet<AdapterError>, mpsc::Receiver<News>), AdapterError> {
        let me = self.rest.get(Route::UserMe, &[]).await.map_err(unusable)?;
        let own = event::id_at(&me, "/id").ok_or_else(|| unusable(Failure::Unclear))?;
        let gateway = self.rest.get(Route::GatewayBot, &[]).await.map_err(unusable)?;
        let url = gateway["url"].as_str().unwrap_or_default().to_owned();
        if url.is_empty() {
            return Err(AdapterError::Unreachable("Discord names no gateway".to_owned()));
        }
        if self.settings.api_url.is_some() && is_discords_own(&url) {
            return Err(AdapterError::Refused(
                "`api_url` leads to a server that names Discord's own gateway; nothing is sent there".to_owned(),
            ));
        }
        let recommended = gateway["shards"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
        let count = self.settings.shards.unwrap_or(recommended).max(1);
        if place.shards != count {
            place.sessions.clear();
            place.shards = count;
        }
        let (out, queue) = mpsc::channel(QUEUE);
        let mut shards = JoinSet::new();
        for number in 0..count {
            let shard = Shard {
                number,
                of: count,
                token: self.settings.token.clone(),
                intents: self.intents,
                url: url.clone(),
                session: place.sessions.get(&number).cloned(),
                out: out.clone(),
                identifies: self.identifies.clone(),
                desk: self.desk.clone(),
                pace: self.settings.pace,
            };
            shards.spawn(shard.run());
        }
        Ok((own, shards, queue))
    }

    fn take(&self, state: &mut State, news: News) {
        match news {
            News::Ready { shard, session } => {
                state.taken.insert(shard, session.seq);
                let known = state.place.sessions.insert(shard, session);
                // Nothing is repeated of what came before: every talk is read again from its history.
                if shard == 0 && known.is_some() {
                    state.lanes.all_unread();
                }
                state.news = true;
                self.greeted(shard);
            }
            News::Resumed { shard } => {
                state.news = true;
                if shard == 0 {
                    state.check_to = state.place.seen_to;
                    state.lanes.check_all();
                }
                self.greeted(shard);
            }
            News::Event { shard, seq, name, data, pending } => {
                state.taken.insert(shard, seq);
                self.event(state, (shard, seq), &name, &data, pending);
            }
        }
    }

    /// Direct messages come on the first shard: with it, children are heard.
    fn greeted(&self, shard: u32) {
        if shard == 0 {
            self.inbox.connected();
        }
    }

    fn event(&self, state: &mut State, at: (u32, u64), name: &str, data: &Value, pending: Option<Pending>) {
        let known = event::id_at(data, "/channel_id").and_then(|channel| state.place.user_of(channel));
        let heard = match name {
            "MESSAGE_CREATE" => event::message(data, state.own, known),
            "MESSAGE_UPDATE" => event::update(data, state.own, known),
            "MESSAGE_DELETE" => event::delete(data, known),
            "INTERACTION_CREATE" => return self.asked(state, at, pending),
            // Servers coming and going, and whatever Discord invents: nobody's words to us.
            _ => Vec::new(),
        };
        let Some(channel) = heard.first().map(|first| first.channel) else { return };
        let said = heard.first().and_then(|first| first.external).filter(|_| name == "MESSAGE_CREATE");
        state.arrive(channel, Waits { at, said, heard, pending: None }, &self.settings.account);
    }

    fn asked(&self, state: &mut State, at: (u32, u64), pending: Option<Pending>) {
        let Some(pending) = pending else { return };
        let (channel, body) = match &pending.ask.kind {
            AskKind::CommandHere { channel } => (*channel, InboundBody::Joined),
            AskKind::Press { channel, chosen } => (*channel, chosen.clone()),
            AskKind::CommandElsewhere => {
                self.desk.expect(&pending.ask);
                state.opening.push(at);
                let known = state.place.talk_with(pending.ask.user);
                let rest = Arc::clone(&self.rest);
                state.opened.spawn(async move {
                    let talk = match known {
                        Some(channel) => Ok(channel),
                        None => open(&rest, pending.ask.user).await,
                    };
                    Opened { shard: at.0, seq: at.1, pending, talk }
                });
                return;
            }
            AskKind::Other => return pending.settle(Outcome::Committed),
        };
        if matches!(pending.ask.kind, AskKind::CommandHere { .. }) {
            self.desk.expect(&pending.ask);
        }
        let heard = vec![pending.ask.heard(channel, body)];
        state.arrive(channel, Waits { at, said: None, heard, pending: Some(pending) }, &self.settings.account);
    }

    fn take_opened(&self, state: &mut State, opened: Opened) {
        let at = (opened.shard, opened.seq);
        state.opening.retain(|waiting| *waiting != at);
        state.news = true;
        match opened.talk {
            Ok(channel) => {
                let heard = vec![opened.pending.ask.heard(channel, InboundBody::Joined)];
                let waits = Waits { at, said: None, heard, pending: Some(opened.pending) };
                state.arrive(channel, waits, &self.settings.account);
            }
            Err(failure) => {
                tracing::warn!(account = %self.settings.account, %failure, "a talk asked for by a command couldn't be opened");
                opened.pending.settle(Outcome::NotOpened);
            }
        }
    }

    /// Starts to read the history of talks that need it.
    fn read_history(&self, state: &mut State) {
        let mut start = state.lanes.next_to_read();
        while let Some((channel, permit)) = start {
            let (rest, after) = (Arc::clone(&self.rest), history::from(state.place.filled_to));
            let between = self.settings.pace.backfill;
            state.history.spawn(async move {
                let messages = history::read(&rest, channel, after, between, permit).await;
                (channel, messages)
            });
            start = state.lanes.next_to_read();
        }
    }

    fn take_history(&self, state: &mut State, channel: u64, messages: &[Value]) {
        let known = state.place.user_of(channel);
        let account = &self.settings.account;
        let looked_through = state.lanes.is_read(channel);
        let waits = state.lanes.read(channel);
        // What is newer comes live, and in its order.
        let first_live = waits.iter().filter_map(|waits| waits.said).min();
        let to = if looked_through { state.check_to } else { first_live.map_or(u64::MAX, |first| first - 1) };
        let seen_to = state.place.seen_to;
        for message in messages {
            let Some(id) = event::id_at(message, "/id").filter(|id| *id <= to) else { continue };
            for heard in event::missed(message, state.own, known, id > seen_to) {
                state.hand_in(heard, account);
            }
        }
        for waits in waits {
            state.hand_in_all(waits, account);
        }
        state.news = true;
    }

    /// One transaction: what was heard, and the place behind which nothing waits.
    async fn commit(&self, state: &mut State) -> Result<(), AdapterError> {
        if !state.news && state.batch.is_empty() {
            return Ok(());
        }
        state.place.whole = state.lanes.all_read();
        if state.place.whole {
            state.place.filled_to = state.place.filled_to.max(state.place.seen_to);
        }
        for (shard, session) in &mut state.place.sessions {
            let taken = state.taken.get(shard).copied().unwrap_or(session.seq);
            let waiting = state.lanes.waiting().chain(state.opening.iter().copied());
            let first = waiting.filter(|(of, _)| of == shard).map(|(_, seq)| seq).min();
            session.seq = first.map_or(taken, |first| taken.min(first.saturating_sub(1)));
        }
        let mut batch = std::mem::take(&mut state.batch);
        while batch.len() > domain::limits::INBOX_BATCH {
            let rest = batch.split_off(domain::limits::INBOX_BATCH);
            self.inbox.accept(batch, None).await?;
            batch = rest;
        }
        self.inbox.accept(batch, Some(state.place.write())).await?;
        state.news = false;
        for pending in state.answers.drain(..) {
            pending.settle(Outcome::Committed);
        }
        Ok(())
    }
}

impl State {
    /// Something came in a talk: handed in now, or once its history is read.
    fn arrive(&mut self, channel: u64, waits: Waits, account: &AccountId) {
        if let Some(ready) = self.lanes.pass(channel, waits) {
            self.hand_in_all(ready, account);
        }
    }

    fn hand_in_all(&mut self, waits: Waits, account: &AccountId) {
        for heard in waits.heard {
            self.hand_in(heard, account);
        }
        self.answers.extend(waits.pending);
    }

    fn hand_in(&mut self, heard: Heard, account: &AccountId) {
        self.place.active(heard.channel, heard.user);
        self.place.seen_to = self.place.seen_to.max(heard.external.unwrap_or(0));
        self.batch.push(Inbound {
            account: account.clone(),
            dedupe: DedupeKey(heard.dedupe),
            contact: PlatformId::new(heard.user.to_string()),
            chat: PlatformId::new(heard.channel.to_string()),
            external: heard.external.map(|id| ExternalId(id.to_string())),
            sent_at: heard.sent_at,
            client_lang: heard.lang,
            body: heard.body,
        });
    }
}

/// Opens the talk with a person; Discord gives the one there is, if there is one.
async fn open(rest: &Rest, user: u64) -> Result<u64, Failure> {
    let body = json!({"recipient_id": user.to_string()});
    let answer = rest.change(reqwest::Method::POST, Route::UserMeDmChannels, Some(&body)).await?;
    let refused = Failure::Refused { status: 400, code: NOT_A_PERSON };
    answer.as_ref().and_then(|channel| event::id_at(channel, "/id")).ok_or(refused)
}

fn unusable(failure: Failure) -> AdapterError {
    match failure {
        Failure::Refused { status: 401, .. } => {
            AdapterError::Refused("the bot's token isn't valid; make a new one under Bot, Reset Token".to_owned())
        }
        other => AdapterError::Unreachable(other.to_string()),
    }
}

/// Discord's own hosts.
fn is_discords_own(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url).split(['/', ':', '?']).next().unwrap_or_default();
    ["discord.gg", "discord.com", "discordapp.com"]
        .iter()
        .any(|own| host == *own || host.strip_suffix(own).is_some_and(|front| front.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_own_hosts_are_known() {
        for (url, own) in [
            ("wss://gateway.discord.gg", true),
            ("wss://gateway.discord.gg/?v=10", true),
            ("wss://discord.gg:443", true),
            ("ws://127.0.0.1:4000", false),
            ("wss://notdiscord.gg", false),
            ("wss://discord.gg.example.org", false),
        ] {
            assert_eq!(is_discords_own(url), own, "{url}");
        }
    }
}
