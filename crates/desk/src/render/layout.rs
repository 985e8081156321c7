//! The frame of every page: head, skip link, banner with duty and offers, main, help, live regions.
//!
//! Read next: `board.rs`, `talk.rs`.

use super::{channels, help, strip};
use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::pages::static_files;
use crate::reading::Names;
use crate::web::DeskError;
use crate::words::{Tongue, W};
use domain::{Conversation, DutyState, Role, Stage, Timestamp};
use maud::{DOCTYPE, Markup, html};
use store::{QueueRow, StoreError};

/// What every part of a page may need.
pub(crate) struct Ctx<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) t: Tongue,
    pub(crate) who: &'a SignedIn,
    pub(crate) now: Timestamp,
    pub(crate) duty: DutyState,
    pub(crate) names: Names,
    pub(crate) board: Vec<QueueRow>,
    /// Offers to this person, with the state they are in.
    pub(crate) offers: Vec<Conversation>,
    /// Alarms not yet seen; for supervisors.
    pub(crate) alarms: Vec<domain::Alarm>,
    /// Closed, and the child's wish to be deleted is still to be done; for supervisors.
    pub(crate) to_erase: Vec<QueueRow>,
    /// Channels to children.
    pub(crate) channels: Vec<domain::ChannelHealth>,
}

impl<'a> Ctx<'a> {
    /// Reads what the frame shows.
    pub(crate) async fn read(desk: &'a Desk, t: Tongue, who: &'a SignedIn) -> Result<Self, DeskError> {
        let mut ctx = Self {
            desk,
            t,
            who,
            now: desk.door.now(),
            duty: DutyState::Away,
            names: Names::read(desk).await?,
            board: Vec::new(),
            offers: Vec::new(),
            alarms: Vec::new(),
            to_erase: Vec::new(),
            channels: desk.door.channels().await,
        };
        if who.counsellor.role == Role::Admin {
            return Ok(ctx);
        }
        let me = who.counsellor.id;
        if let Some(entry) = desk.door.roster().await.iter().find(|entry| entry.counsellor.id == me) {
            ctx.duty = entry.duty;
        }
        ctx.board = desk.store.board().await?;
        for row in &ctx.board {
            if row.stage == domain::StageName::Offered && row.counsellors.contains(&me) {
                match desk.store.load(row.id).await {
                    Ok(Some(offered)) if is_offered_to(&offered, me) => ctx.offers.push(offered),
                    Ok(_) | Err(StoreError::Unreadable(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        if who.counsellor.role == Role::Supervisor {
            ctx.alarms = desk.store.alarms().await?;
            ctx.to_erase = desk.store.to_erase().await?;
        }
        Ok(ctx)
    }

    /// The hidden field that every form carries.
    pub(crate) fn csrf(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.who.csrf); }
    }
}

fn is_offered_to(conversation: &Conversation, me: domain::CounsellorId) -> bool {
    matches!(&conversation.stage, Stage::Offered(offered) if offered.to.contains(&me))
}

/// A whole page for somebody signed in. `name` tells the script which page it is.
pub(crate) fn page(ctx: &Ctx<'_>, title: &str, name: &str, main: &Markup) -> Markup {
    let t = ctx.t;
    let frame = html! {
        (head(ctx))
        main #main tabindex="-1" { (main) }
        @if name != "help" {
            dialog #help aria-labelledby="help-title" {
                (help(ctx))
                form method="dialog" { button.plain { (t.w(W::Close)) } }
            }
        }
        div #say-polite .unseen role="status" aria-live="polite" {}
        div #say-now .unseen role="alert" aria-live="assertive" {}
        div #toast .toast hidden {}
    };
    document(ctx.desk, t, title, name, Some(ctx), &frame)
}

/// A page without a session: sign-in, errors, the front door.
pub(crate) fn bare(desk: &Desk, t: Tongue, title: &str, main: &Markup) -> Markup {
    let frame = html! {
        main #main .bare tabindex="-1" { (main) }
    };
    document(desk, t, title, "bare", None, &frame)
}

fn document(desk: &Desk, t: Tongue, title: &str, name: &str, ctx: Option<&Ctx<'_>>, frame: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(t.tag()) dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · " (desk.helpline) }
                link rel="icon" type="image/svg+xml" href=(static_files::icon());
                link rel="stylesheet" href=(static_files::css());
                @if let Some(ctx) = ctx {
                    meta name="desk" content=(facts(ctx));
                    script src=(static_files::js()) defer {}
                } @else {
                    script src=(static_files::bare_js()) defer {}
                }
            }
            body data-page=(name) {
                a.skip href="#main" { (t.w(W::SkipToMain)) }
                (frame)
            }
        }
    }
}

