//! Choices: numbered lines that can be typed, and buttons under them.
//!
//! A button carries its choice's value. A value too long for a button is marked, and the press is
//! handed in as the button's words, which Telegram gives back with it: that needs no memory, so it
//! works after a restart too. Read next: `send.rs`.

use domain::{Confidential, InboundBody};
use serde_json::Value;
use speech::{Choice, Outbound};
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

/// Longest data of a button, in bytes.
const DATA: usize = 64;
/// Most buttons under one message; beyond, numbers only.
pub(crate) const BUTTONS: usize = 100;
/// Before a value.
const VALUE: &str = "=";
/// Before the number of a choice whose value doesn't fit.
const NUMBER: &str = "#";

/// The whole text of a message: its words, then each choice on a line with its number.
pub(crate) fn full_text(outbound: &Outbound) -> String {
    let mut text = outbound.text.text().to_owned();
    for (index, choice) in outbound.choices.iter().enumerate() {
        text.push_str(if index == 0 { "\n\n" } else { "\n" });
        text.push_str(&format!("{}. {}", index + 1, choice.label));
    }
    text
}

/// The buttons, one a row; none when there are too many or one has no words.
pub(crate) fn keyboard(choices: &[Choice]) -> Option<InlineKeyboardMarkup> {
    let fine =
        (1..=BUTTONS).contains(&choices.len()) && choices.iter().all(|choice| !choice.label.trim().is_empty());
    let button = |(index, choice): (usize, &Choice)| {
        vec![InlineKeyboardButton::callback(choice.label.clone(), data(index + 1, &choice.value))]
    };
    fine.then(|| InlineKeyboardMarkup::new(choices.iter().enumerate().map(button)))
}

fn data(number: usize, value: &str) -> String {
    let whole = format!("{VALUE}{value}");
    if whole.len() <= DATA { whole } else { format!("{NUMBER}{number}") }
}

/// What a press says, from the query as it came.
pub(crate) fn pressed(query: &Value) -> InboundBody {
    let Some(data) = query["data"].as_str() else {
        return InboundBody::Unreadable { why: "unknown_type".to_owned() };
    };
    let label = label(query, data);
    match (data.strip_prefix(VALUE), label) {
        (Some(value), label) => {
            InboundBody::Choice { value: value.to_owned(), label: label.map(Confidential::from) }
        }
        (None, Some(label)) => InboundBody::Text { text: Confidential::from(label) },
        // The message is too old to be shown: an unknown button, which the house answers kindly.
        (None, None) => InboundBody::Choice { value: data.to_owned(), label: None },
    }
}

/// The words on the button that carries this data.
fn label<'a>(query: &'a Value, data: &str) -> Option<&'a str> {
    let rows = query["message"]["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    buttons.find(|button| button["callback_data"] == data)?["text"].as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn query(choices: &[Choice], number: usize) -> Value {
        let keyboard = serde_json::to_value(keyboard(choices).unwrap()).unwrap();
        let data = keyboard["inline_keyboard"][number - 1][0]["callback_data"].clone();
        assert!(data.as_str().is_some_and(|data| (1..=DATA).contains(&data.len())));
        json!({ "data": data, "message": { "reply_markup": keyboard } })
    }

    fn choice(value: &str, label: &str) -> Choice {
        Choice { value: value.to_owned(), label: label.to_owned() }
    }

    #[test]
    fn a_press_comes_back_with_its_value_or_else_its_words() {
        let choices = [choice("yes", "Yes 👍"), choice(&"é".repeat(40), "A long one"), choice("", "No value")];
        let said = |number| pressed(&query(&choices, number));
        let yes = InboundBody::Choice { value: "yes".to_owned(), label: Some(Confidential::from("Yes 👍")) };
        assert!(said(1) == yes);
        assert!(said(2) == InboundBody::Text { text: Confidential::from("A long one") });
        assert!(matches!(said(3), InboundBody::Choice { value, .. } if value.is_empty()));
    }

    #[test]
    fn an_old_message_without_its_buttons_still_gives_the_value() {
        let old = json!({ "data": "=yes", "message": { "message_id": 5, "date": 0 } });
        assert!(pressed(&old) == InboundBody::Choice { value: "yes".to_owned(), label: None });
        let short = json!({ "data": "#2", "message": { "message_id": 5, "date": 0 } });
        assert!(pressed(&short) == InboundBody::Choice { value: "#2".to_owned(), label: None });
    }

    #[test]
    fn buttons_that_telegram_would_refuse_are_left_out() {
        assert!(keyboard(&[]).is_none());
        assert!(keyboard(&[choice("a", "A"), choice("b", "  ")]).is_none());
        assert!(keyboard(&vec![choice("a", "A"); 101]).is_none());
    }
}
