//! What the desk is made of: the store it reads, the door it speaks through, its settings.
//!
//! It must never hold a conversation's words between two requests. Read next: `routes.rs`.

use crate::Door;
use crate::auth::Guard;
use domain::{Entropy, ResourceId, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;

/// How cookies are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// Over HTTPS only, with the `__Host-` prefix. For every real service.
    Secure,
    /// Also over plain HTTP: a machine's own `localhost`, tests.
    Plain,
}

/// What the binary hands to the desk.
pub struct DeskParts {
    /// Where things are read.
    pub store: Arc<dyn Store>,
    /// Where commands go.
    pub door: Arc<dyn Door>,
    /// For session tokens and salts.
    pub entropy: Arc<dyn Entropy>,
    /// The helpline's name, as shown.
    pub helpline: String,
    /// Names of the contacts a flow can give; an id without a name is shown as it is.
    pub resources: BTreeMap<ResourceId, String>,
    /// How cookies are sent.
    pub cookies: Cookies,
    /// When this is cancelled, live streams end, so that the server can stop.
    pub stopping: CancellationToken,
}

/// The desk, shared by all requests.
pub(crate) struct Desk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) door: Arc<dyn Door>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) helpline: String,
    pub(crate) resources: BTreeMap<ResourceId, String>,
    pub(crate) cookies: Cookies,
    pub(crate) stopping: CancellationToken,
    pub(crate) guard: Guard,
    /// When the store was last written to, to see whether it can be, and whether it could.
    pub(crate) probed: tokio::sync::Mutex<Option<(Timestamp, bool)>>,
}

impl Desk {
    pub(crate) fn new(parts: DeskParts) -> Self {
        let DeskParts { store, door, entropy, helpline, resources, cookies, stopping } = parts;
        let (guard, probed) = (Guard::new(), tokio::sync::Mutex::new(None));
        Self { store, door, entropy, helpline, resources, cookies, stopping, guard, probed }
    }
}
