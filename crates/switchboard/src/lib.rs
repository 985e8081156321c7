//! The async heart: inbox → turn → outbox, timers, presence (I5). The only writer of conversations.
//!
//! It decides nothing about a child: the engine does. It keeps order (one writer per conversation),
//! commits before it answers, and checks the escalation table once more after every turn. It must
//! never wait for a model (I6) and never log words or platform ids (I8).
//! Read next: `turn.rs`, then `inbox.rs`, `outbox.rs`, `channel.rs`, `timers.rs`, `presence.rs`.

mod alarms;
mod audit;
mod channel;
mod doubts;
mod house;
mod inbox;
mod outbox;
mod presence;
mod receive;
mod reload;
mod start;
mod tidy;
mod time;
mod timers;
mod turn;

pub use alarms::Pager;
pub use channel::{Channel, Connector};
pub use house::{Hours, Notice, Parts, Settings, Switchboard};
pub use inbox::AccountInbox;
pub use time::{HouseTime, RealTime, VirtualTime};
