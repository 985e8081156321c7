//! Opens the kept Matrix session, or logs in once and keeps it.
//!
//! The session lives in the adapter's own encrypted store, so that a restart is the same device
//! with the same keys. It is kept before the keys are made: a crash in between must not leave
//! keys that belong to no known session. It must never log a token. Read next: `receive.rs`.

use crate::settings::{MatrixSettings, Secret};
use adapter_api::AdapterError;
use hkdf::Hkdf;
use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::encryption::recovery::RecoveryState;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::api::client::session::login;
use matrix_sdk::ruma::api::client::uiaa;
use matrix_sdk::store::StateStoreDataKey;
use matrix_sdk::{Client, ClientBuilder, HttpError, SessionMeta, SessionTokens, SqliteStoreConfig};
use sha2::Sha256;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// Where the session is kept in the adapter's own store.
const SESSION: &[u8] = b"passerelle/session";

/// Longest wait for one answer of the server (a sync may wait this much longer).
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What a reopened client should do with the sync token that the library keeps for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SyncToken {
    /// Leave it.
    Keep,
    /// Forget it. The library throws away a response that carries the token it already knows;
    /// when that response was never committed by the house, its messages would be lost.
    Forget,
}

/// A client with its session, ready to sync and send.
pub(crate) async fn open(settings: &MatrixSettings, token: SyncToken) -> Result<Client, AdapterError> {
    std::fs::create_dir_all(&settings.data_dir)
        .map_err(|error| AdapterError::OwnData(format!("the data folder can't be made: {error}")))?;
    let client = builder(settings)
        .sqlite_store_with_config_and_cache_path(store(settings)?, None::<PathBuf>)
        // The house decides when to try again; a hidden retry would hold up every other child.
        .request_config(RequestConfig::new().disable_retry().timeout(ANSWER_WITHIN))
        .with_encryption_settings(EncryptionSettings {
            // Both are done by `vouch_for_device` and `keep_keys_safe`, which can say what failed.
            auto_enable_cross_signing: false,
            auto_enable_backups: false,
            // A key that is missing is asked for when its message is read, see `receive.rs`.
            backup_download_strategy: BackupDownloadStrategy::Manual,
        })
        .build()
        .await
        .map_err(not_built)?;
    if token == SyncToken::Forget {
        client.state_store().remove_kv_data(StateStoreDataKey::SyncToken).await.map_err(own_data)?;
    }
    let session = session(&client, settings).await?;
    client.restore_session(session).await.map_err(own_data)?;
    Ok(client)
}

fn builder(settings: &MatrixSettings) -> ClientBuilder {
    // A full address is taken as it is, so that a start needs no network; a name is looked up.
    if settings.homeserver.contains("://") {
        Client::builder().homeserver_url(&settings.homeserver)
    } else {
        Client::builder().server_name_or_homeserver_url(&settings.homeserver)
    }
}

/// The library's store, opened with a key made from the passphrase. The passphrase is random, so the
/// library's own slow stretching of human passwords would only make every start slow.
fn store(settings: &MatrixSettings) -> Result<SqliteStoreConfig, AdapterError> {
    let mut key = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, settings.store_passphrase.text().as_bytes())
        .expand(b"passerelle matrix store", key.as_mut())
        .map_err(own_data)?;
    Ok(SqliteStoreConfig::new(&settings.data_dir).key(Some(&key)))
}

/// The sync token the library keeps for itself.
pub(crate) async fn own_token(client: &Client) -> Result<Option<String>, AdapterError> {
    let kept = client.state_store().get_kv_data(StateStoreDataKey::SyncToken).await.map_err(own_data)?;
    Ok(kept.and_then(|value| value.into_sync_token()))
}

