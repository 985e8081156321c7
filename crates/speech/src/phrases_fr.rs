//! The built-in phrases in French. Short, kind, concrete, true. Read next: `phrase.rs`.

use crate::Phrase;

pub(crate) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::EmergencyNow => {
            "Si toi ou quelqu'un près de toi est en danger maintenant, appelle le {emergency}. Si tu peux, va dans un endroit sûr ou vers un adulte en qui tu as confiance. J'appelle tout de suite une personne de {helpline} pour toi. Reste ici avec moi."
        }
        Phrase::UrgentNow => {
            "Merci de me l'avoir dit. Ce que tu as écrit compte. Je suis un programme, alors je demande à une vraie personne de {helpline} de venir te parler. Si tu es en danger maintenant, appelle le {emergency}."
        }
        Phrase::HumanCalled => {
            "D'accord. Je demande à une personne de {helpline} de venir. Tu peux continuer à écrire ici. Elle pourra le lire."
        }
        Phrase::NobodyOnDuty => {
            "Personne ne peut venir en ce moment. Je garde ta place et j'ai laissé un message pour dire que tu es là. Quelqu'un t'écrira dans cette conversation. Si tu es en danger maintenant, appelle le {emergency}."
        }
        Phrase::SomebodyCame => {
            "Une personne vient de prendre son poste. Tu es toujours dans la file, et tes messages sont toujours là."
        }
        Phrase::Holding1 => {
            "Tu es toujours dans la file. Personne ne t'oublie. Tu peux continuer à écrire ici en attendant."
        }
        Phrase::Holding2 => {
            "On attend encore quelqu'un. Si tu veux, inspire doucement en comptant jusqu'à quatre, puis souffle en comptant jusqu'à six. Je suis là."
        }
        Phrase::Holding3 => {
            "C'est long, je suis désolé. Ta place est gardée. Si tu es en danger maintenant, appelle le {emergency}."
        }
        Phrase::HoldingLong => {
            "Tu es toujours sur notre liste. Une personne t'écrira ici. Si ça va plus mal ou si tu es en danger, appelle le {emergency}."
        }
        Phrase::CounsellorReading => "{counsellor}, de {helpline}, est là et lit ce que tu as écrit.",
        Phrase::Introduce => {
            "Voici {counsellor}, une personne de {helpline}. À partir de maintenant, tu parles avec {counsellor}, plus avec moi."
        }
        Phrase::CounsellorLost => {
            "La connexion avec {counsellor} est coupée. Ce n'est pas à cause de toi. Je cherche quelqu'un d'autre maintenant. Ce que tu as écrit est toujours là."
        }
        Phrase::GivenBack => {
            "{counsellor} ne peut pas continuer pour l'instant. Ce n'est pas à cause de toi. Je cherche une autre personne pour toi. Ce que tu as écrit est toujours là."
        }
        Phrase::Finished => "{counsellor} a terminé cette conversation. Tu peux réécrire ici quand tu veux.",
        Phrase::Stopped => {
            "D'accord, j'arrête. Tu peux réécrire ici quand tu veux. Si un jour tu es en danger, appelle le {emergency}."
        }
        Phrase::StoppedHigh => {
            "D'accord, je ne te pose plus de questions. À cause de ce que tu m'as dit, une personne de {helpline} lira quand même ton message. Tu peux écrire ici quand tu veux. Si tu es en danger maintenant, appelle le {emergency}."
        }
        Phrase::Help => {
            "Tu peux écrire ce que tu veux ici. Ces mots marchent toujours : HUMAIN pour parler à une personne, STOP pour arrêter, LANGUE pour changer de langue, SUPPRIMER pour faire effacer tes messages. Si tu es en danger maintenant, appelle le {emergency}."
        }
        Phrase::LanguageChoice => "Quelle langue veux-tu ? Écris son nom : {languages}.",
        Phrase::LanguageChanged => "D'accord, je t'écris en français.",
        Phrase::DeletionAsked => {
            "J'ai dit aux personnes de {helpline} que tu veux faire effacer tes messages. Quelqu'un va s'en occuper et te répondre ici."
        }
        Phrase::CutLong => {
            "Ton message était très long. J'ai gardé le début. Tu peux envoyer la suite en plus petits morceaux."
        }
        Phrase::Empty => "Ton message est arrivé vide. Tu peux réessayer, ou écrire juste un mot.",
        Phrase::Unreadable => {
            "J'ai reçu quelque chose de toi que je n'arrive pas à lire. Tu peux le réécrire en texte simple ?"
        }
        Phrase::FileNotOpened => {
            "J'ai reçu un fichier de toi. Ici, je n'ouvre pas les fichiers, donc personne ne l'a regardé. Tu peux me le dire avec des mots ?"
        }
        Phrase::UnknownButton => "Ce bouton ne marche plus. Tu peux simplement écrire ta réponse.",
        Phrase::ManyMessages => {
            "J'ai bien reçu tous tes messages et je les garde. Je ne peux pas répondre à chacun. Prends ton temps."
        }
        Phrase::NotUnderstood => "Désolé, je n'ai pas compris. Je ne suis qu'un programme.",
        Phrase::Heard => "J'ai gardé ce que tu as écrit. La personne qui viendra pourra le lire.",
        Phrase::WelcomeBack => "Te revoilà, c'est bien. Ce que tu avais écrit est toujours là.",
        Phrase::ScriptBroken => {
            "Quelque chose ne marche pas de mon côté, je suis désolé. Je demande à une personne de {helpline} de venir. Ce que tu as écrit est toujours là."
        }
        Phrase::PersonBetter => {
            "Je pense qu'une personne pourra t'aider mieux que moi. Je demande à quelqu'un de {helpline} de venir."
        }
        Phrase::WriteInPrivate => {
            "Merci d'avoir demandé. On peut parler en privé : regarde dans tes messages privés et écris-moi là. Personne d'autre que toi ne voit cette ligne."
        }
        Phrase::PrivateClosed => {
            "Je n'ai pas pu t'écrire en privé : ton application ne me laisse pas encore faire. Ouvre le menu de ce serveur, puis Paramètres de confidentialité, et active les messages privés. Ensuite, redemande ici. Si tu es en danger maintenant, appelle le {emergency}. Personne d'autre que toi ne voit cette ligne."
        }
        Phrase::TryAgainSoon => {
            "Je n'ai pas pu ouvrir notre conversation privée à l'instant. Ce n'est pas à cause de toi. Réessaie dans une minute. Si tu es en danger maintenant, appelle le {emergency}. Personne d'autre que toi ne voit cette ligne."
        }
    }
}
