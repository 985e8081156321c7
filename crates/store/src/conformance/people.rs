//! Cases of accounts and sessions.

use super::Subject;
use super::make::{at, counsellor};
use crate::{Login, MustChange, Session, StoreError};
use domain::{Counsellor, Lang, Role};

fn login(n: u128, name: &str) -> Login {
    Login {
        counsellor: Counsellor {
            id: counsellor(n),
            login: name.to_owned(),
            first_name: "Zoé".into(),
            role: Role::Supervisor,
            langs: vec![Lang::FR, Lang::EN],
            teams: vec!["night".into()],
        },
        password_hash: "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA".into(),
        must_change: MustChange::Yes,
        failures: 2,
        locked_until: Some(at(9)),
    }
}

#[allow(missing_docs)]
pub async fn a_login_is_found_whatever_the_case_and_is_unique(subject: &mut dyn Subject) {
    subject.store().put_login(login(1, "Élodie")).await.unwrap();
    subject.store().put_login(login(2, "ada")).await.unwrap();
    subject.restart().await;
    let store = subject.store();
    for name in ["Élodie", "élodie", "ÉLODIE", " élodie "] {
        assert!(store.login(name).await.unwrap() == Some(login(1, "Élodie")), "{name}");
    }
    assert!(store.login("elodie").await.unwrap().is_none());
    let taken = store.put_login(login(3, "ADA")).await;
    assert!(matches!(taken, Err(StoreError::Invalid(_))), "{taken:?}");
    let mut changed = login(2, "Ada");
    changed.must_change = MustChange::No;
    changed.failures = 0;
    changed.locked_until = None;
    store.put_login(changed.clone()).await.unwrap();
    assert!(store.login("ada").await.unwrap() == Some(changed));
    let names: Vec<_> = store.counsellors().await.unwrap().into_iter().map(|person| person.login).collect();
    assert_eq!(names, ["Ada", "Élodie"]);
}

#[allow(missing_docs)]
pub async fn sessions_expire_and_end(subject: &mut dyn Subject) {
    subject.store().put_login(login(1, "ada")).await.unwrap();
    subject.store().put_login(login(2, "bo")).await.unwrap();
    let session = |byte: u8, who: u128| Session {
        token_hash: [byte; 32],
        counsellor: counsellor(who),
        created_at: at(0),
        expires_at: at(10),
    };
    for (byte, who) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
        subject.store().put_session(session(byte, who)).await.unwrap();
    }
    subject.restart().await;
    let store = subject.store();
    assert_eq!(store.session(&[1; 32], at(9)).await.unwrap(), Some(session(1, 1)));
    assert_eq!(store.session(&[1; 32], at(10)).await.unwrap(), None);
    assert_eq!(store.session(&[9; 32], at(0)).await.unwrap(), None);
    store.end_session(&[1; 32]).await.unwrap();
    assert_eq!(store.session(&[1; 32], at(0)).await.unwrap(), None);
    assert!(store.session(&[2; 32], at(0)).await.unwrap().is_some());
    store.end_sessions_of(counsellor(1)).await.unwrap();
    assert_eq!(store.session(&[2; 32], at(0)).await.unwrap(), None);
    assert!(store.session(&[4; 32], at(0)).await.unwrap().is_some());
}
