//! The desk in English. Read next: `fr.rs`.

use super::W;
use crate::NewPasswordError;
use crate::pages::ChangeRefused;
use crate::transcript::Delivery;
use crate::web::DeskError;
use domain::{
    AgeBand, AlarmKind, Category, ChannelState, ChannelTrouble, CloseReason, DeclineReason, DutyState,
    HandoffReason, Person, RefusalCode, RefusalReason, Role, StageName, TimeRef, UnknownReason, Urgency,
};

pub(super) const fn w(word: W) -> &'static str {
    match word {
        W::Accept => "Accept",
        W::AcceptedBy => "{} accepted",
        W::AdminSeesNothing => "Your account manages people. It doesn't show conversations.",
        W::Age => "Age",
        W::AgeSaid => "The child said their age:",
        W::AlarmSeen => "Seen",
        W::Alarms => "Alarms",
        W::AllowNotifications => "Allow desktop notifications",
        W::AskFeedback => "Ask the child how it was?",
        W::BackToQueue => "Back to the queue",
        W::Began => "The conversation began",
        W::Bot => "Bot",
        W::BotSaidLast => "Last words of the bot,",
        W::BotSaidNothing => "The bot has said nothing yet.",
        W::CannotReach => "The child can't be reached in this app now. What you write may not arrive.",
        W::ChangePassword => "Change password",
        W::ChannelDetails => "Details",
        W::ChannelDown => {
            "Children on one app can't reach us at this moment. Nothing they wrote is lost; it comes when the app answers again."
        }
        W::ChannelRefusedHelp => {
            "The app refuses our account: a person must act. The operator can run `passerelle doctor`, which says what to do."
        }
        W::Channels => "Channels to children",
        W::Child => "Child",
        W::ChildEnded => "The child ended the conversation",
        W::ChildKnowsYouRead => {
            "The child has been told that you are here and reading. Your first words silence the bot."
        }
        W::ChildLeftChat => "The child left the chat",
        W::ChildWasTold => "The child was told:",
        W::ChoicesOffered => "Answers offered",
        W::ChooseOwnPassword => "The password you were given works once. Choose your own now.",
        W::Close => "Close",
        W::CloseConversation => "Close the conversation",
        W::ClosedBy => "{} closed the conversation:",
        W::ConnectionBack => "Connected again.",
        W::ConnectionLost => "The connection to the server is lost. Trying again…",
        W::ContactsGiven => "Contacts given",
        W::Conversation => "Conversation",
        W::CurrentPassword => "Current password",
        W::Decline => "Decline",
        W::DeclineBecause => "Decline because",
        W::DeclinedBy => "{} declined:",
        W::DeliveryTrouble => "A message may not have arrived",
        W::Denied => "denied",
        W::Duty => "My duty",
        W::EarlierContacts => "Earlier contacts of this child",
        W::Edited => "Changed by the child to",
        W::EnterSends => "Enter sends, Shift + Enter begins a new line",
        W::Erase => "Delete now",
        W::EraseMeans => {
            "The child asked for deletion. Deleting destroys all words of this conversation, in backups too. It can't be undone."
        }
        W::EraseSure => "Yes, delete all words of this conversation",
        W::FinishTalk => "Finish the talk",
        W::Finished => "The talk was finished; the record is being written",
        W::GiveBack => "Give back to the queue",
        W::GiveBackMeans => "The child is told kindly that you can't go on, and another counsellor is looked for.",
        W::GivenBackBy => "{} gave the child back to the queue",
        W::HandoffCard => "Handoff card",
        W::Help => "Help",
        W::HelpTitle => "Keys and settings",
        W::HumanAskedFor => "A person was asked for:",
        W::InboundWaiting => "From children, waiting for their turn",
        W::Introduced => "The counsellor's first words arrived; the bot is silent",
        W::IsClosed => "This conversation is closed.",
        W::KeyAccept => "Accept the conversation",
        W::KeyFinish => "Finish the talk",
        W::KeyHelp => "This help",
        W::KeyNextPrevious => "Next or previous conversation in the queue",
        W::KeyNote => "Private note",
        W::KeyOffer => "Go to the offer at the top of the page",
        W::KeyOpen => "Open the chosen conversation",
        W::KeyQueue => "To the queue",
        W::KeyReply => "Write a reply",
        W::KeysNotWhileTyping => "Keys do nothing while you type.",
        W::KeysOn => "Use these keys",
        W::Language => "Language",
        W::LanguageIsNow => "The child's language is now",
        W::LastHeard => "Last heard from a child",
        W::LastSent => "Last delivered to a child",
        W::LastTrouble => "Last trouble",
        W::LastWrote => "last wrote",
        W::LimitHit => "A limit was reached:",
        W::LinkChildSaid => "The child told me that both are the same person.",
        W::LinkContact => "Link with another conversation",
        W::LinkMeans => {
            "Only with the child's own word, never because it seems likely. Both names stay as they are, and it can be taken back."
        }
        W::LinkOther => "The other conversation's four letters and digits, or the address of its page",
        W::LinkedBy => "Linked by",
        W::LinkedContacts => "The same child in another app",
        W::LoginName => "Name to sign in with",
        W::LostBy => "The connection to {} was lost",
        W::Mine => "My conversations",
        W::NewMessage => "new message",
        W::NewPassword => "New password",
        W::NewPasswordAgain => "New password again",
        W::No => "No",
        W::NoLongerYours => "You can't read this conversation any more: it went to a colleague or was closed.",
        W::NoEarlierContacts => "None known.",
        W::NobodyOnDuty => "Nobody is on duty; the child's place is kept",
        W::NobodyWaits => "Nobody is waiting.",
        W::None => "None.",
        W::NotAskedYet => "No person has been asked for yet",
        W::NotReachable => "The child can't be reached:",
        W::NotSentTryAgain => "That didn't work. Your words are still here: try again.",
        W::NoteForColleagues => "For colleagues only; the child never sees it",
        W::NoteForRecord => "Note for the record (if you wish)",
        W::NothingFound => "The safety rules found nothing.",
        W::NothingLinked => "Nothing is linked.",
        W::NothingMine => "None at the moment.",
        W::NothingOffered => "Nothing is offered to you.",
        W::NothingWithBot => "None.",
        W::NothingWithOthers => "None.",
        W::NotifyBlocked => {
            "The browser doesn't allow notifications here. You can change that beside the address."
        }
        W::NotifyOn => "Notifications are on.",
        W::OfferBody => "A child is waiting for you.",
        W::OfferExpired => "The offer wasn't taken in time",
        W::OfferLine => "A child is offered to you",
        W::OfferSaid => "A child is offered to you:",
        W::OfferTitle => "Offer",
        W::OfferedReadThenTake => "This child is offered to you. Read the card, then accept or decline.",
        W::OfferedTo => "Offered to {}",
        W::OfferedToMe => "Offered to me",
        W::OldestWaits => "the oldest for",
        W::Open => "Open",
        W::OutboundWaiting => "To children, not yet delivered",
        W::PagerRang => "The pager was called",
        W::ParkedNow => "The child is silent; the conversation rests",
        W::Password => "Password",
        W::PasswordRule => {
            "At least 12 characters. Three or four words that don't belong together are easy to keep in mind."
        }
        W::PrivateNote => "Private note",
        W::Queue => "Queue",
        W::RecordNote => "Record",
        W::Reopened => "The child wrote again; the conversation goes on",
        W::ReplyTo => "Reply to the child",
        W::ReturnedNow => "The child came back",
        W::Risk => "Risk",
        W::Save => "Save",
        W::SaveNote => "Save note",
        W::Send => "Send",
        W::SignIn => "Sign in",
        W::SignInRefused => {
            "That didn't work. Check the name and the password. After several tries there is a wait, which grows."
        }
        W::SignInToDesk => "Sign in to the counsellors' desk.",
        W::SignOut => "Sign out",
        W::Since => "since",
        W::SkipToMain => "Skip to the content",
        W::SoftSign => "soft sign",
        W::SomebodyCame => "Somebody came on duty",
        W::SoundBlocked => "Your browser keeps the alert silent until you click or press a key on this page once.",
        W::SoundPlayed => "The sound was played. Did you hear it?",
        W::SupervisorTold => "The supervisor was told",
        W::TakenBack => "Taken back by the child",
        W::TalksInTrouble => "Open conversations with a message that was refused or perhaps not delivered",
        W::TestAlert => "Test the alert",
        W::ToPractice => "Practice page: play the child",
        W::ToTheDesk => "Counsellors' desk",
        W::Transcript => "What was said",
        W::UnknownSends => "Perhaps delivered, since the start",
        W::UnknownTakenBack => "The child took back a message that isn't known here",
        W::Unlink => "Take the link back",
        W::Urgency => "Urgency",
        W::UrgencyRose => "Urgency rose to",
        W::Waiting => "Waiting",
        W::WaitingSince => "Waiting since",
        W::Waits => "waiting",
        W::WishToBeDeleted => "Asked to be deleted",
        W::WithBotReadThenTake => "This child is with the bot. You can accept to take them at once.",
        W::WaitsReadThenTake => "This child is waiting in the queue. Read the card, then accept to take them.",
        W::WhatTheBotSaid => "What the bot said and promised",
        W::WhatWasFound => "What the safety rules found",
        W::Where => "Writes in",
        W::Why => "Why",
        W::WhyEnded => "How did it end?",
        W::WithBot => "With the bot",
        W::WithOthers => "With colleagues",
        W::WrapUp => "Record of the talk",
        W::Yes => "Yes",
        W::YouAreAway => {
            "You are away: no child is offered to you. Choose “Available” at the top when you are ready."
        }
    }
}

