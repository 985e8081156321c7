//! The desk in French. Read next: `en.rs`.

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
        W::Accept => "Accepter",
        W::AcceptedBy => "{} a accepté",
        W::AdminSeesNothing => "Ton compte gère les personnes. Il ne montre pas les conversations.",
        W::Age => "Âge",
        W::AgeSaid => "L'enfant a dit son âge :",
        W::AlarmSeen => "Vu",
        W::Alarms => "Alarmes",
        W::AllowNotifications => "Autoriser les notifications du bureau",
        W::AskFeedback => "Demander à l'enfant comment c'était ?",
        W::BackToQueue => "Retour à la file",
        W::Began => "La conversation a commencé",
        W::Bot => "Robot",
        W::BotSaidLast => "Derniers mots du robot,",
        W::BotSaidNothing => "Le robot n'a encore rien dit.",
        W::CannotReach => {
            "L'enfant n'est pas joignable dans cette appli en ce moment. Ce que tu écris n'arrivera peut-être pas."
        }
        W::ChangePassword => "Changer de mot de passe",
        W::ChannelDetails => "Détails",
        W::ChannelDown => {
            "Les enfants ne peuvent pas nous joindre par une des applis en ce moment. Rien de ce qu'ils ont écrit n'est perdu : cela arrivera quand l'appli répondra de nouveau."
        }
        W::ChannelRefusedHelp => {
            "L'appli refuse notre compte : quelqu'un doit agir. L'exploitant peut lancer `passerelle doctor`, qui dit quoi faire."
        }
        W::Channels => "Canaux vers les enfants",
        W::Child => "Enfant",
        W::ChildEnded => "L'enfant a mis fin à la conversation",
        W::ChildKnowsYouRead => {
            "L'enfant sait que tu es là et que tu lis. Tes premiers mots feront taire le robot."
        }
        W::ChildLeftChat => "L'enfant a quitté la discussion",
        W::ChildWasTold => "On a dit à l'enfant :",
        W::ChoicesOffered => "Réponses proposées",
        W::ChooseOwnPassword => "Le mot de passe reçu ne sert qu'une fois. Choisis le tien maintenant.",
        W::Close => "Fermer",
        W::CloseConversation => "Clore la conversation",
        W::ClosedBy => "{} a clos la conversation :",
        W::ConnectionBack => "Connexion rétablie.",
        W::ConnectionLost => "La connexion au serveur est perdue. Nouvel essai…",
        W::ContactsGiven => "Contacts donnés",
        W::Conversation => "Conversation",
        W::CurrentPassword => "Mot de passe actuel",
        W::Decline => "Refuser",
        W::DeclineBecause => "Refuser parce que",
        W::DeclinedBy => "{} a refusé :",
        W::DeliveryTrouble => "Un message n'est peut-être pas arrivé",
        W::Denied => "nié",
        W::Duty => "Mon service",
        W::EarlierContacts => "Contacts précédents de cet enfant",
        W::Edited => "Modifié par l'enfant en",
        W::EnterSends => "Entrée envoie, Maj + Entrée passe à la ligne",
        W::Erase => "Effacer maintenant",
        W::EraseMeans => {
            "L'enfant a demandé l'effacement. Effacer détruit tous les mots de cette conversation, dans les sauvegardes aussi. C'est définitif."
        }
        W::EraseSure => "Oui, effacer tous les mots de cette conversation",
        W::FinishTalk => "Terminer l'entretien",
        W::Finished => "L'entretien est terminé ; la fiche est en cours",
        W::GiveBack => "Rendre à la file",
        W::GiveBackMeans => {
            "On dit gentiment à l'enfant que tu ne peux pas continuer, et on cherche une autre personne."
        }
        W::GivenBackBy => "{} a rendu l'enfant à la file",
        W::HandoffCard => "Fiche de passage",
        W::Help => "Aide",
        W::HelpTitle => "Touches et réglages",
        W::HumanAskedFor => "Une personne a été demandée :",
        W::InboundWaiting => "Des enfants, en attente de traitement",
        W::Introduced => "Les premiers mots de l'écoutant sont arrivés ; le robot se tait",
        W::IsClosed => "Cette conversation est close.",
        W::KeyAccept => "Accepter la conversation",
        W::KeyFinish => "Terminer l'entretien",
        W::KeyHelp => "Cette aide",
        W::KeyNextPrevious => "Conversation suivante ou précédente dans la file",
        W::KeyNote => "Note privée",
        W::KeyOffer => "Aller à l'offre en haut de la page",
        W::KeyOpen => "Ouvrir la conversation choisie",
        W::KeyQueue => "Vers la file",
        W::KeyReply => "Écrire une réponse",
        W::KeysNotWhileTyping => "Les touches ne font rien pendant que tu écris.",
        W::KeysOn => "Utiliser ces touches",
        W::Language => "Langue",
        W::LanguageIsNow => "La langue de l'enfant est maintenant",
        W::LastHeard => "Dernier message reçu d'un enfant",
        W::LastSent => "Dernier message remis à un enfant",
        W::LastTrouble => "Dernier incident",
        W::LastWrote => "a écrit à",
        W::LimitHit => "Une limite est atteinte :",
        W::LinkChildSaid => "L'enfant m'a dit que c'est la même personne.",
        W::LinkContact => "Relier à une autre conversation",
        W::LinkMeans => {
            "Seulement si l'enfant l'a dit, jamais parce que cela semble probable. Les deux noms restent, et le lien peut être retiré."
        }
        W::LinkOther => "Les quatre lettres et chiffres de l'autre conversation, ou l'adresse de sa page",
        W::LinkedBy => "Relié par",
        W::LinkedContacts => "Le même enfant dans une autre appli",
        W::LoginName => "Nom de connexion",
        W::LostBy => "La connexion avec {} est perdue",
        W::Mine => "Mes conversations",
        W::NewMessage => "nouveau message",
        W::NewPassword => "Nouveau mot de passe",
        W::NewPasswordAgain => "Nouveau mot de passe, encore une fois",
        W::No => "Non",
        W::NoLongerYours => "Tu ne peux plus lire cette conversation : elle est chez un collègue ou close.",
        W::NoEarlierContacts => "Aucun connu.",
        W::NobodyOnDuty => "Personne n'est en service ; la place de l'enfant est gardée",
        W::NobodyWaits => "Personne n'attend.",
        W::None => "Aucun.",
        W::NotAskedYet => "Aucune personne n'a encore été demandée",
        W::NotReachable => "L'enfant n'est pas joignable :",
        W::NotSentTryAgain => "Ça n'a pas marché. Tes mots sont toujours là : réessaie.",
        W::NoteForColleagues => "Pour les collègues seulement ; l'enfant ne la voit jamais",
        W::NoteForRecord => "Note pour la fiche (facultatif)",
        W::NothingFound => "Les règles de sécurité n'ont rien trouvé.",
        W::NothingLinked => "Rien n'est relié.",
        W::NothingMine => "Aucune en ce moment.",
        W::NothingOffered => "Rien ne t'est proposé.",
        W::NothingWithBot => "Aucune.",
        W::NothingWithOthers => "Aucune.",
        W::NotifyBlocked => {
            "Le navigateur n'autorise pas les notifications ici. Tu peux le changer à côté de l'adresse."
        }
        W::NotifyOn => "Les notifications sont actives.",
        W::OfferBody => "Un enfant t'attend.",
        W::OfferExpired => "L'offre n'a pas été prise à temps",
        W::OfferLine => "Un enfant t'est proposé",
        W::OfferSaid => "Un enfant t'est proposé :",
        W::OfferTitle => "Offre",
        W::OfferedReadThenTake => "Cet enfant t'est proposé. Lis la fiche, puis accepte ou refuse.",
        W::OfferedTo => "Proposé à {}",
        W::OfferedToMe => "Proposé à moi",
        W::OldestWaits => "le plus ancien depuis",
        W::Open => "Ouvrir",
        W::OutboundWaiting => "Vers les enfants, pas encore remis",
        W::PagerRang => "L'astreinte a été appelée",
        W::ParkedNow => "L'enfant se tait ; la conversation repose",
        W::Password => "Mot de passe",
        W::PasswordRule => {
            "Au moins 12 caractères. Trois ou quatre mots sans rapport entre eux se retiennent bien."
        }
        W::PrivateNote => "Note privée",
        W::Queue => "File",
        W::RecordNote => "Fiche",
        W::Reopened => "L'enfant a réécrit ; la conversation continue",
        W::ReplyTo => "Répondre à l'enfant",
        W::ReturnedNow => "L'enfant est revenu",
        W::Risk => "Risque",
        W::Save => "Enregistrer",
        W::SaveNote => "Enregistrer la note",
        W::Send => "Envoyer",
        W::SignIn => "Se connecter",
        W::SignInRefused => {
            "Ça n'a pas marché. Vérifie le nom et le mot de passe. Après plusieurs essais, il faut attendre, de plus en plus longtemps."
        }
        W::SignInToDesk => "Connexion au bureau des écoutants.",
        W::SignOut => "Se déconnecter",
        W::Since => "depuis",
        W::SkipToMain => "Aller au contenu",
        W::SoftSign => "signe faible",
        W::SomebodyCame => "Quelqu'un a pris son service",
        W::SoundBlocked => {
            "Ton navigateur garde l'alerte muette tant que tu n'as pas cliqué ou appuyé sur une touche dans cette page."
        }
        W::SoundPlayed => "Le son a été joué. L'as-tu entendu ?",
        W::SupervisorTold => "La supervision a été prévenue",
        W::TakenBack => "Retiré par l'enfant",
        W::TalksInTrouble => "Conversations ouvertes avec un message refusé ou peut-être pas remis",
        W::TestAlert => "Essayer l'alerte",
        W::ToPractice => "Page d'entraînement : jouer l'enfant",
        W::ToTheDesk => "Bureau des écoutants",
        W::Transcript => "Ce qui a été dit",
        W::UnknownSends => "Peut-être remis, depuis le démarrage",
        W::UnknownTakenBack => "L'enfant a retiré un message qui n'est pas connu ici",
        W::Unlink => "Retirer le lien",
        W::Urgency => "Urgence",
        W::UrgencyRose => "L'urgence est montée à",
        W::Waiting => "En attente",
        W::WaitingSince => "Attend depuis",
        W::Waits => "attend depuis",
        W::WishToBeDeleted => "Ont demandé à être effacés",
        W::WithBotReadThenTake => "Cet enfant est avec le robot. Tu peux accepter pour le prendre tout de suite.",
        W::WaitsReadThenTake => "Cet enfant attend dans la file. Lis la fiche, puis accepte pour le prendre.",
        W::WhatTheBotSaid => "Ce que le robot a dit et promis",
        W::WhatWasFound => "Ce que les règles de sécurité ont trouvé",
        W::Where => "Écrit dans",
        W::Why => "Pourquoi",
        W::WhyEnded => "Comment cela s'est-il terminé ?",
        W::WithBot => "Avec le robot",
        W::WithOthers => "Avec des collègues",
        W::WrapUp => "Fiche de l'entretien",
        W::Yes => "Oui",
        W::YouAreAway => {
            "Tu es en absence : aucun enfant ne t'est proposé. Choisis « Disponible » en haut quand tu es prêt."
        }
    }
}

