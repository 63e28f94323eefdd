//! The platform's own host behind the cloud: a route, a queue worker, the gateway around them.

use axum::{
    body::Body,
    extract::State,
    routing::{MethodRouter, any, get},
};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use messaging::Sms;
use platform::{
    Access, App, Config, FALLBACK_PATH, Failure, Http, MemoryLog, Method, Parts, Service,
    SystemEntropy,
};
use tower::ServiceExt;

use super::*;
use crate::{Throttling, Upset};

const fn route(name: &'static str, path: &'static str, handler: Routes) -> Function {
    let http = Http::undocumented(Method::Get, path, handler).access(Access::Public);
    Function::undocumented("test", name, SUMMARY, http)
}

type Routes = fn() -> MethodRouter<App>;

/// Sends the worker below a message.
static RING: Function =
    route("ring", "/v1/ring", || get(ring)).services(&[Service::queue_of(&ON_RING)]);
/// The same without permission.
static RING_TOO: Function = route("ring_too", "/v1/ring-too", || get(ring));

async fn ring(State(app): State<App>) -> StatusCode {
    let body = json!({ "phone": "+821012345678" });
    let sent = app.publisher.send(ON_RING.full_name(), &body, Span::millis(0)).await;
    sent.map_or(StatusCode::BAD_GATEWAY, |()| StatusCode::ACCEPTED)
}

static ON_RING: Function = Function::queue(
    "test",
    "on_ring",
    SUMMARY,
    Queue::new(|app, message| {
        Box::pin(async move {
            let body: Value = message.json()?;
            let phone = body["phone"].as_str().ok_or_else(|| Failure::new("no phone"))?;
            app.publisher.sms(&Sms { phone, text: "ring" }).await?;
            Ok(())
        })
    })
    .max_receive_count(3),
)
.services(&[Service::Sms]);
/// Texts what it was told, in the form `<from>:<what>`.
fn tell(app: App, text: String) -> platform::Work {
    Box::pin(async move {
        app.publisher.sms(&Sms { phone: "+821000000000", text: &text }).await?;
        Ok(())
    })
}

static ON_CHANGE: Function = Function::stream(
    "test",
    "on_change",
    SUMMARY,
    Stream::new(Table::Auction, |app, change| {
        let (old, new) = (change.old.is_some(), change.new.is_some());
        tell(app, format!("change:{old}:{new}"))
    })
    .pk_prefix("AUCTION#"),
)
.services(&[Service::Sms]);
static ON_TICK: Function = Function::schedule(
    "test",
    "on_tick",
    SUMMARY,
    Schedule::every(Span::minutes(1), |app, tick| {
        tell(app, format!("tick:{}", tick.input["scheduledTime"]))
    }),
)
.services(&[Service::Sms]);
static REST: Function = route("rest", FALLBACK_PATH, || any(platform::http::route_not_found));
static HOSTED: &[&Function] = &[&RING, &RING_TOO, &ON_RING, &ON_CHANGE, &ON_TICK, &REST];

fn hosted() -> (Cloud, axum::Router) {
    let (cloud, router, _) = hosted_with_clock();
    (cloud, router)
}

fn hosted_with_clock() -> (Cloud, axum::Router, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new(Instant::from_millis(START)));
    let cloud = Cloud::start(CloudOptions {
        functions: HOSTED.to_vec(),
        clock: clock.clone(),
        data: DataPlace::Memory,
        prefix: "jangteo-".into(),
    });
    let cloud = cloud.unwrap();
    let app = App::new(Parts {
        config: Config::local(),
        sdk: cloud.sdk_config(),
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(MemoryLog::default()),
    });
    let app = app.unwrap();
    cloud.attach(app.clone());
    let router = crate::router(&cloud, app, HOSTED);
    (cloud, router, clock)
}

