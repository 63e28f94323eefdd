//! Which secrets the function at work has declared: below everything that holds them.

use std::{future::Future, sync::Arc};

use crate::Secret;

/// A function by its names, and its secrets.
#[derive(Clone)]
pub(crate) struct Declared {
    pub context: &'static str,
    pub name: &'static str,
    pub secrets: Arc<[Secret]>,
}

tokio::task_local! {
    static DECLARED: Declared;
}

/// Runs `work` with these secrets and no others.
pub(crate) async fn declaring<F: Future>(declared: Declared, work: F) -> F::Output {
    DECLARED.scope(declared, work).await
}

/// What the function at work has declared; `None` outside an invocation.
pub(crate) fn declared() -> Option<Declared> {
    DECLARED.try_with(Declared::clone).ok()
}
