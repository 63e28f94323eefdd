//! The time that is left of an invocation.

use kernel::Span;

use crate::{Failure, trigger::Work};

/// The outcome of `work`, or a failure once `left` has passed.
pub(crate) async fn in_time(left: Span, work: Work) -> Result<(), Failure> {
    let outcome = tokio::time::timeout(left.std(), work).await;
    outcome.unwrap_or_else(|_| Err(Failure::new("out of time")))
}