async fn ask(router: &axum::Router, method: &str, path: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn a_request_reaches_its_function_and_the_function_its_worker() {
    let (cloud, router) = hosted();
    assert_eq!(ask(&router, "GET", "/v1/ring").await.0, StatusCode::ACCEPTED);
    let (_, queues) = ask(&router, "GET", "/_local/queues").await;
    assert_eq!(queues[0]["queue"]["bodies"][0]["phone"], "+821012345678");
    assert_eq!(cloud.run_until_idle().await, 1);
    let (status, sms) = ask(&router, "GET", "/_local/sms").await;
    assert_eq!((status, sms[0]["text"].as_str()), (StatusCode::OK, Some("ring")));
}

#[tokio::test]
async fn a_throttled_request_is_answered_429_and_reaches_no_function() {
    let (cloud, router) = hosted();
    let upsets = || cloud.faults().upsets().get(&Upset::RequestThrottled).copied();
    cloud.adjust(|knobs| knobs.throttling = Some(Throttling { seed: 1, per_thousand: 1_000 }));
    let answer = ask(&router, "GET", "/v1/ring").await;
    let too_many = json!({ "message": "Too Many Requests" });
    assert_eq!(answer, (StatusCode::TOO_MANY_REQUESTS, too_many));
    assert!(cloud.queue_bodies("test-on-ring").is_empty(), "it was invoked");
    assert_eq!(upsets(), Some(1));
    // Some of many are let through, the same ones for the same seed.
    let answers = async |seed| {
        cloud.adjust(|knobs| knobs.throttling = Some(Throttling { seed, per_thousand: 400 }));
        let mut answers = Vec::new();
        for _ in 0..40 {
            answers.push(ask(&router, "GET", "/v1/ring").await.0);
        }
        answers
    };
    let first = answers(2).await;
    let other = answers(3).await;
    assert_eq!(answers(2).await, first);
    assert_ne!(first, other);
    assert!(first.contains(&StatusCode::ACCEPTED), "{first:?}");
    cloud.adjust(|knobs| knobs.throttling = None);
    assert_eq!(ask(&router, "GET", "/v1/ring").await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_call_beyond_the_grants_is_denied() {
    let (cloud, router) = hosted();
    assert_eq!(ask(&router, "GET", "/v1/ring").await.0, StatusCode::ACCEPTED);
    assert_eq!(cloud.permissions().denied.len(), 0);
    // The host tells its caller nothing of it.
    let (status, problem) = ask(&router, "GET", "/v1/ring-too").await;
    assert!(status.is_server_error(), "{status} {problem}");
    let denied: Vec<String> = cloud.permissions().denied.into_iter().collect();
    assert_eq!(denied, ["test-ring-too may not sqs:SendMessage on test-on-ring"]);
    let queue = cloud.queue_bodies("test-on-ring");
    assert_eq!(queue.len(), 1, "the denied call had no effect");
}

#[tokio::test]
async fn the_gateway_answers_what_no_function_does() {
    let (_, router) = hosted();
    let (status, problem) = ask(&router, "POST", "/v1/ring").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(problem["type"], "/problems/method-not-allowed", "{problem}");
    let (status, problem) = ask(&router, "GET", "/nowhere").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["type"], "/problems/route-not-found", "{problem}");
    assert_eq!(ask(&router, "OPTIONS", "/v1/ring").await.0, StatusCode::NO_CONTENT);
    for page in ["/_local", "/_local/emails", "/_local/schedules", "/_local/failed"] {
        assert_eq!(ask(&router, "GET", page).await.0, StatusCode::OK, "{page}");
    }
    let (_, usage) = ask(&router, "GET", "/_local/usage").await;
    assert_eq!(usage["calls"], json!({}));
}

#[tokio::test]
async fn a_body_no_worker_can_read_ends_dead() {
    let (cloud, _) = hosted();
    cloud.adjust(|knobs| knobs.retry_visibility = Some(Span::millis(0)));
    let url = "http://sqs.local/000000000000/jangteo-test-on-ring";
    let sqs = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    sqs.send_message().queue_url(url).message_body("no json").send().await.unwrap();
    assert_eq!(cloud.run_until_idle().await, 3);
    assert_eq!(cloud.queue_bodies("test-on-ring-dlq"), ["no json"]);
}

#[tokio::test]
async fn the_host_reads_stream_records_and_ticks() {
    let (cloud, _, clock) = hosted_with_clock();
    let dynamo = aws_sdk_dynamodb::Client::new(&cloud.sdk_config());
    let put = dynamo.put_item().table_name("jangteo-auction");
    let put = put.item("pk", text("AUCTION#1")).item("sk", text("A"));
    put.clone().send().await.unwrap();
    put.item("value", number(1)).send().await.unwrap();
    clock.advance(Span::seconds(90));
    cloud.run_until_idle().await;
    let mut told: Vec<_> = cloud.sms().into_iter().map(|sms| sms.text).collect();
    told.sort();
    let tick = r#"tick:"2026-11-21T09:01:00.000Z""#;
    assert_eq!(told, ["change:false:true", "change:true:true", tick]);
    let items = cloud.items(Table::Auction).unwrap();
    assert_eq!(items[0]["value"], json!({ "N": "1" }));
}

#[tokio::test]
async fn driving_delivers_by_itself_over_a_socket() {
    let (cloud, router) = hosted();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let until = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        let _gone = stopped.wait_for(|stop| *stop).await;
    };
    let serving = crate::serve(listener, router, until(stopped.clone()));
    let driving = crate::drive(cloud.clone(), until(stopped));
    let asking = async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = "GET /v1/ring HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        while cloud.sms().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        answer
    };
    let (served, (), answer) = tokio::join!(serving, driving, asking);
    served.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn other_processes_may_use_it_as_an_endpoint() {
    let (cloud, _) = hosted();
    let ask = async |target: &str, body: Value| {
        let request = Request::post("/").header("x-amz-target", target);
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = crate::endpoint(&cloud).oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Value>(&bytes).unwrap_or_default())
    };
    let item = json!({ "pk": { "S": "A" }, "sk": { "S": "1" } });
    let put = json!({ "TableName": "jangteo-identity", "Item": item });
    assert_eq!(ask("DynamoDB_20120810.PutItem", put).await.0, StatusCode::OK);
    let get = json!({ "TableName": "jangteo-identity", "Key": item });
    assert_eq!(ask("DynamoDB_20120810.GetItem", get.clone()).await.1["Item"], item);
    let lost = crate::Fault::next("dynamodb:GetItem", crate::FaultKind::TimeoutAfter);
    cloud.faults().push(lost);
    assert_eq!(ask("DynamoDB_20120810.GetItem", get).await.0, StatusCode::GATEWAY_TIMEOUT);
    let (status, body) = ask("Unheard_Of.Thing", json!({})).await;
    assert_eq!(
        (status, body["__type"].as_str()),
        (StatusCode::BAD_REQUEST, Some("UnknownOperationException"))
    );
}
