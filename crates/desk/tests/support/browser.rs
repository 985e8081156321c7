//! A browser without a screen: keeps cookies, reads form tokens, follows nothing by itself.

#![allow(dead_code, unreachable_pub)]

use crate::support::{House, PASSWORD};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use desk::{Cookies, router};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

pub struct Browser {
    pub app: Router,
    pub jar: BTreeMap<String, String>,
    pub headers: Vec<(&'static str, String)>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn to(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        let start = self.body.find(&format!("name=\"{name}\" value=\"")).expect("the field is there");
        let rest = &self.body[start + name.len() + 15..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }
}

impl Browser {
    pub fn new(house: &Arc<House>) -> Self {
        Self::with(house, Cookies::Plain)
    }

    pub fn with(house: &Arc<House>, cookies: Cookies) -> Self {
        let app = router(house.parts(cookies));
        Self { app, jar: BTreeMap::new(), headers: vec![("host", "desk.test".into())] }
    }

    /// Another browser of the same desk.
    pub fn other(&self) -> Self {
        Self { app: self.app.clone(), jar: BTreeMap::new(), headers: self.headers.clone() }
    }

    /// Signed in with the tests' password.
    pub async fn signed_in(house: &Arc<House>, login: &str) -> Self {
        let mut browser = Self::new(house);
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let csrf = self.get("/desk/sign-in").await.field("csrf");
        self.post("/desk/sign-in", &[("csrf", &csrf), ("login", login), ("password", password)]).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Posts exactly these fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body.join("&"))).await
    }

    /// Posts with the form token of the queue page.
    pub async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get("/desk").await.field("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Answer {
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header(header::COOKIE, jar.join("; "));
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
