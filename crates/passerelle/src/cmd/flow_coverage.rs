//! Which steps and ways of the flows the examples walk, in each language, and how to come to the
//! others.
//!
//! Ways are counted from step to step: two answers with the same end are one way. What a silence
//! or a misunderstanding leads to at a human isn't a way of the flow, and isn't counted.

use domain::{FlowId, Lang, StepId};
use flow_script::{Flow, FlowLibrary, Reason, Target, Whereto, shortest_way, ways_out};
use std::collections::{BTreeMap, BTreeSet};

type Spot = (FlowId, StepId);

/// What was walked so far.
#[derive(Default)]
pub(crate) struct Coverage {
    steps: BTreeMap<Lang, BTreeSet<Spot>>,
    ways: BTreeSet<(Spot, Spot)>,
}

/// A way from step to step that can be walked.
struct Wanted {
    from: StepId,
    reason: Reason,
    to: Spot,
}

impl Coverage {
    /// Adds the walk of one example.
    pub(crate) fn take(&mut self, lang: Lang, walked: &[Spot]) {
        self.steps.entry(lang).or_default().extend(walked.iter().cloned());
        self.ways.extend(walked.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    }

    fn steps_walked(&self, flow: &Flow, lang: Lang) -> usize {
        flow.order.iter().filter(|step| self.has(flow, step, lang)).count()
    }

    fn has(&self, flow: &Flow, step: &StepId, lang: Lang) -> bool {
        self.steps.get(&lang).is_some_and(|known| known.contains(&(flow.id.clone(), step.clone())))
    }

    fn walked(&self, flow: &Flow, way: &Wanted) -> bool {
        self.ways.contains(&((flow.id.clone(), way.from.clone()), way.to.clone()))
    }

    /// A line a flow, and the sum.
    pub(crate) fn table(&self, library: &FlowLibrary, langs: &[Lang]) -> String {
        let mut out = format!("\n{:<18}", "steps walked");
        for lang in langs {
            out.push_str(&format!("{:>9}", lang.to_string()));
        }
        out.push_str(&format!("{:>11}\n", "ways"));
        let mut sums = vec![(0, 0); langs.len() + 1];
        for flow in library.flows() {
            out.push_str(&format!("{:<18}", flow.id.to_string()));
            for (number, lang) in langs.iter().enumerate() {
                let walked = self.steps_walked(flow, *lang);
                sums[number].0 += walked;
                sums[number].1 += flow.order.len();
                out.push_str(&format!("{:>9}", format!("{walked}/{}", flow.order.len())));
            }
            let ways = wanted(flow, library);
            let walked = ways.iter().filter(|way| self.walked(flow, way)).count();
            sums[langs.len()].0 += walked;
            sums[langs.len()].1 += ways.len();
            out.push_str(&format!("{:>11}\n", format!("{walked}/{}", ways.len())));
        }
        let percent =
            |(walked, all): (usize, usize)| format!("{} %", (walked * 100).checked_div(all).unwrap_or(100));
        out.push_str(&format!("{:<18}", "in all"));
        for (number, sum) in sums.iter().enumerate() {
            let width = if number == langs.len() { 11 } else { 9 };
            out.push_str(&format!("{:>width$}", percent(*sum)));
        }
        out.push('\n');
        out
    }

    /// What no example walks, and the shortest way there.
    pub(crate) fn gaps(&self, library: &FlowLibrary, langs: &[Lang]) -> String {
        let mut out = String::new();
        for flow in library.flows() {
            for lang in langs {
                let missing = flow.order.iter().filter(|step| !self.has(flow, step, *lang));
                let missing: Vec<&str> = missing.map(StepId::as_str).collect();
                if !missing.is_empty() {
                    out.push_str(&format!("\n{} in {lang}: no example comes to {}", flow.id, missing.join(", ")));
                }
            }
            for way in wanted(flow, library).iter().filter(|way| !self.walked(flow, way)) {
                let to = if way.to.0 == flow.id { way.to.1.to_string() } else { format!("flow {}", way.to.0) };
                let before = shortest_way(flow, &way.from).unwrap_or_default();
                let steps = before.iter().map(|(step, reason)| format!("{step}{}", words(reason)));
                let path: Vec<String> = steps.chain([format!("{}{}", way.from, words(&way.reason)), to]).collect();
                out.push_str(&format!("\n{}: no example walks {}", flow.id, path.join(" → ")));
            }
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }
}

fn words(reason: &Reason) -> String {
    match reason {
        Reason::Done => String::new(),
        Reason::Choice { value, .. } => format!(" [{value}]"),
        Reason::Case(number) => format!(" [case {}]", number + 1),
        Reason::Otherwise => " [otherwise]".into(),
        Reason::NotUnderstood => " [in other words]".into(),
        Reason::Silence => " [no answer]".into(),
        Reason::Call => " [plays]".into(),
    }
}

/// Every way from step to step, each pair once.
fn wanted(flow: &Flow, library: &FlowLibrary) -> Vec<Wanted> {
    let mut seen = BTreeSet::new();
    let mut ways = Vec::new();
    for step in flow.order.iter().filter_map(|id| flow.step(id)) {
        let called = matches!(step.kind, flow_script::StepKind::Call { .. });
        for way in ways_out(step) {
            let Whereto::Target(target) = way.to else { continue };
            // After a call the walk comes back from the other flow, not from this step.
            if called && way.reason != Reason::Call {
                continue;
            }
            let to = match target {
                Target::Step(step) => (flow.id.clone(), step),
                Target::Flow(other) => match library.current(&other) {
                    Some(other) => (other.id.clone(), other.start.clone()),
                    None => continue,
                },
            };
            if seen.insert((step.id.clone(), to.clone())) {
                ways.push(Wanted { from: step.id.clone(), reason: way.reason, to });
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use flow_script::{HouseLangs, load_shipped};

    #[test]
    fn what_is_walked_counts_and_the_way_to_the_rest_is_shown() {
        let pack = load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).unwrap();
        let spot = |step: &str| (FlowId::new("feedback"), StepId::new(step));
        let mut coverage = Coverage::default();
        coverage.take(Lang::EN, &[spot("helped"), spot("heard")]);
        let table = coverage.table(&pack.library, &[Lang::EN]);
        assert!(table.lines().any(|line| line.starts_with("feedback") && line.contains(" 2/5")), "{table}");
        let gaps = coverage.gaps(&pack.library, &[Lang::EN]);
        assert!(
            gaps.contains("feedback: no example walks how_now [1] → helped [yes] → heard [yes] → in_words"),
            "{gaps}"
        );
        assert!(!gaps.contains("how_now [1] → helped [yes] → heard\n"), "{gaps}");
    }
}