pub(super) const fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Routine => "Courant",
        Urgency::Soon => "Bientôt",
        Urgency::Urgent => "Urgent",
        Urgency::Emergency => "Danger immédiat",
    }
}

pub(super) const fn category(category: Category) -> &'static str {
    match category {
        Category::Suicide => "Suicide",
        Category::SelfHarm => "Automutilation",
        Category::MedicalEmergency => "Urgence médicale",
        Category::PhysicalAbuse => "Violence physique",
        Category::EmotionalAbuse => "Violence psychologique",
        Category::SexualAbuse => "Violence sexuelle",
        Category::Neglect => "Négligence",
        Category::DomesticViolence => "Violence entre adultes à la maison",
        Category::SexualExploitation => "Exploitation sexuelle",
        Category::Grooming => "Approche par un adulte (grooming)",
        Category::Sextortion => "Chantage sexuel",
        Category::ImageAbuse => "Images intimes diffusées",
        Category::Trafficking => "Traite",
        Category::ChildMarriage => "Mariage forcé ou précoce",
        Category::ChildLabour => "Travail d'enfant",
        Category::Fgm => "Mutilation génitale féminine",
        Category::Bullying => "Harcèlement",
        Category::Cyberbullying => "Cyberharcèlement",
        Category::Hate => "Haine",
        Category::Radicalisation => "Radicalisation",
        Category::Runaway => "Fugue, sans toit",
        Category::ViolenceNow => "Violence en cours",
        Category::ViolenceToOthers => "Violence envers d'autres, arme",
        Category::Substance => "Alcool et drogues",
        Category::Eating => "Alimentation",
        Category::ConflictDisaster => "Guerre, fuite, catastrophe",
        Category::HarmfulContact => "Contact dangereux",
        Category::Scam => "Arnaque",
        Category::Distress => "Grande détresse",
        Category::AsksHuman => "Demande une personne",
    }
}

