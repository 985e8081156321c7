//! `passerelle user`: counsellors' accounts.

use crate::cli::Place;
use crate::entropy::OsEntropy;
use crate::house;
use crate::unusable::unusable;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{Clock as _, Counsellor, CounsellorId, Entropy as _, Lang, Role, TeamId};
use std::collections::BTreeMap;
use std::process::ExitCode;
use store::{Actor, AuditEntry, Login, MustChange, Store};
use switchboard::RealTime;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Make an account, or give it a new one-time password.
    Add(Add),
    /// List accounts.
    List(Place),
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Name to sign in with.
    login: String,
    /// First name: the only one children see.
    #[arg(long)]
    name: String,
    /// counsellor, supervisor or admin.
    #[arg(long, default_value = "counsellor", value_parser = role)]
    role: Role,
    /// Languages they counsel in.
    #[arg(long, value_delimiter = ',', default_value = "en,fr")]
    langs: Vec<Lang>,
    /// Teams they belong to.
    #[arg(long, value_delimiter = ',')]
    teams: Vec<String>,
    #[command(flatten)]
    place: Place,
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| format!("`{name}` is not a role; write counsellor, supervisor or admin"))
}

/// A fresh account.
pub(crate) struct Seeded {
    pub(crate) login: String,
    pub(crate) password: String,
}

/// Makes a first counsellor when there is no account at all.
pub(crate) async fn seed(store: &dyn Store) -> anyhow::Result<Option<Seeded>> {
    if !store.counsellors().await?.is_empty() {
        return Ok(None);
    }
    let add = NewAccount {
        login: "counsellor".into(),
        first_name: "Sam".into(),
        role: Role::Supervisor,
        langs: vec![Lang::EN, Lang::FR],
        teams: Vec::new(),
    };
    put(store, add).await.map(Some)
}

struct NewAccount {
    login: String,
    first_name: String,
    role: Role,
    langs: Vec<Lang>,
    teams: Vec<TeamId>,
}

async fn put(store: &dyn Store, new: NewAccount) -> anyhow::Result<Seeded> {
    let password = desk::one_time_password(&OsEntropy)?;
    let known = store.login(&new.login).await?.map(|login| login.counsellor.id);
    let id = match known {
        Some(id) => id,
        None => CounsellorId::from_uuid(OsEntropy.uuid()?),
    };
    let counsellor = Counsellor {
        id,
        login: new.login.clone(),
        first_name: new.first_name,
        role: new.role,
        langs: new.langs,
        teams: new.teams,
    };
    store
        .put_login(Login {
            counsellor,
            password_hash: desk::hash_password(&password, &OsEntropy)?,
            must_change: MustChange::Yes,
            failures: 0,
            locked_until: None,
        })
        .await?;
    store.end_sessions_of(id).await?;
    store
        .record(AuditEntry {
            at: RealTime.now(),
            actor: Actor::Operator,
            conversation: None,
            action: if known.is_some() { "account_reset".into() } else { "account_made".into() },
            facts: BTreeMap::from([
                ("counsellor".into(), id.to_string()),
                ("role".into(), new.role.name().into()),
            ]),
        })
        .await?;
    Ok(Seeded { login: new.login, password })
}

impl Users {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
        match self {
            Self::Add(add) => runtime.block_on(add.run())?,
            Self::List(place) => runtime.block_on(list(&place))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    async fn run(self) -> anyhow::Result<()> {
        if self.login.trim().is_empty() || self.name.trim().is_empty() {
            return Err(unusable("login and --name can't be empty"));
        }
        let store = house::open_store(&house::settings(&self.place)?)?;
        let new = NewAccount {
            login: self.login,
            first_name: self.name,
            role: self.role,
            langs: self.langs,
            teams: self.teams.into_iter().map(TeamId::new).collect(),
        };
        let seeded = put(&store, new).await?;
        println!("{} can sign in with the one-time password {}", seeded.login, seeded.password);
        Ok(())
    }
}

async fn list(place: &Place) -> anyhow::Result<()> {
    let store = house::open_store(&house::settings(place)?)?;
    for counsellor in store::People::counsellors(&store).await? {
        let langs: Vec<String> = counsellor.langs.iter().map(ToString::to_string).collect();
        println!(
            "{:<20} {:<16} {:<12} {}",
            counsellor.login,
            counsellor.first_name,
            counsellor.role.name(),
            langs.join(",")
        );
    }
    Ok(())
}
