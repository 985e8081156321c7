//! Fills the places of a flow's text, in one pass: a value that itself looks like a place stays as it is.
//!
//! Read next: `flow_walk.rs`.

use crate::work::Work;
use domain::{Lang, VarName};
use flow_script::Text;

pub(crate) fn render(work: &Work<'_>, text: &Text, base: Lang) -> String {
    fill(text.get(work.c.lang, base), |name| match name {
        "helpline" => Some(work.ctx.house.helpline.clone()),
        "emergency" => Some(work.ctx.house.emergency.clone()),
        _ => work.c.vars.get(&VarName::new(name)).map(|value| value.text().to_owned()),
    })
}

fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        match after.find('}') {
            Some(close) => {
                if let Some(value) = value(&after[..close]) {
                    filled.push_str(&value);
                }
                rest = &after[close + 1..];
            }
            None => {
                filled.push_str(&rest[open..]);
                rest = "";
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_value_is_never_filled_again() {
        let value = |name: &str| (name == "name").then(|| "{helpline}".to_owned());
        assert_eq!(fill("Hi {name}, {unknown}!", value), "Hi {helpline}, !");
        assert_eq!(fill("open { stays", value), "open { stays");
    }
}
