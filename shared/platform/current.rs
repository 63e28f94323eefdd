//! Which function is at work: what a cloud that checks permissions asks.

use std::future::Future;

use crate::Function;

tokio::task_local! {
    static CURRENT: &'static Function;
}

/// Runs `work` as `function`'s.
pub(crate) async fn work_as<F: Future>(function: &'static Function, work: F) -> F::Output {
    CURRENT.scope(function, work).await
}

/// Whose work this is; `None` outside an invocation (a tool, a test's own look).
#[must_use]
pub fn current() -> Option<&'static Function> {
    CURRENT.try_with(|function| *function).ok()
}
