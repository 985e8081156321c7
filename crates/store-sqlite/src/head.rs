//! Where the audit log ends, sealed: lines cut off its end leave a chain that looks whole.
//!
//! The seal is written in the transaction that writes the lines, so no crash can part them. Whoever
//! has the file but not the master key can't seal another end; they could put back an older end with
//! its own seal, copied at that time, so keep `audit verify`'s count elsewhere, too. What was found
//! once is never forgotten. Read next: `audit.rs`.

use crate::rows::broken;
use rusqlite::{Connection, OptionalExtension};
use store::vault::Vault;
use store::{ChainBreak, ChainHead, StoreError};

/// Sequence number, the last line's hash, the seal.
const LENGTH: usize = 8 + 32 + 32;

/// The last line kept.
pub(crate) fn tip(db: &Connection) -> rusqlite::Result<ChainHead> {
    let last = db
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    Ok(last.map_or_else(ChainHead::default, |(seq, hash)| ChainHead { seq: seq.cast_unsigned(), hash }))
}

/// Seals the end.
pub(crate) fn seal(db: &Connection, vault: &Vault, head: &ChainHead) -> rusqlite::Result<()> {
    let mut value = Vec::with_capacity(LENGTH);
    value.extend_from_slice(&head.seq.to_be_bytes());
    value.extend_from_slice(&head.hash);
    value.extend_from_slice(&vault.audit_seal(head));
    let sql = "INSERT INTO meta (name, value) VALUES ('audit_head', ?1)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    db.prepare_cached(sql)?.execute([value]).map(|_| ())
}

/// What is wrong with the end, if anything: now, or when it was looked at before.
pub(crate) fn look(db: &Connection, vault: &Vault, tip: &ChainHead) -> Result<Option<ChainBreak>, StoreError> {
    let value = |name: &str| {
        db.prepare_cached("SELECT value FROM meta WHERE name = ?1")
            .and_then(|mut find| find.query_row([name], |row| row.get::<_, Vec<u8>>(0)).optional())
            .map_err(broken)
    };
    if let Some(noted) = value("audit_broken")? {
        let found = serde_json::from_slice::<(u64, String)>(&noted)
            .unwrap_or_else(|_| (tip.seq, "it was broken before, and the note of where was changed".to_owned()));
        return Ok(Some(ChainBreak { seq: found.0, why: found.1 }));
    }
    let broken_at = |seq: u64, why: String| Ok(Some(ChainBreak { seq, why }));
    let Some(kept) = value("audit_head")? else {
        return broken_at(tip.seq + 1, "the seal of the log's end is missing".into());
    };
    let sealed = read(&kept).filter(|(head, seal)| vault.audit_seal(head) == *seal);
    let Some((head, _)) = sealed else {
        return broken_at(tip.seq + 1, "the seal of the log's end was changed".into());
    };
    if head.seq > tip.seq {
        return broken_at(tip.seq + 1, format!("the log was cut off here; it had {} lines", head.seq));
    }
    if head.seq < tip.seq {
        return broken_at(head.seq + 1, "the lines from here on were added by another hand".into());
    }
    if head.hash == tip.hash { Ok(None) } else { broken_at(tip.seq, "the last line was changed".into()) }
}

fn read(kept: &[u8]) -> Option<(ChainHead, [u8; 32])> {
    let (seq, rest) = kept.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_first_chunk::<32>()?;
    let seal = <[u8; 32]>::try_from(rest).ok()?;
    Some((ChainHead { seq: u64::from_be_bytes(*seq), hash: *hash }, seal))
}

/// Looks, and keeps what is wrong: new lines would hide it. The service goes on all the same.
pub(crate) fn look_and_note(db: &Connection, vault: &Vault, tip: &ChainHead) -> Result<(), StoreError> {
    let Some(found) = look(db, vault, tip)? else { return Ok(()) };
    let note = serde_json::to_vec(&(found.seq, &found.why))
        .map_err(|_| StoreError::Invalid("a note on the audit log can't be written".into()))?;
    let sql = "INSERT INTO meta (name, value) VALUES ('audit_broken', ?1) ON CONFLICT (name) DO NOTHING";
    db.execute(sql, [note]).map_err(broken)?;
    tracing::error!(line = found.seq, why = found.why, "the audit log was changed by another hand");
    Ok(())
}
