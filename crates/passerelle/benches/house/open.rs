//! A house as `passerelle run` builds it, on a file, with one counsellor on duty.
//!
//! Read next: `../../src/cmd/run.rs`.

use super::children::Street;
use async_trait::async_trait;
use domain::{AccountId, Alarm, Counsellor, CounsellorId, Entropy, Lang, OsEntropyMissing, Role, Timestamp};
use engine::Opening;
use flow_script::{HouseLangs, load_shipped};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::vault::MasterKey;
use store::{Inboxes as _, Login, MustChange, Outboxes as _, People as _, Store};
use store_sqlite::{Options, SqliteStore};
use switchboard::{Hours, Pager, Parts, RealTime, Settings, Switchboard};
use tokio::task::JoinSet;

struct Os;

impl Entropy for Os {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
        getrandom::fill(buffer).map_err(|_| OsEntropyMissing)
    }
}

struct AlwaysOpen;

impl Hours for AlwaysOpen {
    fn at(&self, _now: Timestamp) -> Opening {
        Opening::Open
    }
}

struct NoPager;

#[async_trait]
impl Pager for NoPager {
    async fn ring(&self, _alarm: Alarm) {}
}

pub(crate) struct House {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) street: Arc<Street>,
    board: Switchboard,
    tasks: JoinSet<()>,
}

pub(crate) fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

pub(crate) fn store(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Options::new(key(), Arc::new(Os))).unwrap()
}

impl House {
    pub(crate) async fn open(path: &Path) -> Self {
        let store = Arc::new(store(path));
        let street = Street::new();
        let who = counsellor(&store).await;
        let board = Switchboard::new(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            time: Arc::new(RealTime),
            entropy: Arc::new(Os),
            flows: load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).unwrap().library,
            settings: Settings {
                helpline: "Bench".into(),
                country: "FR".into(),
                emergency: "112".into(),
                langs: vec![Lang::EN, Lang::FR],
                most_each: 3,
                hours: Arc::new(AlwaysOpen),
                deadlines: engine::Deadlines::default(),
            },
            channels: vec![switchboard::Channel::ready(Arc::clone(&street) as Arc<dyn adapter_api::Adapter>)],
            pager: Arc::new(NoPager),
        });
        let tasks = board.start().await.unwrap();
        board.heartbeat(who).await;
        Self { store, street, board, tasks }
    }

    /// Waits until nothing waits.
    pub(crate) async fn quiet(&self) {
        let account = AccountId::new("street");
        while self.store.pending_count().await.unwrap() > 0 || self.store.unsettled(&account).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(crate) async fn close(mut self) {
        self.board.stop();
        while self.tasks.join_next().await.is_some() {}
        self.store.close().await.unwrap();
    }
}

async fn counsellor(store: &SqliteStore) -> CounsellorId {
    let id = CounsellorId::from_uuid(uuid::Uuid::from_u128(1));
    let counsellor = Counsellor {
        id,
        login: "ana".into(),
        first_name: "Ana".into(),
        role: Role::Counsellor,
        langs: vec![Lang::EN],
        teams: Vec::new(),
    };
    let login = Login {
        counsellor,
        password_hash: String::new(),
        must_change: MustChange::No,
        failures: 0,
        locked_until: None,
    };
    store.put_login(login).await.unwrap();
    id
}
