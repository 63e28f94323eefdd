//! The real binaries, one a context, started as Lambda starts them: a process that asks the
//! Runtime API for an event and posts its answer.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{Config, SystemClock};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Mutex};

/// Building four binaries is cargo's work, not the functions'.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A stand-in for Lambda's Runtime API: hands out one event, waits for one answer.
#[derive(Clone)]
struct RuntimeApi {
    event: Arc<Mutex<Option<String>>>,
    answer: Arc<Mutex<Option<tokio::sync::oneshot::Sender<Value>>>>,
}

async fn next(State(api): State<RuntimeApi>) -> Response {
    let Some(event) = api.event.lock().await.take() else {
        // Nothing more to do, ever: the process is ended by the test.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "11111111-2222-7333-8444-555555555555"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-2:0:function:f"),
        ("content-type", "application/json"),
    ];
    (headers, event).into_response()
}

async fn answered(State(api): State<RuntimeApi>, Path(_): Path<String>, body: Bytes) -> Response {
    if let Some(sender) = api.answer.lock().await.take() {
        let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        sender.send(value).unwrap();
    }
    http::StatusCode::ACCEPTED.into_response()
}

async fn failed(body: Bytes) -> Response {
    panic!("the binary reports {}", String::from_utf8_lossy(&body));
}

/// The folder of the debug binaries, freshly built.
fn binaries() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--offline", "--bins"]);
        for context in registry::CONTEXTS {
            build.args(["--package", &format!("jangteo-{}", context.name)]);
        }
        let status = build.stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "cargo build failed");
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().to_owned()
    })
}

fn environment(runtime: u16, aws: u16, handler: &str) -> BTreeMap<String, String> {
    let host = [
        ("_HANDLER", handler.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{runtime}")),
        ("AWS_LAMBDA_FUNCTION_NAME", handler.to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "test".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "test".to_owned()),
        ("AWS_REGION", "ap-northeast-2".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
    ];
    let stack = xtask::sam::variables(&Config::local(), &format!("http://127.0.0.1:{aws}"));
    host.into_iter().chain(stack).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Starts `context`'s binary as the function `handler` and hands it one event.
async fn run(context: &str, handler: &str, event: Value) -> Value {
    let folder = tokio::task::spawn_blocking(binaries).await.unwrap();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let api = RuntimeApi {
        event: Arc::new(Mutex::new(Some(event.to_string()))),
        answer: Arc::new(Mutex::new(Some(sender))),
    };
    let runtime = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
        .route("/2018-06-01/runtime/init/error", post(failed))
        .with_state(api);
    let cloud = Cloud::start(CloudOptions {
        functions: registry::functions(),
        clock: Arc::new(SystemClock),
        data: DataPlace::Memory,
        prefix: Config::local().table_prefix,
    });
    let aws = local::endpoint(&cloud.unwrap());
    let (runtime_socket, aws_socket) = (socket().await, socket().await);
    let ports = (port(&runtime_socket), port(&aws_socket));
    let mut process = Command::new(folder.join(context))
        .env_clear()
        .envs(environment(ports.0, ports.1, handler))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let serve =
        async { tokio::join!(axum::serve(runtime_socket, runtime), axum::serve(aws_socket, aws)) };
    let answer = tokio::select! {
        answer = tokio::time::timeout(ANSWER_WITHIN, receiver) => answer,
        _ = serve => panic!("a server ended"),
    };
    process.kill().unwrap();
    process.wait().unwrap();
    answer.expect("no answer in time").unwrap()
}

async fn socket() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

fn port(socket: &TcpListener) -> u16 {
    socket.local_addr().unwrap().port()
}

fn get_request(path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": format!("GET {path}"), "rawPath": path, "rawQueryString": "",
        "headers": { "accept": "application/json" }, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "domainName": "localhost",
            "domainPrefix": "localhost", "requestId": "1", "routeKey": format!("GET {path}"),
            "stage": "$default", "time": "21/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1_795_219_200_000_i64,
            "http": {
                "method": "GET", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "test",
            },
        },
    })
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_auction_binary_answers() {
    let answer = run("auction", "list_auctions", get_request("/v1/auctions")).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(body(&answer)["items"], json!([]));
    let message = json!({ "Records": [{
        "messageId": "m-1", "receiptHandle": "r", "attributes": { "ApproximateReceiveCount": "1" },
        "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "ap-northeast-2",
        "body": "not what it should be",
    }]});
    let answer = run("auction", "close_auction", message).await;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "m-1" }] }));
}

#[tokio::test]
async fn the_identity_binary_answers() {
    let answer = run("identity", "read_jwks", get_request("/.well-known/jwks.json")).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(body(&answer)["keys"][0]["crv"], "Ed25519");
}

#[tokio::test]
async fn the_notification_binary_answers() {
    let answer = run("notification", "list_notifications", get_request("/v1/notifications")).await;
    assert_eq!(answer["statusCode"], 401, "{answer}");
    assert_eq!(body(&answer)["code"], "unauthenticated");
}

#[tokio::test]
async fn the_payment_binary_answers() {
    let answer = run("payment", "list_payments", get_request("/v1/payments")).await;
    assert_eq!(answer["statusCode"], 401, "{answer}");
    assert_eq!(body(&answer)["code"], "unauthenticated");
}

#[tokio::test]
async fn the_operation_binary_answers() {
    let answer = run("operation", "check_health", get_request("/v1/health")).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(body(&answer)["status"], "ok");
}

#[tokio::test]
async fn a_binary_serves_only_the_function_it_was_started_as() {
    let answer = run("operation", "check_health", get_request("/v1/openapi.json")).await;
    assert_eq!(answer["statusCode"], 404, "{answer}");
}
