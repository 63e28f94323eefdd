//! Who runs the functions: the containers an app was attached for.

use std::{
    pin::Pin,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use platform::{App, Function};
use serde_json::Value;

/// What an invocation ends in: the function's answer, or why it failed as a whole.
pub type Invoked = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;

/// Something that can run a function on an event. Usually an [`App`]; tests of delivery itself
/// bring their own.
pub trait Invoker: Send + Sync + 'static {
    fn invoke(&self, function: &'static Function, payload: Value) -> Invoked;
}

/// A container: the real host around the app.
pub(crate) struct Container(pub App);

impl Invoker for Container {
    fn invoke(&self, function: &'static Function, payload: Value) -> Invoked {
        let app = self.0.clone();
        Box::pin(async move {
            let answer = platform::host::invoke(function, app, payload).await;
            answer.map_err(|failure| failure.to_string())
        })
    }
}

/// The attached containers, used in turn.
#[derive(Default)]
pub(crate) struct Containers {
    all: RwLock<Vec<Arc<dyn Invoker>>>,
    next: AtomicUsize,
}

impl Containers {
    pub fn attach(&self, invoker: Arc<dyn Invoker>) {
        self.all.write().unwrap_or_else(PoisonError::into_inner).push(invoker);
    }

    pub fn detach(&self) {
        self.all.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The next container, `None` while none is attached.
    pub fn next(&self) -> Option<Arc<dyn Invoker>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        all.get(turn.checked_rem(all.len())?).cloned()
    }
}
