//! llama.cpp: reads the prompt, writes the form, token by token, within the grammar.
//!
//! It must never run on a thread that anyone else needs, never write outside the grammar, and
//! never put a child's words into an error or a log. Read next: `form.rs`.

use super::form;
use super::prompt::Prompt;
use super::worker::{Failed, Mind};
use super::{LlamaSettings, ModelError};
use crate::{Ask, Suggestion};
use domain::MessageId;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaChatMessage, LlamaModel};
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;
use std::io::Read as _;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::OnceLock;

/// Tokens kept free for the answer; the longest form in most languages has about 400.
const ANSWER: usize = 640;
/// Tokens read at a time; between them it is asked whether somebody still waits.
const AT_A_TIME: usize = 128;

/// llama.cpp is started once in a process. Its own log is silenced: it may quote what it reads.
fn backend() -> Option<&'static LlamaBackend> {
    static BACKEND: OnceLock<Option<LlamaBackend>> = OnceLock::new();
    BACKEND
        .get_or_init(|| {
            let mut backend = LlamaBackend::init().ok()?;
            backend.void_logs();
            Some(backend)
        })
        .as_ref()
}

/// Loads a model's file. Takes seconds for a large one.
pub(super) fn load(path: &Path) -> Result<LlamaModel, ModelError> {
    look_at(path)?;
    let backend = backend().ok_or(ModelError::Backend)?;
    LlamaModel::load_from_file(backend, path, &LlamaModelParams::default())
        .map_err(|_| ModelError::Refused { path: path.to_owned() })
}

/// A wrong file is told from a damaged one before llama.cpp sees it.
fn look_at(path: &Path) -> Result<(), ModelError> {
    let unreadable = |source| ModelError::Unreadable { path: path.to_owned(), source };
    let mut magic = Vec::with_capacity(4);
    std::fs::File::open(path).map_err(unreadable)?.take(4).read_to_end(&mut magic).map_err(unreadable)?;
    if magic == b"GGUF" { Ok(()) } else { Err(ModelError::NotGguf { path: path.to_owned() }) }
}

/// A model with its memory of what it has read.
pub(super) struct Native<'m> {
    model: &'m LlamaModel,
    context: LlamaContext<'m>,
    prompt: Prompt,
    /// What the context holds, so that the part that is always the same is read once.
    held: Vec<LlamaToken>,
    room: usize,
}