/// What the page's script must know, as JSON in an attribute. No words of a child.
fn facts(ctx: &Ctx<'_>) -> String {
    let t = ctx.t;
    serde_json::json!({
        "csrf": ctx.who.csrf,
        "now": ctx.now.millis(),
        "me": ctx.who.counsellor.id.to_string(),
        "live": ctx.who.counsellor.role != Role::Admin,
        "sound": static_files::alert(),
        "beat": static_files::beat_js(),
        "words": {
            "offerTitle": t.w(W::OfferTitle),
            "offerSaid": t.w(W::OfferSaid),
            "offerBody": t.w(W::OfferBody),
            "noLonger": t.w(W::NoLongerYours),
            "offline": t.w(W::ConnectionLost),
            "online": t.w(W::ConnectionBack),
            "newMessage": t.w(W::NewMessage),
            "failed": t.w(W::NotSentTryAgain),
            "notifyOn": t.w(W::NotifyOn),
            "notifyOff": t.w(W::NotifyBlocked),
            "soundOk": t.w(W::SoundPlayed),
        },
    })
    .to_string()
}

/// The banner: where one is, duty, offers, alarms. Renewed live.
pub(crate) fn head(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        header #head .top data-now=(ctx.now.millis()) {
            div.bar {
                a.brand href="/desk" accesskey="q" { (ctx.desk.helpline) " · " (t.w(W::Queue)) }
                @if ctx.who.counsellor.role != Role::Admin { (duty(ctx)) }
                div.me {
                    span.name { (ctx.who.counsellor.first_name) " · " (t.role(ctx.who.counsellor.role)) }
                    a #help-open .plain href="/desk/help" title=(t.w(W::HelpTitle)) { "? " (t.w(W::Help)) }
                    form method="post" action="/desk/sign-out" data-sign-out {
                        (ctx.csrf()) button.plain { (t.w(W::SignOut)) }
                    }
                }
            }
            p #sound-hint .hint data-keep hidden { (t.w(W::SoundBlocked)) }
            p #offline .hint.bad data-keep hidden { (t.w(W::ConnectionLost)) }
            (channels::strip(ctx))
            (strip::mine(ctx))
            (strip::offers(ctx))
            (strip::alarms(ctx))
        }
    }
}

fn duty(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        form #duty method="post" action="/desk/duty" data-live {
            (ctx.csrf())
            div.duty role="group" aria-label=(t.w(W::Duty)) {
                @for state in [DutyState::Available, DutyState::Busy, DutyState::Away] {
                    @let name = duty_name(state);
                    button.(name) id={ "duty-" (name) } name="duty" value=(name)
                        aria-pressed=(if ctx.duty == state { "true" } else { "false" }) { (t.duty(state)) }
                }
            }
        }
    }
}

/// A duty's name in forms.
pub(crate) const fn duty_name(state: DutyState) -> &'static str {
    match state {
        DutyState::Available => "available",
        DutyState::Busy => "busy",
        DutyState::Away => "away",
    }
}

/// An error as a page.
pub(crate) fn error_page(desk: &Desk, t: Tongue, error: DeskError) -> Markup {
    bare(
        desk,
        t,
        t.error(error),
        &html! {
            h1 { (t.error(error)) }
            p { (t.error_help(error)) }
            p { a.button href="/desk" { (t.w(W::BackToQueue)) } }
        },
    )
}

/// An error as a line of JSON for the script.
pub(crate) fn error_line(t: Tongue, error: DeskError) -> axum::Json<serde_json::Value> {
    axum::Json(
        serde_json::json!({ "ok": false, "words": t.error(error), "signedOut": error == DeskError::SignInFirst }),
    )
}
