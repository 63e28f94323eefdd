//! The stream host: changes of a table, at least once, in order per item.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use futures::{FutureExt, StreamExt};
use kernel::{Instant, Span};
use serde_json::{Value, json};
use store::Item;

use crate::{App, Failure, Stream, deadline::in_time, failure::panicked};

pub use crate::trigger::Change;

/// How many records of a batch are worked on side by side. Handlers must not depend on order
/// between records: each carries all it needs.
const CONCURRENCY: usize = 16;

/// Handles a batch; answers from which record on it must come again, and why.
pub(crate) async fn consume(
    stream: &Stream,
    app: &App,
    event: Event,
    left: Span,
) -> (Value, Vec<String>) {
    let now = app.clock.now();
    let changes = event.records.into_iter().map(|record| change(record, now));
    let work = changes.map(|change| one(stream, app, change, left));
    let answers: Vec<_> = futures::stream::iter(work).buffered(CONCURRENCY).collect().await;
    let failed: Vec<(String, Failure)> = answers.into_iter().flatten().collect();
    let items: Vec<Value> =
        failed.iter().take(1).map(|(id, _)| json!({ "itemIdentifier": id })).collect();
    let reasons = failed.into_iter().map(|(_, failure)| failure.to_string()).collect();
    (json!({ "batchItemFailures": items }), reasons)
}

fn change(record: EventRecord, now: Instant) -> Change {
    let image = |item: serde_dynamo::Item| {
        let item: Item = item.into();
        (!item.is_empty()).then_some(item)
    };
    Change {
        sequence: record.change.sequence_number.unwrap_or_default(),
        old: image(record.change.old_image),
        new: image(record.change.new_image),
        now,
    }
}

async fn one(stream: &Stream, app: &App, change: Change, left: Span) -> Option<(String, Failure)> {
    let id = change.sequence.clone();
    let handle = stream.handle;
    let work = AssertUnwindSafe(in_time(left, handle(app.clone(), change)));
    match work.catch_unwind().await {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some((id, failure)),
        Err(panic) => Some((id, panicked(&*panic))),
    }
}
