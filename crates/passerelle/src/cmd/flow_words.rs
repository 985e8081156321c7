//! `passerelle flow translations`: how far each language is, out to translators, and back.

use super::flow_files::{read, write_whole};
use crate::unusable::unusable;
use clap::{Args, Subcommand, ValueEnum};
use domain::Lang;
use flow_script::{
    Catalogue, Completeness, Diagnostic, catalogues, completeness, from_po, from_xliff, pack_files, shipped,
    stamped, to_po, to_xliff, translation_file,
};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(crate) enum Translations {
    /// A table of what is missing and what is stale.
    Table(Table),
    /// Write the words for translators, one file a flow, in reading order.
    Export(Export),
    /// Take translators' files in.
    Import(Import),
    /// Note that every translation fits the words that stand there now.
    Stamp(Stamp),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// gettext.
    Po,
    /// XLIFF 1.2.
    Xliff,
}

#[derive(Debug, Args)]
pub(crate) struct Table {
    /// Folder of the flow pack; without it, the shipped pack.
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// The languages.
    #[arg(long, value_delimiter = ',', default_value = "en,fr")]
    langs: Vec<Lang>,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Folder of the flow pack; without it, the shipped pack.
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// The language to translate to.
    #[arg(long)]
    lang: Lang,
    /// The form of the files.
    #[arg(long, value_enum, default_value = "po")]
    form: Form,
    /// Folder for the files.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Translators' files, `.po` or `.xlf`.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder of the flow pack.
    #[arg(long, value_name = "DIR")]
    flows: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Stamp {
    /// Folder of the flow pack.
    #[arg(long, value_name = "DIR")]
    flows: PathBuf,
    /// The language that was looked through.
    #[arg(long)]
    lang: Lang,
    /// Only this flow.
    #[arg(long)]
    flow: Option<String>,
}

impl Translations {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Table(asked) => asked.run(),
            Self::Export(asked) => asked.run(),
            Self::Import(asked) => asked.run(),
            Self::Stamp(asked) => asked.run(),
        }
    }
}

fn files(dir: Option<&Path>) -> anyhow::Result<Vec<(PathBuf, String)>> {
    match dir {
        Some(dir) => pack_files(dir).map_err(told),
        None => Ok(shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()),
    }
}

fn told(diagnostics: Vec<Diagnostic>) -> anyhow::Error {
    unusable(super::flow::listed(&diagnostics))
}

impl Table {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let root = self.flows.as_deref();
        let table = completeness(&files(root)?, root.unwrap_or(Path::new("")), &self.langs).map_err(told)?;
        print!("{}", table_text(&table));
        let whole = table.iter().all(Completeness::is_whole);
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

fn table_text(table: &[Completeness]) -> String {
    let mut out = format!(
        "{:<20} {:<5} {:>6} {:>8} {:>6} {:>10}\n",
        "flow", "lang", "texts", "missing", "stale", "unstamped"
    );
    for row in table {
        out.push_str(&format!(
            "{:<20} {:<5} {:>6} {:>8} {:>6} {:>10}{}\n",
            row.flow.to_string(),
            row.lang.to_string(),
            row.texts,
            row.missing,
            row.stale,
            row.unstamped,
            if row.is_whole() { "" } else { "  ←" }
        ));
    }
    out
}

impl Export {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let root = self.flows.as_deref();
        let all = catalogues(&files(root)?, root.unwrap_or(Path::new("")), self.lang).map_err(told)?;
        crate::house::make_folder(&self.out)?;
        let (write, ending): (fn(&Catalogue) -> String, _) = match self.form {
            Form::Po => (to_po, "po"),
            Form::Xliff => (to_xliff, "xlf"),
        };
        for catalogue in &all {
            let name = format!("{}.{}.{ending}", catalogue.flow, catalogue.lang);
            write_whole(&self.out.join(name), &write(catalogue))?;
        }
        println!("{} files in {}", all.len(), self.out.display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Import {
    fn run(&self) -> anyhow::Result<ExitCode> {
        for file in &self.files {
            let text = read(file)?;
            let is_po = file.extension().is_some_and(|ending| ending == "po");
            let catalogue = if is_po { from_po(&text) } else { from_xliff(&text) };
            let catalogue = catalogue.map_err(|error| unusable(format!("{}: {error}", file.display())))?;
            let folder = self.flows.join(catalogue.flow.as_str());
            if !folder.join("flow.yaml").exists() {
                let found = format!(
                    "{}: there is no flow `{}` in {}",
                    file.display(),
                    catalogue.flow,
                    self.flows.display()
                );
                return Err(unusable(found));
            }
            let target = folder.join(format!("{}.yaml", catalogue.lang));
            let words = catalogue.units.iter().filter(|unit| !unit.words.trim().is_empty()).count();
            if words == 0 {
                println!("{}: nothing translated yet; left as it is", file.display());
                continue;
            }
            let before = if target.exists() { Some(read(&target)?) } else { None };
            write_whole(&target, &translation_file(&catalogue, before.as_deref()))?;
            println!("{}: {words} of {} texts into {}", file.display(), catalogue.units.len(), target.display());
        }
        println!("now: passerelle flow check --flows {}", self.flows.display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Stamp {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let all = catalogues(&files(Some(&self.flows))?, &self.flows, self.lang).map_err(told)?;
        let mut stamps = 0_usize;
        for catalogue in all.iter().filter(|one| self.flow.as_ref().is_none_or(|name| one.flow.as_str() == name)) {
            let target = self.flows.join(catalogue.flow.as_str()).join(format!("{}.yaml", self.lang));
            if target.exists() {
                write_whole(&target, &stamped(catalogue, &read(&target)?))?;
                stamps += 1;
            }
        }
        println!("{stamps} translations to {} noted as fresh", self.lang);
        Ok(ExitCode::SUCCESS)
    }
}
