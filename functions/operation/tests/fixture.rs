//! A consumer for the tests: remembers the id of every event that reaches it.

use std::sync::{Arc, Mutex};

use events::{AuctionCreated, Envelope, Event};
use kernel::{AuctionId, Instant};
use platform::{App, Function, Queue};
use store::Transaction;
use testkit::TestApp;
use uuid::Uuid;

static PROBE: Function = Function::queue(
    "test",
    "probe",
    "Remembers events",
    Queue::new(|app, message| {
        Box::pin(async move {
            let (envelope, _) = message.event::<AuctionCreated>()?;
            ids(&app).lock().unwrap().push(envelope.id);
            Ok(())
        })
    })
    .events(&[AuctionCreated::KIND])
    .batch_size(1)
    .max_receive_count(3),
)
.timeout_s(3);

fn ids(app: &App) -> Arc<Mutex<Vec<Uuid>>> {
    app.memory()
}

/// This context with the probe.
pub async fn start() -> TestApp {
    TestApp::start(&[crate::FUNCTIONS, &[&PROBE]].concat()).await
}

/// The ids of the events that have arrived, in order.
pub fn arrived(app: &TestApp) -> Vec<Uuid> {
    ids(&app.app).lock().unwrap().clone()
}

pub fn envelope(n: u32, at: Instant) -> Envelope {
    let auction_id = AuctionId::from_uuid(Uuid::from_u128(n.into()));
    Envelope::new(Uuid::from_u128(n.into()), at, &AuctionCreated { auction_id, ends_at: at })
}

/// Leaves event `n` in the outbox.
pub async fn leave(app: &TestApp, n: u32) -> Uuid {
    let envelope = envelope(n, app.now());
    app.store().commit(Transaction::new().event(&envelope)).await.unwrap();
    envelope.id
}
