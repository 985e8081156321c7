//! Who may use whom, as data. ARCHITECTURE.md shows the same table for people.
//!
//! To add a room, add a row. To add an arrow, first ask which invariant it weakens.

/// One room of ours and the rooms it may use.
#[derive(Debug)]
pub(crate) struct Row {
    /// The crate's name.
    pub(crate) room: &'static str,
    /// Rooms it may use; `*` means all but the tools.
    pub(crate) may_use: &'static [&'static str],
}

const fn row(room: &'static str, may_use: &'static [&'static str]) -> Row {
    Row { room, may_use }
}

/// Every room. A crate without a row is a fault.
pub(crate) const ROOMS: &[Row] = &[
    row("domain", &[]),
    row("speech", &["domain"]),
    row("safety-rules", &["domain"]),
    row("flow-script", &["domain", "speech"]),
    // Not `speech`: what a model says can't become words to a child (I1).
    row("triage", &["domain"]),
    row("engine", &["domain", "speech", "safety-rules", "flow-script"]),
    row("store", &["domain", "speech"]),
    row("store-sqlite", &["store", "domain", "speech"]),
    row("store-postgres", &["store", "domain", "speech"]),
    row("adapter-api", &["domain", "speech"]),
    row("adapter-matrix", &["adapter-api", "domain", "speech"]),
    row("adapter-discord", &["adapter-api", "domain", "speech"]),
    row("adapter-telegram", &["adapter-api", "domain", "speech"]),
    row("adapter-terminal", &["adapter-api", "domain", "speech"]),
    row("adapter-practice", &["adapter-api", "domain", "speech"]),
    row(
        "switchboard",
        &["engine", "safety-rules", "flow-script", "store", "adapter-api", "triage", "domain", "speech"],
    ),
    row("media", &["domain"]),
    row("desk", &["domain", "store"]),
    row("config", &["domain"]),
    row("telemetry", &["domain"]),
    row("passerelle", &["*"]),
    row("end-to-end", &["*", "passerelle"]),
    row("telegram-server", &[]),
    row("discord-server", &[]),
    row("xtask", &[]),
];

/// Rooms that no room may use.
pub(crate) const TOOLS: &[&str] = &["passerelle", "end-to-end", "xtask"];

/// A crate of others that only some rooms may name in their `Cargo.toml` (dev-dependencies are free).
#[derive(Debug)]
pub(crate) struct Wrapper {
    /// The crate of others.
    pub(crate) library: &'static str,
    /// Rooms that may use it directly.
    pub(crate) rooms: &'static [&'static str],
    /// Why so few.
    pub(crate) why: &'static str,
}

const fn wrap(library: &'static str, rooms: &'static [&'static str], why: &'static str) -> Wrapper {
    Wrapper { library, rooms, why }
}

const WEB: &[&str] = &["desk", "adapter-practice", "passerelle", "telegram-server", "discord-server"];
const DATABASES: &[&str] = &["store-sqlite", "store-postgres", "end-to-end"];

/// Libraries that live behind one door.
pub(crate) const WRAPPERS: &[Wrapper] = &[
    wrap("matrix-sdk", &["adapter-matrix"], "platforms are known by their adapter only"),
    wrap("serenity", &["adapter-discord"], "platforms are known by their adapter only"),
    wrap("teloxide", &["adapter-telegram"], "platforms are known by their adapter only"),
    wrap("llama-cpp-2", &["triage"], "a model is a suggestion for a counsellor, nothing else"),
    wrap("tokenizers", &["triage"], "a model is a suggestion for a counsellor, nothing else"),
    wrap("rusqlite", DATABASES, "what is kept is kept by a store"),
    wrap("sqlx", DATABASES, "what is kept is kept by a store"),
    wrap("axum", WEB, "pages are served by the web rooms"),
    wrap("maud", WEB, "pages are served by the web rooms"),
    wrap("chacha20poly1305", &["store", "passerelle"], "content is sealed in one place"),
    wrap("getrandom", &["passerelle"], "randomness comes from domain::Entropy"),
    wrap("rand", &[], "randomness comes from domain::Entropy"),
    wrap("chrono", &[], "time is domain::Timestamp"),
    wrap("toml", &["config", "safety-rules"], "settings are read in one room; safety phrases are embedded"),
    wrap("clap", &["passerelle"], "only the binary has a command line"),
    wrap("anyhow", &["passerelle", "end-to-end", "xtask"], "rooms have errors with names"),
    wrap("tracing-subscriber", &["telemetry"], "where logs go is decided in one room"),
];

/// Rooms without input, output, clock or randomness of their own, however far away.
pub(crate) const PURE: &[&str] = &["domain", "speech", "safety-rules", "flow-script", "engine", "config"];

/// What a pure room may not link, even through others.
pub(crate) const IMPURE: &[&str] =
    &["tokio", "async-std", "smol", "rusqlite", "sqlx", "axum", "hyper", "reqwest", "rand", "chrono"];

/// Features that would let an id be made from nowhere.
pub(crate) const FORBIDDEN_FEATURES: &[(&str, &str)] = &[("uuid", "v4"), ("uuid", "v7"), ("uuid", "v1")];
