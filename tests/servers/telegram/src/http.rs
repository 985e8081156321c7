//! One request: whose token, which method, which parameters, what goes wrong, what is answered.
//!
//! Read next: `methods.rs`.

use crate::answer::{Answer, envelope, refuse, too_many};
use crate::line::Cut;
use crate::methods::{GET_UPDATES, Method, find};
use crate::params::{Args, Sent, Upload};
use crate::polling::get_updates;
use crate::server::{Call, Inner, TOKEN};
use crate::trouble::Fault;
use axum::body::Body;
use axum::extract::{
    ConnectInfo, Form, FromRequest as _, FromRequestParts as _, Multipart, Query, Request, State,
};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Longest body of a request.
const BODY: usize = 25 * 1_024 * 1_024;

pub(crate) async fn handle(
    State(inner): State<Arc<Inner>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return file(&inner, rest);
    }
    let Some((token, name)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return answered(&refuse(404, "Not Found"));
    };
    if token != TOKEN || !inner.world().token_works {
        inner.changed();
        let shaped = token.split_once(':').is_some_and(|(id, _)| id.parse::<u64>().is_ok());
        return answered(&if shaped { refuse(401, "Unauthorized") } else { refuse(404, "Not Found") });
    }
    let Some(method) = find(name) else {
        inner.world().violations.push(format!("a method that this server doesn't have: {name}"));
        return answered(&refuse(404, "Not Found: method not found"));
    };
    let fault = inner.world().faults.next(method.name);
    match fault.filter(|fault| !fault.is_done()) {
        Some(Fault::TooMany(seconds)) => return answered(&Err(too_many(seconds))),
        Some(Fault::Fails(status)) => return answered(&refuse(status, "Internal Server Error")),
        Some(Fault::Gateway(status)) => return page(status),
        Some(Fault::CutBefore) => return no_answer(&cut).await,
        _ => {}
    }
    let body = match sent(request).await {
        Ok(sent) => run(&inner, method, sent).await,
        Err(why) => envelope_text(&refuse(400, format!("Bad Request: {why}"))),
    };
    match fault {
        Some(Fault::CutAfter) => no_answer(&cut).await,
        Some(Fault::SilentAfter) => std::future::pending().await,
        Some(Fault::GarbageAfter) => json_text(200, "{\"ok\":tr".to_owned()),
        _ => json_text(body.0, body.1),
    }
}

async fn run(inner: &Arc<Inner>, method: &Method, sent: Sent) -> (u16, String) {
    let plain = Value::Object(sent.values.clone());
    let args = match Args::read(method.params, sent) {
        Ok(args) => args,
        Err(refusal) => {
            inner.world().violations.push(format!("{}: {}", method.name, refusal.description));
            record(inner, method, plain, refusal.code);
            return envelope_text(&Err(refusal));
        }
    };
    let checked = inner.world().spec.as_ref().map(|spec| spec.check_call(method.name, &args.values));
    if let Some(Err(why)) = checked {
        inner.world().violations.push(format!("a call: {why}"));
        return envelope_text(&refuse(400, format!("Bad Request: {why}")));
    }
    let seen = Value::Object(args.values.clone());
    if method.name == GET_UPDATES {
        let (code, text) = match get_updates(inner, &args).await {
            Ok(updates) => (200, format!("{{\"ok\":true,\"result\":{updates}}}")),
            Err(refusal) => envelope_text(&Err(refusal)),
        };
        record(inner, method, seen, code);
        return (code, text);
    }
    let answer = (method.run)(&mut inner.world(), &args);
    if let Ok(result) = &answer {
        let checked = inner.world().spec.as_ref().map(|spec| spec.check_result(method.name, result));
        if let Some(Err(why)) = checked {
            inner.world().violations.push(format!("an answer of ours: {why}"));
        }
    }
    let (code, text) = envelope_text(&answer);
    record(inner, method, seen, code);
    (code, text)
}

fn record(inner: &Inner, method: &Method, args: Value, code: u16) {
    inner.world().calls.push(Call { method: method.name.to_owned(), args, code });
    inner.changed();
}

/// Parameters from the query and the body, in whichever form they come.
async fn sent(request: Request) -> Result<Sent, String> {
    let (mut parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let query = Query::<Vec<(String, String)>>::from_request_parts(&mut parts, &()).await;
    let mut found = Sent { as_text: true, ..Sent::default() };
    for (name, value) in query.map_err(|error| error.to_string())?.0 {
        found.values.insert(name, Value::String(value));
    }
    match kind.as_str() {
        "application/json" => {
            let bytes = axum::body::to_bytes(body, BODY).await.map_err(|error| error.to_string())?;
            let values: Map<String, Value> = if bytes.is_empty() {
                Map::new()
            } else {
                serde_json::from_slice(&bytes).map_err(|e| e.to_string())?
            };
            // A parameter that is null counts as not given.
            let given = values.into_iter().filter(|(_, value)| !value.is_null());
            found.as_text = false;
            found.values.extend(given);
        }
        "multipart/form-data" => read_multipart(Request::from_parts(parts, body), &mut found).await?,
        "application/x-www-form-urlencoded" => {
            let form = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), &()).await;
            for (name, value) in form.map_err(|error| error.to_string())?.0 {
                found.values.insert(name, Value::String(value));
            }
        }
        "" => {}
        other => return Err(format!("content type {other} isn't understood")),
    }
    Ok(found)
}

async fn read_multipart(request: Request, found: &mut Sent) -> Result<(), String> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
    while let Some(part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| error.to_string())?.to_vec();
        match file {
            Some(file) => {
                found.uploads.insert(name, Upload { name: file, bytes });
            }
            None => {
                let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
                found.values.insert(name, Value::String(text));
            }
        }
    }
    Ok(())
}

/// A file by its path; clients may write `/` as `%2F`.
fn file(inner: &Inner, rest: &str) -> Response {
    let found = rest.split_once('/').filter(|(token, _)| *token == TOKEN).and_then(|(_, path)| {
        let path = path.replace("%2F", "/").replace("%2f", "/");
        inner.world().files.values().find(|kept| kept.path == path).map(|kept| kept.bytes.clone())
    });
    found.map_or_else(|| answered(&refuse(404, "Not Found")), |bytes| Body::from(bytes).into_response())
}

fn envelope_text(answer: &Answer) -> (u16, String) {
    let (code, body) = envelope(answer);
    (code, body.to_string())
}

fn answered(answer: &Answer) -> Response {
    let (code, text) = envelope_text(answer);
    json_text(code, text)
}

fn json_text(code: u16, text: String) -> Response {
    (status(code), [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn page(code: u16) -> Response {
    (status(code), [(header::CONTENT_TYPE, "text/html")], format!("<html><h1>{code}</h1></html>")).into_response()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn no_answer(cut: &Cut) -> Response {
    cut.0.cancel();
    std::future::pending().await
}
