//! What one can do with a conversation now: each a plain form that works without a script.
//!
//! It must never offer what the stage or the holder doesn't allow. Read next: `../actions/`.

use super::Ctx;
use crate::reading::Reading;
use crate::words::W;
use domain::{CloseReason, Closed, DeclineReason, Role, Stage, limits};
use maud::{Markup, html};

/// What was typed into a form that was refused, so that no word is lost.
#[derive(Default, Clone)]
pub(crate) struct Typed {
    /// Which form: `say`, `note`, `wrap-up`.
    pub(crate) form: &'static str,
    /// The words.
    pub(crate) text: String,
    /// Why it was refused.
    pub(crate) refusal: Option<domain::RefusalCode>,
}

impl Typed {
    fn in_form(&self, form: &str) -> &str {
        if self.form == form { &self.text } else { "" }
    }
}

/// Take it, or say no.
pub(crate) fn taking(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    let stage = &reading.conversation.stage;
    let id = reading.conversation.id;
    let offered = matches!(stage, Stage::Offered(offered) if offered.to.contains(&ctx.who.counsellor.id));
    // Whoever may open a child's talk before a human asked for may also take it: supervisors.
    let with_bot = matches!(stage, Stage::WithBot | Stage::Parked(_));
    let waiting = matches!(stage, Stage::Queued(_) | Stage::AwaitingReturn(_) | Stage::Offered(_));
    let words = match (offered, with_bot) {
        (true, _) => W::OfferedReadThenTake,
        (false, true) => W::WithBotReadThenTake,
        (false, false) => W::WaitsReadThenTake,
    };
    html! {
        @if waiting || with_bot {
            div #taking .taking {
                p { (t.w(words)) }
                form method="post" action={ "/desk/c/" (id) "/accept" } data-live {
                    (ctx.csrf())
                    button.main #accept data-accept { (t.w(W::Accept)) }
                }
                @if offered {
                    form.inline method="post" action={ "/desk/c/" (id) "/decline" } data-live {
                        (ctx.csrf())
                        label for="decline-reason" { (t.w(W::DeclineBecause)) }
                        select #decline-reason name="reason" {
                            @for reason in DeclineReason::ALL { option value=(reason.name()) { (t.decline(reason)) } }
                        }
                        button #decline { (t.w(W::Decline)) }
                    }
                }
            }
        }
    }
}

/// Writing and ending. `key` names the next message, so that a double press is one message.
pub(crate) fn writing(ctx: &Ctx<'_>, reading: &Reading, typed: &Typed, key: &str) -> Markup {
    let me = ctx.who.counsellor.id;
    let stage = &reading.conversation.stage;
    let mine = stage.engaged().is_some_and(|engaged| engaged.by == me);
    let wrapping = matches!(stage, Stage::Wrapping(_));
    // A supervisor writes the record of a counsellor who won't come back.
    let supervisor = ctx.who.counsellor.role == Role::Supervisor;
    html! {
        div #writing .writing {
            @if mine && !wrapping { (say(ctx, reading, typed, key)) }
            @if (mine || supervisor) && wrapping { (wrap_up(ctx, reading, typed)) }
            @if !matches!(stage, Stage::Closed(_)) {
                div #side-forms .side-forms {
                    @if mine || supervisor { (note(ctx, reading, typed)) }
                    @if mine && !wrapping { (finish(ctx, reading)) (give_back(ctx, reading)) }
                }
            }
            (erase(ctx, reading))
        }
    }
}

