//! The local HTTP API: every HTTP function by its path, and the pages under `/_local`.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Method, StatusCode};
use platform::{App, FALLBACK_PATH, Function, TakenAt, http::ClientAddress};
use tokio::net::TcpListener;

use crate::{
    cloud::Cloud,
    deadline,
    fault::Upset,
    hand::{self, Hand},
    lease::Lease,
    throttling, views,
};

/// DynamoDB's own limit.
const ENDPOINT_BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Serves every HTTP function of `functions` with `app`, as API Gateway routes them: by path and
/// method, preflights by itself, 405 for a known path, the `$default` function for the rest.
/// `/_local` shows what the cloud holds.
pub fn router(cloud: &Cloud, app: App, functions: &[&'static Function]) -> Router {
    let mut router = Router::new();
    let mut fallback = None;
    for function in functions.iter().copied() {
        match function.http() {
            Some(http) if http.path == FALLBACK_PATH => fallback = Some(function),
            Some(_) => router = router.merge(hosted(cloud, function, &app)),
            None => {}
        }
    }
    let unknown_method = app.clone();
    let router = router.method_not_allowed_fallback(move |request: Request| async move {
        let problem = platform::http::method_not_allowed().await;
        platform::http::render_unrouted(&unknown_method, request, problem).await
    });
    let router = router.merge(local_pages(cloud)).merge(clock_page(cloud, &app));
    let unknown_path = app.clone();
    let router = match fallback {
        Some(function) => router.fallback_service(hosted(cloud, function, &app)),
        None => router.fallback(move |request: Request| async move {
            let problem = platform::http::route_not_found().await;
            platform::http::render_unrouted(&unknown_path, request, problem).await
        }),
    };
    router.layer(from_fn(move |request: Request, next: Next| {
        let app = app.clone();
        async move {
            if request.method() == Method::OPTIONS {
                return platform::http::preflight(&app, request.headers());
            }
            next.run(request).await
        }
    }))
}

/// The routes of `function` as Lambda hosts them. They are built once a process: a simulated market
/// starts thousands of containers.
fn hosted(cloud: &Cloud, function: &'static Function, app: &App) -> Router {
    static BUILT: Mutex<BTreeMap<usize, Router<App>>> = Mutex::new(BTreeMap::new());
    let place = std::ptr::from_ref(function).addr();
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let routes = built.entry(place).or_insert_with(|| platform::http::routes(function)).clone();
    drop(built);
    let account = Arc::clone(&cloud.account);
    let limited = from_fn(move |mut request: Request, next: Next| {
        let account = Arc::clone(&account);
        request.extensions_mut().insert(TakenAt(account.clock.now()));
        async move {
            let throttling = account.knobs(|knobs| knobs.throttling);
            if throttling.is_some_and(|throttling| account.gate.refuses(throttling)) {
                account.faults.note(Upset::RequestThrottled);
                return throttling::too_many();
            }
            match Lease::of(&account, &function.id()) {
                Ok(lease) => {
                    lease.start().await;
                    deadline::answered(&*account.clock, function, lease, request, next).await
                }
                Err(refused) => {
                    tracing::warn!(function = function.id(), "{refused}");
                    account.faults.note(Upset::RequestRefused);
                    deadline::unavailable()
                }
            }
        }
    });
    platform::http::hosted(function, routes, app.clone()).layer(limited)
}

/// The cloud as an AWS endpoint for other processes' SDKs (`AWS_ENDPOINT_URL`). Signatures are not
/// checked: listen on the loopback only.
pub fn endpoint(cloud: &Cloud) -> Router {
    let cloud = cloud.clone();
    Router::new().fallback(move |request: Request| async move {
        let (parts, body) = request.into_parts();
        match axum::body::to_bytes(body, ENDPOINT_BODY_BYTES_MAX).await {
            Ok(bytes) => cloud.answer(Request::from_parts(parts, bytes)).await.map(Body::from),
            Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    })
}

fn clock_page(cloud: &Cloud, app: &App) -> Router {
    let hand = Hand { cloud: cloud.clone(), app: app.clone() };
    Router::new().route("/_local/clock", get(hand::now).post(hand::advance)).with_state(hand)
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
    let router = router.layer(from_fn(name_client));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}

/// Tells the host who connected, which in the cloud API Gateway does.
async fn name_client(
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(ClientAddress(address.ip().to_string()));
    next.run(request).await
}