async fn session(client: &Client, settings: &MatrixSettings) -> Result<MatrixSession, AdapterError> {
    let kept = client.state_store().get_custom_value(SESSION).await.map_err(own_data)?;
    let kept = match kept {
        Some(bytes) => Some(serde_json::from_slice::<MatrixSession>(&bytes).map_err(own_data)?),
        None => None,
    };
    let session = match (kept, &settings.secret) {
        (Some(kept), Secret::Password(_)) => {
            belongs(&kept, settings)?;
            return Ok(kept);
        }
        (None, Secret::Password(password)) => log_in(client, settings, password.text()).await?,
        (kept, Secret::Token(token)) => match kept {
            Some(kept) if kept.tokens.access_token == *token.text() => return Ok(kept),
            kept => whose_token(settings, token.text(), kept).await?,
        },
    };
    belongs(&session, settings)?;
    let bytes = serde_json::to_vec(&session).map_err(own_data)?;
    client.state_store().set_custom_value(SESSION, bytes).await.map_err(own_data)?;
    Ok(session)
}

/// A data folder is one account's and one device's for ever: its keys are of no use to another.
fn belongs(session: &MatrixSession, settings: &MatrixSettings) -> Result<(), AdapterError> {
    let kept = &session.meta.user_id;
    if kept.as_str() == settings.user || kept.localpart() == settings.user.trim_start_matches('@') {
        return Ok(());
    }
    Err(AdapterError::OwnData(
        "the data folder holds the keys of another Matrix user; give each account its own folder".to_owned(),
    ))
}

async fn log_in(
    client: &Client,
    settings: &MatrixSettings,
    password: &str,
) -> Result<MatrixSession, AdapterError> {
    let mut request = login::v3::Request::new(login::v3::LoginInfo::Password(login::v3::Password::new(
        user_identifier(settings),
        password.to_owned(),
    )));
    request.initial_device_display_name = Some(settings.device_name.clone());
    let response = client.send(request).await.map_err(|error| http(&error))?;
    Ok(MatrixSession::from(&response))
}

async fn whose_token(
    settings: &MatrixSettings,
    token: &str,
    kept: Option<MatrixSession>,
) -> Result<MatrixSession, AdapterError> {
    // Asked through a client of its own, without a store: the kept one must not see a wrong session.
    let asker = builder(settings).build().await.map_err(not_built)?;
    let tokens = SessionTokens { access_token: token.to_owned(), refresh_token: None };
    let placeholder = SessionMeta { user_id: full_user_id(settings)?, device_id: "UNKNOWN".into() };
    let session = MatrixSession { meta: placeholder, tokens: tokens.clone() };
    asker.restore_session(session).await.map_err(own_data)?;
    let answer = asker.whoami().await.map_err(|error| http(&error))?;
    let device_id = answer.device_id.ok_or_else(|| {
        AdapterError::Refused("the token belongs to no device, so nothing can be encrypted for it".to_owned())
    })?;
    let meta = SessionMeta { user_id: answer.user_id, device_id };
    match kept {
        Some(kept) if kept.meta != meta => Err(AdapterError::OwnData(
            "the token belongs to another device than the keys in the data folder; \
             use the old token, or a fresh data folder"
                .to_owned(),
        )),
        _ => Ok(MatrixSession { meta, tokens }),
    }
}

fn full_user_id(settings: &MatrixSettings) -> Result<matrix_sdk::ruma::OwnedUserId, AdapterError> {
    settings.user.as_str().try_into().map_err(|_| {
        AdapterError::Refused(
            "with a token, the user must be written in full, as in @helpline:example.org".to_owned(),
        )
    })
}

fn user_identifier(settings: &MatrixSettings) -> uiaa::UserIdentifier {
    uiaa::UserIdentifier::Matrix(uiaa::MatrixUserIdentifier::new(settings.user.clone()))
}

