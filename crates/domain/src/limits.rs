//! Limits from the first day. Each is hit by a test; none may lose a disclosure.

use std::time::Duration;

/// Longest text kept of one message, in bytes (Matrix's event limit). All of a longer text is
/// screened; what is kept is cut at a character and the child is told.
pub const MESSAGE_BYTES: usize = 65_536;
/// Messages of one contact within [`FLOOD_WINDOW`] that the bot answers one by one. Further ones
/// are screened and kept, and answered once.
pub const FLOOD_MESSAGES: u32 = 20;
/// The window for [`FLOOD_MESSAGES`].
pub const FLOOD_WINDOW: Duration = Duration::from_secs(60);
/// Flow steps in one turn; a flow that wants more is handed to a human.
pub const STEPS_PER_TURN: usize = 64;
/// Turns in one conversation that the bot leads; beyond it, a human.
pub const BOT_TURNS: u32 = 500;
/// Depth of flows calling flows.
pub const CALL_DEPTH: usize = 8;
/// Open conversations per contact.
pub const OPEN_PER_CONTACT: usize = 1;
/// Bytes of one flow variable.
pub const VARIABLE_BYTES: usize = 2_000;
/// Flow variables in one conversation.
pub const VARIABLES: usize = 64;
/// Counsellor's message, in characters.
pub const COUNSELLOR_TEXT_CHARS: usize = 4_000;
/// Private note, in characters.
pub const NOTE_CHARS: usize = 4_000;
/// Findings remembered in a conversation's state (all stay in the event log).
pub const FINDINGS_REMEMBERED: usize = 200;
/// Messages an adapter may hand in at once.
pub const INBOX_BATCH: usize = 500;
/// How long it is remembered which deliveries were received. No platform repeats one after so long:
/// Telegram keeps them for a day, the others page back from the last place kept.
pub const DELIVERIES_KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// Outbound messages waiting for one account before adapters are told to slow down.
/// Messages of one account that are kept and wait for their turn. At this many the account's
/// adapter is made to wait, and hears "not accepted" when that takes long: the platform keeps the
/// rest and brings it again. Other accounts aren't touched.
pub const INBOX_QUEUE: usize = 10_000;
/// Outbound messages waiting for one account from which on it is told in the log. None is dropped,
/// and nobody stops listening to children because of them.
pub const OUTBOX_QUEUE: usize = 10_000;
/// A counsellor whose desk hasn't been heard of for this long is gone (E9).
pub const HEARTBEAT_LOST: Duration = Duration::from_secs(60);
/// An offer that isn't taken in this time goes to the next counsellor.
pub const OFFER_LASTS: Duration = Duration::from_secs(30);
/// A counsellor who accepted but wrote nothing for this long gives the child back to the queue.
pub const FIRST_WORDS_WITHIN: Duration = Duration::from_secs(180);
/// Caring messages while waiting: after these, then every [`HOLDING_EVERY`].
pub const HOLDING_AT: [Duration; 4] =
    [Duration::from_secs(60), Duration::from_secs(180), Duration::from_secs(420), Duration::from_secs(900)];
/// See [`HOLDING_AT`].
pub const HOLDING_EVERY: Duration = Duration::from_secs(1_800);
