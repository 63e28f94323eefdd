//! The real binaries, one a context, started as Lambda starts them: a process that asks the
//! Runtime API for an event and posts its answer.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use crate::support;
use axum::{Router, serve::ListenerExt};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{Config, SystemClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use xtask::bootstrap::{self, Ports, Runtime, Said};

/// Building the binaries is cargo's work, not the functions'.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The folder of the debug binaries, freshly built.
fn binaries() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        // With xtask's features everything else is built already.
        build.args(["build", "--quiet", "--offline", "--bins", "--package", "jangteo-xtask"]);
        for context in registry::CONTEXTS {
            build.args(["--package", &format!("jangteo-{}", context.name)]);
        }
        let status = build.stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "cargo build failed");
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().to_owned()
    })
}

/// A running function and what it is connected to.
struct Started {
    process: Child,
    runtime: Runtime,
    /// How many connections the AWS endpoint has accepted.
    connections: Arc<AtomicU32>,
}

impl Started {
    async fn said(&mut self) -> Said {
        let said = tokio::time::timeout(ANSWER_WITHIN, self.runtime.said.recv()).await;
        said.expect("nothing in time").unwrap()
    }

    async fn answer(&mut self, event: Value) -> Value {
        self.runtime.events.send(event).unwrap();
        match self.said().await {
            Said::Answered(answer) => answer,
            other => panic!("the binary said {other:?}"),
        }
    }

    fn connections(&self) -> u32 {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Starts `context`'s binary as the function `handler`, with `aws` as its AWS endpoint, and plays
/// `script` with it.
async fn play<T>(
    context: &str,
    handler: &str,
    aws: Router,
    script: impl AsyncFnOnce(&mut Started) -> T,
) -> T {
    let folder = tokio::task::spawn_blocking(binaries).await.unwrap();
    let (runtime, routes) = bootstrap::runtime();
    let (runtime_socket, aws_socket) = (socket().await, socket().await);
    let ports = Ports { runtime: port(&runtime_socket), aws: port(&aws_socket) };
    let connections = Arc::new(AtomicU32::new(0));
    let accepted = Arc::clone(&connections);
    let aws_socket = aws_socket.tap_io(move |_| {
        accepted.fetch_add(1, Ordering::SeqCst);
    });
    let mut command = bootstrap::command(&folder.join(context), ports, handler);
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut started = Started { process, runtime, connections };
    let serve =
        async { tokio::join!(axum::serve(runtime_socket, routes), axum::serve(aws_socket, aws)) };
    tokio::select! {
        outcome = script(&mut started) => outcome,
        _ = serve => panic!("a server ended"),
    }
}

/// The embedded cloud as an AWS endpoint.
fn cloud() -> Router {
    cloud_of(Config::local().table_prefix)
}

fn cloud_of(prefix: String) -> Router {
    let cloud = Cloud::start(CloudOptions {
        functions: registry::functions(),
        clock: Arc::new(SystemClock),
        data: DataPlace::Memory,
        prefix,
    });
    local::endpoint(&cloud.unwrap())
}

/// Starts `context`'s binary as the function `handler` and hands it one event.
async fn run(context: &str, handler: &str, event: Value) -> Value {
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        started.answer(event).await
    };
    play(context, handler, cloud(), script).await
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
    let aws = cloud();
    let key_set = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        let answer = started.answer(get_request("/.well-known/jwks.json")).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        body(&answer)["keys"].clone()
    };
    let keys = play("identity", "read_jwks", aws.clone(), key_set).await;
    assert_eq!(keys, json!([]), "nobody has signed anything yet");
    let start = async |started: &mut Started| assert_eq!(started.said().await, Said::Asked);
    play("identity", "log_in", aws.clone(), start).await;
    let keys = play("identity", "read_jwks", aws, key_set).await;
    assert_eq!(keys[0]["crv"], "Ed25519");
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

#[tokio::test]
async fn a_start_opens_the_connection_that_the_first_request_uses() {
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        assert_eq!(started.connections(), 1, "before the first event is asked for");
        let answer = started.answer(get_request("/v1/health")).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(started.connections(), 1, "the request opened one of its own");
    };
    play("operation", "check_health", cloud(), script).await;
}

#[tokio::test]
async fn a_function_without_tables_opens_no_connection() {
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        let answer = started.answer(get_request("/docs")).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(started.connections(), 0);
    };
    play("operation", "show_docs", cloud(), script).await;
}

#[tokio::test]
async fn a_start_does_not_depend_on_the_tables() {
    // It accepts and never says a word.
    let silent = Router::new().fallback(std::future::pending::<()>);
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        assert_eq!(started.connections(), 1);
    };
    play("operation", "check_health", silent, script).await;
}

/// Side by side with the connection to the tables, and once: the request finds both.
#[tokio::test]
async fn a_start_reads_the_secrets_that_the_function_declares() {
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        assert_eq!(started.connections(), 2, "before the first event is asked for");
        let answer = started.answer(get_request("/v1/auctions")).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(started.connections(), 2, "the request opened one of its own");
    };
    play("auction", "list_auctions", cloud(), script).await;
}

/// Without its keys it would refuse everybody, or worse.
#[tokio::test]
async fn a_function_whose_secret_is_missing_does_not_start() {
    let elsewhere = cloud_of("elsewhere-".to_owned());
    let script = async |started: &mut Started| {
        let asked_for = tokio::time::Instant::now();
        loop {
            if let Some(status) = started.process.try_wait().unwrap() {
                assert!(!status.success());
                assert!(started.runtime.said.try_recv().is_err(), "it asked for an event");
                return;
            }
            assert!(asked_for.elapsed() < ANSWER_WITHIN, "it still runs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    play("auction", "list_auctions", elsewhere, script).await;
}

/// Who issues tokens writes the row of public keys when it starts; who has no secret verifies by
/// that row.
#[tokio::test]
async fn a_function_without_secrets_verifies_tokens() {
    let aws = cloud();
    let event = support::root().join("events/wallet-read-wallet/empty.json");
    let event: Value = serde_json::from_slice(&std::fs::read(event).unwrap()).unwrap();
    assert_eq!(wallet_status(aws.clone(), &event).await, 401, "there is no row yet");
    let start = async |started: &mut Started| assert_eq!(started.said().await, Said::Asked);
    play("identity", "log_in", aws.clone(), start).await;
    assert_eq!(wallet_status(aws, &event).await, 200);
}

async fn wallet_status(aws: Router, event: &Value) -> Value {
    let script = async |started: &mut Started| {
        assert_eq!(started.said().await, Said::Asked);
        started.answer(event.clone()).await["statusCode"].clone()
    };
    play("wallet", "read_wallet", aws, script).await
}
