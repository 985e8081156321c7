//! The flows that a house plays: the current version of each, older ones that talks are still in,
//! and the contacts.
//!
//! Only checked flows are in it. Read next: `changes.rs`, then `engine/src/flow_walk.rs`.

use crate::{Flow, FlowRole, Resource};
use domain::{FlowHash, FlowId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All flows of a running house: the current version of each, and older ones still in use.
#[derive(Debug, Clone, Default)]
pub struct FlowLibrary {
    current: BTreeMap<FlowId, Arc<Flow>>,
    versions: BTreeMap<FlowHash, Arc<Flow>>,
    roles: BTreeMap<FlowRole, FlowId>,
    resources: Vec<Resource>,
}

impl FlowLibrary {
    /// A library of checked flows. The loader makes it.
    pub fn new(flows: Vec<Flow>, resources: Vec<Resource>) -> Self {
        let mut library = Self { resources, ..Self::default() };
        for flow in flows {
            library.add(flow);
        }
        library
    }

    /// Makes a flow's version current; older versions stay for conversations pinned to them.
    pub fn add(&mut self, flow: Flow) {
        let flow = Arc::new(flow);
        if let Some(role) = flow.plays {
            self.roles.insert(role, flow.id.clone());
        }
        self.versions.insert(flow.hash.clone(), Arc::clone(&flow));
        self.current.insert(flow.id.clone(), flow);
    }

    /// Keeps an older version for conversations pinned to it; the current one stays.
    pub fn keep(&mut self, flow: Flow) {
        self.versions.entry(flow.hash.clone()).or_insert_with(|| Arc::new(flow));
    }

    /// Takes a version away: nobody begins it, and nobody who is in it can go on. Where it was the
    /// current one, `instead` becomes current; without one the flow is gone.
    pub fn withdraw(&mut self, hash: &FlowHash, instead: Option<&FlowHash>) {
        let Some(gone) = self.versions.remove(hash) else { return };
        if self.current.get(&gone.id).is_some_and(|current| current.hash == *hash) {
            match instead.and_then(|hash| self.versions.get(hash)).filter(|flow| flow.id == gone.id) {
                Some(flow) => self.current.insert(gone.id.clone(), Arc::clone(flow)),
                None => self.current.remove(&gone.id),
            };
        }
    }

    /// Lets a flow play a role, besides the one its file names. For rehearsals.
    pub fn cast(&mut self, role: FlowRole, id: FlowId) {
        self.roles.insert(role, id);
    }

    /// The current version of a flow.
    pub fn current(&self, id: &FlowId) -> Option<&Arc<Flow>> {
        self.current.get(id)
    }

    /// A version by its hash.
    pub fn version(&self, hash: &FlowHash) -> Option<&Arc<Flow>> {
        self.versions.get(hash)
    }

    /// The flow that plays a role.
    pub fn role(&self, role: FlowRole) -> Option<&Arc<Flow>> {
        self.roles.get(&role).and_then(|id| self.current.get(id))
    }

    /// Every version, current and kept.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.versions.values()
    }

    /// All current flows.
    pub fn flows(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.current.values()
    }

    /// All contacts.
    pub fn all_resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter()
    }

    /// Contacts of these kinds for a country; those for everywhere come last.
    pub fn resources<'a>(&'a self, country: &'a str, kinds: &'a [String]) -> impl Iterator<Item = &'a Resource> {
        let local = move |resource: &&Resource| resource.country == country;
        let anywhere = |resource: &&Resource| resource.country == "*";
        let wanted = move |resource: &&Resource| kinds.contains(&resource.kind);
        self.resources
            .iter()
            .filter(wanted)
            .filter(local)
            .chain(self.resources.iter().filter(wanted).filter(anywhere))
    }
}
