//! Looks at the account as `passerelle doctor` does: server, sign-in, device, keys, invitations, rooms.
//!
//! It must change nothing on the server, and name no room and no person. Read next: `session.rs`.

use crate::session;
use crate::settings::{MatrixSettings, Unencrypted};
use adapter_api::{Examined, Verdict};
use matrix_sdk::Client;
use matrix_sdk::encryption::recovery::RecoveryState;
use std::time::Duration;
use tokio::time::timeout;

/// Longest wait for one answer; a doctor waits for two.
const ANSWER: Duration = Duration::from_secs(8);

pub(crate) async fn examine(client: &Client, settings: &MatrixSettings) -> Vec<Examined> {
    let server = homeserver(client).await;
    if server.verdict == Verdict::Bad {
        return vec![server];
    }
    let sign_in = sign_in(client).await;
    if sign_in.verdict == Verdict::Bad {
        return vec![server, sign_in];
    }
    vec![
        server,
        sign_in,
        device(client).await,
        key_backup(client).await,
        invitations(client),
        rooms(client, settings),
    ]
}

fn found(verdict: Verdict, what: &'static str, found: impl Into<String>) -> Examined {
    Examined { verdict, what, found: found.into() }
}

async fn homeserver(client: &Client) -> Examined {
    let what = "homeserver";
    match timeout(ANSWER, client.fetch_server_versions(None)).await {
        Ok(Ok(answer)) => {
            let newest = answer.versions.last().map_or("an unknown version", String::as_str);
            found(Verdict::Good, what, format!("it answers and speaks Matrix up to {newest}"))
        }
        Ok(Err(_)) | Err(_) => found(
            Verdict::Bad,
            what,
            "it doesn't answer: check `homeserver` in the settings, that the server runs, and that this machine reaches it",
        ),
    }
}

async fn sign_in(client: &Client) -> Examined {
    let what = "sign-in";
    match timeout(ANSWER, client.whoami()).await {
        Ok(Ok(_)) => found(Verdict::Good, what, "the homeserver knows this device of the account"),
        Ok(Err(error)) => found(
            Verdict::Bad,
            what,
            format!(
                "refused ({}): the session was ended or the account is locked; set a new token, or move the \
                 account's folder away so that the password signs in anew",
                session::http(&error)
            ),
        ),
        Err(_) => found(Verdict::Bad, what, "the homeserver doesn't answer who we are; look at its log"),
    }
}

async fn device(client: &Client) -> Examined {
    let what = "device";
    let device = client.encryption().get_own_device().await.ok().flatten();
    if device.is_some_and(|device| device.is_cross_signed_by_owner()) {
        return found(Verdict::Good, what, "signed by the account's own key");
    }
    found(
        Verdict::Note,
        what,
        "not signed by the account's own key, so some apps warn or refuse to write to it; it is signed when \
         the house runs and signs in with a password",
    )
}

async fn key_backup(client: &Client) -> Examined {
    let what = "key backup";
    let encryption = client.encryption();
    if timeout(ANSWER, encryption.wait_for_e2ee_initialization_tasks()).await.is_err() {
        return found(Verdict::Note, what, "the homeserver didn't say in time whether keys are backed up");
    }
    match encryption.recovery().state() {
        RecoveryState::Enabled => found(
            Verdict::Good,
            what,
            "kept on the homeserver, locked with a key that follows from the house's own",
        ),
        RecoveryState::Disabled => found(Verdict::Note, what, "not yet made; it is made when the house runs"),
        RecoveryState::Incomplete => found(
            Verdict::Note,
            what,
            "set up by another program or another house key: this house can't open it, and losing its folder \
             loses what comes meanwhile; reset the account's secure backup in an app to let the house make its own",
        ),
        RecoveryState::Unknown => found(Verdict::Note, what, "not known"),
    }
}

fn invitations(client: &Client) -> Examined {
    let waiting = client.invited_rooms().len();
    match waiting {
        0 => found(Verdict::Good, "invitations", "none waits"),
        _ => found(Verdict::Note, "invitations", format!("{waiting} wait; they are taken when the house runs")),
    }
}

fn rooms(client: &Client, settings: &MatrixSettings) -> Examined {
    let rooms = client.joined_rooms();
    let open = rooms.iter().filter(|room| !room.encryption_state().is_encrypted()).count();
    let said = format!("{} rooms, {open} of them without end-to-end encryption", rooms.len());
    match (settings.unencrypted, open) {
        (_, 0) => found(Verdict::Good, "encryption", said),
        (Unencrypted::Warn, _) => found(
            Verdict::Note,
            "encryption",
            format!("{said}: whoever runs a homeserver in such a room can read it; the settings allow that"),
        ),
        (Unencrypted::Refuse, _) => {
            found(Verdict::Note, "encryption", format!("{said}: nothing is written there until encryption is on"))
        }
    }
}
