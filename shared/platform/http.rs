//! The HTTP host: one function's router, with everything around the handler.

mod headers;

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::{Instant, ProblemCode, Span, codes};
use lambda_http::RequestExt as _;
use serde_json::{Map, Value};
use store::meter::{Meter, measured};

use crate::{
    Access, App, Caller, Delivery, Function, Http, IdempotencyRule, Now, Problem, ProblemBody,
    auth::unauthenticated,
    current::work_as,
    failure::panicked,
    log::{Details, Invocation, InvocationLine, RequestDetails},
    once::SentBody,
    recognition::recognize,
    target::named_ids,
};

use headers::add_headers;
pub use headers::preflight;

/// The largest body a request may have (`api.md`).
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// How much of a Lambda's time is kept for answering that there was not enough.
const DEADLINE_MARGIN: Span = Span::millis(300);

/// Who connected, when a local server (not API Gateway) took the request.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

/// The client's network address as the gateway saw it: what rate limits count by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub String);

/// What the host knows of a request before anything else.
#[derive(Clone, Debug)]
struct Arrival {
    now: Instant,
    request_id: String,
    path: String,
    method: Method,
    origin: Option<HeaderValue>,
    korean: bool,
}

impl Arrival {
    fn add_headers(&self, app: &App, response: &mut Response) {
        add_headers(app, &self.request_id, self.origin.as_ref(), response.headers_mut());
    }
}

/// The routes of `function` with the host around them, to be merged into a gateway.
/// A function without an HTTP trigger has none.
pub fn router(function: &'static Function, app: App) -> Router {
    hosted(function, routes(function), app)
}

/// The bare routes of `function`, for [`hosted`]; none without an HTTP trigger. With them their
/// documentation is built, which is most of the work.
pub fn routes(function: &'static Function) -> Router<App> {
    function.http().map_or_else(Router::new, |http| http.router().split_for_parts().0)
}

/// What [`router`] makes of `routes`, those of `function`.
pub fn hosted(function: &'static Function, routes: Router<App>, app: App) -> Router {
    routes.with_state(app.clone()).layer(from_fn_with_state((function, app), serve))
}

/// [`router`] as Lambda runs it: nothing but this function's route answers.
pub fn standalone(function: &'static Function, app: App) -> Router {
    let Some(http) = function.http() else { return Router::new() };
    if http.path == crate::FALLBACK_PATH {
        return router(function, app);
    }
    let routes = routes(function).with_state(app.clone());
    let routes = routes.fallback(route_not_found).method_not_allowed_fallback(method_not_allowed);
    routes.layer(from_fn_with_state((function, app), serve))
}

/// What any function may answer without naming it in its own list.
#[must_use]
pub fn common_problems(http: &Http) -> Vec<ProblemCode> {
    use crate::Method as Verb;
    let mut list = vec![codes::INVALID_REQUEST, codes::TOKEN_INVALID];
    if http.access != Access::Public {
        list.push(codes::UNAUTHENTICATED);
    }
    if !matches!(http.method, Verb::Get) {
        list.extend([codes::CSRF_REQUIRED, codes::BODY_TOO_LARGE]);
    }
    if matches!(http.method, Verb::Post | Verb::Put | Verb::Patch) {
        list.extend([codes::MALFORMED_JSON, codes::UNSUPPORTED_CONTENT_TYPE]);
    }
    if matches!(http.access, Access::Role(_)) {
        list.push(codes::FORBIDDEN);
    }
    if http.idempotency != IdempotencyRule::Natural {
        list.extend([codes::IDEMPOTENCY_KEY_INVALID, codes::IDEMPOTENCY_KEY_REUSED]);
    }
    if http.idempotency == IdempotencyRule::Required {
        list.push(codes::IDEMPOTENCY_KEY_REQUIRED);
    }
    list.extend([codes::INTERNAL, codes::TRY_AGAIN]);
    list
}

/// Answers 404 with a problem document.
pub async fn route_not_found() -> Problem {
    Problem::new(codes::ROUTE_NOT_FOUND, "There is no such path. See /docs for those there are.")
}

/// Answers 405 with a problem document.
pub async fn method_not_allowed() -> Problem {
    Problem::new(codes::METHOD_NOT_ALLOWED, "See /docs for the methods of this path.")
}

