//! The page's own words, in English and French. Short, kind, true.
//!
//! Read next: `page.rs`.

use axum::http::{HeaderMap, header};
use domain::Lang;

/// Everything the page says by itself.
pub(crate) struct Words {
    pub(crate) lang: Lang,
    pub(crate) title: &'static str,
    pub(crate) notice: &'static str,
    pub(crate) talk: &'static str,
    pub(crate) write: &'static str,
    pub(crate) send: &'static str,
    pub(crate) new_child: &'static str,
    pub(crate) new_child_hint: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) save: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) edited: &'static str,
    pub(crate) deleted: &'static str,
    pub(crate) sending: &'static str,
    pub(crate) sent: &'static str,
    pub(crate) again: &'static str,
    pub(crate) me: &'static str,
    pub(crate) helpline: &'static str,
    pub(crate) needs_script: &'static str,
    pub(crate) malformed: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) too_much: &'static str,
    pub(crate) not_now: &'static str,
}

const EN: Words = Words {
    lang: Lang::EN,
    title: "Practice",
    notice: "This page is for practice. Nothing written here is private. Don't use it if you need help yourself.",
    talk: "Messages",
    write: "Write as the child",
    send: "Send",
    new_child: "New child",
    new_child_hint: "Starts a new talk as another child",
    edit: "Edit",
    delete: "Delete",
    save: "Save",
    cancel: "Cancel",
    edited: "edited",
    deleted: "deleted",
    sending: "Sending…",
    sent: "Sent",
    again: "Not sent yet. Trying again…",
    me: "You",
    helpline: "Helpline",
    needs_script: "This page needs JavaScript.",
    malformed: "This couldn't be read. You can write it again.",
    too_large: "This message is too long to send in one piece. You can send it in smaller pieces.",
    too_much: "A lot is being sent right now. It will be tried again in a moment.",
    not_now: "This couldn't be sent right now. It will be tried again in a moment.",
};

const FR: Words = Words {
    lang: Lang::FR,
    title: "Entraînement",
    notice: "Cette page sert à s'entraîner. Rien de ce qui est écrit ici n'est privé. Ne l'utilise pas si tu as besoin d'aide.",
    talk: "Messages",
    write: "Écrire à la place de l'enfant",
    send: "Envoyer",
    new_child: "Nouvel enfant",
    new_child_hint: "Commence une autre conversation, avec un autre enfant",
    edit: "Modifier",
    delete: "Supprimer",
    save: "Enregistrer",
    cancel: "Annuler",
    edited: "modifié",
    deleted: "supprimé",
    sending: "Envoi…",
    sent: "Envoyé",
    again: "Pas encore envoyé. Nouvel essai…",
    me: "Toi",
    helpline: "Ligne d'écoute",
    needs_script: "Cette page a besoin de JavaScript.",
    malformed: "Je n'ai pas pu lire ce message. Tu peux l'écrire à nouveau.",
    too_large: "Ce message est trop long pour être envoyé d'un coup. Tu peux l'envoyer en plus petits morceaux.",
    too_much: "Beaucoup de messages partent en ce moment. Nouvel essai dans un instant.",
    not_now: "Ce message ne peut pas partir maintenant. Nouvel essai dans un instant.",
};

impl Words {
    /// In the first language of `Accept-Language` that the page has; else English.
    pub(crate) fn for_headers(headers: &HeaderMap) -> &'static Self {
        let wanted =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut choices: Vec<(f32, &Self)> = wanted.split(',').filter_map(choice).collect();
        // Stable: of two that are equally wanted the first stays first.
        choices.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        choices.first().map_or(&EN, |(_, words)| words)
    }
}

/// One entry such as `fr-CH;q=0.8`, when the page has that language.
fn choice(entry: &str) -> Option<(f32, &'static Words)> {
    let (tag, rest) = entry.split_once(';').unwrap_or((entry, ""));
    let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
    let primary = tag.trim().get(..2)?.to_ascii_lowercase();
    let words = [&EN, &FR].into_iter().find(|words| words.lang.as_str() == primary)?;
    (weight > 0.0).then_some((weight, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        assert_eq!(Words::for_headers(&headers).lang.as_str(), expected, "{accept}");
    }

    #[test]
    fn the_wanted_language_is_found() {
        check("fr", "fr");
        check("fr-CH, en;q=0.5", "fr");
        check("en;q=0.5, fr;q=0.9", "fr");
        check("de, fr;q=0.1", "fr");
        check("fr;q=0, en;q=0.1", "en");
        check("de", "en");
        check(";;,é,fr;q=x", "en");
        assert_eq!(Words::for_headers(&HeaderMap::new()).lang.as_str(), "en");
    }
}
