//! The queue host: partial batches; one bad message never takes its neighbours down.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use futures::{FutureExt, future::join_all};
use kernel::{Instant, Span};
use serde_json::{Value, json};

use crate::{App, Failure, Queue, deadline::in_time, failure::panicked};

pub use crate::trigger::Message;

/// Handles every message of a batch side by side; answers which of them must come again, and why.
pub(crate) async fn consume(
    queue: &Queue,
    app: &App,
    event: SqsEvent,
    left: Span,
) -> (Value, Vec<String>) {
    let now = app.clock.now();
    let work = event.records.into_iter().map(|record| one(queue, app, record, now, left));
    let failed: Vec<(String, Failure)> = join_all(work).await.into_iter().flatten().collect();
    let items: Vec<Value> = failed.iter().map(|(id, _)| json!({ "itemIdentifier": id })).collect();
    let reasons = failed.into_iter().map(|(_, failure)| failure.to_string()).collect();
    (json!({ "batchItemFailures": items }), reasons)
}

async fn one(
    queue: &Queue,
    app: &App,
    record: SqsMessage,
    now: Instant,
    left: Span,
) -> Option<(String, Failure)> {
    let id = record.message_id.unwrap_or_default();
    let received = record.attributes.get("ApproximateReceiveCount");
    let receive_count = received.and_then(|count| count.parse().ok()).unwrap_or(1);
    let body = record.body.unwrap_or_default();
    let message = Message { id: id.clone(), body, receive_count, now };
    let handle = queue.handle;
    let work = AssertUnwindSafe(in_time(left, handle(app.clone(), message)));
    match work.catch_unwind().await {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some((id, failure)),
        Err(panic) => Some((id, panicked(&*panic))),
    }
}