pub(super) const fn stage(stage: StageName) -> &'static str {
    match stage {
        StageName::WithBot => "avec le robot",
        StageName::Requested | StageName::Queued => "en attente",
        StageName::AwaitingReturn => "en attente, personne en service",
        StageName::Offered => "proposé",
        StageName::Accepted => "accepté, premiers mots attendus",
        StageName::Introduced => "présenté",
        StageName::Live => "en entretien",
        StageName::Wrapping => "fiche en cours",
        StageName::Parked => "en repos, enfant silencieux",
        StageName::Closed => "clos",
    }
}

pub(super) const fn age(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Unknown => "âge inconnu",
        AgeBand::UpTo9 => "9 ans ou moins",
        AgeBand::From10To13 => "10 à 13 ans",
        AgeBand::From14To17 => "14 à 17 ans",
        AgeBand::Adult => "18 ans ou plus",
    }
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Counsellor => "écoute",
        Role::Supervisor => "supervision",
        Role::Admin => "administration",
    }
}

pub(super) const fn duty(duty: DutyState) -> &'static str {
    match duty {
        DutyState::Available => "Disponible",
        DutyState::Busy => "Occupé",
        DutyState::Away => "Absent",
    }
}

pub(super) const fn decline(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::Busy => "occupé avec un autre enfant",
        DeclineReason::Language => "je ne parle pas la langue",
        DeclineReason::TooClose => "trop proche de moi",
        DeclineReason::Leaving => "sur le départ",
    }
}