fn say(ctx: &Ctx<'_>, reading: &Reading, typed: &Typed, key: &str) -> Markup {
    let t = ctx.t;
    let lang = reading.conversation.lang;
    html! {
        form #say .say method="post" action={ "/desk/c/" (reading.conversation.id) "/say" } data-live data-compose {
            (ctx.csrf())
            input #client-key type="hidden" name="client_key" value=(key) data-keep;
            label for="reply" { (t.w(W::ReplyTo)) }
            textarea #reply name="text" rows="3" maxlength=(limits::COUNSELLOR_TEXT_CHARS) required
                lang=(lang.as_str()) dir="auto" aria-describedby="reply-hint" data-draft="reply" data-keep autocomplete="off"
                { (typed.in_form("say")) }
            div.row-end {
                span #reply-hint .small { (t.w(W::EnterSends)) }
                button.main #send { (t.w(W::Send)) }
            }
        }
    }
}

fn note(ctx: &Ctx<'_>, reading: &Reading, typed: &Typed) -> Markup {
    let t = ctx.t;
    html! {
        details #note-box data-keep-open open[typed.form == "note"] {
            summary { (t.w(W::PrivateNote)) }
            form #note method="post" action={ "/desk/c/" (reading.conversation.id) "/note" } data-live data-compose {
                (ctx.csrf())
                label for="note-text" { (t.w(W::NoteForColleagues)) }
                textarea #note-text name="text" rows="2" maxlength=(limits::NOTE_CHARS) required dir="auto"
                    data-draft="note" data-keep autocomplete="off" { (typed.in_form("note")) }
                button { (t.w(W::SaveNote)) }
            }
        }
    }
}

fn finish(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    html! {
        details #finish-box data-keep-open {
            summary { (t.w(W::FinishTalk)) }
            form #finish method="post" action={ "/desk/c/" (reading.conversation.id) "/finish" } data-live {
                (ctx.csrf())
                fieldset {
                    legend { (t.w(W::AskFeedback)) }
                    label { input type="radio" name="feedback" value="ask" checked data-keep; " " (t.w(W::Yes)) }
                    label { input type="radio" name="feedback" value="dont_ask" data-keep; " " (t.w(W::No)) }
                }
                button.main { (t.w(W::FinishTalk)) }
            }
        }
    }
}

fn give_back(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    html! {
        details #give-back-box data-keep-open {
            summary { (t.w(W::GiveBack)) }
            form #give-back method="post" action={ "/desk/c/" (reading.conversation.id) "/give-back" } data-live {
                (ctx.csrf())
                p { (t.w(W::GiveBackMeans)) }
                button { (t.w(W::GiveBack)) }
            }
        }
    }
}

fn wrap_up(ctx: &Ctx<'_>, reading: &Reading, typed: &Typed) -> Markup {
    let t = ctx.t;
    html! {
        form #wrap-up .wrap-up method="post" action={ "/desk/c/" (reading.conversation.id) "/wrap-up" } data-live {
            (ctx.csrf())
            h2 { (t.w(W::WrapUp)) }
            fieldset {
                legend { (t.w(W::WhyEnded)) }
                @for reason in CloseReason::ALL {
                    label { input type="radio" name="reason" value=(reason.name()) required data-keep; " " (t.close(reason)) }
                }
            }
            label for="wrap-up-note" { (t.w(W::NoteForRecord)) }
            textarea #wrap-up-note name="note" rows="2" maxlength=(limits::NOTE_CHARS) dir="auto"
                data-draft="wrap-up" data-keep autocomplete="off" { (typed.in_form("wrap-up")) }
            button.main { (t.w(W::CloseConversation)) }
        }
    }
}

/// For supervisors, once the child's wish to be deleted was recorded.
fn erase(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    let asked = matches!(
        &reading.conversation.stage,
        Stage::Closed(Closed::Human { reason: CloseReason::DeletionAsked, .. })
    );
    html! {
        @if asked && ctx.who.counsellor.role == Role::Supervisor {
            form #erase .taking method="post" action={ "/desk/c/" (reading.conversation.id) "/erase" } {
                (ctx.csrf())
                p { (t.w(W::EraseMeans)) }
                label { input type="checkbox" name="sure" value="yes" required; " " (t.w(W::EraseSure)) }
                button.danger { (t.w(W::Erase)) }
            }
        }
    }
}
