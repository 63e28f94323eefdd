//! How a request reaches a provider: over the network, or another way that a simulation brings.

use std::{fmt, future::Future, pin::Pin};

use http::{Request, Response};
use kernel::Span;

/// An answer on its way; the error says why there is none.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, String>> + Send + 'a>>;

/// Carries a request once. Whatever keeps the answer from being read whole is an error: the outcome
/// is then unknown.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    fn carry(&self, request: Request<Vec<u8>>, answer_within: Span) -> Carried<'_>;
}
