//! `GET /desk/…`: any address that doesn't exist.

use crate::web::DeskError;

/// A page that says so.
pub(crate) async fn nothing_here() -> DeskError {
    DeskError::NotFound
}