pub(super) const fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Routine => "Routine",
        Urgency::Soon => "Soon",
        Urgency::Urgent => "Urgent",
        Urgency::Emergency => "Emergency",
    }
}

pub(super) const fn category(category: Category) -> &'static str {
    match category {
        Category::Suicide => "Suicide",
        Category::SelfHarm => "Self-harm",
        Category::MedicalEmergency => "Medical emergency",
        Category::PhysicalAbuse => "Physical abuse",
        Category::EmotionalAbuse => "Emotional abuse",
        Category::SexualAbuse => "Sexual abuse",
        Category::Neglect => "Neglect",
        Category::DomesticViolence => "Violence between adults at home",
        Category::SexualExploitation => "Sexual exploitation",
        Category::Grooming => "Grooming",
        Category::Sextortion => "Sextortion",
        Category::ImageAbuse => "Intimate pictures shared",
        Category::Trafficking => "Trafficking",
        Category::ChildMarriage => "Forced or early marriage",
        Category::ChildLabour => "Child labour",
        Category::Fgm => "Female genital mutilation",
        Category::Bullying => "Bullying",
        Category::Cyberbullying => "Cyberbullying",
        Category::Hate => "Hate",
        Category::Radicalisation => "Radicalisation",
        Category::Runaway => "Running away, no home",
        Category::ViolenceNow => "Violence now",
        Category::ViolenceToOthers => "Violence to others, weapon",
        Category::Substance => "Alcohol and drugs",
        Category::Eating => "Eating",
        Category::ConflictDisaster => "War, flight, disaster",
        Category::HarmfulContact => "Harmful contact",
        Category::Scam => "Scam",
        Category::Distress => "Deep distress",
        Category::AsksHuman => "Asks for a person",
    }
}

