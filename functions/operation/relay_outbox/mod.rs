//! Stream of the outbox table — puts every new event on the bus.
//!
//! A crash between the bus and the completion publishes an event twice, under the same id:
//! consumers deduplicate by it.

use platform::{App, Failure, Function, Grant, Stream, Trigger, stream::Change};
use store::{Table, outbox};

pub const FUNCTION: Function = Function {
    context: "operation",
    name: "relay_outbox",
    summary: "Puts every new event of the outbox on the bus",
    trigger: Trigger::Stream(Stream {
        table: Table::Outbox,
        pk_prefix: "",
        batch_size: 100,
        handle: |app, change| Box::pin(handle(app, change)),
    }),
    grants: &[Grant::table(Table::Outbox, &["dynamodb:UpdateItem"]), Grant::PUT_EVENTS],
    memory_mb: 256,
    timeout_s: 30,
};

async fn handle(app: App, change: Change) -> Result<(), Failure> {
    // Only a new row is news: a changed one was published, an old one expired.
    let (None, Some(row)) = (&change.old, &change.new) else { return Ok(()) };
    let Some(event) = outbox::pending(row)? else { return Ok(()) };
    let id = event.id;
    app.publisher.publish(&[event]).await?;
    Ok(app.store.outbox_complete(id, change.now).await?)
}

#[cfg(test)]
mod tests;
