//! The same child on another app: what is linked, the way to link, the way back.
//!
//! Read next: `../actions/link.rs`.

use super::{Ctx, marks};
use crate::reading::Reading;
use crate::words::W;
use domain::Role;
use maud::{Markup, html};

/// Linked contacts with their talks, and the form for whoever has the child.
pub(crate) fn linked(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    let id = reading.conversation.id;
    let mine = reading.conversation.stage.engaged().is_some_and(|engaged| engaged.by == ctx.who.counsellor.id);
    let may = mine || ctx.who.counsellor.role == Role::Supervisor;
    html! {
        @if reading.linked.is_empty() { p.empty { (t.w(W::NothingLinked)) } }
        @for link in &reading.linked {
            div.linked id={ "linked-" (link.number) } {
                ul {
                    @for row in &link.talks {
                        li {
                            @if ctx.who.counsellor.role == Role::Supervisor {
                                a href={ "/desk/c/" (row.id) } { (t.w(W::Conversation)) " " (marks::code(row.id)) }
                            } @else {
                                (t.w(W::Conversation)) " " (marks::code(row.id))
                            }
                            " · " (row.platform.name()) " · " (marks::day(row.since)) " · "
                            (marks::urgency(t, row.urgency)) " · " (t.stage(row.stage))
                        }
                    }
                }
                p.small { (t.w(W::LinkedBy)) " " (reading.names.of(link.by)) " · " (marks::day(link.at)) }
                @if may {
                    form method="post" action={ "/desk/c/" (id) "/unlink" } data-live {
                        (ctx.csrf())
                        input type="hidden" name="link" value=(link.number);
                        button.plain { (t.w(W::Unlink)) }
                    }
                }
            }
        }
        @if may {
            details #link-box {
                summary { (t.w(W::LinkContact)) }
                form #link method="post" action={ "/desk/c/" (id) "/link" } data-live {
                    (ctx.csrf())
                    p.small { (t.w(W::LinkMeans)) }
                    label for="link-other" { (t.w(W::LinkOther)) }
                    input #link-other name="other" required minlength="4" maxlength="300" autocomplete="off";
                    label { input type="checkbox" name="said" value="yes" required; " " (t.w(W::LinkChildSaid)) }
                    button { (t.w(W::LinkContact)) }
                }
            }
        }
    }
}
