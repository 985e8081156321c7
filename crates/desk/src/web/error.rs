//! What can go wrong with a request. The page for it is made in `headers.rs`, in the reader's language.
//!
//! It must never hold a child's words. Read next: `headers.rs`.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use store::StoreError;

/// Why a request can't be answered as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskError {
    /// Nobody is signed in.
    SignInFirst,
    /// The one-time password must be changed first.
    ChangePasswordFirst,
    /// The form isn't ours: other site, missing or wrong token.
    NotFromHere,
    /// The form can't be read.
    BadForm,
    /// The role or the conversation's holder doesn't allow it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The words were deleted.
    Erased,
    /// Too many sign-ins at this moment.
    Busy,
    /// The store or the house can't answer now.
    Unavailable,
}

impl DeskError {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::ChangePasswordFirst | Self::NotFromHere | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Erased => StatusCode::GONE,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        // A store's errors never hold content.
        tracing::error!(error = %error, "the desk could not use the store");
        Self::Unavailable
    }
}

impl IntoResponse for DeskError {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::SignInFirst => Redirect::to("/desk/sign-in").into_response(),
            Self::ChangePasswordFirst => Redirect::to("/desk/password").into_response(),
            _ => self.status().into_response(),
        };
        response.extensions_mut().insert(self);
        response
    }
}
