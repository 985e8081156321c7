-- Since when a message to a child waits: `due_at` moves when it is postponed, this doesn't.
ALTER TABLE outbox ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET since = due_at;

-- Talks with a message that was refused or whose fate isn't known, for each account.
CREATE INDEX conversations_in_trouble ON conversations (account)
    WHERE stage <> 'closed' AND delivery_trouble <> 0;