pub(super) const fn close(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Helped => "aidé ici",
        CloseReason::Referred => "orienté vers un autre service",
        CloseReason::EmergencyServices => "les secours ont été appelés",
        CloseReason::ChildLeft => "l'enfant est parti",
        CloseReason::NotCounselling => "pas une demande d'écoute",
        CloseReason::DeletionAsked => "l'enfant a demandé l'effacement",
        CloseReason::Other => "autre raison (à noter)",
    }
}

pub(super) const fn refusal(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::TakenByAnother => "Un collègue s'occupe déjà de cet enfant.",
        RefusalCode::NotYours => "Cette conversation ne t'est pas proposée et n'est pas à toi.",
        RefusalCode::WrongStage => "La conversation a avancé ; ce n'est plus possible.",
        RefusalCode::TooLong => "C'est trop long. Envoie-le en plusieurs parties.",
        RefusalCode::Empty => "Rien n'est écrit.",
        RefusalCode::NotFound => "Cette conversation n'existe pas.",
        RefusalCode::NotAllowed => "Ton rôle ne le permet pas.",
        RefusalCode::Unavailable => {
            "Le service ne peut pas le faire en ce moment. Rien n'a été envoyé : réessaie."
        }
    }
}

pub(super) const fn refused_by_platform(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Unreachable => "a quitté la discussion ou bloqué le robot",
        RefusalReason::ChatGone => "la discussion n'existe plus",
        RefusalReason::NotAcceptable => "l'application n'a pas pris ce texte",
        RefusalReason::NotAllowed => "le robot n'a pas le droit d'y écrire",
    }
}

