//! The one way in: text to findings. Read next: `escalation.rs`.

use crate::{Screened, Window};
use domain::{Finding, Inbound};

/// Screens one text in every language and every view; most urgent first, then by place.
pub fn screen(text: &str) -> Vec<Finding> {
    let _ = text;
    Vec::new()
}

/// Screens every text of an inbound message. Spans are relative to the text they were found in.
pub fn screen_inbound(inbound: Inbound) -> Screened<Inbound> {
    screen_inbound_in(inbound, &Window::default())
}

/// The same, read together with the bubbles just before.
pub fn screen_inbound_in(inbound: Inbound, window: &Window) -> Screened<Inbound> {
    let _ = window.previous();
    let findings = inbound.body.texts().into_iter().flat_map(screen).collect();
    Screened::new(inbound, findings)
}
