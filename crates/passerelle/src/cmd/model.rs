//! `passerelle model`: a model on this machine, tried on one text.
//!
//! It must never run inside a helpline that serves children: llama.cpp can end its process.

use crate::unusable::unusable;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{Confidential, ConversationId, Lang, MessageId, Urgency};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use triage::{Ask, Counts, LlamaSettings, LlamaTriage, Suggestion, Told, Triage as _};

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// Ask a model about one text, as a child would write it, and show what a counsellor would see.
    Try(Try),
}

impl Models {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Try(one) => one.run(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Try {
    /// The model: a .gguf file for llama.cpp.
    file: PathBuf,
    /// The text.
    text: String,
    /// The counsellor's language, for summary and questions.
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// Threads that compute.
    #[arg(long, default_value_t = LlamaSettings::default().threads)]
    threads: u32,
    /// Longest wait.
    #[arg(long, value_name = "SECONDS", default_value_t = LlamaSettings::default().limit.as_secs())]
    limit: u64,
}

impl Try {
    fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
        runtime.block_on(self.ask())
    }

    async fn ask(self) -> anyhow::Result<ExitCode> {
        let settings = LlamaSettings {
            limit: Duration::from_secs(self.limit),
            threads: self.threads,
            ..LlamaSettings::default()
        };
        let triage = LlamaTriage::load(&self.file, settings).await.map_err(|error| match error {
            triage::ModelError::Unreadable { path, source } => {
                unusable(format!("the model file {} can't be read: {source}", path.display()))
            }
            other => unusable(other),
        })?;
        let suggestion = triage
            .suggest(Ask {
                conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(0)),
                urgency: Urgency::Routine,
                lang: self.lang,
                told: vec![Told { message: MessageId(1), text: Confidential::new(self.text) }],
            })
            .await;
        let counts = triage.counts();
        let Some(suggestion) = suggestion else {
            eprintln!("no suggestion: {}", reason(counts));
            return Ok(ExitCode::FAILURE);
        };
        show(&suggestion);
        Ok(ExitCode::SUCCESS)
    }
}

fn reason(counts: Counts) -> &'static str {
    if counts.late > 0 { "the model took longer than --limit" } else { "the model's answer could not be used" }
}

fn show(suggestion: &Suggestion) {
    let none = || "-".to_owned();
    let categories: Vec<_> = suggestion.categories.iter().map(|category| category.name()).collect();
    println!("Made by a machine ({}). It can be wrong.", LlamaTriage::PROMPT);
    println!("urgency at least  {}", suggestion.urgency_at_least.name());
    println!("categories        {}", if categories.is_empty() { none() } else { categories.join(", ") });
    println!("language          {}", suggestion.lang.map_or_else(none, |lang| lang.to_string()));
    println!("age               {}", suggestion.age.map_or("-", domain::AgeBand::value));
    println!("summary           {}", suggestion.summary.as_ref().map_or("-", |text| text.for_counsellor()));
    for question in &suggestion.questions {
        println!("question          {}", question.for_counsellor());
    }
}
