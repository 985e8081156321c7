//! One message to a child, as the outbox keeps it and an adapter sends it.
//!
//! It is read back from the outbox with [`Outbound::from_kept`], which takes the speaker that
//! was recorded when the words were made. Read next: `adapters/api`.

use crate::{ChildText, Origin};
use domain::{Confidential, ConversationId, Lang, MessageId, PlatformId, Speaker};
use serde::{Deserialize, Serialize};

/// An answer the child can tap or type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Comes back when pressed. At most 40 bytes.
    pub value: String,
    /// Shown.
    pub label: String,
}

/// Where a message goes. Platform ids, so confidential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub contact: PlatformId,
    /// In which chat.
    pub chat: PlatformId,
}

/// One message to a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Its number there.
    pub message: MessageId,
    /// The words and who answers for them.
    pub text: ChildText,
    /// Answers offered.
    pub choices: Vec<Choice>,
    /// The words' language; decides direction.
    pub lang: Lang,
}

/// The shape kept, sealed, in the outbox.
#[derive(Serialize, Deserialize)]
struct Kept {
    speaker: Speaker,
    text: Confidential<String>,
    choices: Vec<Choice>,
    lang: Lang,
}

impl Outbound {
    /// For the outbox, to be sealed.
    ///
    /// # Errors
    /// When the shape can't be written as JSON; it always can.
    pub fn to_kept(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Kept {
            speaker: self.text.speaker(),
            text: self.text.words().clone(),
            choices: self.choices.clone(),
            lang: self.lang,
        })
    }

    /// From the outbox, after unsealing.
    ///
    /// # Errors
    /// When the bytes aren't what [`Self::to_kept`] wrote.
    pub fn from_kept(
        conversation: ConversationId,
        message: MessageId,
        kept: &[u8],
    ) -> Result<Self, serde_json::Error> {
        let kept: Kept = serde_json::from_slice(kept)?;
        let text = match kept.speaker {
            Speaker::Flow { flow, step } => ChildText::from_flow(flow, step, kept.text.into_exposed()),
            Speaker::Phrase { .. } => ChildText::from_phrase("kept", kept.text.into_exposed()),
            Speaker::Counsellor { by } => ChildText::from_counsellor(by, kept.text),
        };
        Ok(Self { conversation, message, text, choices: kept.choices, lang: kept.lang })
    }

    /// Written by a counsellor.
    pub const fn is_by_counsellor(&self) -> bool {
        matches!(self.text.origin(), Origin::Counsellor(_))
    }
}