pub(super) const fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Waiting => "en route…",
        Delivery::Sent => "envoyé",
        Delivery::Refused(RefusalReason::Unreachable) => {
            "pas remis : l'enfant a quitté la discussion ou bloqué le robot"
        }
        Delivery::Refused(RefusalReason::ChatGone) => "pas remis : la discussion n'existe plus",
        Delivery::Refused(RefusalReason::NotAcceptable) => "pas remis : l'application n'a pas pris ce texte",
        Delivery::Refused(RefusalReason::NotAllowed) => "pas remis : le robot n'a pas le droit d'y écrire",
        Delivery::Unknown(UnknownReason::TimedOut) => "peut-être remis : l'application n'a pas répondu à temps",
        Delivery::Unknown(UnknownReason::Interrupted) => "peut-être remis : l'envoi a été interrompu",
        Delivery::Unknown(UnknownReason::UnreadableAnswer) => {
            "peut-être remis : la réponse de l'application est illisible"
        }
    }
}

pub(super) const fn person(person: Person) -> &'static str {
    match person {
        Person::Oneself => "à propos de soi",
        Person::Friend => "à propos d’un ami ou d’une amie",
        Person::Sibling => "à propos d’un frère ou d’une sœur",
        Person::Other => "à propos de quelqu'un d'autre",
        Person::Unclear => "on ne sait pas de qui",
    }
}

pub(super) const fn time(time: TimeRef) -> &'static str {
    match time {
        TimeRef::Now => "maintenant",
        TimeRef::Recent => "ces derniers jours ou semaines",
        TimeRef::Past => "dans le passé",
        TimeRef::Unclear => "on ne sait pas quand",
    }
}

pub(super) const fn alarm(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Supervisor => "Un enfant attend trop longtemps",
        AlarmKind::Pager => "Un enfant attend trop longtemps : l'astreinte a été appelée",
    }
}

pub(super) const fn channel_state(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Connecting => "connexion en cours",
        ChannelState::Receiving => "fonctionne",
        ChannelState::Retrying => "en panne, nouvel essai en cours",
        ChannelState::Refused => "refusé : quelqu'un doit agir",
    }
}

pub(super) const fn channel_trouble(trouble: ChannelTrouble) -> &'static str {
    match trouble {
        ChannelTrouble::Unreachable => "l'appli n'était pas joignable",
        ChannelTrouble::Refused => "l'appli a refusé notre compte",
        ChannelTrouble::OwnData => "nos fichiers pour elle étaient inutilisables",
        ChannelTrouble::NotKept => "ce qui est arrivé n'a pas pu être gardé et reviendra",
        ChannelTrouble::Failed => "un défaut de notre logiciel",
        ChannelTrouble::MustWait => "l'appli nous a demandé d'attendre avant d'envoyer la suite",
    }
}

pub(super) const fn error(error: DeskError) -> &'static str {
    match error {
        DeskError::SignInFirst => "Connecte-toi",
        DeskError::ChangePasswordFirst => "Choisis d'abord un nouveau mot de passe",
        DeskError::NotFromHere => "Ce formulaire est trop ancien ou vient d'ailleurs",
        DeskError::BadForm => "Ce formulaire n'a pas pu être lu",
        DeskError::Forbidden => "Tu ne peux pas ouvrir ceci",
        DeskError::NotFound => "Il n'y a rien ici",
        DeskError::Erased => "Les mots de cette conversation ont été effacés",
        DeskError::Busy => "Trop de personnes se connectent",
        DeskError::Unavailable => "Le service ne peut pas répondre en ce moment",
    }
}

