//! Keys of conversations lately used, so that they aren't unwrapped each time.
//!
//! Bounded: two halves, the older one is dropped whole. Read next: `turns.rs`.

use domain::ConversationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::vault::SealKey;

/// Conversations in one half.
const HALF: usize = 2_048;

/// What a turn needs to know of a kept conversation.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its row.
    pub(crate) n: i64,
    /// Its contact's row.
    pub(crate) contact: i64,
    /// Its key.
    pub(crate) key: SealKey,
}

/// The cache.
#[derive(Default)]
pub(crate) struct Keys(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<ConversationId, Arc<Known>>,
    old: HashMap<ConversationId, Arc<Known>>,
}

impl Keys {
    pub(crate) fn get(&self, id: ConversationId) -> Option<Arc<Known>> {
        let mut halves = self.halves();
        if let Some(known) = halves.young.get(&id) {
            return Some(Arc::clone(known));
        }
        let known = halves.old.remove(&id)?;
        halves.keep(id, Arc::clone(&known));
        Some(known)
    }

    pub(crate) fn put(&self, id: ConversationId, known: Arc<Known>) {
        self.halves().keep(id, known);
    }

    pub(crate) fn forget(&self, id: ConversationId) {
        let mut halves = self.halves();
        halves.young.remove(&id);
        halves.old.remove(&id);
    }

    fn halves(&self) -> MutexGuard<'_, Halves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn keep(&mut self, id: ConversationId, known: Arc<Known>) {
        if self.young.len() >= HALF {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::vault::{MasterKey, Vault};

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let entropy = Arc::new(store::conformance::SeededEntropy::new(1));
        let vault = Vault::new(&MasterKey::from_bytes([1; 32]), entropy).unwrap();
        let keys = Keys::default();
        let first = store::conformance::make::conversation(0);
        for n in 0..20_000_u128 {
            let id = store::conformance::make::conversation(n);
            let (key, _) = vault.new_conversation_key(id).unwrap();
            keys.put(id, Arc::new(Known { n: 0, contact: 0, key }));
            assert!(keys.get(first).is_some());
        }
        let halves = keys.halves();
        assert!(halves.young.len() <= HALF && halves.old.len() <= HALF);
        drop(halves);
        keys.forget(first);
        assert!(keys.get(first).is_none());
    }
}
