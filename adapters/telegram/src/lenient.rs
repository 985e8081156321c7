//! Reads a list of updates of which some may be damaged: one that can't be read holds up none.
//!
//! Read next: `update.rs`.

use crate::call::{Failed, read};
use serde_json::{Value, json};

/// The updates in an answer to `getUpdates`, each as far as it can be read, as they came.
pub(crate) fn updates(status: u16, text: &str) -> Result<Vec<Value>, Failed> {
    match read(status, text) {
        Ok(Value::Array(updates)) => Ok(updates),
        Err(refused @ Failed::Said { .. }) => Err(refused),
        // Not the JSON that was promised: take it apart, and read each piece by itself.
        _ => match elements(text) {
            Some(pieces) => Ok(pieces.into_iter().map(one).collect()),
            None => Err(Failed::Unreadable(status)),
        },
    }
}

/// Puts updates in the order of their numbers; without a number, last.
pub(crate) fn sort(updates: &mut [Value]) {
    updates.sort_by_key(|update| number(update).unwrap_or(i64::MAX));
}

/// An update's number.
pub(crate) fn number(update: &Value) -> Option<i64> {
    update["update_id"].as_i64()
}

/// One update as text. What is no JSON keeps its number and its private chat, if they can be seen.
pub(crate) fn one(text: &str) -> Value {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text))).unwrap_or_else(|_| {
        let mut kept = json!({ "update_id": digits_after(text, "\"update_id\"") });
        if let Some(chat) = digits_after(text, "\"chat\"").filter(|chat| *chat > 0) {
            kept["damaged"] = json!({ "chat": { "id": chat } });
        }
        kept
    })
}

/// Half a character, as a careless program writes it, becomes the sign for "unreadable".
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let is_escape = before.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0;
        let taken = match unit(found).filter(|_| is_escape) {
            None => 2,
            Some(0xd800..=0xdbff) if unit(&found[6..]).is_some_and(|next| (0xdc00..=0xdfff).contains(&next)) => 12,
            Some(0xd800..=0xdfff) => {
                out.push_str("\\ufffd");
                rest = &found[6..];
                continue;
            }
            Some(_) => 6,
        };
        out.push_str(&found[..taken]);
        rest = &found[taken..];
    }
    out.push_str(rest);
    out
}

/// The number in a `\uXXXX` that the text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// The pieces of the array after `"result"`, by brackets and quotes alone.
fn elements(text: &str) -> Option<Vec<&str>> {
    let from = text.find("\"result\"")?;
    let from = from + text[from..].find('[')? + 1;
    let (mut pieces, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), from, 0_i32, false, false);
    for (at, sign) in text.bytes().enumerate().skip(from) {
        match sign {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b']' if depth == 0 => {
                pieces.push(&text[start..at]);
                break;
            }
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    (!pieces.is_empty()).then_some(pieces)
}

/// The first whole number after a name.
fn digits_after(text: &str, name: &str) -> Option<i64> {
    let rest = &text[text.find(name)? + name.len()..];
    let rest = &rest[rest.find(|c: char| c.is_ascii_digit() || c == '-')?..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(text: &str) -> Vec<Value> {
        let mut found = updates(200, text).unwrap();
        sort(&mut found);
        found
    }

    fn numbers(text: &str) -> Vec<Option<i64>> {
        sorted(text).iter().map(number).collect()
    }

    #[test]
    fn a_damaged_update_keeps_its_number_and_harms_no_other() {
        let text = r#"{"ok":true,"result":[
            {"update_id":3,"message":{"text":"a ] \" } b"}},
            {"update_id":1,"message":{"chat":{"id":55,"type":"private"},"text":nonsense}},
            {"update_id":2,"message":{"text":"half \ud83d, whole \ud83d\ude22, \\ud83d"}}]}"#;
        let found = sorted(text);
        assert_eq!(numbers(text), [Some(1), Some(2), Some(3)]);
        assert_eq!(found[0]["damaged"]["chat"]["id"], 55);
        assert_eq!(found[1]["message"]["text"], "half \u{fffd}, whole 😢, \\ud83d");
        assert_eq!(found[2]["message"]["text"], "a ] \" } b");
    }

    #[test]
    fn whole_updates_come_in_the_order_of_their_numbers() {
        assert_eq!(
            numbers(r#"{"ok":true,"result":[{"update_id":9},{"update_id":8},{}]}"#),
            [Some(8), Some(9), None]
        );
        assert_eq!(numbers(r#"{"ok":true,"result":[]}"#), []);
        assert_eq!(updates(502, "<html>"), Err(Failed::Unreadable(502)));
    }

    #[test]
    fn half_a_character_is_mended_and_nothing_else() {
        for (text, expected) in [
            (r"a \ud83d\ude22 b", r"a \ud83d\ude22 b"),
            (r"a \ud83d b", r"a \ufffd b"),
            (r"\ude22\ud83d", r"\ufffd\ufffd"),
            (r"\ud83d\u0041", r"\ufffd\u0041"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\\\ud83d", r"\\\ufffd"),
            (r"\uDaa{\uDc", r"\uDaa{\uDc"),
            (r"\u", r"\u"),
            (r"\u00é", r"\u00é"),
        ] {
            assert_eq!(mended(text), expected, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        proptest::proptest!(|(text in "(\\PC|\\\\u[dD][0-9a-f]{0,3}|[\\[\\]{},\"]|\"result\":\\[|\"update_id\":[0-9]{0,20}){0,12}")| {
            drop(updates(200, &text));
            drop(one(&text));
        });
    }
}
