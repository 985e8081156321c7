//! Choices on a platform without buttons: numbered lines out, a typed number or a reaction in.
//!
//! Read next: `send.rs`.

use domain::{Confidential, ExternalId, InboundBody};
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

/// What a reaction under one of our messages (`of`) says. A number is the choice of that number; words,
/// which some apps allow as a reaction, are words; any other sign is a sign and not an answer.
pub(crate) fn reaction(of: &str, key: &str, offered: &[Choice]) -> InboundBody {
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
        (None, None) if key.chars().any(char::is_alphanumeric) => {
            InboundBody::Text { text: Confidential::from(key) }
        }
        (None, None) => InboundBody::Reaction { of: ExternalId(of.to_owned()), sign: Confidential::from(key) },
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
        let got = match reaction("$0", key, &offered()) {
            InboundBody::Choice { value, .. } => format!("choice {value}"),
            InboundBody::Text { text } => format!("text {}", text.text()),
            InboundBody::Reaction { of, sign } => format!("sign {} under {}", sign.text(), of.0),
            other => panic!("unexpected {other:?}"),
        };
        assert_eq!(got, expected, "{key}");
    }

    #[test]
    fn a_number_or_label_is_the_choice_words_are_words_and_a_sign_is_a_sign() {
        check("1️⃣", "choice yes");
        check("2", "choice no");
        check("No", "choice no");
        check("3️⃣", "text 3");
        check("🔟", "text 10");
        check("😢", "sign 😢 under $0");
        check("help me", "text help me");
        check("ساعدني", "text ساعدني");
        check("0️⃣", "text 0️⃣");
        check("", "sign  under $0");
    }
}
