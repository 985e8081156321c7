//! One command through the door, and the answer to whoever asked.
//!
//! Whether somebody may act is asked twice: here before the door, and by the house behind it.

use crate::desk::Desk;
use crate::pages::conversation_with;
use crate::reading::allowed;
use crate::render::Typed;
use crate::web::{Asked, DeskError, Posted, done, refusal_status, refused};
use crate::words::Tongue;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::{ConversationId, DeskCommand, RefusalCode};

/// The conversation an address names.
pub(crate) fn conversation_id(id: &str) -> Result<ConversationId, DeskError> {
    id.parse().map_err(|_| DeskError::NotFound)
}

/// Where to go on after it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The conversation's page.
    Stay,
    /// The queue.
    Queue,
}

/// Sends a command. `typed` is shown again when it is refused.
pub(crate) async fn send(
    desk: &Desk,
    posted: &Posted,
    id: ConversationId,
    command: DeskCommand,
    typed: Typed,
    then: Then,
) -> Result<Response, DeskError> {
    let asked = Asked::of(&posted.headers);
    let outcome = match allowed(desk, &posted.who, id).await {
        Ok(_) => desk.door.submit(posted.who.counsellor.id, id, command).await.map_err(|refusal| refusal.code),
        Err(error) => Err(as_refusal(error)?),
    };
    let code = match outcome {
        Ok(()) => {
            let to = match then {
                Then::Stay => format!("/desk/c/{id}"),
                Then::Queue => "/desk".to_owned(),
            };
            return Ok(done(asked, &to));
        }
        Err(code) => code,
    };
    tracing::info!(conversation = %id, code = ?code, "a desk command was refused");
    if asked == Asked::ByScript {
        return Ok(refused(Tongue::of(&posted.headers, desk.cookies), code));
    }
    if matches!(code, RefusalCode::NotFound) {
        return Err(DeskError::NotFound);
    }
    let typed = Typed { refusal: Some(code), ..typed };
    let page = conversation_with(desk, &posted.who, id, &posted.headers, &typed).await?;
    let status = match refusal_status(code) {
        StatusCode::NOT_FOUND => StatusCode::CONFLICT,
        status => status,
    };
    Ok((status, page).into_response())
}

/// Not being allowed is told to the script as a refusal, so that no typed word is lost.
fn as_refusal(error: DeskError) -> Result<RefusalCode, DeskError> {
    match error {
        DeskError::Forbidden => Ok(RefusalCode::NotYours),
        DeskError::NotFound => Ok(RefusalCode::NotFound),
        DeskError::Unavailable => Ok(RefusalCode::Unavailable),
        other => Err(other),
    }
}
