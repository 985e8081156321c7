//! The built-in phrases in English. Short, kind, concrete, true. Read next: `phrases_fr.rs`.

use crate::Phrase;

pub(crate) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::EmergencyNow => {
            "If you or someone near you is in danger right now, call {emergency}. If you can, go to a safe place or to an adult you trust. I'm calling a person from {helpline} for you now. Please stay here with me."
        }
        Phrase::UrgentNow => {
            "Thank you for telling me. What you wrote matters. I'm a computer, so I'm asking a real person from {helpline} to come and talk with you. If you are in danger now, call {emergency}."
        }
        Phrase::HumanCalled => {
            "OK. I'm asking a person from {helpline} to come. You can keep writing here. They will be able to read it."
        }
        Phrase::NobodyOnDuty => {
            "No counsellor can come right now. I've kept your place, and I've left word that you are here. Someone will write to you in this chat. If you are in danger now, call {emergency}."
        }
        Phrase::SomebodyCame => {
            "A counsellor has come on duty. You are still in the queue, and your messages are still here."
        }
        Phrase::Holding1 => {
            "You're still in the queue. Nobody has forgotten you. You can write more here while you wait."
        }
        Phrase::Holding2 => {
            "Still waiting for a person. If you like, breathe in slowly while you count to four, and out while you count to six. I'm here."
        }
        Phrase::Holding3 => {
            "It's taking a while, I'm sorry. Your place is kept. If you are in danger now, call {emergency}."
        }
        Phrase::HoldingLong => {
            "You are still on our list. A person will write to you here. If things get worse or you are in danger, call {emergency}."
        }
        Phrase::CounsellorReading => "{counsellor} from {helpline} is here and is reading what you wrote.",
        Phrase::Introduce => {
            "This is {counsellor}, a person from {helpline}. From now on you are talking with {counsellor}, not with me."
        }
        Phrase::CounsellorLost => {
            "The connection to {counsellor} was lost. It's not because of anything you did. I'm looking for someone else now. What you wrote is still here."
        }
        Phrase::GivenBack => {
            "{counsellor} can't go on right now. It's not because of anything you did. I'm looking for another person for you. What you wrote is still here."
        }
        Phrase::Finished => "{counsellor} has ended this talk. You can write here again any time.",
        Phrase::Stopped => {
            "OK, I'll stop. You can write here again any time. If you are ever in danger, call {emergency}."
        }
        Phrase::StoppedHigh => {
            "OK, I won't ask you more questions. Because of what you told me, a person from {helpline} will still look at your message. You can write here any time. If you are in danger now, call {emergency}."
        }
        Phrase::Help => {
            "You can write anything here. These words always work: HUMAN for a person, STOP to end, LANGUAGE to change language, DELETE to have your messages deleted. If you are in danger now, call {emergency}."
        }
        Phrase::LanguageChoice => "Which language would you like? Write its name: {languages}.",
        Phrase::LanguageChanged => "OK, I'll write in English.",
        Phrase::DeletionAsked => {
            "I've told the people at {helpline} that you want your messages deleted. A person will look at it and answer you here."
        }
        Phrase::CutLong => {
            "That was a very long message. I kept the first part of it. You can send the rest in smaller pieces."
        }
        Phrase::Empty => "Your message came through empty. You can try again, or just write one word.",
        Phrase::Unreadable => {
            "Something came from you that I couldn't read. Can you write it again as plain text?"
        }
        Phrase::FileNotOpened => {
            "I got a file from you. I don't open files here, so nobody has looked at it. Can you tell me in words?"
        }
        Phrase::UnknownButton => "That button doesn't work any more. You can just write your answer.",
        Phrase::ManyMessages => {
            "I got all your messages and I'm keeping them. I can't answer each one. Take your time."
        }
        Phrase::NotUnderstood => "Sorry, I didn't understand that. I'm only a computer.",
        Phrase::Heard => "I've kept what you wrote. The person who comes will be able to read it.",
        Phrase::WelcomeBack => "Good that you're back. What you wrote before is still here.",
        Phrase::ScriptBroken => {
            "Something isn't working on my side, I'm sorry. I'm asking a person from {helpline} to come. What you wrote is still here."
        }
        Phrase::PersonBetter => {
            "I think a person can help you better than I can. I'm asking someone from {helpline} to come."
        }
        Phrase::WriteInPrivate => {
            "Thank you for asking. We can talk in private: look in your direct messages and write to me there. Only you can see this line."
        }
        Phrase::PrivateClosed => {
            "I couldn't write to you in private: your app doesn't let me yet. Open this server's menu, then Privacy Settings, and switch on Direct Messages. Then ask again here. If you are in danger now, call {emergency}. Only you can see this line."
        }
        Phrase::TryAgainSoon => {
            "I couldn't open our private talk just now. That is not because of you. Please try again in a minute. If you are in danger now, call {emergency}. Only you can see this line."
        }
    }
}
