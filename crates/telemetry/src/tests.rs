//! What reaches the logs and what doesn't.

use super::*;
use domain::Confidential;
use std::sync::Arc;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What people and the file see of what `speak` logs.
fn logged(level: &str, form: Form, speak: impl FnOnce()) -> (String, String) {
    let (people, file) = (Kept::default(), Kept::default());
    let (to_people, to_file) = (people.clone(), file.clone());
    let subscriber = subscriber(level, move || to_people.clone(), Some((move || to_file.clone(), form))).unwrap();
    tracing::subscriber::with_default(subscriber, speak);
    (people.text(), file.text())
}

#[test]
fn a_childs_words_are_hidden_at_every_level_in_every_form() {
    for form in [Form::Human, Form::Json] {
        let words = Confidential::from("my address is 4 Mill Lane");
        let (people, file) = logged("trace", form, || {
            tracing::trace!(?words, message_id = 7, "received");
            tracing::error!(words = ?Some(&words), "and again");
        });
        for text in [people, file] {
            assert!(text.contains("[confidential]") && text.contains('7'), "{text}");
            assert!(!text.contains("Mill"), "{text}");
        }
    }
}

#[test]
fn the_file_is_one_json_object_a_line() {
    let (_, file) = logged("info", Form::Json, || tracing::info!(count = 3, "started"));
    assert!(
        file.starts_with('{') && file.contains("\"message\":\"started\"") && file.contains("\"count\":3"),
        "{file}"
    );
    assert_eq!(file.lines().count(), 1);
}

#[test]
fn libraries_speak_of_errors_only() {
    let (people, _) = logged("trace", Form::Human, || {
        tracing::warn!(target: "hyper::proto", "body of an event");
        tracing::error!(target: "hyper::proto", "no connection");
        tracing::trace!(target: "switchboard::turn", "turn done");
    });
    assert!(!people.contains("body of an event"), "{people}");
    assert!(people.contains("no connection") && people.contains("turn done"), "{people}");
}

#[test]
fn libraries_whose_errors_name_people_and_rooms_say_nothing() {
    let (people, file) = logged("trace", Form::Json, || {
        tracing::error!(target: "matrix_sdk::sync", room_id = "!r:example.org", "room not found");
        tracing::error!(target: "matrix_sdk_crypto::machine", sender = "@ana:example.org", "can't decrypt");
        tracing::error!(target: "matrix_sdk_base", "state");
    });
    assert_eq!((people.as_str(), file.as_str()), ("", ""));
}

#[test]
fn the_level_is_followed() {
    let (people, _) = logged("warn", Form::Human, || {
        tracing::info!("quiet");
        tracing::warn!("loud");
    });
    assert!(people.contains("loud") && !people.contains("quiet"), "{people}");
}

#[test]
fn a_panic_is_logged_by_its_place_and_not_by_its_words() {
    let (people, _) = logged("info", Form::Human, || log_panic(Some(std::panic::Location::caller())));
    assert!(people.contains("panicked") && people.contains("tests.rs"), "{people}");
}

#[test]
fn a_wrong_level_or_file_is_refused() {
    let at = |level: &str, file| Telemetry { level: level.to_owned(), file }.start().expect_err(level).to_string();
    assert_eq!(at("loud", None), "log level `loud` is none of error, warn, info, debug, trace");
    let nowhere = PathBuf::from("no/such/folder/log");
    assert_eq!(at("info", Some((nowhere, Form::Json))), "log file no/such/folder/log: can't be opened");
}

#[test]
fn the_process_logs_into_its_file_and_a_real_panic_leaves_no_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let telemetry = Telemetry { level: "info".to_owned(), file: Some((path.clone(), Form::Json)) };
    telemetry.start().unwrap();
    assert!(matches!(telemetry.start(), Err(TelemetryError::Twice)));
    let panicked = std::thread::spawn(|| panic!("my address is 4 Mill Lane")).join();
    let _ = std::panic::take_hook();
    assert!(panicked.is_err());
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("\"panicked\"") && !text.contains("Mill"), "{text}");
}