pub(super) const fn stage(stage: StageName) -> &'static str {
    match stage {
        StageName::WithBot => "with the bot",
        StageName::Requested | StageName::Queued => "waiting",
        StageName::AwaitingReturn => "waiting, nobody on duty",
        StageName::Offered => "offered",
        StageName::Accepted => "accepted, first words awaited",
        StageName::Introduced => "introduced",
        StageName::Live => "talking",
        StageName::Wrapping => "record being written",
        StageName::Parked => "resting, child silent",
        StageName::Closed => "closed",
    }
}

pub(super) const fn age(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Unknown => "age not known",
        AgeBand::UpTo9 => "9 or younger",
        AgeBand::From10To13 => "10 to 13",
        AgeBand::From14To17 => "14 to 17",
        AgeBand::Adult => "18 or older",
    }
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Counsellor => "counsellor",
        Role::Supervisor => "supervisor",
        Role::Admin => "administrator",
    }
}

pub(super) const fn duty(duty: DutyState) -> &'static str {
    match duty {
        DutyState::Available => "Available",
        DutyState::Busy => "Busy",
        DutyState::Away => "Away",
    }
}

pub(super) const fn decline(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::Busy => "busy with another child",
        DeclineReason::Language => "I don't speak the language",
        DeclineReason::TooClose => "too close to me",
        DeclineReason::Leaving => "about to leave",
    }
}

