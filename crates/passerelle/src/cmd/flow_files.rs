//! `passerelle flow fmt`, `draw` and `schema`: what is made from flow files, or of them.

use crate::unusable::unusable;
use clap::Args;
use domain::{FlowId, Lang};
use flow_script::{Pack, format_file, mermaid, schema, svg};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files, or folders of flows.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; fail when a file isn't set out.
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let mut files = Vec::new();
        for path in &self.paths {
            collect(path, &mut files)?;
        }
        let (mut changed, mut refused) = (0_usize, 0_usize);
        for file in &files {
            let text = read(file)?;
            match format_file(file, &text) {
                Ok(formatted) if formatted == text => {}
                Ok(formatted) => {
                    changed += 1;
                    println!("{} {}", if self.check { "not set out:" } else { "set out:" }, file.display());
                    if !self.check {
                        write_whole(file, &formatted)?;
                    }
                }
                Err(told) => {
                    refused += 1;
                    println!("{told}\n");
                }
            }
        }
        println!("{} files, {changed} {}", files.len(), if self.check { "to set out" } else { "set out anew" });
        let wrong = refused > 0 || (self.check && changed > 0);
        Ok(if wrong { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Draw {
    /// The flow's name; without one, every flow of the pack.
    flow: Option<String>,
    /// The language of the words in it.
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// Mermaid text instead of SVG.
    #[arg(long)]
    mermaid: bool,
    /// A folder for the pictures, `FLOW.svg` each; without one, one picture goes to standard output.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pack: super::flow::PackAt,
}

impl Draw {
    pub(crate) fn run(&self, pack: &Pack) -> anyhow::Result<ExitCode> {
        let flows: Vec<_> = match &self.flow {
            Some(name) => {
                let id = FlowId::new(name.clone());
                let known = || pack.library.flows().map(|flow| flow.id.to_string()).collect::<Vec<_>>().join(", ");
                let flow = pack.library.current(&id);
                vec![flow.ok_or_else(|| unusable(format!("there is no flow `{id}`; there are: {}", known())))?]
            }
            None => pack.library.flows().collect(),
        };
        let (draw, ending): (fn(&flow_script::Flow, Lang) -> String, _) =
            if self.mermaid { (mermaid, "mmd") } else { (svg, "svg") };
        match &self.out {
            Some(folder) => {
                crate::house::make_folder(folder)?;
                for flow in &flows {
                    write_whole(&folder.join(format!("{}.{ending}", flow.id)), &draw(flow, self.lang))?;
                }
                println!("{} pictures in {}", flows.len(), folder.display());
            }
            None if flows.len() == 1 => print!("{}", draw(flows[0], self.lang)),
            None => return Err(unusable("name one flow, or a folder with `--out DIR` for all of them")),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints the editors' schema.
pub(crate) fn print_schema() -> ExitCode {
    print!("{}", schema());
    ExitCode::SUCCESS
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let unreadable = |error| unusable(format!("{} can't be read: {error}", path.display()));
    let mut inside: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        inside.push(entry.map_err(unreadable)?.path());
    }
    inside.sort();
    for path in inside {
        if path.is_dir() || path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            collect(&path, files)?;
        }
    }
    Ok(())
}

pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).map_err(|error| unusable(format!("{} can't be read: {error}", file.display())))
}

/// Writes beside and then renames, so that nobody ever reads half a file.
pub(crate) fn write_whole(file: &Path, text: &str) -> anyhow::Result<()> {
    let beside = file.with_extension("new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, file))
        .map_err(|error| unusable(format!("{} can't be written: {error}", file.display())))
}
