//! Which function is at work: what a cloud that checks permissions asks.

use std::{future::Future, sync::Arc};

use crate::{
    Function, Secret,
    declared::{Declared, declaring},
};

#[derive(Clone)]
struct Current {
    function: &'static Function,
    request_id: Arc<str>,
}

tokio::task_local! {
    static CURRENT: Option<Current>;
}

/// Runs `work` as that invocation of `function`.
pub(crate) async fn work_as<F: Future>(
    function: &'static Function,
    request_id: &str,
    work: F,
) -> F::Output {
    let needed = Secret::ALL.into_iter().filter(|secret| function.needs(*secret)).collect();
    let declared = Declared { context: function.context, name: function.name, secrets: needed };
    let current = Current { function, request_id: request_id.into() };
    CURRENT.scope(Some(current), declaring(declared, work)).await
}

/// Runs `work` as the container's own, not as an invocation's: on a laptop, where one process is
/// every function, no function may do all of it.
pub(crate) async fn work_as_container<F: Future>(work: F) -> F::Output {
    CURRENT.scope(None, work).await
}

/// Whose work this is; `None` outside an invocation (a tool, a test's own look).
#[must_use]
pub fn current() -> Option<&'static Function> {
    CURRENT.try_with(|current| Some(current.as_ref()?.function)).ok()?
}

/// The `requestId` of the log line that this invocation will write; `None` outside one.
#[must_use]
pub fn current_request() -> Option<Arc<str>> {
    CURRENT.try_with(|current| Some(Arc::clone(&current.as_ref()?.request_id))).ok()?
}
