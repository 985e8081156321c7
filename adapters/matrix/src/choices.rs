//! Choices on a platform without buttons: numbered lines out, a typed number or a reaction in.
//!
//! Read next: `send.rs`.

use domain::{Confidential, InboundBody};
use speech::{Choice, Outbound};

/// The whole text of a message: its words, then each choice on a line with its number.
pub(crate) fn full_text(outbound: &Outbound) -> String {
    let mut text = outbound.text.text().to_owned();
    for (index, choice) in outbound.choices.iter().enumerate() {
        text.push_str(if index == 0 { "\n\n" } else { "\n" });
        text.push_str(&format!("{}. {}", index + 1, choice.label));
    }
    text
}

/// What a reaction says. A number under a message whose choices are remembered is that choice;
/// any other reaction is handed in as the words it is, so that it is screened like words.
pub(crate) fn reaction(key: &str, offered: &[Choice]) -> InboundBody {
    let number = number(key);
    let chosen = match number {
        Some(number) => offered.get(number - 1),
        None => offered.iter().find(|choice| choice.label == key || choice.value == key),
    };
    match (chosen, number) {
        (Some(choice), _) => InboundBody::Choice {
            value: choice.value.clone(),
            label: Some(Confidential::from(choice.label.as_str())),
        },
        (None, Some(number)) => InboundBody::Text { text: Confidential::from(number.to_string()) },
        (None, None) => InboundBody::Text { text: Confidential::from(key) },
    }
}

/// `2`, `2️⃣` and `🔟` are numbers; the sign for an emoji keycap is a digit with two marks after it.
fn number(key: &str) -> Option<usize> {
    let digits: String = key.chars().filter(|c| !matches!(c, '\u{fe0f}' | '\u{20e3}')).collect();
    match digits.as_str() {
        "🔟" => Some(10),
        digits if (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().filter(|number| *number > 0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<Choice> {
        ["Yes", "No"].map(|label| Choice { value: label.to_lowercase(), label: label.to_owned() }).to_vec()
    }

    fn check(key: &str, expected: &str) {
        let got = match reaction(key, &offered()) {
            InboundBody::Choice { value, .. } => format!("choice {value}"),
            InboundBody::Text { text } => format!("text {}", text.text()),
            other => panic!("unexpected {other:?}"),
        };
        assert_eq!(got, expected, "{key}");
    }

    #[test]
    fn a_number_or_label_is_the_choice_and_all_else_is_words() {
        check("1️⃣", "choice yes");
        check("2", "choice no");
        check("No", "choice no");
        check("3️⃣", "text 3");
        check("🔟", "text 10");
        check("😢", "text 😢");
        check("0️⃣", "text 0️⃣");
        check("", "text ");
    }
}
