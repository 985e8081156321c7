//! `flow fmt`: one neat way to set out a flow file, with every remark kept.
//!
//! It must never change what a file says: the result is read again and compared, and where anything
//! would differ, the file is left as it is and that is said. Running it twice changes nothing.
//! Read next: `tree.rs`, `write.rs`.

mod tree;
mod write;

use crate::yaml::{Node, parse};
use crate::{Code, Diagnostic, Place};
use std::path::Path;

/// How often remarks in odd places are moved until they rest.
const ROUNDS: usize = 4;

/// The file's text, set out.
///
/// # Errors
/// When the file can't be read as YAML of the simple kind that flows use, or when setting it out
/// would lose something, which is a fault of this room.
pub fn format_file(file: &Path, text: &str) -> Result<String, Diagnostic> {
    let before = parse(file, text)?;
    let tree = tree::read(file, text)?;
    // A remark in an odd place may move once more; where it rests is the neat way.
    let mut written = write::write(&tree);
    for _ in 0..ROUNDS {
        let again = tree::read(file, &written).map(|tree| write::write(&tree)).unwrap_or_default();
        if again == written {
            break;
        }
        written = again;
    }
    let kept = parse(file, &written).is_ok_and(|after| same(&before, &after))
        && tree::read(file, &written)
            .is_ok_and(|after| tree::remarks(&after) == tree::remarks(&tree) && write::write(&after) == written);
    if kept {
        return Ok(written);
    }
    let place = Place { file: file.to_path_buf(), ..Place::default() };
    Err(Diagnostic::new(
        place,
        Code::Syntax,
        "this can't be set out without losing something; it is left as it is",
        "simpler YAML",
    )
    .hint("remarks inside of a text or a `[list]` are hard to keep; put them on a line of their own"))
}

fn same(a: &Node, b: &Node) -> bool {
    use sha2::{Digest, Sha256};
    let hash = |node: &Node| {
        let mut hash = Sha256::new();
        node.hash_into(&mut hash);
        hash.finalize()
    };
    hash(a) == hash(b)
}