pub(super) const fn close(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Helped => "helped here",
        CloseReason::Referred => "referred to another service",
        CloseReason::EmergencyServices => "emergency services were called",
        CloseReason::ChildLeft => "the child left",
        CloseReason::NotCounselling => "not a counselling contact",
        CloseReason::DeletionAsked => "the child asked for deletion",
        CloseReason::Other => "another reason (please note it)",
    }
}

pub(super) const fn refusal(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::TakenByAnother => "A colleague has this child already.",
        RefusalCode::NotYours => "This conversation isn't offered to you and isn't yours.",
        RefusalCode::WrongStage => "The conversation has moved on; that isn't possible any more.",
        RefusalCode::TooLong => "That is too long. Please send it in parts.",
        RefusalCode::Empty => "There is nothing written.",
        RefusalCode::NotFound => "There is no such conversation.",
        RefusalCode::NotAllowed => "Your role doesn't allow that.",
        RefusalCode::Unavailable => "The service can't do that at this moment. Nothing was sent: try again.",
    }
}

pub(super) const fn refused_by_platform(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Unreachable => "left the chat or blocked the bot",
        RefusalReason::ChatGone => "the chat no longer exists",
        RefusalReason::NotAcceptable => "the app didn't take this text",
        RefusalReason::NotAllowed => "the bot may not write there",
    }
}

pub(super) const fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Waiting => "on its way…",
        Delivery::Sent => "sent",
        Delivery::Refused(RefusalReason::Unreachable) => {
            "not delivered: the child left the chat or blocked the bot"
        }
        Delivery::Refused(RefusalReason::ChatGone) => "not delivered: the chat no longer exists",
        Delivery::Refused(RefusalReason::NotAcceptable) => "not delivered: the app didn't take this text",
        Delivery::Refused(RefusalReason::NotAllowed) => "not delivered: the bot may not write there",
        Delivery::Unknown(UnknownReason::TimedOut) => "perhaps delivered: the app didn't answer in time",
        Delivery::Unknown(UnknownReason::Interrupted) => "perhaps delivered: sending was interrupted",
        Delivery::Unknown(UnknownReason::UnreadableAnswer) => {
            "perhaps delivered: the app's answer couldn't be read"
        }
    }
}

pub(super) const fn person(person: Person) -> &'static str {
    match person {
        Person::Oneself => "about themself",
        Person::Friend => "about a friend",
        Person::Sibling => "about a brother or sister",
        Person::Other => "about someone else",
        Person::Unclear => "about whom is unclear",
    }
}

pub(super) const fn time(time: TimeRef) -> &'static str {
    match time {
        TimeRef::Now => "now",
        TimeRef::Recent => "in the last days or weeks",
        TimeRef::Past => "in the past",
        TimeRef::Unclear => "when is unclear",
    }
}

pub(super) const fn alarm(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Supervisor => "A child waits too long",
        AlarmKind::Pager => "A child waits too long: the pager was called",
    }
}

pub(super) const fn channel_state(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Connecting => "connecting",
        ChannelState::Receiving => "works",
        ChannelState::Retrying => "down, being tried again",
        ChannelState::Refused => "refused: a person must act",
    }
}

pub(super) const fn channel_trouble(trouble: ChannelTrouble) -> &'static str {
    match trouble {
        ChannelTrouble::Unreachable => "the app couldn't be reached",
        ChannelTrouble::Refused => "the app refused our account",
        ChannelTrouble::OwnData => "our own files for it couldn't be used",
        ChannelTrouble::NotKept => "what came couldn't be kept and will come again",
        ChannelTrouble::Failed => "a fault in our software",
        ChannelTrouble::MustWait => "the app asked us to wait before sending more",
    }
}