pub(super) const fn error_help(error: DeskError) -> &'static str {
    match error {
        DeskError::SignInFirst | DeskError::ChangePasswordFirst => "",
        DeskError::NotFromHere => "Rien n'a été fait. Reviens en arrière, recharge la page et réessaie.",
        DeskError::BadForm => "Rien n'a été fait. Reviens en arrière et réessaie.",
        DeskError::Forbidden => "Un collègue a peut-être cette conversation, ou ton rôle ne le permet pas.",
        DeskError::NotFound => "L'adresse est fausse, ou ce qui était là n'y est plus.",
        DeskError::Erased => {
            "Plus personne ne peut les lire. Le journal de contrôle garde la trace qu'elle a eu lieu."
        }
        DeskError::Busy => "Attends quelques secondes et réessaie.",
        DeskError::Unavailable => {
            "Rien n'est perdu. Réessaie dans quelques secondes ; si ça dure, préviens la personne responsable."
        }
    }
}

pub(super) const fn change_refused(why: ChangeRefused) -> &'static str {
    match why {
        ChangeRefused::WrongPassword => "Le mot de passe actuel est faux.",
        ChangeRefused::New(NewPasswordError::TooShort) => "Le nouveau mot de passe a moins de 12 caractères.",
        ChangeRefused::New(NewPasswordError::TooLong) => "Le nouveau mot de passe est trop long.",
        ChangeRefused::New(NewPasswordError::TooEasy) => {
            "Choisis-en un sans ton nom de connexion, et différent de l'ancien."
        }
        ChangeRefused::New(NewPasswordError::NotTheSame) => "Les deux nouveaux mots de passe diffèrent.",
    }
}

pub(super) fn reason(reason: &HandoffReason) -> String {
    match reason {
        HandoffReason::Rule { category: about, .. } => format!("Règle de sécurité : {}", category(*about)),
        HandoffReason::ChildAsked => "L'enfant a demandé une personne".to_owned(),
        HandoffReason::Flow { flow, .. } => format!("Le script « {flow} » a demandé une personne"),
        HandoffReason::NotUnderstood => "Le robot n'a pas compris l'enfant".to_owned(),
        HandoffReason::ChildSilent => "L'enfant s'est tu".to_owned(),
        HandoffReason::ChildLeft => "L'enfant est parti ou a arrêté à haut risque".to_owned(),
        HandoffReason::DeletionAsked => "L'enfant a demandé l'effacement".to_owned(),
        HandoffReason::Limit { limit } => format!("Une limite est atteinte : {limit}"),
        HandoffReason::FlowBroken { what } => format!("Le script ne peut pas continuer : {what}"),
        HandoffReason::CounsellorLost => "La connexion avec l'écoutant est perdue".to_owned(),
        HandoffReason::CounsellorReturned => "L'écoutant a rendu l'enfant".to_owned(),
        HandoffReason::TakenUp => "Une personne de l'écoute a pris l'enfant d'elle-même".to_owned(),
    }
}

pub(super) fn kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "choice" => "a choisi une réponse",
        "attachment" => "a envoyé un fichier ; il n'est pas ouvert",
        "reaction" => "a mis un signe sous un message",
        "unreadable" => "a envoyé quelque chose d'illisible",
        "joined" => "a ouvert la discussion",
        "edit" => "a modifié un message qui n'est pas connu ici",
        _ => return None,
    })
}

pub(super) fn promise(phrase: &str) -> Option<&'static str> {
    Some(match phrase {
        "emergency_now" => "le numéro d'urgence, et qu'une personne est appelée",
        "urgent_now" | "human_called" | "script_broken" | "person_better" => "qu'une personne est appelée",
        "nobody_on_duty" => {
            "que personne ne peut venir en ce moment et que quelqu'un écrira dans cette discussion"
        }
        "somebody_came" => "qu'une personne a pris son service",
        "holding_1" | "holding_2" | "holding_3" | "holding_long" => "que sa place dans la file est gardée",
        "counsellor_reading" => "qu'une personne est là et lit",
        "counsellor_lost" | "given_back" => "qu'on cherche une autre personne",
        "stopped_high" => "qu'une personne lira quand même ce qui a été écrit",
        "deletion_asked" => "qu'une personne s'occupera de l'effacement et répondra ici",
        _ => return None,
    })
}