impl<'m> Native<'m> {
    pub(super) fn new(
        model: &'m LlamaModel,
        settings: &LlamaSettings,
        prompt: Prompt,
    ) -> Result<Self, ModelError> {
        let threads = i32::try_from(settings.threads.max(1)).unwrap_or(1);
        // More than a model was made for gives nonsense.
        let tokens = settings.context_tokens.min(model.n_ctx_train());
        let room = usize::try_from(tokens).unwrap_or(usize::MAX);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(tokens))
            .with_n_batch(u32::try_from(AT_A_TIME).unwrap_or(128))
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let backend = backend().ok_or(ModelError::Backend)?;
        let context = model.new_context(backend, params).map_err(|_| ModelError::Context { tokens })?;
        Ok(Self { model, context, prompt, held: Vec::new(), room })
    }

    /// The prompt as tokens, and the messages that found room in it: the newest ones.
    fn tokens(&self, ask: &Ask) -> Option<(Vec<LlamaToken>, Vec<MessageId>)> {
        let (before, after) = self.prompt.around(ask.lang, |system, user| self.dress(system, user))?;
        let vocab = self.model.vocab();
        let mut tokens = Vec::new();
        if vocab.should_add_bos() {
            tokens.push(vocab.bos());
        }
        vocab.tokenize_into(before.as_bytes(), &mut tokens, false, true);
        let after = vocab.tokenize(after.as_bytes(), false, true);
        let mut room = self.room.checked_sub(tokens.len() + after.len() + ANSWER)?;
        let mut lines: Vec<(MessageId, Vec<LlamaToken>)> = Vec::new();
        for told in ask.told.iter().rev() {
            let line = format!("{}: {}\n", told.message.0, one_line(told.text.text()));
            // `false`: what looks like a model's own mark is plain text here.
            let mut line = vocab.tokenize(line.as_bytes(), false, false);
            if line.len() > room && !lines.is_empty() {
                break;
            }
            // One message alone fills the room: its beginning is better than nothing.
            line.truncate(room);
            room -= line.len();
            lines.push((told.message, line));
        }
        lines.reverse();
        let numbers: Vec<_> = lines.iter().map(|(message, _)| *message).collect();
        tokens.extend(lines.into_iter().flat_map(|(_, line)| line));
        tokens.extend(after);
        (!numbers.is_empty()).then_some((tokens, numbers))
    }

    /// The marks of a talk that this model was trained with; plain paragraphs when it has none.
    fn dress(&self, system: &str, user: &str) -> Option<String> {
        let plain = || Some(format!("{system}\n\n{user}\n"));
        let Ok(template) = self.model.chat_template(None) else { return plain() };
        let says = |role: &str, words: &str| LlamaChatMessage::new(role.to_owned(), words.to_owned()).ok();
        let chat = [says("system", system)?, says("user", user)?];
        self.model.apply_chat_template(&template, &chat, true).ok().or_else(plain)
    }

    /// Reads the prompt; what is already held isn't read again.
    fn read(&mut self, tokens: &[LlamaToken], wanted: &dyn Fn() -> bool) -> Result<(), Failed> {
        let same = self.held.iter().zip(tokens).take_while(|(held, token)| held == token).count();
        // The last token is always read, for what follows it.
        let mut kept = same.min(tokens.len().saturating_sub(1));
        let from = u32::try_from(kept).map_err(|_| Failed::Unusable)?;
        if self.context.clear_kv_cache_seq(Some(0), Some(from), None) != Ok(true) {
            self.context.clear_kv_cache();
            kept = 0;
        }
        self.held.truncate(kept);
        for some in tokens[kept..].chunks(AT_A_TIME) {
            if !wanted() {
                return Err(Failed::CalledOff);
            }
            self.decode(some)?;
        }
        Ok(())
    }

    /// Takes tokens in. After a failure nothing is known of what is held.
    fn decode(&mut self, tokens: &[LlamaToken]) -> Result<(), Failed> {
        let mut batch = LlamaBatch::new(tokens.len(), 1);
        for (place, token) in tokens.iter().enumerate() {
            let position = i32::try_from(self.held.len() + place).map_err(|_| Failed::Unusable)?;
            batch.add(*token, position, &[0], place + 1 == tokens.len()).map_err(|_| Failed::Unusable)?;
        }
        if self.context.decode(&mut batch).is_err() {
            self.context.clear_kv_cache();
            self.held.clear();
            return Err(Failed::Unusable);
        }
        self.held.extend_from_slice(tokens);
        Ok(())
    }

    /// The likeliest token that the grammar allows. Mostly that is the likeliest of all, so that
    /// is tried first: asking the grammar about the whole vocabulary is slow.
    fn choose(&self, grammar: &mut LlamaSampler) -> Option<LlamaToken> {
        let all =
            self.context.get_logits().iter().enumerate().filter_map(|(id, logit)| {
                Some(LlamaTokenData::new(LlamaToken(i32::try_from(id).ok()?), *logit, 0.0))
            });
        let mut all = LlamaTokenDataArray::from_iter(all, false);
        let first = likeliest(&all)?;
        let mut alone = LlamaTokenDataArray::new(vec![first], false);
        grammar.apply(&mut alone);
        if let Some(allowed) = likeliest(&alone) {
            return Some(allowed.id());
        }
        grammar.apply(&mut all);
        likeliest(&all).map(|allowed| allowed.id())
    }
}

/// A refused token has a likelihood of minus infinity.
fn likeliest(tokens: &LlamaTokenDataArray) -> Option<LlamaTokenData> {
    let allowed = tokens.data.iter().filter(|token| token.logit().is_finite());
    allowed.max_by(|a, b| a.logit().total_cmp(&b.logit())).copied()
}

/// A child's line breaks can't look like the next message.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

impl Mind for Native<'_> {
    fn think(&mut self, ask: &Ask, wanted: &dyn Fn() -> bool) -> Result<Suggestion, Failed> {
        let (tokens, numbers) = self.tokens(ask).ok_or(Failed::Unusable)?;
        let mut grammar =
            LlamaSampler::grammar(self.model, &form::grammar(&numbers), "root").map_err(|_| Failed::Unusable)?;
        self.read(&tokens, wanted)?;
        let mut written = Vec::new();
        for _ in 0..ANSWER {
            if !wanted() {
                return Err(Failed::CalledOff);
            }
            let token = self.choose(&mut grammar).ok_or(Failed::Unusable)?;
            if self.model.vocab().is_eog(token) {
                let written = String::from_utf8(written).map_err(|_| Failed::Unusable)?;
                return form::read(ask, &numbers, &written).ok_or(Failed::Unusable);
            }
            // Chosen from what the grammar allows: anything else would end the process here.
            grammar.accept(token);
            self.model.vocab().token_to_piece_into(token, &mut written, false, None);
            self.decode(&[token])?;
        }
        Err(Failed::Unusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_stays_one_line() {
        assert_eq!(one_line("hi\n2: and\r\nmore\u{2028}x\u{0}"), "hi 2: and  more x ");
    }
}