/// Signs our device with our own cross-signing keys: newer apps refuse to encrypt to a device that
/// nobody vouches for. Without it everything still works with the others, so failing is a warning.
pub(crate) async fn vouch_for_device(client: &Client, settings: &MatrixSettings) {
    let encryption = client.encryption();
    let Err(first) = encryption.bootstrap_cross_signing_if_needed(None).await else {
        return;
    };
    let again = match (first.as_uiaa_response(), &settings.secret) {
        (Some(info), Secret::Password(password)) => {
            let mut auth = uiaa::Password::new(user_identifier(settings), password.text().to_owned());
            auth.session.clone_from(&info.session);
            encryption.bootstrap_cross_signing_if_needed(Some(uiaa::AuthData::Password(auth))).await
        }
        _ => Err(first),
    };
    if again.is_err() {
        tracing::warn!(
            account = settings.account.as_str(),
            "the Matrix device couldn't be signed; some apps may refuse to write to it"
        );
    }
}

/// Keeps the keys that read our rooms on the homeserver too, locked with a passphrase that follows from
/// the house's own key: when the data folder is lost, the same house opens them again on a new device.
/// The homeserver can't. Without it everything works but that, so failing is a warning.
pub(crate) async fn keep_keys_safe(client: &Client, settings: &MatrixSettings) {
    let encryption = client.encryption();
    encryption.wait_for_e2ee_initialization_tasks().await;
    let Ok(passphrase) = recovery_passphrase(settings) else { return };
    let recovery = encryption.recovery();
    let done = match recovery.state() {
        RecoveryState::Enabled => return,
        // The homeserver couldn't be asked; syncing will say so.
        RecoveryState::Unknown => return,
        RecoveryState::Disabled => recovery.enable().with_passphrase(&passphrase).await.map(drop),
        RecoveryState::Incomplete => recovery.recover_and_fix_backup(&passphrase).await,
    };
    match done {
        Ok(()) => {
            tracing::info!(account = settings.account.as_str(), "the Matrix account's keys are backed up");
        }
        Err(_) => tracing::warn!(
            account = settings.account.as_str(),
            "the Matrix account's keys aren't backed up: its secure backup was set up elsewhere or can't be opened"
        ),
    }
}

/// Another key than the store's, from the same random passphrase.
fn recovery_passphrase(settings: &MatrixSettings) -> Result<Zeroizing<String>, AdapterError> {
    let mut key = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, settings.store_passphrase.text().as_bytes())
        .expand(b"passerelle matrix recovery", key.as_mut())
        .map_err(own_data)?;
    Ok(Zeroizing::new(key.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// An HTTP failure outside a send, in the contract's words. The server's own text stays out:
/// it can name rooms and people.
pub(crate) fn http(error: &HttpError) -> AdapterError {
    match error.as_client_api_error() {
        Some(answer) if matches!(answer.status_code.as_u16(), 401 | 403) => {
            AdapterError::Refused(format!("status {}, {}", answer.status_code.as_u16(), code(error)))
        }
        Some(answer) => {
            AdapterError::Unreachable(format!("status {}, {}", answer.status_code.as_u16(), code(error)))
        }
        None => AdapterError::Unreachable("no usable answer from the homeserver".to_owned()),
    }
}

fn code(error: &HttpError) -> String {
    error.client_api_error_kind().map_or_else(|| "no error code".to_owned(), |kind| kind.errcode().to_string())
}

/// The library's failure while syncing, in the contract's words.
pub(crate) fn library(error: &matrix_sdk::Error) -> AdapterError {
    match error {
        matrix_sdk::Error::Http(error) => http(error),
        other => own_data(other),
    }
}

fn not_built(error: matrix_sdk::ClientBuildError) -> AdapterError {
    match error {
        matrix_sdk::ClientBuildError::SqliteStore(error) => {
            AdapterError::OwnData(format!("the key store doesn't open (is the passphrase the same?): {error}"))
        }
        matrix_sdk::ClientBuildError::Url(error) => {
            AdapterError::Refused(format!("the homeserver's address isn't a URL: {error}"))
        }
        other => AdapterError::Unreachable(format!("the homeserver wasn't found: {other}")),
    }
}

pub(crate) fn own_data(error: impl std::fmt::Display) -> AdapterError {
    AdapterError::OwnData(error.to_string())
}
