//! A disclosure about somebody else is still a disclosure; told for tonight, it escalates now.

use domain::{Tier, Urgency};

fn check(text: &str, urgency: Urgency, tier: Tier) {
    let found = safety_rules::screen(text);
    let worst = found.iter().max_by_key(|finding| finding.urgency);
    assert!(
        worst.is_some_and(|worst| worst.urgency == urgency && worst.tier == tier),
        "{text}: {:?}",
        worst.map(|worst| (&worst.rule, worst.urgency))
    );
}

#[test]
fn somebody_elses_wish_is_shown_and_somebody_elses_tonight_escalates() {
    check("my friend wants to kill herself", Urgency::Soon, Tier::Soft);
    check("my friend says she is going to kill herself tonight", Urgency::Urgent, Tier::Hard);
    check("ma copine veut se suicider", Urgency::Soon, Tier::Soft);
    check("ma copine veut se suicider ce soir", Urgency::Urgent, Tier::Hard);
}
