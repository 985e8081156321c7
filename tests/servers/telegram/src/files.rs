//! Files: sent by people, sent by the bot, and fetched by their path.
//!
//! Read next: `http.rs`.

use crate::answer::{Answer, bad};
use crate::calls::{checked_text, keep, open_chat};
use crate::params::{Args, Upload};
use crate::world::{Kept, World};
use serde_json::{Value, json};

/// Longest caption after its entities were parsed.
const CAPTION: usize = 1_024;
/// Largest file that `getFile` gives a link for.
const FETCHED: usize = 20 * 1_024 * 1_024;

impl World {
    /// Keeps a file and gives its id.
    pub(crate) fn keep_file(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> String {
        let id = format!("file-{}", self.number());
        let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let path = format!("{folder}/{id}.{ending}");
        self.files.insert(id.clone(), Kept { path, bytes });
        id
    }
}

pub(crate) fn get_file(world: &mut World, args: &Args) -> Answer {
    let id = args.text("file_id").unwrap_or_default();
    let Some(kept) = world.files.get(id) else {
        return bad("wrong file_id or the file is temporarily unavailable");
    };
    if kept.bytes.len() > FETCHED {
        return bad("file is too big");
    }
    let size = kept.bytes.len();
    Ok(json!({ "file_id": id, "file_unique_id": format!("u{id}"), "file_size": size, "file_path": kept.path }))
}

pub(crate) fn send_document(world: &mut World, args: &Args) -> Answer {
    let (id, name, size) = taken(world, args, "document", "documents")?;
    let document =
        json!({ "file_id": id, "file_unique_id": format!("u{id}"), "file_name": name, "file_size": size });
    with_caption(world, args, json!({ "document": document }))
}

pub(crate) fn send_photo(world: &mut World, args: &Args) -> Answer {
    let (id, _, size) = taken(world, args, "photo", "photos")?;
    let photo =
        json!({ "file_id": id, "file_unique_id": format!("u{id}"), "width": 1, "height": 1, "file_size": size });
    with_caption(world, args, json!({ "photo": [photo] }))
}

fn with_caption(world: &mut World, args: &Args, mut content: Value) -> Answer {
    let caption = checked_text(args, "caption", CAPTION)?;
    if !caption.is_empty() {
        content["caption"] = Value::String(caption);
    }
    keep(world, args, &content)
}

/// The file that a parameter brings or names: its id, name and size.
fn taken(
    world: &mut World,
    args: &Args,
    name: &str,
    folder: &str,
) -> Result<(String, String, usize), crate::answer::Refusal> {
    open_chat(world, args)?;
    let value = args.text(name);
    let attached = value.and_then(|value| value.strip_prefix("attach://")).unwrap_or(name);
    if let Some(Upload { name, bytes }) = args.uploads.get(attached).cloned() {
        let size = bytes.len();
        return Ok((world.keep_file(folder, &name, bytes), name, size));
    }
    match value.and_then(|id| world.files.get(id).map(|kept| (id, kept.bytes.len()))) {
        Some((id, size)) => Ok((id.to_owned(), "file".to_owned(), size)),
        None => bad("wrong file identifier/HTTP URL specified"),
    }
}
