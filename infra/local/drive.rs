//! Delivery in real time, for a developer's machine.

use std::time::Duration;

use crate::cloud::Cloud;

/// The longest wait between two delivery passes.
const PASS_INTERVAL: Duration = Duration::from_millis(100);

/// Delivers what is due, at once after every write and at the latest every 100 ms of real time,
/// until `shutdown` completes. A pass that has begun is finished first.
pub async fn drive(cloud: Cloud, shutdown: impl Future<Output = ()>) {
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let written = cloud.account.written.notified();
        tokio::select! {
            () = &mut shutdown => return,
            () = written => {}
            () = tokio::time::sleep(PASS_INTERVAL) => {}
        }
        cloud.pump().await;
    }
}