async fn serve(
    State((function, app)): State<(&'static Function, App)>,
    request: Request,
    next: Next,
) -> Response {
    let started = std::time::Instant::now();
    let arrival = arrival(&app, &request);
    let meter = Arc::new(Meter::default());
    let work = answer(function, app.clone(), arrival.clone(), request, next);
    let work = measured(Arc::clone(&meter), AssertUnwindSafe(work).catch_unwind());
    let work = work_as(function, &arrival.request_id, work);
    let mut response = match work.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(panic) => Problem::internal(panicked(&*panic)).into_response(),
    };
    let problem = problem_of(&mut response);
    if let Some(problem) = &problem {
        check_contract(function, &app, problem);
        write_problem(&mut response, problem, &arrival);
    }
    arrival.add_headers(&app, &mut response);
    let caller = response.extensions_mut().remove::<Caller>();
    app.log.invocation(&InvocationLine::of(&Invocation {
        function: function.id(),
        now: arrival.now,
        request_id: &arrival.request_id,
        elapsed: started.elapsed(),
        meter: &meter,
        details: Details::Request(RequestDetails {
            user: caller.map_or_else(|| "public".to_owned(), |caller| caller.user.to_string()),
            method: arrival.method.as_str(),
            path: function.http().map(|http| http.path),
            target: target(function, &arrival.path),
            status: response.status().as_u16(),
            problem: problem.as_ref().map(|problem| problem.code.code),
            cause: problem.as_ref().and_then(|problem| problem.cause.as_deref()),
        }),
        failed: response.status().is_server_error(),
    }));
    response
}

/// The ids that the request names, if any.
fn target(function: &Function, path: &str) -> Option<Map<String, Value>> {
    let target = named_ids(function.http()?.path, path);
    (!target.is_empty()).then_some(target)
}

fn arrival(app: &App, request: &Request) -> Arrival {
    let header =
        |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let now = app.clock.now();
    let lambda = request.lambda_context_ref().map(|context| context.request_id.clone());
    let request_id = lambda.filter(|id| !id.is_empty());
    Arrival {
        now,
        request_id: request_id.unwrap_or_else(|| app.entropy.uuid(now).to_string()),
        path: request.uri().path().to_owned(),
        method: request.method().clone(),
        origin: request.headers().get(header::ORIGIN).cloned(),
        korean: header(header::ACCEPT_LANGUAGE).is_some_and(prefers_korean),
    }
}

/// Whether Korean comes before English in an `Accept-Language` list. Weights that contradict the
/// order are rare enough to be ignored.
fn prefers_korean(list: &str) -> bool {
    let mut languages = list.split(',').map(str::trim);
    languages
        .find(|tag| tag.starts_with("ko") || tag.starts_with("en"))
        .is_some_and(|tag| tag.starts_with("ko"))
}

async fn answer(
    function: &'static Function,
    app: App,
    arrival: Arrival,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let http = function.http().ok_or_else(|| Problem::internal("not an HTTP function"))?;
    let deadline = request.lambda_context_ref().map(|context| context.deadline);
    let (mut parts, body) = request.into_parts();
    let safe = matches!(parts.method, Method::GET | Method::HEAD);
    let caller = recognize(&app, &parts.headers, safe, arrival.now).await?;
    admit(http.access, caller.as_ref())?;
    if !http.takes_query {
        refuse_query(parts.uri.query().unwrap_or_default())?;
    }
    let body = read_body(body).await?;
    if !safe && parts.headers.contains_key("idempotency-key") {
        parts.extensions.insert(SentBody(body.clone()));
    }
    let address = address(&parts.extensions);
    parts.extensions.insert(address);
    parts.extensions.insert(Now(arrival.now));
    parts.extensions.insert(function);
    if let Some(caller) = &caller {
        parts.extensions.insert(caller.clone());
    }
    let work = next.run(Request::from_parts(parts, Body::from(body)));
    let mut response = match deadline.filter(|_| http.delivery == Delivery::Buffered) {
        Some(deadline) if deadline > 0 => {
            let end = Instant::from_millis(i64::try_from(deadline).unwrap_or(i64::MAX));
            let left = (end - DEADLINE_MARGIN).since(arrival.now);
            let answer = tokio::time::timeout(left.std(), work).await;
            answer.map_err(|_| Problem::try_again("out of time"))?
        }
        _ => work.await,
    };
    if let Some(caller) = caller {
        response.extensions_mut().insert(caller);
    }
    Ok(response)
}

