//! Languages and age bands.
//!
//! A language is a short BCP 47 tag; nothing here decides which are enabled.
//! Read next: `conversation.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A BCP 47 language tag of at most 8 bytes, lower case, such as `en`, `fr`, `pt-br`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang {
    bytes: [u8; 8],
    len: u8,
}

/// A language tag that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language tag; write two or three letters such as `en` or `fr`, at most 8 characters")]
pub struct LangError(String);

impl Lang {
    /// English.
    pub const EN: Self = Self::two(*b"en");
    /// French.
    pub const FR: Self = Self::two(*b"fr");

    const fn two(tag: [u8; 2]) -> Self {
        Self { bytes: [tag[0], tag[1], 0, 0, 0, 0, 0, 0], len: 2 }
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or("und")
    }

    /// The primary language without region or script: `pt` for `pt-br`.
    #[must_use]
    pub fn primary(&self) -> Self {
        self.as_str().split('-').next().and_then(|tag| tag.parse().ok()).unwrap_or(*self)
    }

    /// Written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        matches!(self.primary().as_str(), "ar" | "fa" | "he" | "ur" | "ps" | "ckb")
    }

    /// The language's own name for itself, where known; else the tag.
    pub fn autonym(&self) -> &str {
        match self.primary().as_str() {
            "en" => "English",
            "fr" => "Français",
            "es" => "Español",
            "ar" => "العربية",
            "pt" => "Português",
            "de" => "Deutsch",
            "ru" => "Русский",
            "zh" => "中文",
            "hi" => "हिन्दी",
            "sw" => "Kiswahili",
            "uk" => "Українська",
            "tr" => "Türkçe",
            _ => self.as_str(),
        }
    }
}

impl FromStr for Lang {
    type Err = LangError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tag = text.trim().to_ascii_lowercase().replace('_', "-");
        let primary = tag.split('-').next().unwrap_or_default();
        let well_formed = (2..=3).contains(&primary.len())
            && tag.len() <= 8
            && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && primary.bytes().all(|b| b.is_ascii_alphabetic());
        if !well_formed {
            return Err(LangError(text.chars().take(20).collect()));
        }
        let mut bytes = [0_u8; 8];
        bytes[..tag.len()].copy_from_slice(tag.as_bytes());
        let len = u8::try_from(tag.len()).map_err(|_| LangError(tag.clone()))?;
        Ok(Self { bytes, len })
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({})", self.as_str())
    }
}

impl Serialize for Lang {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How old the child says they are; sets tone and reading level, never what is screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeBand {
    /// Not said.
    #[default]
    Unknown,
    /// Nine or younger.
    UpTo9,
    /// Ten to thirteen.
    From10To13,
    /// Fourteen to seventeen.
    From14To17,
    /// Eighteen or older.
    Adult,
}

impl AgeBand {
    /// The value written in flow files: `up_to_9`, `10_13`, `14_17`, `adult`, `unknown`.
    pub fn from_value(value: &str) -> Option<Self> {
        Some(match value {
            "up_to_9" => Self::UpTo9,
            "10_13" => Self::From10To13,
            "14_17" => Self::From14To17,
            "adult" => Self::Adult,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    /// The value written in flow files.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::UpTo9 => "up_to_9",
            Self::From10To13 => "10_13",
            Self::From14To17 => "14_17",
            Self::Adult => "adult",
        }
    }

    /// The band for an age in whole years.
    pub const fn from_years(years: u8) -> Self {
        match years {
            0..=9 => Self::UpTo9,
            10..=13 => Self::From10To13,
            14..=17 => Self::From14To17,
            _ => Self::Adult,
        }
    }
}
