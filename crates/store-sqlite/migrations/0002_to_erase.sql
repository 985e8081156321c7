-- Closed talks whose child asked for deletion, until somebody has deleted their words.
ALTER TABLE conversations ADD COLUMN to_erase INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversations_to_erase ON conversations (since) WHERE to_erase = 1;
-- Why a talk was closed is sealed in its state; the audit log says it in the clear.
UPDATE conversations SET to_erase = 1 WHERE wrapped IS NOT NULL AND stage = 'closed' AND id IN (
    SELECT conversation FROM audit
    WHERE json_extract(line, '$.action') = 'closed' AND json_extract(line, '$.facts.reason') = 'deletion_asked'
);
