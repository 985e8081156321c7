//! Help: keys, the alert's test, notifications. In a dialog on every page and as a page of its own.
//!
//! Read next: `assets/desk.js`, which listens for the keys.

use super::Ctx;
use crate::words::{Tongue, W};
use maud::{Markup, html};

/// Keys and what they do, in the order shown. Documented here and nowhere else.
const KEYS: [(&str, W); 9] = [
    ("j / k", W::KeyNextPrevious),
    ("Enter", W::KeyOpen),
    ("a", W::KeyAccept),
    ("r", W::KeyReply),
    ("n", W::KeyNote),
    ("f", W::KeyFinish),
    ("q", W::KeyQueue),
    ("o", W::KeyOffer),
    ("?", W::KeyHelp),
];

/// The help's content.
pub(crate) fn help(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        h2 #help-title { (t.w(W::HelpTitle)) }
        dl.keys {
            @for (key, word) in KEYS {
                div { dt { kbd { (key) } } dd { (t.w(word)) } }
            }
        }
        p { (t.w(W::KeysNotWhileTyping)) }
        p { label { input #keys-on type="checkbox" checked; " " (t.w(W::KeysOn)) } }
        div.buttons {
            button.plain type="button" data-test-alert { (t.w(W::TestAlert)) }
            button.plain type="button" data-notify { (t.w(W::AllowNotifications)) }
        }
        p.result role="status" data-result {}
        (languages(t, &ctx.who.csrf, "/desk"))
        p { a href="/desk/password" { (t.w(W::ChangePassword)) } }
    }
}

/// The switch between the desk's languages.
pub(crate) fn languages(t: Tongue, csrf: &str, back: &str) -> Markup {
    html! {
        form.languages method="post" action="/desk/language" {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="back" value=(back);
            span { (t.w(W::Language)) (t.colon()) }
            @for other in Tongue::ALL {
                button.plain name="to" value=(other.tag()) lang=(other.tag())
                    aria-pressed=(if other == t { "true" } else { "false" }) { (other.autonym()) }
            }
        }
    }
}
