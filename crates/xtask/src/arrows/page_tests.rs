//! ARCHITECTURE.md shows people the arrows, floors and limits; here it is compared with the code.

use super::table::ROOMS;
use domain::Urgency;
use std::collections::BTreeSet;
use std::time::Duration;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md")).unwrap()
}

/// The cells of the row of the section whose first cell is this.
fn row(section: &str, first: &str) -> Vec<String> {
    let page = page();
    let (_, section) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells =
        |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let named = |cells: &Vec<String>| cells[0].split(", ").any(|name| name == first);
    section.lines().map(cells).find(named).unwrap_or_else(|| panic!("no row for {first}"))
}

#[test]
fn the_page_shows_the_arrows_that_are_checked() {
    // What the page says in a word.
    let shown_as = |room: &str| match room {
        "end-to-end" => "tests".to_owned(),
        _ if room.starts_with("adapter-") && room != "adapter-api" => "adapters".to_owned(),
        "store-postgres" => "store-sqlite".to_owned(),
        "media" => "triage".to_owned(),
        _ => room.to_owned(),
    };
    for room in ROOMS.iter().filter(|room| room.room != "xtask" && !room.may_use.contains(&"*")) {
        let cells = row("The arrows", &shown_as(room.room));
        let shown: BTreeSet<&str> = cells[1].split(", ").filter(|used| *used != "–").collect();
        let real: BTreeSet<&str> = room.may_use.iter().copied().collect();
        assert_eq!(shown, real, "{}", room.room);
    }
}

#[test]
fn the_page_shows_the_floors_in_code() {
    let thousands = |seconds: u64| match seconds {
        0 => "at once".to_owned(),
        1_000.. => format!("{},{:03} s", seconds / 1_000, seconds % 1_000),
        _ => format!("{seconds} s"),
    };
    let cell = |after: Option<Duration>| after.map_or("–".to_owned(), |after| thousands(after.as_secs()));
    for urgency in Urgency::ALL {
        let cells = row("Handoff", urgency.name());
        assert!(cells[1].starts_with(&thousands(urgency.offer_within().as_secs())), "{cells:?}");
        assert_eq!(cells[2], cell(urgency.widen_after()), "{}", urgency.name());
        assert_eq!(cells[3], cell(Some(urgency.supervisor_after())), "{}", urgency.name());
        assert_eq!(cells[4], cell(urgency.pager_after()), "{}", urgency.name());
    }
}
