//! What a function says about the route that it answers.

use axum::routing::MethodRouter;
use kernel::ProblemCode;
use utoipa::openapi::PathItem;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::App;

/// A route of the HTTP API (or, when streamed, of a Function URL on the same path).
pub struct Http {
    pub method: Method,
    /// axum's and API Gateway's common spelling: `/v1/auctions/{auctionId}/bids`.
    /// [`FALLBACK_PATH`] answers whatever no other route does.
    pub path: &'static str,
    pub access: Access,
    pub idempotency: IdempotencyRule,
    pub delivery: Delivery,
    /// Whether it reads a query string, and refuses by itself what it does not know; any other
    /// refuses every parameter.
    pub takes_query: bool,
    /// The problems this route itself can answer; the framework's are added by the contract.
    pub problems: &'static [ProblemCode],
    handler: Handler,
}

/// What answers the requests of a route.
enum Handler {
    /// Described by its `#[utoipa::path]`: `|| routes!(handle)`.
    Documented(fn() -> UtoipaMethodRouter<App>),
    /// Answers what the API reference does not list.
    Undocumented(fn() -> MethodRouter<App>),
}

/// The path of the function that answers requests to unknown paths.
pub const FALLBACK_PATH: &str = "$default";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Any,
}

/// Who may call a route. Checked before the handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a token, when sent, must still be valid and tells who asks.
    Public,
    /// Any signed-in user.
    User,
    /// A signed-in user with this role.
    Role(domain::identity::Role),
}

/// What a POST does with the `Idempotency-Key` header (`api.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyRule {
    /// The route repeats safely by its nature (reads, puts, deletes).
    Natural,
    Optional,
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Buffered,
    /// Lambda response streaming behind a Function URL.
    Streamed,
}

impl Http {
    #[must_use]
    pub const fn get(path: &'static str, handler: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self::new(Method::Get, path, Handler::Documented(handler))
    }
    #[must_use]
    pub const fn post(path: &'static str, handler: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self::new(Method::Post, path, Handler::Documented(handler))
    }
    #[must_use]
    pub const fn put(path: &'static str, handler: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self::new(Method::Put, path, Handler::Documented(handler))
    }
    #[must_use]
    pub const fn patch(path: &'static str, handler: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self::new(Method::Patch, path, Handler::Documented(handler))
    }
    #[must_use]
    pub const fn delete(path: &'static str, handler: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self::new(Method::Delete, path, Handler::Documented(handler))
    }
    /// A route that the API reference does not list.
    #[must_use]
    pub const fn undocumented(
        method: Method,
        path: &'static str,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self::new(method, path, Handler::Undocumented(handler)).takes_query()
    }

    const fn new(method: Method, path: &'static str, handler: Handler) -> Self {
        Self {
            method,
            path,
            access: Access::User,
            idempotency: IdempotencyRule::Natural,
            delivery: Delivery::Buffered,
            takes_query: false,
            problems: &[],
            handler,
        }
    }

    #[must_use]
    pub const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }
    #[must_use]
    pub const fn idempotency(self, idempotency: IdempotencyRule) -> Self {
        Self { idempotency, ..self }
    }
    #[must_use]
    pub const fn takes_query(self) -> Self {
        Self { takes_query: true, ..self }
    }
    #[must_use]
    pub const fn streamed(self) -> Self {
        Self { delivery: Delivery::Streamed, ..self }
    }
    #[must_use]
    pub const fn problems(self, problems: &'static [ProblemCode]) -> Self {
        Self { problems, ..self }
    }

    /// The route with its handler and the handler's documentation, which is most of the work.
    #[must_use]
    pub fn router(&self) -> OpenApiRouter<App> {
        let router = OpenApiRouter::new();
        match self.handler {
            Handler::Documented(handler) => router.routes(handler()),
            Handler::Undocumented(handler) if self.path == FALLBACK_PATH => {
                router.fallback(handler())
            }
            Handler::Undocumented(handler) => router.route(self.path, handler()),
        }
    }

    /// The first line of the handler's documentation.
    pub(crate) fn summary(&self) -> Option<String> {
        let paths = self.router().into_openapi().paths.paths;
        let PathItem { get, post, put, patch, delete, .. } = paths.into_values().next()?;
        let operation = [get, post, put, patch, delete].into_iter().flatten().next()?;
        operation.summary
    }
}

impl Method {
    /// As HTTP spells it; [`Method::Any`] has no spelling of its own and reads `ANY`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Any => "ANY",
        }
    }
}

// Function pointers have no useful Debug; the route does.
impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
}
