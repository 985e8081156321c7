//! Checks that every dependency in the workspace follows the table.
//!
//! Dev-dependencies between rooms are free: a test may borrow another room's kit. What ships is not.
//! Read next: `arrows/table.rs`.

#[cfg(test)]
mod page_tests;
mod table;

use crate::metadata::{Dependency, Metadata, Package};
use table::{FORBIDDEN_FEATURES, IMPURE, PURE, ROOMS, Row, TOOLS, WRAPPERS};

/// All arrows that the table doesn't allow, one sentence each.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    for room in metadata.rooms() {
        match ROOMS.iter().find(|row| row.room == room.name) {
            Some(row) => check_rooms(metadata, room, row, &mut faults),
            None => faults.push(format!("{} has no row in crates/xtask/src/arrows/table.rs", room.name)),
        }
        check_wrappers(room, &mut faults);
        check_features(room, &mut faults);
        check_pure(metadata, room, &mut faults);
    }
    faults
}

fn check_rooms(metadata: &Metadata, room: &Package, row: &Row, faults: &mut Vec<String>) {
    for dependency in shipped(room) {
        let ours = metadata.rooms().any(|other| other.name == dependency.name);
        if ours && !allows(row, &dependency.name) {
            faults.push(format!(
                "{} may not use {}; it may use: {}",
                room.name,
                dependency.name,
                row.may_use.join(", ")
            ));
        }
    }
}

fn allows(row: &Row, other: &str) -> bool {
    let tool = TOOLS.contains(&other);
    row.may_use.contains(&other) || (row.may_use.contains(&"*") && !tool)
}

fn check_wrappers(room: &Package, faults: &mut Vec<String>) {
    for dependency in shipped(room) {
        let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.library == dependency.name) else {
            continue;
        };
        if !wrapper.rooms.contains(&room.name.as_str()) {
            faults.push(format!("{} may not use {}: {}", room.name, wrapper.library, wrapper.why));
        }
    }
}

fn check_features(room: &Package, faults: &mut Vec<String>) {
    for dependency in shipped(room) {
        for (library, feature) in FORBIDDEN_FEATURES {
            if dependency.name == *library && dependency.features.iter().any(|on| on == feature) {
                faults.push(format!("{} may not turn on {library}/{feature}: ids are injected", room.name));
            }
        }
    }
}

fn check_pure(metadata: &Metadata, room: &Package, faults: &mut Vec<String>) {
    if !PURE.contains(&room.name.as_str()) {
        return;
    }
    for (name, path) in metadata.reach(room) {
        if IMPURE.contains(&name.as_str()) {
            faults.push(format!("{} must stay pure but links {name}: {}", room.name, path.join(" → ")));
        }
    }
}

/// What the room ships with: all but its dev-dependencies.
fn shipped(room: &Package) -> impl Iterator<Item = &Dependency> {
    room.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A workspace of these crates, each with its ordinary dependencies.
    fn workspace(crates: &[(&str, &[&str])]) -> Metadata {
        let with_kind: Vec<_> = crates.iter().map(|(name, uses)| (*name, *uses, Value::Null)).collect();
        workspace_of_kind(&with_kind)
    }

    fn workspace_of_kind(crates: &[(&str, &[&str], Value)]) -> Metadata {
        let members: Vec<&str> = crates.iter().map(|(name, ..)| *name).collect();
        let mut packages = Vec::new();
        let mut nodes = Vec::new();
        for (name, uses, kind) in crates {
            let dependencies: Vec<_> = uses.iter().map(|used| json!({"name": used, "kind": kind})).collect();
            let deps: Vec<_> =
                uses.iter().map(|used| json!({"pkg": used, "dep_kinds": [{"kind": kind}]})).collect();
            packages.push(json!({"id": name, "name": name, "dependencies": dependencies}));
            nodes.push(json!({"id": name, "deps": deps}));
            for used in uses.iter().filter(|used| !members.contains(used)) {
                packages.push(json!({"id": used, "name": used}));
            }
        }
        let whole = json!({"packages": packages, "workspace_members": members, "resolve": {"nodes": nodes}});
        serde_json::from_value(whole).unwrap()
    }

    fn faults(crates: &[(&str, &[&str])]) -> String {
        check(&workspace(crates)).join("\n")
    }

    #[test]
    fn the_allowed_arrows_pass() {
        assert_eq!(faults(&[("domain", &["serde"]), ("engine", &["domain"]), ("passerelle", &["engine"])]), "");
    }

    #[test]
    fn a_forbidden_arrow_is_caught() {
        let found = faults(&[("domain", &[]), ("speech", &[]), ("triage", &["domain", "speech"])]);
        assert_eq!(found, "triage may not use speech; it may use: domain");
    }

    #[test]
    fn an_adapter_may_not_see_the_engine() {
        assert!(faults(&[("engine", &[]), ("adapter-matrix", &["engine"])]).contains("may not use engine"));
    }

    #[test]
    fn nobody_may_use_the_binary() {
        assert!(faults(&[("passerelle", &[]), ("desk", &["passerelle"])]).contains("may not use passerelle"));
        assert!(faults(&[("xtask", &[]), ("passerelle", &["xtask"])]).contains("may not use xtask"));
    }

    #[test]
    fn a_library_behind_one_door_is_caught_elsewhere() {
        assert!(faults(&[("desk", &["rusqlite"])]).contains("desk may not use rusqlite"));
        assert!(faults(&[("switchboard", &["matrix-sdk"])]).contains("may not use matrix-sdk"));
        assert_eq!(faults(&[("store-sqlite", &["rusqlite"])]), "");
    }

    #[test]
    fn a_pure_room_may_not_reach_tokio_through_another_crate() {
        let mut metadata = workspace(&[("engine", &["helper"])]);
        metadata.packages.push(serde_json::from_value(json!({"id": "tokio", "name": "tokio"})).unwrap());
        let helper = json!({"id": "helper", "deps": [{"pkg": "tokio", "dep_kinds": [{"kind": null}]}]});
        metadata.resolve.as_mut().unwrap().nodes.push(serde_json::from_value(helper).unwrap());
        assert_eq!(check(&metadata), ["engine must stay pure but links tokio: engine → helper → tokio"]);
    }

    #[test]
    fn a_test_may_borrow_any_room() {
        let dev = json!("dev");
        let metadata = workspace_of_kind(&[("engine", &["store", "tokio"], dev), ("store", &[], Value::Null)]);
        assert_eq!(check(&metadata), [] as [String; 0]);
    }

    #[test]
    fn an_unknown_room_is_caught() {
        assert!(faults(&[("cellar", &[])]).contains("cellar has no row"));
    }

    #[test]
    fn an_id_from_nowhere_is_caught() {
        let mut metadata = workspace(&[("domain", &["uuid"])]);
        metadata.packages[0].dependencies[0].features.push("v4".to_owned());
        assert_eq!(check(&metadata), ["domain may not turn on uuid/v4: ids are injected"]);
    }

    #[test]
    fn every_row_names_known_rooms() {
        for row in ROOMS {
            for used in row.may_use.iter().filter(|used| **used != "*") {
                assert!(ROOMS.iter().any(|row| row.room == *used), "{} names {used}", row.room);
            }
        }
    }
}
