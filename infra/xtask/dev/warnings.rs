//! What the embedded cloud itself has to say while it runs: an invocation that took too long, a
//! record that could not be written.

use std::fmt::{self, Write as _};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// The cloud's crate; what the SDK thinks is nobody's concern here.
const OURS: &str = "jangteo_local";

/// Writes our warnings and errors to standard error, one line each.
pub(super) struct Warnings;

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with(OURS)
    }

    #[expect(clippy::print_stderr, reason = "a developer's console")]
    fn event(&self, event: &Event<'_>) {
        eprintln!("{}", line(event));
    }

    // Nothing here has spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn line(event: &Event<'_>) -> String {
    let mut words = Words::default();
    event.record(&mut words);
    let Words { message, fields } = words;
    format!("{} {message}{fields}", event.metadata().level().as_str().to_lowercase())
}

/// A message and its fields.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _infallible = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Keeps the lines instead.
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            Warnings.enabled(metadata)
        }
        fn event(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(line(event));
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            Warnings.new_span(span)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn our_warnings_are_lines_and_nothing_else_is() {
        let lines = Arc::new(Mutex::default());
        tracing::subscriber::with_default(Kept(Arc::clone(&lines)), || {
            tracing::warn!(target: "jangteo_local::disk", bytes = 4, who = "me", "torn by {}", 1);
            tracing::error!(target: "jangteo_local::account", "not written");
            tracing::info!(target: "jangteo_local::disk", "all is well");
            tracing::warn!(target: "aws_smithy_runtime", "slow");
        });
        let due = ["warn torn by 1 bytes=4 who=\"me\"", "error not written"];
        assert_eq!(*lines.lock().unwrap(), due);
    }
}
