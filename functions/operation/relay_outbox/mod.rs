//! Stream of the outbox table — puts every new event on the bus.
//!
//! A crash between the bus and the completion publishes an event twice, under the same id:
//! consumers deduplicate by it.

use platform::{App, Failure, Function, Grant, Service, Stream, stream::Change};
use store::{Table, outbox};

pub const FUNCTION: Function = Function::stream(
    "operation",
    "relay_outbox",
    "Puts every new event of the outbox on the bus",
    Stream::new(Table::Outbox, |app, change| Box::pin(handle(app, change))),
)
.grants(&[Grant::table(Table::Outbox).update()])
.services(&[Service::EventRelay])
.timeout_s(30);

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
