//! Which function is at work: what a cloud that checks permissions asks.

use std::{future::Future, sync::Arc};

use crate::Function;

#[derive(Clone)]
struct Current {
    function: &'static Function,
    request_id: Arc<str>,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// Runs `work` as that invocation of `function`.
pub(crate) async fn work_as<F: Future>(
    function: &'static Function,
    request_id: &str,
    work: F,
) -> F::Output {
    CURRENT.scope(Current { function, request_id: request_id.into() }, work).await
}

/// Whose work this is; `None` outside an invocation (a tool, a test's own look).
#[must_use]
pub fn current() -> Option<&'static Function> {
    CURRENT.try_with(|current| current.function).ok()
}

/// The `requestId` of the log line that this invocation will write; `None` outside one.
#[must_use]
pub fn current_request() -> Option<Arc<str>> {
    CURRENT.try_with(|current| Arc::clone(&current.request_id)).ok()
}
