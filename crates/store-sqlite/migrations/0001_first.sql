-- The first shape. Forward only: a later shape is a new file, this one is never changed.
-- Columns named `sealed`, `state` and `wrapped` hold sealed bytes; `hash` columns hold keyed hashes.
-- Nothing else here may hold a child's words or a platform's id for a person.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    hash BLOB NOT NULL UNIQUE,
    chat_hash BLOB NOT NULL,
    account TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

-- Every delivery ever kept, so that a repetition is known.
CREATE TABLE deliveries (
    hash BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only what waits for its turn. AUTOINCREMENT: a number is never given twice.
CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    contact INTEGER NOT NULL REFERENCES contacts (n),
    received_at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE cursors (
    account TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The large column stands last, so that lists don't read it.
CREATE TABLE conversations (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    contact INTEGER NOT NULL REFERENCES contacts (n),
    account TEXT NOT NULL,
    platform TEXT NOT NULL,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    since INTEGER NOT NULL,
    lang TEXT NOT NULL,
    last_inbound_at INTEGER,
    delivery_trouble INTEGER NOT NULL,
    counsellors BLOB NOT NULL,
    timers TEXT NOT NULL,
    next_timer INTEGER,
    wrapped BLOB,
    state BLOB
) STRICT;
CREATE UNIQUE INDEX conversations_open ON conversations (contact) WHERE stage <> 'closed';
CREATE INDEX conversations_of ON conversations (contact);
CREATE INDEX conversations_due ON conversations (next_timer) WHERE next_timer IS NOT NULL;

CREATE TABLE events (
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- Only what isn't settled. `under_way` is the run of the process that sends it; NULL: it waits.
CREATE TABLE outbox (
    conversation INTEGER NOT NULL,
    message INTEGER NOT NULL,
    account TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    under_way INTEGER,
    tries INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (conversation, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (account, due_at) WHERE under_way IS NULL;
CREATE INDEX outbox_under_way ON outbox (account) WHERE under_way IS NOT NULL;

CREATE TABLE alarms (
    n INTEGER PRIMARY KEY,
    conversation BLOB NOT NULL,
    kind TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seen_by BLOB,
    seen_at INTEGER
) STRICT;
CREATE INDEX alarms_ringing ON alarms (conversation) WHERE seen_at IS NULL;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    conversation BLOB,
    line TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of ON audit (conversation) WHERE conversation IS NOT NULL;

CREATE TABLE counsellors (
    id BLOB PRIMARY KEY,
    login_key TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    counsellor BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (counsellor);