pub(super) const fn error(error: DeskError) -> &'static str {
    match error {
        DeskError::SignInFirst => "Please sign in",
        DeskError::ChangePasswordFirst => "Please choose a new password first",
        DeskError::NotFromHere => "This form is too old or came from elsewhere",
        DeskError::BadForm => "This form couldn't be read",
        DeskError::Forbidden => "You may not open this",
        DeskError::NotFound => "There is nothing here",
        DeskError::Erased => "The words of this conversation were deleted",
        DeskError::Busy => "Too many people are signing in",
        DeskError::Unavailable => "The service can't answer at this moment",
    }
}

pub(super) const fn error_help(error: DeskError) -> &'static str {
    match error {
        DeskError::SignInFirst | DeskError::ChangePasswordFirst => "",
        DeskError::NotFromHere => "Nothing was done. Go back, load the page anew and try again.",
        DeskError::BadForm => "Nothing was done. Go back and try again.",
        DeskError::Forbidden => "A colleague may have this conversation, or your role doesn't allow it.",
        DeskError::NotFound => "The address is wrong, or what was here is gone.",
        DeskError::Erased => "Nobody can read them any more. That it took place stays in the audit log.",
        DeskError::Busy => "Wait a few seconds and try again.",
        DeskError::Unavailable => "Nothing was lost. Try again in a few seconds; if it lasts, tell the operator.",
    }
}

pub(super) const fn change_refused(why: ChangeRefused) -> &'static str {
    match why {
        ChangeRefused::WrongPassword => "The current password is wrong.",
        ChangeRefused::New(NewPasswordError::TooShort) => "The new password is shorter than 12 characters.",
        ChangeRefused::New(NewPasswordError::TooLong) => "The new password is too long.",
        ChangeRefused::New(NewPasswordError::TooEasy) => {
            "Choose one without your sign-in name, and not the old one."
        }
        ChangeRefused::New(NewPasswordError::NotTheSame) => "The two new passwords are not the same.",
    }
}

pub(super) fn reason(reason: &HandoffReason) -> String {
    match reason {
        HandoffReason::Rule { category: about, .. } => format!("Safety rule: {}", category(*about)),
        HandoffReason::ChildAsked => "The child asked for a person".to_owned(),
        HandoffReason::Flow { flow, .. } => format!("The script “{flow}” asked for a person"),
        HandoffReason::NotUnderstood => "The bot didn't understand the child".to_owned(),
        HandoffReason::ChildSilent => "The child fell silent".to_owned(),
        HandoffReason::ChildLeft => "The child left or stopped at high risk".to_owned(),
        HandoffReason::DeletionAsked => "The child asked for deletion".to_owned(),
        HandoffReason::Limit { limit } => format!("A limit was reached: {limit}"),
        HandoffReason::FlowBroken { what } => format!("The script can't go on: {what}"),
        HandoffReason::CounsellorLost => "The connection to the counsellor was lost".to_owned(),
        HandoffReason::CounsellorReturned => "The counsellor gave the child back".to_owned(),
        HandoffReason::TakenUp => "A counsellor took the child up".to_owned(),
    }
}

pub(super) fn kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "choice" => "chose an answer",
        "attachment" => "sent a file; it isn't opened",
        "reaction" => "put a sign under a message",
        "unreadable" => "sent something that couldn't be read",
        "joined" => "opened the chat",
        "edit" => "changed a message that isn't known here",
        _ => return None,
    })
}

pub(super) fn promise(phrase: &str) -> Option<&'static str> {
    Some(match phrase {
        "emergency_now" => "the emergency number, and that a person is being called",
        "urgent_now" | "human_called" | "script_broken" | "person_better" => "that a person is being called",
        "nobody_on_duty" => "that nobody can come right now and someone will write in this chat",
        "somebody_came" => "that a counsellor has come on duty",
        "holding_1" | "holding_2" | "holding_3" | "holding_long" => "that their place in the queue is kept",
        "counsellor_reading" => "that a counsellor is here and reading",
        "counsellor_lost" | "given_back" => "that another person is being looked for",
        "stopped_high" => "that a person will still look at what they wrote",
        "deletion_asked" => "that a person will look at their wish for deletion and answer here",
        _ => return None,
    })
}
