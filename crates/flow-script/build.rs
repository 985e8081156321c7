//! Lists the shipped flows for `src/shipped.rs`, so that the binary carries them.
//!
//! It must never change a word of them. Read next: `src/shipped.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows").canonicalize()?;
    let mut files = Vec::new();
    collect(&flows, &mut files)?;
    files.sort();
    let mut list = String::from("static SHIPPED: &[(&str, &str)] = &[\n");
    for file in files {
        let inside = file.strip_prefix(&flows).map_err(std::io::Error::other)?.display().to_string();
        let _ = writeln!(list, "    ({inside:?}, include_str!({:?})),", file.display().to_string());
    }
    list.push_str("];\n");
    #[allow(clippy::disallowed_methods, reason = "Cargo tells a build script its folder in no other way")]
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| std::io::Error::other("OUT_DIR is not set"))?;
    std::fs::write(Path::new(&out).join("shipped.rs"), list)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", dir.display());
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
