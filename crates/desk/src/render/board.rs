//! The queue: rows by urgency, then wait, in sections. No words of a child.
//!
//! Read next: `layout.rs` for offers and alarms above it.

use super::{Ctx, marks};
use crate::reading::row_opens;
use crate::words::W;
use domain::{DutyState, Role, StageName};
use maud::{Markup, html};
use store::QueueRow;

/// Where a row stands for this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    OfferedToMe,
    Mine,
    Waiting,
    WithOthers,
    WithBot,
}

const SECTIONS: [(Section, W, W); 5] = [
    (Section::OfferedToMe, W::OfferedToMe, W::NothingOffered),
    (Section::Mine, W::Mine, W::NothingMine),
    (Section::Waiting, W::Waiting, W::NobodyWaits),
    (Section::WithOthers, W::WithOthers, W::NothingWithOthers),
    (Section::WithBot, W::WithBot, W::NothingWithBot),
];

fn section_of(ctx: &Ctx<'_>, row: &QueueRow) -> Option<Section> {
    let mine = row.counsellors.contains(&ctx.who.counsellor.id);
    Some(match row.stage {
        StageName::Offered if mine => Section::OfferedToMe,
        StageName::Requested | StageName::Queued | StageName::AwaitingReturn | StageName::Offered => {
            Section::Waiting
        }
        StageName::Accepted | StageName::Introduced | StageName::Live | StageName::Wrapping if mine => {
            Section::Mine
        }
        StageName::Accepted | StageName::Introduced | StageName::Live | StageName::Wrapping => Section::WithOthers,
        StageName::WithBot | StageName::Parked => Section::WithBot,
        StageName::Closed => return None,
    })
}

/// The whole queue.
pub(crate) fn board(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        div #board {
            @if ctx.who.counsellor.role == Role::Admin {
                p.hint { (t.w(W::AdminSeesNothing)) }
            } @else {
                @if ctx.duty == DutyState::Away { p #away .hint { (t.w(W::YouAreAway)) } }
                @for (section, title, empty) in SECTIONS {
                    @let rows: Vec<_> = ctx.board.iter().filter(|row| section_of(ctx, row) == Some(section)).collect();
                    section.rows-of id={ "section-" (section_id(section)) } aria-labelledby={ "title-" (section_id(section)) } {
                        h2 id={ "title-" (section_id(section)) } { (t.w(title)) " " span.count { (rows.len()) } }
                        @if rows.is_empty() {
                            p.empty { (t.w(empty)) }
                        } @else {
                            ol.rows {
                                @for row in rows { (row_line(ctx, section, row)) }
                            }
                        }
                    }
                }
                (to_erase(ctx))
            }
        }
    }
}

/// For supervisors: the page of each has the act.
fn to_erase(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        @if !ctx.to_erase.is_empty() {
            section.rows-of #section-erase aria-labelledby="title-erase" {
                h2 #title-erase { (t.w(W::WishToBeDeleted)) " " span.count { (ctx.to_erase.len()) } }
                ol.rows {
                    @for row in &ctx.to_erase {
                        li id={ "row-" (row.id) } .row.routine {
                            a.open href={ "/desk/c/" (row.id) } data-row {
                                span.code { (t.w(W::Conversation)) " " (marks::code(row.id)) }
                                span.since { span.unseen { (t.w(W::Since)) " " } (marks::wait(row.since, ctx.now)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn section_id(section: Section) -> &'static str {
    match section {
        Section::OfferedToMe => "offered",
        Section::Mine => "mine",
        Section::Waiting => "waiting",
        Section::WithOthers => "others",
        Section::WithBot => "bot",
    }
}

fn row_line(ctx: &Ctx<'_>, section: Section, row: &QueueRow) -> Markup {
    let t = ctx.t;
    let opens = row_opens(&ctx.who.counsellor, row);
    let inner = html! {
        (marks::urgency(t, row.urgency))
        span.code { (t.w(W::Conversation)) " " (marks::code(row.id)) }
        span.stage { (t.stage(row.stage)) (others(ctx, section, row)) }
        span.lang { (marks::language(row.lang)) }
        span.platform { (row.platform.name()) }
        span.since { span.unseen { (t.w(since_word(row.stage))) " " } (marks::wait(row.since, ctx.now)) }
        @if let Some(last) = row.last_inbound_at {
            span.last { (t.w(W::LastWrote)) " " (marks::clock(last)) }
        }
        @if row.delivery_trouble { span.trouble { "⚠ " (t.w(W::DeliveryTrouble)) } }
    };
    html! {
        li id={ "row-" (row.id) } .row.(row.urgency.name()) data-conversation=(row.id) data-stage=(row.stage.name()) {
            @if opens {
                a.open id={ "open-" (row.id) } href={ "/desk/c/" (row.id) } data-row { (inner) }
            } @else {
                div.open id={ "open-" (row.id) } data-row tabindex="-1" { (inner) }
            }
            @if section == Section::OfferedToMe {
                form method="post" action={ "/desk/c/" (row.id) "/accept" } data-live {
                    (ctx.csrf())
                    button.main id={ "accept-" (row.id) } data-accept { (t.w(W::Accept)) span.unseen { " " (marks::code(row.id)) } }
                }
            }
        }
    }
}

const fn since_word(stage: StageName) -> W {
    match stage {
        StageName::Requested | StageName::Queued | StageName::AwaitingReturn | StageName::Offered => W::Waits,
        _ => W::Since,
    }
}

/// Who has it, when it isn't me.
fn others(ctx: &Ctx<'_>, section: Section, row: &QueueRow) -> Markup {
    let shown = matches!(section, Section::Waiting | Section::WithOthers) && !row.counsellors.is_empty();
    html! {
        @if shown {
            " · "
            @for (place, id) in row.counsellors.iter().enumerate() {
                @if place > 0 { ", " }
                (ctx.names.of(*id))
            }
        }
    }
}