fn address(extensions: &http::Extensions) -> Address {
    use lambda_http::request::RequestContext;
    if let Some(ClientAddress(text)) = extensions.get::<ClientAddress>() {
        return Address(text.clone());
    }
    match extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            Address(context.http.source_ip.clone().unwrap_or_default())
        }
        _ => Address("unknown".to_owned()),
    }
}

fn admit(access: Access, caller: Option<&Caller>) -> Result<(), Problem> {
    match (access, caller) {
        (Access::Public, _) | (Access::User, Some(_)) => Ok(()),
        (_, None) => Err(unauthenticated()),
        (Access::Role(role), Some(caller)) if caller.has(role) => Ok(()),
        (Access::Role(role), Some(_)) => {
            Err(Problem::new(codes::FORBIDDEN, format!("This needs the role {}.", role.as_str())))
        }
    }
}

/// Refuses the first parameter of a query that the route does not read.
fn refuse_query(query: &str) -> Result<(), Problem> {
    let first = form_urlencoded::parse(query.as_bytes()).next();
    first.map_or(Ok(()), |(name, _)| {
        let pointer = format!("query/{name}");
        Err(Problem::field(pointer, "unknown-field", "There is no such parameter."))
    })
}

async fn read_body(body: Body) -> Result<bytes::Bytes, Problem> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Problem::new(codes::BODY_TOO_LARGE, "The body must not exceed 256 KB."))
        }
        Err(error) => Err(Problem::try_again(error)),
    }
}

/// The problem a response carries, or the one that a bare framework error amounts to.
fn problem_of(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    match response.status() {
        StatusCode::NOT_FOUND => {
            Some(Problem::new(codes::ROUTE_NOT_FOUND, "There is no such path."))
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            Some(Problem::new(codes::METHOD_NOT_ALLOWED, "See /docs for the methods of this path."))
        }
        status if status.is_client_error() || status.is_server_error() => {
            Some(Problem::internal(format!("a bare {status}")))
        }
        _ => None,
    }
}

fn check_contract(function: &'static Function, app: &App, problem: &Problem) {
    let Some(http) = function.http() else { return };
    let unrouted = [codes::ROUTE_NOT_FOUND, codes::METHOD_NOT_ALLOWED].contains(&problem.code);
    let listed = http.problems.contains(&problem.code)
        || common_problems(http).contains(&problem.code)
        || unrouted;
    if !listed {
        app.breach(format!("{} answers {}", function.id(), problem.code.code));
    }
}

fn write_problem(response: &mut Response, problem: &Problem, arrival: &Arrival) {
    let code = problem.code;
    let document = ProblemBody {
        kind: format!("/problems/{}", code.code),
        title: (if arrival.korean { code.title_ko } else { code.title }).to_owned(),
        status: code.status,
        detail: problem.detail.clone(),
        instance: arrival.path.clone(),
        code: code.code.to_owned(),
        request_id: arrival.request_id.clone(),
        timestamp: arrival.now,
        errors: problem.errors.clone(),
        members: problem.members.clone(),
    };
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.remove(header::CONTENT_LENGTH);
    if let Some(span) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(span.as_seconds_ceil()));
    }
    *response.status_mut() = StatusCode::from_u16(code.status).unwrap_or_default();
    *response.body_mut() = Body::from(body);
}

/// Wraps a handler that belongs to no function (a local gateway's 404) in the problem shape.
pub async fn render_unrouted(app: &App, request: Request, problem: Problem) -> Response {
    let arrival = arrival(app, &request);
    let mut response = problem.clone().into_response();
    write_problem(&mut response, &problem, &arrival);
    arrival.add_headers(app, &mut response);
    response
}

/// Parses `Value` as the JSON of a Lambda HTTP event and answers it as API Gateway would see it.
pub(crate) async fn invoke(
    function: &'static Function,
    app: App,
    payload: Value,
) -> Result<Value, crate::Failure> {
    use lambda_http::{LambdaEvent, Service as _};
    let request: lambda_http::request::LambdaRequest = serde_json::from_value(payload)?;
    let event = LambdaEvent::new(request, lambda_http::Context::default());
    // The adapter itself is not Send and must be gone before the answer is awaited.
    let answer = {
        let mut adapter = lambda_http::Adapter::from(standalone(function, app));
        adapter.call(event)
    };
    let response = answer.await.map_err(crate::Failure::new)?;
    Ok(serde_json::to_value(response)?)
}
