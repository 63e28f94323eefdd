//! The local HTTP API: every HTTP function by its path, and the pages under `/_local`.

use std::io;

use axum::{Router, routing::get};
use platform::{App, FALLBACK_PATH, Function};
use tokio::net::TcpListener;

use crate::{cloud::Cloud, views};

/// Serves every HTTP function of `functions` with `app`, as API Gateway routes them: by path and
/// method, 405 for a known path, the `$default` function for the rest. `/_local` shows what the
/// cloud holds.
pub fn router(cloud: &Cloud, app: App, functions: &[&'static Function]) -> Router {
    let mut router = Router::new();
    let mut fallback = None;
    for function in functions.iter().copied() {
        match function.http() {
            Some(http) if http.path == FALLBACK_PATH => fallback = Some(function),
            Some(_) => router = router.merge(platform::http::router(function, app.clone())),
            None => {}
        }
    }
    let router = router
        .method_not_allowed_fallback(platform::http::method_not_allowed)
        .merge(local_pages(cloud));
    match fallback {
        Some(function) => router.fallback_service(platform::http::router(function, app)),
        None => router,
    }
}

fn local_pages(cloud: &Cloud) -> Router {
    Router::new()
        .route("/_local", get(views::index))
        .route("/_local/sms", get(views::sms))
        .route("/_local/emails", get(views::emails))
        .route("/_local/queues", get(views::queues))
        .route("/_local/schedules", get(views::schedules))
        .route("/_local/failed", get(views::failed))
        .route("/_local/usage", get(views::usage))
        .with_state(cloud.clone())
}

/// Serves `router` on `listener` until `shutdown` completes, then lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}
