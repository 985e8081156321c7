//! Every row that the house writes, noted down by the database itself, and a bare loop that writes
//! them again: the same bytes in the same order with as many commits, and no work of ours.
//!
//! Read next: `../../../store-sqlite/migrations`.

use super::open::store;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

/// A table that talks write to, the columns that name a row, and those that the house changes later.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    changed: &'static [&'static str],
}

const fn table(name: &'static str, key: &'static [&'static str], changed: &'static [&'static str]) -> Table {
    Table { name, key, changed }
}

const STATE: &[&str] = &[
    "version",
    "stage",
    "urgency",
    "since",
    "lang",
    "last_inbound_at",
    "delivery_trouble",
    "counsellors",
    "timers",
    "next_timer",
    "state",
];
const TABLES: [Table; 9] = [
    table("contacts", &["n"], &["chat_hash", "sealed"]),
    table("deliveries", &["hash"], &[]),
    table("inbox", &["seq"], &[]),
    table("cursors", &["account"], &["sealed"]),
    table("conversations", &["n"], STATE),
    table("events", &["conversation", "seq"], &[]),
    table("outbox", &["conversation", "message"], &["under_way", "tries"]),
    table("alarms", &["n"], &["seen_by", "seen_at"]),
    table("audit", &["seq"], &[]),
];
/// Inserting, changing and removing a row, of each table.
const KINDS: usize = 3;

/// One change of one row: which statement, and its values.
pub(crate) struct Row {
    statement: usize,
    values: Vec<Value>,
}

/// A statement's table, its event, and the columns whose values it takes, in their order.
struct Statement {
    table: &'static Table,
    event: &'static str,
    columns: Vec<String>,
}

fn statements(db: &Connection) -> Vec<Statement> {
    let mut all = Vec::with_capacity(TABLES.len() * KINDS);
    for table in &TABLES {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut columns = db.prepare(&format!("SELECT name FROM pragma_table_info('{}')", table.name)).unwrap();
        let columns = columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let update = owned(&[table.changed, table.key].concat());
        all.push(Statement { table, event: "INSERT", columns });
        all.push(Statement { table, event: "UPDATE", columns: update });
        all.push(Statement { table, event: "DELETE", columns: owned(table.key) });
    }
    all
}

/// Makes a database in which every change leaves a note.
pub(crate) async fn note_down(path: &Path) {
    store(path).close().await.unwrap();
    let db = Connection::open(path).unwrap();
    db.execute_batch("CREATE TABLE noted (n INTEGER PRIMARY KEY, statement INTEGER NOT NULL)").unwrap();
    let statements = statements(&db);
    for place in 0..statements.iter().map(|statement| statement.columns.len()).max().unwrap() {
        db.execute_batch(&format!("ALTER TABLE noted ADD COLUMN c{place}")).unwrap();
    }
    for (number, Statement { table, event, columns }) in statements.iter().enumerate() {
        let row = if *event == "DELETE" { "OLD" } else { "NEW" };
        let places: String = (0..columns.len()).map(|place| format!(", c{place}")).collect();
        let values: String = columns.iter().map(|column| format!(", {row}.{column}")).collect();
        let name = table.name;
        db.execute_batch(&format!(
            "CREATE TRIGGER note_{name}_{event} AFTER {event} ON {name} BEGIN
                 INSERT INTO noted (statement{places}) VALUES ({number}{values});
             END",
        ))
        .unwrap();
    }
    db.close().unwrap();
}

/// What was noted, in the order written.
pub(crate) fn noted(path: &Path) -> Vec<Row> {
    let db = Connection::open(path).unwrap();
    let widths: Vec<usize> = statements(&db).iter().map(|statement| statement.columns.len()).collect();
    let mut notes = db.prepare("SELECT * FROM noted ORDER BY n").unwrap();
    let rows = notes.query_map([], |row| {
        let statement: usize = row.get(1)?;
        let values = (0..widths[statement]).map(|place| row.get(place + 2));
        Ok(Row { statement, values: values.collect::<rusqlite::Result<_>>()? })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn sql(statement: &Statement) -> String {
    let Statement { table: Table { name, key, .. }, event, columns } = statement;
    let set = |from: usize, names: &[String], between: &str| {
        let each = names.iter().enumerate().map(|(place, column)| format!("{column} = ?{}", from + place + 1));
        each.collect::<Vec<_>>().join(between)
    };
    let (changed, keys) = columns.split_at(columns.len() - key.len());
    let found = set(changed.len(), keys, " AND ");
    match *event {
        "INSERT" => {
            let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
            format!("INSERT INTO {name} ({}) VALUES ({})", columns.join(", "), places.join(", "))
        }
        "UPDATE" if changed.is_empty() => String::new(),
        "UPDATE" => format!("UPDATE {name} SET {} WHERE {found}", set(0, changed, ", ")),
        _ => format!("DELETE FROM {name} WHERE {found}"),
    }
}

/// Writes the rows into a file of the same shape; the time from the first row to the last commit.
pub(crate) fn bare(path: &Path, rows: &[Row], commits: u64) -> Duration {
    drop(store(path));
    let db = Connection::open(path).unwrap();
    // As the store tunes its own writer.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
    )
    .unwrap();
    db.set_prepared_statement_cache_capacity(64);
    let statements: Vec<String> = statements(&db).iter().map(sql).collect();
    let in_one = rows.len().div_ceil(usize::try_from(commits).unwrap().max(1));
    let start = Instant::now();
    for some in rows.chunks(in_one) {
        db.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        for row in some {
            let mut statement = db.prepare_cached(&statements[row.statement]).unwrap();
            assert_eq!(statement.execute(params_from_iter(&row.values)).unwrap(), 1);
        }
        db.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }
    start.elapsed()
}
