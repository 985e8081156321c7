//! The tables are whole, and the right one is chosen.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::Cookies;
use axum::http::HeaderMap;

#[test]
fn every_language_says_everything_with_the_same_places() {
    for word in W::ALL {
        let (en, fr) = (Tongue::En.w(*word), Tongue::Fr.w(*word));
        assert!(!en.is_empty() && !fr.is_empty(), "{word:?}");
        assert_eq!(en.matches("{}").count(), fr.matches("{}").count(), "{word:?}");
        assert!(en.matches("{}").count() <= 1, "{word:?}");
    }
}

#[test]
fn every_promise_of_a_built_in_phrase_is_told_in_both_languages() {
    for phrase in speech::Phrase::ALL {
        let (en, fr) = (Tongue::En.promise(phrase.name()), Tongue::Fr.promise(phrase.name()));
        assert_eq!(en.is_some(), fr.is_some(), "{phrase:?}");
    }
    for phrase in [speech::Phrase::UrgentNow, speech::Phrase::NobodyOnDuty, speech::Phrase::DeletionAsked] {
        assert!(Tongue::En.promise(phrase.name()).is_some(), "{phrase:?} promises something");
    }
}

#[test]
fn the_persons_choice_comes_before_the_browsers() {
    let check = |cookie: &str, accept: &str, expected: Tongue| {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        headers.insert("accept-language", accept.parse().unwrap());
        assert_eq!(Tongue::of(&headers, Cookies::Plain), expected, "{cookie} {accept}");
    };
    check("a=b", "fr-CH, fr;q=0.9, en;q=0.8", Tongue::Fr);
    check("a=b", "de, en;q=0.5, fr;q=0.7", Tongue::Fr);
    check("a=b", "de", Tongue::En);
    check("a=b; desk-lang=en", "fr", Tongue::En);
    check("desk-lang=xx", "fr", Tongue::Fr);
    check("a=b", "fr;q=0, en", Tongue::En);
}
