//! The settings file as written: shapes only. What the values must mean is in `check.rs`.
//!
//! Each field is a key in the file; `reference.rs` documents each, and a test compares the two.

use serde::Deserialize;
use std::path::PathBuf;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawConfig {
    pub(crate) listen: Option<Spanned<String>>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) helpline: Option<RawHelpline>,
    #[serde(default)]
    pub(crate) flows: RawFlows,
    /// Read apart (see [`OnlyHours`]): a fault in it must not stop the helpline.
    #[serde(rename = "hours")]
    pub(crate) _hours: Option<toml::Value>,
    #[serde(default)]
    pub(crate) people: RawPeople,
    #[serde(default)]
    pub(crate) deadlines: RawDeadlines,
    #[serde(default)]
    pub(crate) account: Vec<Spanned<RawAccount>>,
    pub(crate) pager: Option<RawPager>,
    #[serde(default)]
    pub(crate) log: RawLog,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawHelpline {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) country: Option<Spanned<String>>,
    pub(crate) emergency_numbers: Option<Spanned<Vec<Spanned<String>>>>,
    pub(crate) langs: Option<Spanned<Vec<Spanned<String>>>>,
    pub(crate) default_lang: Option<Spanned<String>>,
    pub(crate) email: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFlows {
    pub(crate) dir: Option<PathBuf>,
    #[serde(default)]
    pub(crate) extra: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPeople {
    pub(crate) most_each: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDeadlines {
    pub(crate) routine: Option<RawRung>,
    pub(crate) soon: Option<RawRung>,
    pub(crate) urgent: Option<RawRung>,
    pub(crate) emergency: Option<RawRung>,
}

/// Whole seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRung {
    pub(crate) offer: Option<Spanned<u64>>,
    pub(crate) widen: Option<Spanned<u64>>,
    pub(crate) supervisor: Option<Spanned<u64>>,
    pub(crate) pager: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAccount {
    pub(crate) platform: Spanned<String>,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) homeserver: Option<Spanned<String>>,
    pub(crate) user: Option<Spanned<String>>,
    pub(crate) password_file: Option<Spanned<PathBuf>>,
    pub(crate) token_file: Option<Spanned<PathBuf>>,
    pub(crate) device_name: Option<Spanned<String>>,
    pub(crate) allow_unencrypted: Option<Spanned<bool>>,
    pub(crate) token_env: Option<Spanned<String>>,
    pub(crate) api_url: Option<Spanned<String>>,
    pub(crate) receive: Option<Spanned<String>>,
    pub(crate) public_url: Option<Spanned<String>>,
    pub(crate) secret_file: Option<Spanned<PathBuf>>,
    pub(crate) shards: Option<Spanned<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPager {
    pub(crate) command: Spanned<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLog {
    pub(crate) level: Option<Spanned<String>>,
    pub(crate) file: Option<PathBuf>,
    pub(crate) format: Option<Spanned<String>>,
}

/// The same file, looking at `[hours]` only.
#[derive(Debug, Deserialize)]
pub(crate) struct OnlyHours {
    pub(crate) hours: Option<Spanned<RawHours>>,
}

type Day = Option<Vec<Spanned<String>>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawHours {
    pub(crate) time_zone: Option<Spanned<String>>,
    pub(crate) utc_offset: Option<Spanned<String>>,
    monday: Day,
    tuesday: Day,
    wednesday: Day,
    thursday: Day,
    friday: Day,
    saturday: Day,
    sunday: Day,
}

impl RawHours {
    /// Monday first.
    pub(crate) fn days(&self) -> [&Day; 7] {
        [&self.monday, &self.tuesday, &self.wednesday, &self.thursday, &self.friday, &self.saturday, &self.sunday]
    }
}
