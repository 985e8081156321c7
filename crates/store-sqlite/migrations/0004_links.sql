-- Two contacts that are one child, by the child's own word. AUTOINCREMENT: the audit log names a
-- link by its number, which is never given twice.
CREATE TABLE links (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    one INTEGER NOT NULL REFERENCES contacts (n),
    other INTEGER NOT NULL REFERENCES contacts (n),
    by_whom BLOB NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (one, other),
    CHECK (one < other)
) STRICT;
CREATE INDEX links_other ON links (other);
