//! One try to sign in: same answer and same time whatever was wrong; waits grow.
//!
//! It must never say whether the name or the password was wrong. Read next: `password.rs`.

use super::{Busy, DUMMY_HASH, verify};
use crate::desk::Desk;
use crate::web::DeskError;
use domain::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{Actor, AuditEntry, Login};

/// Failures before a wait begins.
const FREE_TRIES: u32 = 5;
/// The first wait; it doubles with each further failure.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait: a stranger who guesses must not keep a counsellor out for a shift.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// Come in.
    Welcome(Box<Login>),
    /// Wrong name, wrong password, or too many tries: not told which.
    Refused,
}

/// When the next try is allowed after so many failures.
fn locked_until(failures: u32, now: Timestamp) -> Option<Timestamp> {
    let beyond = failures.checked_sub(FREE_TRIES)?;
    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(beyond.min(10)));
    Some(now.plus(wait.min(LONGEST_WAIT)))
}

fn is_locked(login: &Login, now: Timestamp) -> bool {
    login.locked_until.is_some_and(|until| now < until)
}

/// Checks a name and a password.
pub(crate) async fn try_sign_in(desk: &Desk, name: &str, password: String) -> Result<Attempt, DeskError> {
    let known = desk.store.login(name).await?;
    let hash = known.as_ref().map_or_else(|| DUMMY_HASH.to_owned(), |login| login.password_hash.clone());
    // Computed in every case, so that an unknown name or a locked account takes as long.
    let checked_hash = hash.clone();
    let fits = desk.guard.slow(move || verify(&password, &checked_hash)).await.map_err(|Busy| DeskError::Busy)?;

    // Read again while nobody else counts: many tries at once must not pass as one.
    let _counting = desk.guard.counting.lock().await;
    let Some(mut login) = desk.store.login(name).await? else { return Ok(Attempt::Refused) };
    let now = desk.door.now();
    if is_locked(&login, now) {
        return Ok(Attempt::Refused);
    }
    if fits && login.password_hash == hash {
        login.failures = 0;
        login.locked_until = None;
        desk.store.put_login(login.clone()).await?;
        note(desk, &login, "signed_in", now).await?;
        return Ok(Attempt::Welcome(Box::new(login)));
    }
    login.failures = login.failures.saturating_add(1);
    login.locked_until = locked_until(login.failures, now);
    desk.store.put_login(login.clone()).await?;
    note(desk, &login, "sign_in_failed", now).await?;
    Ok(Attempt::Refused)
}

async fn note(desk: &Desk, login: &Login, action: &str, at: Timestamp) -> Result<(), DeskError> {
    let facts = BTreeMap::from([("failures".to_owned(), login.failures.to_string())]);
    let actor = Actor::Person { id: login.counsellor.id };
    desk.store.record(AuditEntry { at, actor, conversation: None, action: action.to_owned(), facts }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_at_the_fifth_failure_doubles_and_is_capped() {
        let now = Timestamp::from_millis(0);
        let wait = |failures| locked_until(failures, now).map(|until| until.since(now).as_secs());
        assert_eq!(wait(4), None);
        assert_eq!(wait(5), Some(30));
        assert_eq!(wait(6), Some(60));
        assert_eq!(wait(9), Some(480));
        assert_eq!(wait(10), Some(900));
        assert_eq!(wait(u32::MAX), Some(900));
    }
}
