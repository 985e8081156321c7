//! What kind of word a word is, in each language by itself: "die" is no article in English.
//!
//! It must never say anything about danger. Read next: `words.rs`.

use std::ops::BitOr;

/// A kind of word, besides what it means to rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Says nothing by itself: `really`, `vraiment`. May stand anywhere inside a phrase.
    Filler,
    /// Denies: `not`, `pas`. May stand inside a phrase, which is then read as denied.
    Negator,
    /// The writer as the one who acts: `i`, `je`.
    Subject,
    /// The writer as the one it happens to: `me`, `myself`.
    Object,
    /// Somebody else: `she`, `teacher`.
    Others,
    /// Laughter.
    Laugh,
    /// A small worry that is often exaggerated: `homework`.
    Trivial,
    /// Somebody else: a friend.
    Friend,
    /// Somebody else: a brother or sister.
    Sibling,
}

/// The kinds a word is, for all languages at once: ten bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles(u128);

const BITS: u32 = 10;

impl Roles {
    pub(crate) const NONE: Self = Self(0);
    /// A sign, such as an emoji, that may always be passed over.
    pub(crate) const SIGN: Self = Self(1 << 127);

    /// One kind in one language.
    pub(crate) const fn of(lang: u8, role: Role) -> Self {
        Self(1 << (lang as u32 * BITS + role as u32))
    }

    /// Whether it is of this kind in this language.
    #[inline]
    pub(crate) const fn is(self, lang: u8, role: Role) -> bool {
        self.0 & Self::of(lang, role).0 != 0
    }

    /// Whether it may be passed over: a filler or a denial.
    #[inline]
    pub(crate) const fn passes(self, lang: u8) -> bool {
        self.is(lang, Role::Filler) || self.is(lang, Role::Negator)
    }

    /// Somebody else, of whatever kind.
    pub(crate) const fn is_another(self, lang: u8) -> bool {
        self.is(lang, Role::Others) || self.is(lang, Role::Friend) || self.is(lang, Role::Sibling)
    }

    #[inline]
    pub(crate) const fn is_sign(self) -> bool {
        self.0 & Self::SIGN.0 != 0
    }

    /// The role of a list in `_structure.toml`. `ordinary` words have none: they are only never misspellings.
    pub(crate) fn named(lang: u8, name: &str) -> Self {
        let role = match name {
            "filler" => Role::Filler,
            "negator" => Role::Negator,
            "subject" => Role::Subject,
            "object" => Role::Object,
            "others" => Role::Others,
            "laugh" => Role::Laugh,
            "trivial" => Role::Trivial,
            "friend" => Role::Friend,
            "sibling" => Role::Sibling,
            _ => return Self::NONE,
        };
        Self::of(lang, role)
    }
}

impl BitOr for Roles {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
