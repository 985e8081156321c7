//! What is answered: a result, or a refusal in the platform's form.
//!
//! Read next: `methods.rs`.

use serde_json::{Value, json};

/// A call that the platform refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) description: String,
    pub(crate) retry_after: Option<u32>,
}

pub(crate) type Answer = Result<Value, Refusal>;

pub(crate) fn refuse<T>(code: u16, description: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, description: description.into(), retry_after: None })
}

pub(crate) fn bad<T>(why: impl AsRef<str>) -> Result<T, Refusal> {
    refuse(400, format!("Bad Request: {}", why.as_ref()))
}

pub(crate) fn too_many(seconds: u32) -> Refusal {
    Refusal {
        code: 429,
        description: format!("Too Many Requests: retry after {seconds}"),
        retry_after: Some(seconds),
    }
}

pub(crate) fn envelope(answer: &Answer) -> (u16, Value) {
    match answer {
        Ok(result) => (200, json!({ "ok": true, "result": result })),
        Err(refusal) => {
            let mut body = json!({ "ok": false, "error_code": refusal.code, "description": refusal.description });
            if let Some(seconds) = refusal.retry_after {
                body["parameters"] = json!({ "retry_after": seconds });
            }
            (refusal.code, body)
        }
    }
}
