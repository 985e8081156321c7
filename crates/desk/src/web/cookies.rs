//! Cookies: `HttpOnly`, `SameSite=Strict`, `Path=/`, and `Secure` with the `__Host-` prefix.
//!
//! Read next: `../auth/session.rs`.

use crate::Cookies;
use axum::http::{HeaderMap, header};

/// May a page's script read it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// No.
    FromScripts,
}

/// The session's cookie.
pub(crate) const fn session(cookies: Cookies) -> &'static str {
    match cookies {
        Cookies::Secure => "__Host-desk",
        Cookies::Plain => "desk",
    }
}

/// A browser that hasn't signed in.
pub(crate) const fn visitor(cookies: Cookies) -> &'static str {
    match cookies {
        Cookies::Secure => "__Host-desk-visitor",
        Cookies::Plain => "desk-visitor",
    }
}

/// The desk's language.
pub(crate) const fn language(cookies: Cookies) -> &'static str {
    match cookies {
        Cookies::Secure => "__Host-desk-lang",
        Cookies::Plain => "desk-lang",
    }
}

/// A `Set-Cookie` value. `value` must hold no `;`.
pub(crate) fn set(cookies: Cookies, name: &str, value: &str, hidden: Hidden) -> String {
    let Hidden::FromScripts = hidden;
    let secure = match cookies {
        Cookies::Secure => "; Secure",
        Cookies::Plain => "",
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// A `Set-Cookie` value that stays for a year.
pub(crate) fn set_for_a_year(cookies: Cookies, name: &str, value: &str) -> String {
    format!("{}; Max-Age=31536000", set(cookies, name, value, Hidden::FromScripts))
}

/// A `Set-Cookie` value that takes the cookie away.
pub(crate) fn clear(cookies: Cookies, name: &str) -> String {
    format!("{}; Max-Age=0", set(cookies, name, "", Hidden::FromScripts))
}

/// The value of a cookie the browser sent.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    for line in headers.get_all(header::COOKIE) {
        let Ok(line) = line.to_str() else { continue };
        for pair in line.split(';') {
            if let Some((key, value)) = pair.trim().split_once('=')
                && key == name
                && !value.is_empty()
            {
                return Some(value.to_owned());
            }
        }
    }
    None
}
