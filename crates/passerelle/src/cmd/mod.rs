//! One file a command.

pub(crate) mod audit;
pub(crate) mod doctor;
pub(crate) mod doctor_house;
pub(crate) mod flow;
pub(crate) mod flow_coverage;
pub(crate) mod flow_files;
pub(crate) mod flow_publish;
pub(crate) mod flow_report;
pub(crate) mod flow_test;
pub(crate) mod flow_try;
pub(crate) mod flow_try_save;
pub(crate) mod flow_try_show;
pub(crate) mod flow_words;
#[cfg(feature = "llama")]
pub(crate) mod model;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod talk;
pub(crate) mod user;
